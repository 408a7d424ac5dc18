#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "schema/ids.h"
#include "schema/time/date.h"
#include "schema/value.h"
#include "schema/vocabulary.h"

namespace annals::inline schema {

/// DO NOT CHANGE the numbers: they are in the log.
enum class EventStatus : std::uint8_t { kHappened = 0, kPlanned = 1, kCancelled = 2 };

/// The nodes that fill a role, in the order given.
struct RoleFilling {
  SymbolId role;
  std::vector<NodeId> nodes;
  bool operator==(const RoleFilling&) const = default;
};

/// The value that fills a role. A `many` role holds a list.
struct Attribute {
  SymbolId role;
  Value value;
  bool operator==(const Attribute&) const = default;
};

/// `RECORD Kind {...}`: an event of a kind that the user defined. Roles and attributes are sorted
/// by symbol and appear only when filled, so that equal events have equal bytes.
struct Occurrence {
  SymbolId kind;
  std::vector<RoleFilling> roles;
  std::vector<Attribute> attributes;
  bool operator==(const Occurrence&) const = default;
};

/// `ASSERT (a)-[:R]->(b) FROM x TO y`: a bare fact. `on` of the event is FROM and `until` is TO;
/// or `on` alone, with `momentary`, for a fact of that day (`ON day`).
struct Assertion {
  NodeId source;
  SymbolId relation;
  NodeId target;
  std::vector<Property> properties;  ///< Sorted by name.
  bool momentary = false;
  bool operator==(const Assertion&) const = default;
};

/// `ENTITY Type 'name' ALSO ... ID ...`: names by which an entity is known. The entity itself is
/// in the commit's list of new entities, or older.
struct Naming {
  NodeId entity;
  std::vector<std::string> aliases;
  std::vector<std::string> identifiers;
  bool operator==(const Naming&) const = default;
};

/// What an event is. A definition's `defined` is not stored: it is the event's own sequence, and
/// zero here.
using EventBody = std::variant<Occurrence, Assertion, Naming, EntityType, Relation, Kind>;

/// An immutable record of the log, apart from its sequence and its recorded time, which the log
/// gives. A value: copies and compares.
struct Event {
  EventBody body;
  EventStatus status = EventStatus::kHappened;
  std::optional<Date> on;     ///< When it happened; without it, at some time until it was said.
  std::optional<Date> until;  ///< Assertions only: TO.
  std::optional<Date> said;   ///< When it was announced or published, if that was given.
  std::string id;             ///< The user's own name for it; unique if not empty.
  std::string source;
  std::string reason;  ///< BECAUSE

  bool operator==(const Event&) const = default;
};

/// An event with what the log gave it.
struct RecordedEvent {
  Seq seq;
  Micros recorded = 0;  ///< When this database recorded it (known time).
  Event event;
};

/// An entity that a commit brings into being.
struct NewEntity {
  SymbolId type;
  std::string name;  ///< Its canonical name.
  bool operator==(const NewEntity&) const = default;
};

/// What one atomic append adds. New symbols are numbered on from `first_symbol`, new entities from
/// `first_entity`; events refer to both by number, so that the log is self-contained.
struct CommitContent {
  std::uint32_t first_symbol = 1;
  std::vector<std::string> symbols;
  std::uint64_t first_entity = 1;
  std::vector<NewEntity> entities;
  std::vector<Event> events;
  bool operator==(const CommitContent&) const = default;
};

}  // namespace annals::inline schema
