#include "tests/support/cow_igo.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>

#include <fmt/format.h>

#include "ingest/csv_reader.h"

namespace annals::tests {

namespace {

constexpr std::size_t kYearColumn = 1;
constexpr std::size_t kStateColumn = 2;
constexpr std::size_t kFirstOrganisation = 3;

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// A run of years with one status, and how far "not known" reaches on both sides of it.
struct Run {
  int status = 0;
  int first = 0;
  int last = 0;
  int not_known_from = 0;  ///< First year of the gap before it; `first` if there is none.
  int not_known_to = 0;    ///< Last year of the gap behind it; `last` if there is none.
};

/// The runs of one state in one organisation. A year without a row ends a run like a 0: the state
/// was not in the system.
std::vector<Run> runs_of(const CowIgo::Years& years, std::size_t organisation) {
  std::vector<Run> runs;
  std::optional<int> gap_from;
  int previous_year = 0;
  bool run_is_open = false;
  for (const auto& [year, statuses] : years) {
    const int status = statuses[organisation];
    if (year != previous_year + 1) {
      run_is_open = false;
      gap_from.reset();
    }
    previous_year = year;
    if (status == CowIgo::kNotKnown) {
      if (!gap_from) gap_from = year;
      if (run_is_open) runs.back().not_known_to = year;
      continue;
    }
    const bool is_status = status >= 1 && status <= 3;
    if (is_status && run_is_open && !gap_from && runs.back().status == status) {
      runs.back().last = runs.back().not_known_to = year;
    } else if (is_status) {
      runs.push_back({status, year, year, gap_from.value_or(year), year});
    }
    run_is_open = is_status;
    gap_from.reset();
  }
  return runs;
}

/// 1 January of some year from `first` to `last`.
std::string january(int first, int last) {
  if (first == last) return fmt::format("{}-01-01", first);
  return fmt::format("[{}-01-01..{}-01-01]", first, last);
}

}  // namespace

std::string CowIgo::relation_of(int status) {
  constexpr const char* kRelations[] = {"MEMBER_OF", "ASSOCIATE_OF", "OBSERVER_OF"};
  return kRelations[status - 1];
}

Result<CowIgo> CowIgo::read(const std::string& path) {
  ANNALS_TRY(auto stored, ingest::open_file(path));
  ANNALS_TRY(auto text, ingest::decompressed(std::move(stored)));
  ANNALS_TRY(const auto reader, ingest::CsvReader::open(std::move(text), {'\t', true}));
  CowIgo table;
  const auto& columns = reader->columns();
  table.organisations_.assign(columns.begin() + kFirstOrganisation, columns.end());
  ingest::Record record;
  for (;;) {
    ANNALS_TRY(const bool more, reader->next(record));
    if (!more) break;
    if (record.problem) return record.problem->error;
    const int year = number(record.fields[kYearColumn]);
    std::vector<int>& statuses = table.states_[std::string(record.fields[kStateColumn])][year];
    for (std::size_t i = kFirstOrganisation; i < record.fields.size(); ++i) {
      statuses.push_back(number(record.fields[i]));
    }
    table.last_year_ = std::max(table.last_year_, year);
  }
  return table;
}

Result<std::uint64_t> CowIgo::write_spells(const std::string& path) const {
  std::ofstream out(path);
  out << "state\trelation\torganisation\tfrom\tto\n";
  std::uint64_t count = 0;
  for (const auto& [state, years] : states_) {
    for (std::size_t i = 0; i < organisations_.size(); ++i) {
      for (const Run& run : runs_of(years, i)) {
        const bool has_end = run.last < last_year_;
        const std::string to = !has_end ? ".."
                               : run.not_known_to == last_year_
                                   ? fmt::format("[{}-01-01..]", run.last + 1)
                                   : january(run.last + 1, run.not_known_to + 1);
        out << state << '\t' << relation_of(run.status) << '\t' << organisations_[i] << '\t'
            << january(run.not_known_from, run.first) << '\t' << to << '\n';
        ++count;
      }
    }
  }
  out.close();
  if (!out) return Error(ErrorCode::kIoError, "the spells cannot be written to " + path);
  return count;
}

}  // namespace annals::tests
