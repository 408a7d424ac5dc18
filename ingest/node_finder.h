#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "ingest/event_details.h"
#include "ingest/rehearsal.h"
#include "ingest/row_problem.h"
#include "storage/commit_builder.h"

namespace annals::ingest {

/// A field, or a part of one, that names a node, and the node once it is found.
struct NodeField {
  std::size_t column = 0;
  std::string_view name;  ///< Of the row that is being added.
  SymbolId type;          ///< Of an entity; zero: any. Of an event: its kind.
  bool is_event = false;
  NodeId node;  ///< Zero while it is neither found nor created.
};

/// Finds the nodes that the fields of a row name, and creates entities that are missing if that was
/// asked for. In two steps, so that a row that is refused leaves nothing behind: find() all, check
/// everything else, then create_missing(). Keeps names that it has found at hand, since a file
/// names the same entities again and again. Not thread-safe; for one load, whose builder keeps the
/// numbers of nodes stable.
class NodeFinder {
 public:
  /// Events after `recorded_before` are those of the load itself, which no number names: it depends
  /// on what becomes of the rows before.
  NodeFinder(storage::MissingNames missing, Seq recorded_before)
      : missing_(missing), recorded_before_(recorded_before) {}

  /// Sets `field.node`, or leaves it zero if it is an entity that create_missing() will create.
  RowStatus find(const Record& record, const FileColumns& columns, storage::CommitBuilder& builder,
                 const Rehearsal* rehearsal, NodeField& field);

  /// Creates the entities of the fields that have no node yet. `id` is the event's ID: if an event
  /// has it already, that one cannot be of an entity that does not exist, and the row is refused.
  RowStatus create_missing(const Record& record, const FileColumns& columns,
                           storage::CommitBuilder& builder, Rehearsal* rehearsal,
                           const EventDetails& details, const std::string& id,
                           std::span<NodeField> fields);

  /// Says that the builder has forgotten what it created.
  void forget() { known_.clear(); }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  RowStatus find_event(const Record& record, const FileColumns& columns,
                       storage::CommitBuilder& builder, const Rehearsal* rehearsal,
                       NodeField& field) const;
  RowStatus check_number(const Record& record, const FileColumns& columns,
                         const NodeField& field) const;
  /// The key of `name` in known_; valid until the next call.
  std::string_view key_of(SymbolId type, std::string_view name);
  void keep(std::string_view key, NodeId node);

  const storage::MissingNames missing_;
  const Seq recorded_before_;
  std::string key_;
  // Two cache misses a look; std::unordered_map's three cost a load a tenth of its time.
  boost::unordered_flat_map<std::string, NodeId, TextHash, std::equal_to<>> known_;
};

}  // namespace annals::ingest
