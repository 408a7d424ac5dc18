#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "query/executor/row_certainty.h"

/// Unions of rows: what holds where one of several rows holds, or where none does.
namespace annals::query {

/// The worlds in which one of the rows holds; null if one of them holds in all (it is null).
/// Requires at least one.
DoubtPtr any_of(std::vector<DoubtPtr> rows);
/// The worlds in which none of the rows holds. Requires at least one, and no null.
DoubtPtr none_of(std::vector<DoubtPtr> rows);

/// The worlds in which both rows hold, whether there are any or not.
DoubtPtr both_of(const DoubtPtr& row, const DoubtPtr& other);

/// `row` in the worlds in which `condition` (null: all) holds too; `row` itself if those are all.
/// Beyond the limits of a search: possible, no more.
RowUse use_condition(const DoubtPtr& row, const DoubtPtr& condition, const RunScopes& scopes);

/// Gathers rows that become one. Keeps at most limits::kAlternativesMax of them, and none once the
/// result is certain. A value.
class Alternatives {
 public:
  /// Whether it keeps the row (and so the memory of its doubts).
  bool add(const DoubtPtr& row, const RunScopes& scopes);

  bool any() const { return state_ != State::kNone; }
  /// Whether rows were left out: all that is known of the result is that it is possible.
  bool overflowed() const { return state_ == State::kOverflowed; }
  bool surely() const { return state_ == State::kCertain; }
  const std::vector<DoubtPtr>& rows() const { return rows_; }

  /// Why the one row is only possible; null if it is certain. Requires any().
  DoubtPtr merged(const RunScopes& scopes) const;

 private:
  enum class State : std::uint8_t { kNone, kOpen, kOverflowed, kCertain };

  State state_ = State::kNone;
  std::vector<DoubtPtr> rows_;
};

}  // namespace annals::query
