#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/event_time.h"
#include "storage/graph_index/fact.h"
#include "storage/kv/key_value_store.h"

/// kParticipation: for each node the events that it takes part in, and for each kind its events, as
/// lists in the order of the log.
///
/// A list lies in rows. A row holds entries of consecutive events and stands under its list and a
/// sequence that is not above that of the first, nor below those of the row before; all entries of
/// one event lie in one row. New events make new, short rows, which the writer merges
/// (storage/projection/event_list_folder.h). Layout: docs/graph_index_format.md.
namespace annals::storage {

/// Names a list. A value.
struct EventListId {
  std::uint64_t raw = 0;  ///< As in keys: a node's number, or the top bit and a kind's symbol.

  static constexpr EventListId of(NodeId node) { return EventListId{node.raw}; }
  static constexpr EventListId of(SymbolId kind) { return EventListId{kKindBit | kind.raw}; }
  /// The node whose list it is; zero for the list of a kind.
  constexpr NodeId node() const { return (raw & kKindBit) == 0 ? NodeId(raw) : NodeId(); }

  constexpr auto operator<=>(const EventListId&) const = default;

 private:
  static constexpr std::uint64_t kKindBit = std::uint64_t{1} << 63;
};

/// Calls `take` with each list that an event is in, and its entry there: those of the nodes that
/// take part in it, and that of its kind.
template <class Take>
void each_list_entry(const RecordedEvent& recorded, const Take& take) {
  each_participation(recorded,
                     [&](const Participation& one) { take(EventListId::of(one.node), one); });
  if (const auto* occurrence = std::get_if<Occurrence>(&recorded.event.body)) {
    Participation one;
    one.event = recorded.seq;
    one.kind = occurrence->kind;
    take(EventListId::of(occurrence->kind), std::as_const(one));
  }
}

std::string event_list_prefix(EventListId list);
std::string event_list_key(EventListId list, Seq first);

struct EventListKey {
  EventListId list;
  Seq first;
};
/// Corruption.
Result<EventListKey> read_event_list_key(std::string_view key);

/// The entries of one row, by event; requires that there are some. In the list of a kind they have
/// no role, node and time.
std::string encode_event_list(std::span<const Participation> entries);
/// Appends. Corruption.
Status decode_event_list(EventListId list, std::string_view bytes,
                         std::vector<Participation>& entries);
/// How many entries a row has, without decoding them; of damaged bytes any number.
std::size_t event_list_size(std::string_view bytes);

/// All entries of one list, or of all lists, in order. Borrows the store and the snapshot. Errors:
/// Corruption, IoError.
class EventListReader {
 public:
  EventListReader(const KeyValueStore& store, const KvSnapshot& snapshot,
                  std::optional<EventListId> list);

  /// The next row's entries into `entries`; false at the end.
  Result<bool> next(EventListId& list, std::vector<Participation>& entries);

 private:
  std::string lower_;
  std::string upper_;
  std::unique_ptr<KvIterator> rows_;
};

/// All entries of all lists in a state of the store, in order. For comparing two stores.
class EventListWalk {
 public:
  EventListWalk(const KeyValueStore& store, const KvSnapshot& snapshot)
      : rows_(store, snapshot, std::nullopt) {}
  struct Entry {
    EventListId list;
    Participation entry;
    bool operator==(const Entry&) const = default;
  };
  /// Nothing at the end. Corruption, IoError.
  Result<std::optional<Entry>> next();

 private:
  EventListReader rows_;
  EventListId list_;
  std::vector<Participation> row_;
  std::size_t given_ = 0;
};

}  // namespace annals::storage

template <>
struct std::hash<annals::storage::EventListId> {
  std::size_t operator()(annals::storage::EventListId id) const noexcept {
    return static_cast<std::size_t>(id.raw * 0x9E3779B97F4A7C15ULL);
  }
};
