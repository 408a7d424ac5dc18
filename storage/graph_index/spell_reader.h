#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "storage/graph_index/perspective.h"
#include "storage/graph_index/spell.h"
#include "storage/graph_index/spell_group.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// Spells as they are stored today, one after the other. Not thread-safe. Errors: Corruption,
/// IoError.
class SpellSource {
 public:
  virtual ~SpellSource() = default;
  /// The next one; false at the end.
  virtual Result<bool> next(TimelineKey& key, Spell& spell) = 0;
};

/// Those whose keys begin with `prefix` in kProperty or kExistence, or in kSuperseded, where
/// `family` tells whose rows they were. Must not outlive store and snapshot.
class SpellRows final : public SpellSource {
 public:
  SpellRows(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
            std::string_view prefix);
  static SpellRows superseded(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
                              std::string_view prefix);

  Result<bool> next(TimelineKey& key, Spell& spell) override;
  /// Of a superseded row: the event until which it was believed; of others zero.
  Seq until() const { return until_; }

 private:
  SpellRows(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
            bool is_superseded, std::string prefix);

  Family family_;
  bool is_superseded_;
  std::string lower_;
  std::string upper_;
  std::unique_ptr<KvIterator> iterator_;
  Seq until_;
};

/// Those in kOut or kIn that a filter wants, of one node or (zero) of all, node after node. Must
/// not outlive store and snapshot.
class SpellGroups final : public SpellSource {
 public:
  SpellGroups(const KeyValueStore& store, const KvSnapshot& snapshot, Family family, NodeId node,
              const GroupFilter& filter);

  Result<bool> next(TimelineKey& key, Spell& spell) override;
  /// The next rows as they lie there, at most so many, all of one node; none at the end.
  /// Valid until the next call. Requires count_max > 0.
  Result<std::span<const SpellRow>> next(std::size_t count_max, NodeId& node);

 private:
  Family family_;
  GroupFilter filter_;
  NodeId node_;
  std::string lower_;
  std::string upper_;
  std::unique_ptr<KvIterator> rows_;  // of one node, until it is read
  std::unique_ptr<GroupWalk> walk_;   // of all
  std::vector<SpellRow> group_;
  std::size_t given_ = 0;
};

/// The spells of a source as they were known at an event (the rows of today as far as they tell,
/// then those that were superseded since), or in every version that there was. Not thread-safe;
/// must not outlive store and snapshot. Errors: Corruption, IoError.
class SpellReader {
 public:
  /// `prefix`: what keys of spell_key() in `family` begin with. Of the perspective what was known
  /// counts, not what was said.
  SpellReader(std::unique_ptr<SpellSource> today, const KeyValueStore& store,
              const KvSnapshot& snapshot, Family family, std::string prefix,
              const Perspective& perspective);

  /// The next one; false at the end.
  Result<bool> next(TimelineKey& key, Spell& spell);

  /// The event that ended the version given last; zero if none did. Only of every version.
  Seq known_until() const { return known_until_; }

 private:
  Result<bool> read(TimelineKey& key, Spell& spell);
  bool was_believed(Spell& spell) const;
  bool next_version(TimelineKey& key, Spell& spell);

  std::unique_ptr<SpellSource> today_;  // null when it is at its end
  const KeyValueStore& store_;
  const KvSnapshot& snapshot_;
  Family family_;
  std::string prefix_;
  Seq known_at_;
  bool every_version_;
  std::optional<SpellRows> superseded_;

  // Of every version: the row that is being told.
  TimelineKey row_key_;
  Spell row_;
  Seq row_until_;
  std::vector<Seq> row_moments_;  // when its versions came to be known, the last one first
  Seq known_until_;
};

}  // namespace annals::storage
