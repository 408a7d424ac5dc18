#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "query/executor/datum_comparison.h"
#include "query/executor/fact_slices.h"
#include "query/executor/node_cache.h"
#include "query/executor/row_certainty.h"
#include "query/planner/bound_query.h"
#include "query/result_sink.h"
#include "schema/base/clock.h"
#include "schema/base/limit_table.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

class Batch;

/// Counts what one statement holds in memory against limits::StatementLimits::memory_bytes.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  /// One for a part of the statement, of another thread perhaps: what it takes counts against
  /// `whole`, which outlives it, until it dies.
  explicit MemoryBudget(MemoryBudget* whole) : whole_(whole) {}
  ~MemoryBudget() {
    if (whole_ != nullptr) whole_->give_back(taken_);
  }
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  /// LimitExceeded if the statement would hold more than it may.
  Status take(std::size_t bytes);
  void give_back(std::size_t bytes) {
    taken_ -= bytes;
    if (whole_ != nullptr) whole_->give_back(bytes);
  }
  /// Nothing is held any more.
  void reset() { taken_ = 0; }

  std::size_t bytes_max() const { return whole_ != nullptr ? whole_->bytes_max() : bytes_max_; }
  /// Whether someone who holds `bytes` and can do with less should write them to a file: most of
  /// the budget is taken, and theirs is no small part of it.
  bool should_spill(std::size_t bytes) const;
  /// The same of all that was taken here, which is a part of a budget.
  bool should_spill() const { return should_spill(taken_); }

 private:
  std::size_t bytes_max_ = 0;
  MemoryBudget* whole_ = nullptr;
  std::atomic<std::size_t> taken_ = 0;  // threads of a statement take from one
};

/// Counts what one statement has in temporary files against
/// limits::StatementLimits::spill_bytes.
class SpillBudget {
 public:
  explicit SpillBudget(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  /// LimitExceeded if the statement would have more there than it may.
  Status take(std::uint64_t bytes);
  void give_back(std::uint64_t bytes) { taken_ -= bytes; }
  /// All that was written so far, whether it is still there or not.
  std::uint64_t written() const { return written_; }

 private:
  std::uint64_t bytes_max_;
  std::uint64_t taken_ = 0;
  std::uint64_t written_ = 0;
};

/// Memory that is held while this lives.
class MemoryHold {
 public:
  explicit MemoryHold(MemoryBudget& budget) : budget_(budget) {}
  ~MemoryHold() { budget_.give_back(taken_); }
  MemoryHold(const MemoryHold&) = delete;
  MemoryHold& operator=(const MemoryHold&) = delete;

  Status take(std::size_t bytes) {
    taken_ += bytes;
    return budget_.take(bytes);
  }
  /// What a new value takes by itself: own_memory_of() it. One in every row of a batch may be more
  /// than there is.
  Status take_own(const Datum& datum) {
    const std::size_t bytes = own_memory_of(datum);
    return bytes == 0 ? Status() : take(bytes);
  }

 private:
  MemoryBudget& budget_;
  std::size_t taken_ = 0;
};

/// The nodes that each name of the query means in this run; names[i] is name i + 1.
using NamedNodes = boost::container::small_vector<std::vector<NodeId>, 2>;

/// The graph as a scope sees it. Borrowed by whoever reads in that scope.
struct View {
  const storage::GraphSnapshot* snapshot = nullptr;
  NodeCache* nodes = nullptr;
  bool is_present = true;

  /// Whether the error says that a node which a row has is not there in a view of the past.
  bool is_missing(const Error& error) const {
    return !is_present && error.code == ErrorCode::kNotFound;
  }
};

/// Views that are not the present, each once.
class PastViews {
 public:
  /// The view of `present` from a perspective. Errors: those of GraphSnapshot::seen_from().
  /// Reading there stops when `stop` does, which outlives them.
  Result<View> find(const storage::GraphSnapshot& present, const storage::Perspective& perspective,
                    const StopFlag& stop);

 private:
  struct Past {
    storage::Perspective perspective;
    std::unique_ptr<storage::GraphSnapshot> snapshot;
    NodeCache nodes;
  };
  std::vector<std::unique_ptr<Past>> all_;
};

class FactImages;
class Profile;

/// What one run is given beside the graph. All of it is borrowed and outlives the run.
struct RunArguments {
  const Parameters& parameters;
  Micros now;
  const StopFlag& stop;
  const limits::StatementLimits& limits;
  /// The instant that is asked about by what has no valid time of its own; nothing is now.
  std::optional<Micros> asked_at = {};
  FactImages* images = nullptr;  ///< Null: facts are read from the index.
  Profile* profile = nullptr;    ///< Where steps are measured; null: nowhere.
};

/// The instants of a run that asks the same at each of them, and what the index counts at them.
struct RunSteps {
  std::span<const Micros> instants;  ///< Ascending; none: the run asks once.
  std::size_t now = 0;               ///< Which of them is asked about.
  std::map<SymbolId, std::vector<storage::AliveCount>> counts;  ///< At each, as far as wanted.
};

/// Which part of the rows of its scan a thread works on: the parts are of one size, in order.
struct RunPart {
  std::size_t number = 0;
  std::size_t count = 1;
};

/// What everything within one run works with. Borrowed parts outlive it. Not thread-safe.
struct RunContext {
  const storage::GraphSnapshot& snapshot;  ///< Of the present.
  const BoundQuery& query;
  std::string_view text;  ///< The statement, for places.
  const Parameters& parameters;
  Micros now;
  Micros asked_at;  ///< The instant of what has no valid time of its own: now, or given.
  const StopFlag& stop;
  NodeCache nodes;
  MemoryBudget memory;
  SpillBudget spill;
  RunScopes scopes;
  boost::container::small_vector<View, 2> views;  ///< views[i] is that of scope i + 1.
  PastViews past;
  NamedNodes names;
  FactImages* images;
  RunSteps steps;
  RunPart part;
  Profile* profile = nullptr;  ///< As of RunArguments.
  FactSlices own_slices;
  FactSlices* slices = &own_slices;  ///< Of all threads of the run.

  RunContext(const storage::GraphSnapshot& at, const BoundQuery& bound, std::string_view statement,
             const RunArguments& arguments)
      : snapshot(at),
        query(bound),
        text(statement),
        parameters(arguments.parameters),
        now(arguments.now),
        asked_at(arguments.asked_at.value_or(arguments.now)),
        stop(arguments.stop),
        nodes(at),
        memory(arguments.limits.memory_bytes),
        spill(arguments.limits.spill_bytes),
        images(arguments.images),
        profile(arguments.profile),
        own_slices(memory) {
    scopes.stop = &stop;
  }

  /// For another thread that works on a part of the same run, which outlives it. Requires that all
  /// views are of the present.
  RunContext(RunContext& whole, RunPart its_part);

  /// Interrupted if the statement was asked to stop.
  Status check_stop() const;

  /// LimitExceeded if the value has too many parts, or nests too deep: for what puts values into
  /// others.
  Status check_extent(const Datum& datum, ast::SourceRange range) const;

  /// For all rows alike.
  const ScopeTimes& scope(ScopeId id) const { return scopes[id.raw - 1]; }
  /// The same as a row sees it, which may have an instant of its own.
  AskedScope asked(ScopeId id, const Batch& batch, std::uint32_t row) const;
  /// Of dates that are written in the statement.
  const ApproximationPadding& padding() const { return snapshot.vocabulary().padding().values; }
  const View& view(ScopeId id) const { return views[id.raw - 1]; }
  std::span<const SlotInfo> slots() const { return query.slots; }
  /// `error`, at that place of the statement unless it knows a place already.
  Error placed(Error error, ast::SourceRange range) const;
  Error invalid(std::string message, ast::SourceRange range, std::string hint = {}) const;
};

/// The bounds of a fact.
inline SpellBounds bounds_of(const storage::Fact& fact) {
  return {fact.begin, fact.end, fact.begin_event, fact.end_event, fact.begin_is_moved};
}
inline SpellBounds bounds_of(const storage::PropertyFact& fact) {
  return {fact.begin, fact.end, fact.begin_event, fact.end_event, fact.begin_is_moved};
}

}  // namespace annals::query
