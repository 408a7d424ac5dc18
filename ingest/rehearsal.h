#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "schema/ids.h"

namespace annals::ingest {

/// What must be remembered of rows that were tried and forgotten again. A load is tried out in
/// chunks, since a commit's builder holds a limited number of events: this knows what the chunks
/// before would have recorded. Keeps hashes of 64 bits (of ten million IDs, two collide with a
/// probability of 3 in a million): about 60 bytes an event with an ID and 40 a new entity.
class Rehearsal {
 public:
  /// An event of an earlier chunk.
  struct Rehearsed {
    std::uint64_t content = 0;  ///< Hash of the fields that it was made of.
    SymbolId kind;              ///< Zero for a bare fact.
    std::uint32_t chunk = 0;
  };

  void note_event(std::string_view id, std::uint64_t content, SymbolId kind) {
    events_.emplace(hash(id), Rehearsed{content, kind, chunk_});
  }
  /// The event called `id` of a chunk before this one; the builder knows those of this one.
  std::optional<Rehearsed> earlier_event(std::string_view id) const {
    const auto found = events_.find(hash(id));
    if (found == events_.end() || found->second.chunk == chunk_) return std::nullopt;
    return found->second;
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
  std::uint32_t chunk_ = 0;
  std::unordered_map<std::uint64_t, Rehearsed> events_;
  std::unordered_set<std::uint64_t> entities_;
  std::unordered_set<std::uint64_t> relations_;
};

}  // namespace annals::ingest
