#pragma once

#include <optional>
#include <string_view>

namespace annals::ingest {

/// How a file of rows is written.
struct CsvFormat {
  char separator = ',';
  /// Fields may stand in double quotes (RFC 4180). Not where tabs separate:
  /// text/tab-separated-values (IANA) has no quoting, and real files of that kind have stray quotes
  /// in their fields.
  bool quoted = true;
  char line_break = '\n';  ///< '\r' if the file has no other; "\r\n" counts as '\n'.
};

/// Finds the format of a file from its first rows. `sample` is the beginning of the file without a
/// byte order mark; `whole` says that there is no more. The separator, unless `given`, is that of
/// tab, comma, semicolon, bar which cuts the most of the first rows into as many columns as the
/// header has, and the header into the most; a comma if none occurs in the header.
CsvFormat detect_format(std::string_view sample, bool whole, std::optional<char> given);

}  // namespace annals::ingest
