#include "ingest/csv_format.h"

#include <array>
#include <cstddef>

namespace annals::ingest {

namespace {

// In the order in which they win when all else is equal.
constexpr std::array kSeparators = {'\t', ',', ';', '|'};
constexpr std::size_t kRowsLookedAt = 50;

struct Trial {
  std::size_t header_columns = 0;
  std::size_t rows = 0;        ///< After the header.
  std::size_t rows_alike = 0;  ///< Those with as many columns as the header.
};

/// Walks over one row, quotes included. False if the sample ends before the row does.
bool skip_row(std::string_view sample, std::size_t& at, const CsvFormat& format,
              std::size_t& columns) {
  columns = 1;
  bool in_quotes = false;
  bool at_field_begin = true;
  for (; at < sample.size(); ++at) {
    const char c = sample[at];
    if (in_quotes) {
      // A doubled quote leaves and enters again.
      if (c == '"') in_quotes = false;
    } else if (c == '"' && format.quoted && (at_field_begin || sample[at - 1] == '"')) {
      in_quotes = true;
    } else if (c == format.separator) {
      ++columns;
      at_field_begin = true;
      continue;
    } else if (c == format.line_break) {
      ++at;
      return true;
    }
    at_field_begin = false;
  }
  return false;
}

Trial try_format(std::string_view sample, bool whole, const CsvFormat& format) {
  Trial trial;
  std::size_t at = 0;
  while (at < sample.size() && trial.rows < kRowsLookedAt) {
    const std::size_t begin = at;
    std::size_t columns = 0;
    const bool complete = skip_row(sample, at, format, columns);
    std::string_view row = sample.substr(begin, at - begin);
    while (row.ends_with('\n') || row.ends_with('\r')) row.remove_suffix(1);
    if (row.empty()) continue;
    if (trial.header_columns == 0) {
      trial.header_columns = columns;
    } else if (complete || whole) {
      ++trial.rows;
      if (columns == trial.header_columns) ++trial.rows_alike;
    }
  }
  return trial;
}

bool is_better(const Trial& a, const Trial& b) {
  const std::size_t a_alike = a.rows_alike * b.rows;
  const std::size_t b_alike = b.rows_alike * a.rows;
  if (a_alike != b_alike) return a_alike > b_alike;
  return a.header_columns > b.header_columns;
}

CsvFormat format_with(char separator, char line_break) {
  return {separator, separator != '\t', line_break};
}

}  // namespace

CsvFormat detect_format(std::string_view sample, bool whole, std::optional<char> given) {
  const bool only_returns = sample.find('\n') == std::string_view::npos &&
                            sample.find('\r') != std::string_view::npos &&
                            sample.find('\r') + 1 < sample.size();
  const char line_break = only_returns ? '\r' : '\n';
  if (given) return format_with(*given, line_break);
  // A separator that the header does not have separates nothing.
  std::optional<Trial> best_trial;
  CsvFormat best = format_with(',', line_break);
  for (const char separator : kSeparators) {
    const CsvFormat format = format_with(separator, line_break);
    const Trial trial = try_format(sample, whole, format);
    if (trial.header_columns < 2 || (best_trial && !is_better(trial, *best_trial))) continue;
    best = format;
    best_trial = trial;
  }
  return best;
}

}  // namespace annals::ingest
