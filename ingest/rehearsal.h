#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "schema/ids.h"

namespace annals::ingest {

/// What must be remembered of rows that were tried and forgotten again. A load is tried out in
/// chunks, since a commit's builder holds a limited number of events: this knows what the chunks
/// before would have recorded. Keeps hashes of 64 bits (of ten million IDs, two collide with a
/// probability of 3 in a million): 32 to 64 bytes an event with an ID, about 40 a new entity.
class Rehearsal {
 public:
  /// An event of an earlier chunk.
  struct Rehearsed {
    std::uint64_t content = 0;  ///< Hash of the fields that it was made of.
    SymbolId kind;              ///< Zero for a bare fact.
    std::uint32_t chunk = 0;
  };

  /// The ID is not that of an event noted before.
  void note_event(std::string_view id, std::uint64_t content, SymbolId kind) {
    events_.add(hash(id), Rehearsed{content, kind, chunk_});
  }
  /// The event called `id` of a chunk before this one; the builder knows those of this one.
  std::optional<Rehearsed> earlier_event(std::string_view id) const {
    const Rehearsed* found = events_.find(hash(id));
    if (found == nullptr || found->chunk == chunk_) return std::nullopt;
    return *found;
  }

  void note_entity(SymbolId type, std::string_view name) {
    entities_.insert(combined(type.raw, hash(name)));
  }
  void note_relation(std::string_view name) { relations_.insert(hash(name)); }
  std::uint64_t entities_created() const { return entities_.size(); }
  std::uint64_t relations_created() const { return relations_.size(); }

  /// Says that the builder has forgotten everything since the beginning.
  void next_chunk() { ++chunk_; }

  static std::uint64_t hash(std::string_view text) { return std::hash<std::string_view>()(text); }
  /// The hash of a sequence, of the hash of all but its last part and that of the last.
  static std::uint64_t combined(std::uint64_t before, std::uint64_t next) {
    // The finalizer of splitmix64, so that the order of the parts matters.
    std::uint64_t mixed = before * 0x9E3779B97F4A7C15ULL + next;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
  }

 private:
  /// An open hash table. std::unordered_map's small blocks, which live long among the many that a
  /// chunk frees, slowed the allocator down until a rehearsal took twice as long.
  class Events {
   public:
    const Rehearsed* find(std::uint64_t key) const {
      if (slots_.empty()) return nullptr;
      const Slot& slot = slots_[index_of(key)];
      return slot.event.chunk == kNone ? nullptr : &slot.event;
    }
    void add(std::uint64_t key, const Rehearsed& event) {
      if (4 * (count_ + 1) > 3 * slots_.size()) grow();
      Slot& slot = slots_[index_of(key)];
      if (slot.event.chunk == kNone) ++count_;
      slot = {key, event};
    }

   private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    static constexpr std::size_t kSlotsAtFirst = 1'024;
    struct Slot {
      std::uint64_t key = 0;
      Rehearsed event{0, {}, kNone};
    };

    /// Where `key` is, or would be put. Requires a slot that is free.
    std::size_t index_of(std::uint64_t key) const {
      std::size_t index = combined(key, 0) & (slots_.size() - 1);
      while (slots_[index].event.chunk != kNone && slots_[index].key != key) {
        index = (index + 1) & (slots_.size() - 1);
      }
      return index;
    }
    void grow() {
      const std::vector<Slot> before =
          std::exchange(slots_, std::vector<Slot>(std::max(kSlotsAtFirst, 2 * slots_.size())));
      for (const Slot& slot : before) {
        if (slot.event.chunk != kNone) slots_[index_of(slot.key)] = slot;
      }
    }

    std::vector<Slot> slots_;  // as many as a power of two
    std::size_t count_ = 0;
  };

  std::uint32_t chunk_ = 0;
  Events events_;
  std::unordered_set<std::uint64_t> entities_;
  std::unordered_set<std::uint64_t> relations_;
};

}  // namespace annals::ingest
