#pragma once

#include <cstddef>
#include <unordered_set>
#include <vector>

#include "query/executor/row_certainty.h"
#include "query/executor/run_context.h"
#include "schema/base/result.h"

namespace annals::query {

/// Counts the doubts of rows that somebody holds against the memory of the statement, until this
/// dies: what rows share counts once. Only counts: the rows keep them. Not thread-safe.
class HeldDoubts {
 public:
  explicit HeldDoubts(MemoryBudget& budget) : budget_(budget) {}
  ~HeldDoubts() { clear(); }
  HeldDoubts(const HeldDoubts&) = delete;
  HeldDoubts& operator=(const HeldDoubts&) = delete;

  /// A row with these doubts is held from now on. LimitExceeded as of MemoryBudget.
  Status add(const DoubtPtr& row);
  /// No row is held any more.
  void clear();

 private:
  MemoryBudget& budget_;
  std::size_t taken_ = 0;
  // Of a row that was let go its links stay here until clear(): so much may be counted too much,
  // and never too little, for one that is made in their place is as large.
  std::unordered_set<const Doubt*> links_;
  std::vector<const Doubt*> open_;  // lists that are still to be looked at
};

}  // namespace annals::query
