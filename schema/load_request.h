#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/base/result.h"

namespace annals::inline schema {

/// `role: column` of a LOAD: which column of the file fills which role.
struct ColumnMapping {
  /// What a number counts since 1970 UTC that stands for a date.
  enum class EpochUnit : std::uint8_t { kSeconds, kMilliseconds, kMicroseconds };

  std::string role;
  /// A column's name, or its number from 1 as "$1" for files without one; of `VALUE 'text'` the
  /// text that each row has.
  std::string column;
  std::string
      entity_type;  ///< `s OF Person`: the type to look it up in or create it as; may be empty.
  Place place;      ///< Where it stands in the statement.
  bool is_value = false;                ///< `VALUE 'text'`.
  std::optional<EpochUnit> epoch_unit;  ///< `at IN MILLISECONDS`: dates are such numbers.
  std::optional<char> split_by;  ///< `column SPLIT BY ';'`: fills a role of many with each part.
};

/// What a LOAD statement asks for; names are as written and not looked up yet.
struct LoadRequest {
  enum class What : std::uint8_t { kEvents, kFacts };

  What what = What::kEvents;
  std::string path;
  std::string kind;         ///< Events: the kind; empty when kind_column names it row by row.
  std::string kind_column;  ///< `AS COLUMN kind`.
  std::vector<ColumnMapping>
      roles;  ///< Roles; of facts: "subject", "relation", "object", properties.
  /// ON, ID, SOURCE, SAID, BECAUSE, STATUS; of facts also FROM, TO: the columns, in `role` the
  /// word.
  std::vector<ColumnMapping> words;
  bool creating_missing = false;   ///< Create entities (and relations) that are not known.
  bool dry_run = false;            ///< Say what it would do, record nothing.
  std::string rejects_path;        ///< Where rejected rows go; empty: the first one is an error.
  std::optional<char> separator;   ///< Given; otherwise detected.
  std::optional<bool> has_header;  ///< Given; otherwise taken to have one.
  Place place;                     ///< Of the path in the statement.
};

/// What a LOAD did. Always: read = recorded + duplicate + rejected.
struct LoadReport {
  std::uint64_t read = 0;  ///< Rows of the file, without its header and blank lines.
  std::uint64_t recorded = 0;
  std::uint64_t duplicate = 0;  ///< Same ID and same content as an event recorded before.
  std::uint64_t rejected = 0;
  std::uint64_t entities_created = 0;
  std::uint64_t relations_created = 0;
  std::string rejects_path;  ///< Written only if something was rejected.
  double seconds = 0;
};

}  // namespace annals::inline schema
