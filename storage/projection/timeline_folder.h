#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "storage/kv/ingestion.h"
#include "storage/kv/key_value_store.h"
#include "storage/projection/effects.h"
#include "storage/projection/timeline_store.h"

namespace annals::storage {

/// Gathers what comes to be known of timelines, some 30 bytes for each effect, and folds that into
/// what is stored of them. Not thread-safe: the writer owns it. Errors: Corruption, IoError.
class TimelineFolder {
 public:
  /// The effect comes to be known with the event `known`, or (`removes`) turns out to be none.
  /// Calls come in the order of `known`.
  void add(const PlacedEffect& placed, Seq known, bool removes);

  /// About how much memory that takes which was gathered.
  std::size_t bytes() const { return gathered_.size(); }
  /// Makes room for about as much as the other one has.
  void reserve_like(const TimelineFolder& other) {
    gathered_.reserve(other.gathered_.size() / 8 * 9);
  }

  /// Puts what was gathered aside as a run: under the key of each source (source_key()) what is
  /// known of its timelines.
  Status put_aside(SortedRuns& runs) const;
  static std::string source_key(NodeId source);
  /// Gathers again what was put aside under a key. What is known later comes later.
  void add_put_aside(std::string_view known) { gathered_ += known; }

  /// What is known of one source that has very much, in pieces that can be folded apart.
  class Pieces;
  /// Takes away what was gathered since bytes() were `bytes_before`, which is all of one source,
  /// and puts it in pieces: at most `count_max`, at least one. They become about equal if what
  /// follows is like it.
  Pieces take_pieces(std::size_t bytes_before, std::size_t count_max);

  /// Told what became of a timeline, when it has been written. Its error is the fold's.
  using Report = std::function<Status(const TimelineKey&, const TimelineStore::Difference&)>;

  /// Some of the sources, with all that was gathered of them.
  class Part;
  /// All that was gathered, in at most so many parts of about the same size; none if there is
  /// nothing. They borrow it: nothing may be added while they are in use.
  std::vector<Part> parts(std::size_t count_max);

  /// Folds one part, source by source, and of each in the order of timelines. `stored` is that of
  /// TimelineStore. Several threads may fold different parts.
  Status fold(const Part& part, const KeyValueStore& store, TimelineStore::Stored stored,
              const TimelineStore::Changes& changes, const Report& report) const;

  /// Forgets what was gathered.
  void clear();

 private:
  struct Place {
    TimelineKey timeline;
    std::size_t offset;  ///< Into gathered_; grows with the order of the calls.
  };

  std::vector<Place> places_by_source() const;
  std::string_view change_at(std::size_t offset) const;
  template <class Apply>
  void apply_all(std::span<const Place> changes, const Apply& apply) const;
  bool read_begin_and_end(std::span<const Place> changes, Spell& spell) const;
  /// What a timeline becomes; memory is kept from one to the next.
  struct Fold {
    TimelineStore::Before before;
    Timeline::Folded folded;
  };
  Status fold_one(TimelineStore& timelines, std::span<const Place> changes,
                  const TimelineStore::Purpose& purpose, Fold& fold) const;
  Micros since_of(std::span<const Place> changes) const;

  std::string gathered_;       // changes, each with its length before it
  std::vector<Place> places_;  // of parts()
};

/// Timelines are whole, and those of a piece come behind those of the piece before. A value; some
/// pieces may be empty.
class TimelineFolder::Pieces {
 public:
  /// More of the source, as TimelineFolder::add_put_aside().
  void add_put_aside(std::string_view known);
  /// All of them, in their order.
  std::vector<TimelineFolder> take() && { return std::move(pieces_); }

 private:
  friend TimelineFolder;
  Pieces(std::string_view known, std::size_t count_max);

  std::vector<TimelineKey> cuts_;  // each piece begins with one of them, but the first
  std::vector<TimelineFolder> pieces_;
};

class TimelineFolder::Part {
 private:
  friend TimelineFolder;
  explicit Part(std::span<Place> places) : places_(places) {}

  std::span<Place> places_;  // by source; fold() sorts those of each
};

}  // namespace annals::storage
