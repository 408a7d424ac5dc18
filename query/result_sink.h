#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "query/datum.h"
#include "schema/base/result.h"
#include "schema/time/instant.h"

namespace annals::query {

/// `$name` -> value.
using Parameters = std::map<std::string, Datum, std::less<>>;

/// A column of a result.
struct ResultColumn {
  std::string name;
};

/// Whether the rows of a result are tagged. kTagged: by a MATCH, whose rows hold certainly or only
/// possibly, and no column is called "certainty": csv, json and jsonl always show the tag in a last
/// column of that name, a table if any row is only possible. kUntagged: show no tag.
enum class RowTags : std::uint8_t { kUntagged, kTagged };

/// Takes what a statement gives. Called from the thread that runs the statement: columns() once if
/// there are rows at all (that is for every MATCH, even one without rows), then row() for each. An
/// error that it returns stops the statement.
class ResultSink {
 public:
  virtual ~ResultSink() = default;
  virtual Status columns(std::span<const ResultColumn> columns, RowTags tags) = 0;
  /// As many cells as columns; valid during the call. `certainty` is kCertain or kPossible, and
  /// kCertain for every row of an untagged result that comes from no MATCH.
  virtual Status row(std::span<const Datum> cells, Certainty certainty) = 0;
  /// A line about what was done: "recorded #41", "already recorded as #12: nothing to do".
  virtual Status message(std::string_view text) = 0;
};

}  // namespace annals::query
