#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// All facts of a state as one direction of the index has them, column by column in memory, in the
/// order of the index: by node, relation, neighbour, begin. For looking at many of them: reading a
/// row takes a nanosecond, and a node's rows some ten. Immutable, so any number of threads may
/// read.
///
/// A row is *plain* if its fact was begun and ended on exact dates and nothing else is known of it;
/// nearly all are, and of these the columns tell all. The others are kept whole beside them.
class FactImage {
 public:
  using Row = std::uint32_t;
  /// Rows [first, last).
  struct Range {
    Row first = 0;
    Row last = 0;
    std::size_t size() const { return last - first; }
  };

  /// Reads all facts. Null if they take more than `bytes_max`, or if there are two thousand million
  /// entities or events. The snapshot must be of the present and of entities that always exist.
  /// Interrupted, Corruption, IoError.
  static Result<std::shared_ptr<const FactImage>> read(const storage::GraphSnapshot& snapshot,
                                                       storage::Direction direction,
                                                       std::size_t bytes_max, const StopFlag& stop);

  /// What it takes in memory, about.
  std::size_t bytes() const { return bytes(instants_.size()); }

  Range all() const { return {0, static_cast<Row>(begin_.size())}; }
  /// Of a node.
  Range of(NodeId node) const;
  /// Of these, which must be of one node, those of the relation; of these those with the neighbour.
  Range of(Range rows, SymbolId relation) const;
  Range with(Range rows, NodeId neighbour) const;

  /// All of a relation, ascending. Lives as long as the image.
  std::span<const Row> of(SymbolId relation) const;

  /// A window of time, as the rows of this image are compared with it.
  struct Times {
    std::uint32_t begin_before = 0;
    std::uint32_t end_from = 0;
  };
  Times times_of(const storage::Window& window) const;

  /// Which of some rows are wanted: those that may hold then.
  struct Filter {
    SymbolId relation;  ///< Zero: all.
    NodeId neighbour;   ///< Zero: any.
    Times times;
  };
  /// Appends the rows from `rows.first` on that the filter wants, up to `count_max` of them. The
  /// range is then what has not been looked at.
  void find(Range& rows, const Filter& filter, std::size_t count_max,
            std::vector<Row>& found) const;
  /// The same of a list of rows, of any relation and neighbour.
  void find(std::span<const Row>& rows, const Times& times, std::size_t count_max,
            std::vector<Row>& found) const;

  NodeId node(Row row) const { return NodeId(node_[row]); }
  NodeId neighbour(Row row) const { return NodeId(neighbour_[row]); }
  SymbolId relation(Row row) const { return SymbolId(relation_[row]); }
  FactId id(Row row) const { return {Seq(begun_by_[row]), ordinal_[row]}; }
  NodeId source(Row row) const { return is_out_ ? NodeId(node_[row]) : NodeId(neighbour_[row]); }
  NodeId target(Row row) const { return is_out_ ? NodeId(neighbour_[row]) : NodeId(node_[row]); }
  bool all_plain() const { return whole_.empty(); }
  bool is_plain(Row row) const { return form_[row] == Form::kPlain; }
  /// Whether it is the row of this fact.
  bool is(Row row, const storage::Fact& fact) const;
  storage::Fact fact(Row row) const;
  /// The same, of a fact of which nothing is known yet.
  void read(Row row, storage::Fact& fact) const;
  /// No more than tells the fact from others (is_same_fact() of hop_reader.h).
  void read_name(Row row, storage::Fact& fact) const;

  /// Behind the entities that have rows: their numbers are lower.
  std::size_t numbers_end() const { return first_.size() - 1; }
  bool has_events() const { return !events_.empty(); }

 private:
  enum class Form : std::uint8_t { kPlain, kWhole };
  class InstantNumbers;

  explicit FactImage(bool is_out) : is_out_(is_out) {}
  /// False if it does not fit into the columns.
  bool add(storage::Fact&& fact, InstantNumbers& instants);
  void reserve(std::size_t rows);
  void find_all(Range rows, const Filter& filter, std::vector<Row>& found) const;
  void find_neighbour(Range& rows, const Filter& filter, std::size_t full,
                      std::vector<Row>& found) const;
  void index_nodes();
  void index_relations();
  std::size_t bytes(std::size_t instants) const;

  bool is_out_;
  std::vector<std::uint32_t> node_;
  std::vector<std::uint32_t> relation_;
  std::vector<std::uint32_t> neighbour_;
  /// The earliest, and the latest, as places among instants_: half as much to look through.
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> end_;
  std::vector<Micros> instants_;         ///< All of them, each once, ascending.
  std::vector<std::uint32_t> begun_by_;  ///< With the ordinal the fact's id.
  std::vector<std::uint16_t> ordinal_;
  std::vector<std::uint32_t> ended_by_;
  std::vector<Form> form_;
  std::unordered_map<Row, storage::Fact> whole_;
  std::vector<Row> by_relation_;  ///< Rows of one relation after those of another; and
  std::vector<std::pair<SymbolId, std::size_t>> relations_;  ///< where they begin, ascending.
  std::vector<Row> first_;        ///< Of the entity of each number; one more than there are.
  std::vector<NodeId> events_;    ///< That have rows, ascending; and their
  std::vector<Row> event_first_;  ///< rows; one more.
};

}  // namespace annals::query
