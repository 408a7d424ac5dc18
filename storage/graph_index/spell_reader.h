#pragma once

#include <memory>
#include <string>
#include <vector>

#include "schema/base/result.h"
#include "storage/graph_index/perspective.h"
#include "storage/graph_index/spell.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// The spells whose keys begin with a prefix in kOut, kIn, kProperty or kExistence: today's; as
/// they were known at an event (the rows of today as far as they tell, then those that were
/// superseded since); or in every version that there was. Not thread-safe; must not outlive store
/// and snapshot. Errors: Corruption, IoError.
class SpellReader {
 public:
  /// Of the perspective what was known counts, not what was said.
  SpellReader(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
              std::string prefix, const Perspective& perspective);

  /// The next one; false at the end.
  Result<bool> next(TimelineKey& key, Spell& spell);

  /// The event that ended the version given last; zero if none did. Only of every version.
  Seq known_until() const { return known_until_; }

 private:
  void open(Family family, std::string lower);
  Result<bool> read(TimelineKey& key, Spell& spell);
  bool next_version(TimelineKey& key, Spell& spell);

  const KeyValueStore& store_;
  const KvSnapshot& snapshot_;
  Family family_;
  std::string prefix_;
  Seq known_at_;
  bool every_version_;
  bool in_superseded_ = false;
  std::string lower_;
  std::string upper_;
  std::unique_ptr<KvIterator> iterator_;

  // Of every version: the row that is being told.
  TimelineKey row_key_;
  Spell row_;
  Seq row_until_;
  std::vector<Seq> row_moments_;  // when its versions came to be known, the last one first
  Seq known_until_;
};

}  // namespace annals::storage
