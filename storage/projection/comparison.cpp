#include "storage/projection/comparison.h"

#include <tuple>

#include <fmt/format.h>

#include "storage/graph_index/alive_counts.h"
#include "storage/graph_index/event_list.h"
#include "storage/graph_index/index_rows.h"
#include "storage/graph_index/spell_reader.h"

namespace annals::storage {

namespace {

std::string readable_key(std::string_view key) {
  std::string text;
  for (const char c : key) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

/// Looked at now and then: a look takes as long as several rows.
Status check_stop(std::uint64_t rows, const StopFlag& stop) {
  constexpr std::uint64_t kRowsUnlooked = 1'024;
  if (rows % kRowsUnlooked != 0 || !stop.requested()) return {};
  return Error(ErrorCode::kInterrupted, "the comparison was stopped", "nothing was changed");
}

/// Whether a row of kMeta says nothing of what is projected, but how far, or where it lies.
bool is_aside(std::string_view key) {
  return key == kDurableKey || key.starts_with(generation_prefix(Family::kOut)) ||
         key.starts_with(generation_prefix(Family::kIn));
}

/// Walks the rows of a family but for those.
class FamilyRows {
 public:
  FamilyRows(const KeyValueStore& store, Family family)
      : family_(family), rows_(store.iterate(family, {}, {})) {
    pass_over();
  }
  const KvIterator* operator->() const { return rows_.get(); }
  void next() {
    rows_->next();
    pass_over();
  }

 private:
  void pass_over() {
    while (family_ == Family::kMeta && rows_->valid() && is_aside(rows_->key())) rows_->next();
  }
  const Family family_;
  const std::unique_ptr<KvIterator> rows_;
};

/// The first row in which two projections differ; empty if there is none.
Result<std::string> compare_family(Family family, const KeyValueStore& live,
                                   const KeyValueStore& rebuilt, std::uint64_t& rows,
                                   const StopFlag& stop) {
  FamilyRows a(live, family);
  FamilyRows b(rebuilt, family);
  for (; a->valid() && b->valid(); a.next(), b.next(), ++rows) {
    ANNALS_CHECK_OK(check_stop(rows, stop));
    if (a->key() == b->key() && a->value() == b->value()) continue;
    return fmt::format("family '{}': live key {}, rebuilt key {}{}", family_name(family),
                       readable_key(a->key()), readable_key(b->key()),
                       a->key() == b->key() ? " (the values differ)" : "");
  }
  ANNALS_CHECK_OK(a->status());
  ANNALS_CHECK_OK(b->status());
  if (!a->valid() && !b->valid()) return std::string();
  return fmt::format("family '{}': only the {} projection has key {}", family_name(family),
                     a->valid() ? "live" : "rebuilt",
                     readable_key(a->valid() ? a->key() : b->key()));
}

/// The same of kOut or kIn: how spells lie in blocks may differ, which they are may not.
Result<std::string> compare_spells(Family family, const KeyValueStore& live,
                                   const KeyValueStore& rebuilt, std::uint64_t& rows,
                                   const StopFlag& stop) {
  GroupFilter all;
  all.also_empty = true;
  const auto live_state = live.snapshot();
  const auto rebuilt_state = rebuilt.snapshot();
  SpellGroups a(live, *live_state, family, NodeId(), all);
  SpellGroups b(rebuilt, *rebuilt_state, family, NodeId(), all);
  for (;; ++rows) {
    ANNALS_CHECK_OK(check_stop(rows, stop));
    NodeId node_a;
    NodeId node_b;
    ANNALS_TRY(const std::span<const SpellRow> rows_a, a.next(1, node_a));
    ANNALS_TRY(const std::span<const SpellRow> rows_b, b.next(1, node_b));
    const SpellRow* const row_a = rows_a.empty() ? nullptr : rows_a.data();
    const SpellRow* const row_b = rows_b.empty() ? nullptr : rows_b.data();
    if (row_a == nullptr && row_b == nullptr) return std::string();
    const bool is_same =
        row_a != nullptr && row_b != nullptr && node_a == node_b && *row_a == *row_b;
    if (is_same) continue;
    const bool live_is_first =
        row_a != nullptr &&
        (row_b == nullptr || std::tie(node_a, row_a->name) <= std::tie(node_b, row_b->name));
    return fmt::format("family '{}': at {} the projections differ", family_name(family),
                       readable_key(live_is_first ? tail_key(node_a, 0, row_a->name)
                                                  : tail_key(node_b, 0, row_b->name)));
  }
}

/// The same of a family whose rows may be cut otherwise: walks what they tell. `key_of` says where
/// an entry lies.
template <class Walk, class KeyOf>
Result<std::string> compare_walks(Family family, const KeyValueStore& live,
                                  const KeyValueStore& rebuilt, std::uint64_t& rows,
                                  const StopFlag& stop, KeyOf key_of) {
  const auto live_state = live.snapshot();
  const auto rebuilt_state = rebuilt.snapshot();
  Walk a(live, *live_state);
  Walk b(rebuilt, *rebuilt_state);
  for (;; ++rows) {
    ANNALS_CHECK_OK(check_stop(rows, stop));
    ANNALS_TRY(const auto entry_a, a.next());
    ANNALS_TRY(const auto entry_b, b.next());
    if (!entry_a && !entry_b) return std::string();
    if (entry_a == entry_b) continue;
    const bool live_is_first = entry_a && (!entry_b || key_of(*entry_a) <= key_of(*entry_b));
    return fmt::format("family '{}': at {} the projections differ", family_name(family),
                       readable_key(key_of(live_is_first ? *entry_a : *entry_b)));
  }
}

}  // namespace

Result<std::string> first_difference(Family family, const KeyValueStore& live,
                                     const KeyValueStore& rebuilt, std::uint64_t& rows,
                                     const StopFlag& stop) {
  switch (family) {
    case Family::kOut:
    case Family::kIn: return compare_spells(family, live, rebuilt, rows, stop);
    case Family::kParticipation:
      return compare_walks<EventListWalk>(family, live, rebuilt, rows, stop, [](const auto& entry) {
        return event_list_key(entry.list, entry.entry.event);
      });
    case Family::kByTime:
      return compare_walks<AliveWalk>(family, live, rebuilt, rows, stop, [](const auto& entry) {
        return alive_chunk_key(entry.relation, entry.change.at);
      });
    default: return compare_family(family, live, rebuilt, rows, stop);
  }
}

}  // namespace annals::storage
