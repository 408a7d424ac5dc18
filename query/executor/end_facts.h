#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "query/executor/run_context.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// Answers from memory what facts there are between two nodes, of which one is the same in row
/// after row: its facts are read once, and found by the node at their other end. Without it each
/// row reads the group of one of its nodes, all of it if the relation is any.
///
/// A node's facts are read when that costs about what the rows before have spent on asking about
/// it, and kept until rows ask about another one. They count against the statement's memory, of
/// which they take a sixteenth at most: without room there are none. Not thread-safe; borrows both.
class EndFacts {
 public:
  EndFacts(MemoryBudget& memory, const StopFlag& stop) : memory_(memory), stop_(stop) {}
  ~EndFacts();
  EndFacts(const EndFacts&) = delete;
  EndFacts& operator=(const EndFacts&) = delete;

  /// The facts that the scan finds, which has a node and a neighbour, in the order in which it
  /// finds them; valid until the next call. Nothing: the index must be asked. The snapshot is the
  /// same at each call, and of the present. Interrupted, Corruption, IoError.
  Result<std::optional<std::span<const storage::Fact>>> find(const storage::GraphSnapshot& snapshot,
                                                             const storage::FactScan& scan);

 private:
  /// What is spent: questions about the node, and blocks that the thread read since the first of
  /// them, nearly all of which were read for these. So much before its facts are read.
  static constexpr std::uint64_t kSpentFirst = 8;

  /// What is known of a node at one of the scan's ends.
  struct End {
    storage::FactScan scan;           ///< Of all facts at the node: without a neighbour.
    std::uint64_t asked = 0;          ///< How often.
    std::uint64_t blocks_before = 0;  ///< GraphSnapshot::blocks_read() at the first time.
    std::uint64_t read_when_spent = kSpentFirst;
    bool is_read = false;
    std::size_t bytes = 0;             ///< Taken of the statement's memory.
    std::vector<storage::Fact> facts;  ///< By the other node, and in the order of the index.
  };

  End& end_of(const storage::GraphSnapshot& snapshot, const storage::FactScan& scan,
              std::vector<End>& ends);
  Status read(const storage::GraphSnapshot& snapshot, std::uint64_t spent, End& end);
  std::span<const storage::Fact> with(const End& end, NodeId other) const;
  void let_go(End& end);

  MemoryBudget& memory_;
  const StopFlag& stop_;
  /// One for each direction and relation: of the nodes of scans, and of their neighbours.
  std::array<std::vector<End>, 2> ends_;
};

}  // namespace annals::query
