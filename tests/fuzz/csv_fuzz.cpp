#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/byte_source.h"
#include "ingest/csv_reader.h"
#include "schema/base/contract.h"
#include "schema/base/limits.h"
#include "schema/utf8.h"

namespace {

using annals::Error;
using annals::Result;
using namespace annals::ingest;

void check_error(const Error& error) {
  ANNALS_ASSERT(!error.message.empty());
  ANNALS_ASSERT(annals::is_utf8(format_error(error)));
}

void check_record(const Record& record, const CsvReader& reader, std::uint64_t line_before) {
  ANNALS_ASSERT(record.line > line_before);
  ANNALS_ASSERT(!record.raw.empty() && record.raw.size() <= annals::limits::kLoadRowBytesMax);
  ANNALS_ASSERT(record.fields.size() == record.offsets.size());
  if (record.problem) {
    check_error(record.problem->error);
    ANNALS_ASSERT(record.problem->error.place.line >= record.line);
    return;
  }
  ANNALS_ASSERT(record.fields.size() == reader.columns().size());
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    ANNALS_ASSERT(record.offsets[i] <= record.raw.size());
    ANNALS_ASSERT(annals::is_utf8(record.fields[i]));
    ANNALS_ASSERT(record.fields[i].find('\0') == std::string_view::npos);
  }
}

/// Reads all of it, and gives what was read in one text; nothing if the file as a whole is in
/// error.
std::optional<std::string> read_all(std::string bytes, const CsvOptions& options,
                                    std::size_t piece) {
  auto stored = decompressed(memory_source("fuzz.csv", std::move(bytes), piece));
  if (!stored) {
    check_error(stored.error());
    return std::nullopt;
  }
  auto reader = CsvReader::open(std::move(*stored), options);
  if (!reader) {
    check_error(reader.error());
    return std::nullopt;
  }
  std::string all;
  Record record;
  std::uint64_t line = 0;
  for (;;) {
    const Result<bool> more = (*reader)->next(record);
    if (!more) check_error(more.error());
    // How much of a damaged archive comes out before its error depends on how it comes in.
    if (!more) return std::nullopt;
    if (!*more) return all;
    check_record(record, **reader, line);
    line = record.line;
    all.append(record.raw);
    for (const std::string_view field : record.fields) all.append(field).push_back('\x1F');
    all.push_back(record.problem ? '!' : '\x1E');
  }
}

}  // namespace

/// The first byte chooses the options and how the bytes arrive, which must make no difference.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = data[0];
  constexpr std::string_view kSeparators = ",;\t|";
  CsvOptions options;
  options.has_header = (choice & 1) == 0;
  if ((choice & 2) != 0) options.separator = kSeparators[(choice >> 2) & 3];
  const std::size_t piece = 1 + (choice >> 4) * std::size_t{7};
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ANNALS_ASSERT(read_all(bytes, options, piece) == read_all(bytes, options, SIZE_MAX));
  return 0;
}
