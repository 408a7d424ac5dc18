#include "storage/graph_index/fact_cursor.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/spell_group.h"
#include "storage/graph_index/spell_reader.h"

namespace annals::storage {

namespace {

Family family_of(const FactScan& scan) {
  return scan.direction == Direction::kOut ? Family::kOut : Family::kIn;
}

GroupFilter filter_of(const FactScan& scan, const Perspective& perspective) {
  GroupFilter filter;
  filter.relation = scan.relation;
  if (scan.relation) filter.neighbour = scan.neighbour;
  // What holds at another time now, or at none, may have held then as it was known once.
  filter.also_empty = !perspective.is_present();
  if (!filter.also_empty) filter.window = scan.window;
  return filter;
}

std::string prefix_of(const FactScan& scan) {
  KeyWriter prefix;
  if (scan.node) {
    prefix.node(scan.node);
    if (scan.relation) {
      prefix.symbol(scan.relation);
      if (scan.neighbour) prefix.node(scan.neighbour);
    }
  }
  return prefix.take();
}

/// Facts of the present.
class FactCursor final : public Cursor<Fact> {
 public:
  FactCursor(const KeyValueStore& store, const KvSnapshot& snapshot, const FactScan& scan)
      : family_(family_of(scan)),
        neighbour_(scan.neighbour),
        window_(scan.window),
        rows_(store, snapshot, family_, scan.node, filter_of(scan, Perspective())) {}

  Status next(std::vector<Fact>& batch, std::size_t count_max) override {
    // Facts that are there are written over: making one anew takes as long as all of this.
    std::size_t count = 0;
    while (count < count_max) {
      NodeId node;
      ANNALS_TRY(const std::span<const SpellRow> rows, rows_.next(count_max - count, node));
      if (rows.empty()) break;
      // At once for a large node, since facts are moved when the batch grows; for many small ones
      // it doubles, as push_back() would let it.
      const std::size_t needed = count + rows.size();
      if (needed > batch.capacity()) batch.reserve(std::max(needed, 2 * batch.capacity()));
      for (const SpellRow& row : rows) {
        if (neighbour_ && row.name.neighbour != neighbour_) continue;
        if (count == batch.size()) batch.emplace_back();
        Fact& fact = batch[count];
        ANNALS_CHECK_OK(to_fact(family_, node, row, fact));
        // The end of such a row may lie behind that of the fact.
        const bool is_wanted =
            row.form != SpellForm::kEncoded || window_.may_hold(fact.begin, fact.end);
        if (is_wanted) ++count;
      }
    }
    batch.resize(count);
    return {};
  }

 private:
  Family family_;
  NodeId neighbour_;
  const Window window_;
  SpellGroups rows_;
};

/// Facts as they were known once.
class PastFactCursor final : public Cursor<Fact> {
 public:
  PastFactCursor(const KeyValueStore& store, const KvSnapshot& snapshot, const FactScan& scan,
                 const Perspective& perspective)
      : scan_(scan),
        spells_(std::make_unique<SpellGroups>(store, snapshot, family_of(scan), scan.node,
                                              filter_of(scan, perspective)),
                store, snapshot, family_of(scan), prefix_of(scan), perspective) {}

  Status next(std::vector<Fact>& batch, std::size_t count_max) override {
    batch.clear();
    TimelineKey key;
    while (batch.size() < count_max) {
      Spell spell;
      ANNALS_TRY(const bool found, spells_.next(key, spell));
      if (!found) break;
      if (!wanted(key) || !scan_.window.may_hold(spell.begin_bounds(), spell.end_bounds())) {
        continue;
      }
      batch.push_back(to_fact(key, std::move(spell)));
      batch.back().known_until = spells_.known_until();
    }
    return {};
  }

 private:
  bool wanted(const TimelineKey& key) const {
    const NodeId neighbour = scan_.direction == Direction::kOut ? key.target : key.source;
    return (!scan_.relation || key.name == scan_.relation) &&
           (!scan_.neighbour || neighbour == scan_.neighbour);
  }

  FactScan scan_;
  SpellReader spells_;
};

}  // namespace

std::unique_ptr<Cursor<Fact>> fact_cursor(const KeyValueStore& store, const KvSnapshot& snapshot,
                                          const FactScan& scan, const Perspective& perspective) {
  if (perspective.is_present()) return std::make_unique<FactCursor>(store, snapshot, scan);
  return std::make_unique<PastFactCursor>(store, snapshot, scan, perspective);
}

}  // namespace annals::storage
