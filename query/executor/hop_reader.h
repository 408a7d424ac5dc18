#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "query/executor/end_facts.h"
#include "query/executor/fact_image.h"
#include "query/executor/fact_slice.h"
#include "query/executor/run_context.h"
#include "query/planner/bound_query.h"
#include "schema/base/result.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// Reads the facts that match a hop at one node, or everywhere: those of its relations from the
/// graph index, bounded by the window of its scope, and the roles that it names from the events,
/// each as a fact from the event to the node, for all time. Where the session has an image of the
/// facts (fact_images.h) it reads that: the same facts in the same order; otherwise what it is
/// asked about again and again is kept (end_facts.h). Not thread-safe; borrows hop and context.
/// Errors: Interrupted, Corruption, IoError.
class HopReader {
 public:
  HopReader(const BoundHop& hop, RunContext& context) : hop_(hop), context_(context) {}

  /// Lets go of all that it knows of the run, so that start() may be called in another.
  void rewind();

  /// Begins with the facts at `node`, the hop's left end (or right end); with `neighbour` at the
  /// other end unless that is zero. If `node` is zero: all facts; then the hop must have no roles.
  /// Those that cannot hold in `window` may be left out.
  void start(NodeId node, bool from_left, NodeId neighbour, const storage::Window& window);

  /// Facts, or where they are in an image; never both.
  struct Found {
    std::vector<storage::Fact> facts;
    std::vector<FactImage::Row> rows;
    const FactImage* image = nullptr;  ///< Of the rows; lives as long as the reader.
  };

  /// Replaces `found` by up to `count_max` (not zero) further ones, all of one orientation; false
  /// if there are none left.
  Result<bool> next(Found& found, std::size_t count_max);
  /// The same, all as facts.
  Result<bool> next(std::vector<storage::Fact>& facts, std::size_t count_max);

  /// If reading at a node tells no more than one slice of an image does: that, if there is one that
  /// start() would look into. It lives as long as the run.
  const FactSlice* slice(bool from_left, bool has_neighbour, const storage::Window& window) const;
  /// Whether the node that is read at is the source, for a hop of one direction.
  bool is_outward(bool from_left) const {
    return (hop_.direction == ast::HopDirection::kIn) != from_left;
  }

  /// Whether the source of what next() gave last is at the hop's left end.
  bool left_is_source() const { return outward_ == from_left_; }

 private:
  /// The hop in one direction: its relations, then its roles.
  Status open_next();
  Status open_relation(SymbolId relation);
  Result<const FactImage*> image_of(storage::Direction direction, NodeId node);
  Result<bool> open_image(storage::FactScan scan);
  Result<bool> open_slice(const storage::FactScan& scan);
  const FactImage::Times& times_in(storage::Direction direction);
  FactImage::Range part_of(std::size_t rows) const;
  void note_scanned(std::size_t facts);
  Status open_roles();
  Status add_fillings(Seq event, NodeId only);
  Status next_participations(std::size_t count_max);
  void take_known_facts(std::vector<storage::Fact>& facts, std::size_t count_max);
  void drop_loops(Found& found) const;
  bool wants_role(SymbolId role) const;

  const BoundHop& hop_;
  RunContext& context_;
  View view_;  // as of the last start()
  storage::Window window_;
  NodeId node_;
  NodeId neighbour_;
  bool from_left_ = true;
  bool outward_ = true;       // node_ is the source
  bool second_pass_ = false;  // of kEither: the other direction was read
  bool finished_ = true;
  std::size_t step_ = 0;  // relations, then the roles
  std::unique_ptr<storage::Cursor<storage::Fact>> facts_;
  std::uint64_t scanned_ = 0;                   // of a scan of all facts
  std::optional<EndFacts> ends_;                // if facts between two nodes were asked about
  std::span<const storage::Fact> known_facts_;  // of ends_, not yet given
  /// What is known of a slice that is read often.
  struct SliceUse {
    FactSliceKey key;
    std::size_t reads = 0;
    const FactSlice* slice = nullptr;
  };

  std::array<std::shared_ptr<const FactImage>, 2> images_;  // found once, by direction
  std::vector<SliceUse> slices_;                            // of the window asked about last
  const FactSlice* slice_ = nullptr;                        // one of these, which is read:
  FactSlice::Range slice_places_;                           // not yet looked at
  /// A window as an image sees it, which takes longer to find out than to read a node.
  struct KnownTimes {
    storage::Window window;
    FactImage::Times times;
    bool is_known = false;
  };
  std::array<KnownTimes, 2> times_;             // by direction
  const FactImage* image_ = nullptr;            // one of these
  FactImage::Range image_rows_;                 // not yet looked at; or
  std::span<const FactImage::Row> image_list_;  // these
  FactImage::Filter image_filter_;
  std::unique_ptr<storage::Cursor<storage::Participation>> participations_;
  std::vector<storage::Participation> rows_;
  std::vector<storage::Fact> roles_;  // read and not yet given
  std::size_t roles_given_ = 0;
  Found found_;  // on its way to becoming facts
};

/// Whether both are the same fact, or say that the same node fills the same role.
bool is_same_fact(const storage::Fact& a, const storage::Fact& b);

/// Whether it says that a node fills a role.
bool is_role_fact(const storage::Fact& fact);

}  // namespace annals::query
