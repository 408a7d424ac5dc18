#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "schema/base/boxed.h"
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

/// `CORRECT event SET ...`: parts of what an earlier event says, said anew; what is not named here
/// stays as it was. The target is an occurrence, an assertion or a correction of such.
struct Correction {
  /// DO NOT CHANGE the numbers: they are in the log.
  enum Part : std::uint8_t { kOn = 1, kUntil = 2, kSaid = 4, kStatus = 8, kSource = 16 };

  Seq target;
  std::uint8_t parts = 0;  ///< The sum of those that change. A date that is missing is taken away.
  EventStatus status = EventStatus::kHappened;
  std::optional<Date> on;
  std::optional<Date> until;
  std::optional<Date> said;
  std::string source;
  std::vector<RoleFilling> roles;     ///< These roles are filled so instead, sorted by symbol.
  std::vector<Attribute> attributes;  ///< Likewise.
  std::vector<SymbolId> cleared;      ///< These are filled by nothing, sorted.

  bool has(Part part) const { return (parts & part) != 0; }
  bool operator==(const Correction&) const = default;
};

/// `RETRACT event`: it was recorded by mistake. Of a correction or a retraction: what that changed
/// is as before.
struct Retraction {
  Seq target;
  bool operator==(const Retraction&) const = default;
};

/// `REPLAY`: the definitions as they stand now hold for everything recorded before, too.
struct Replay {
  bool operator==(const Replay&) const = default;
};

/// What an event is. Few are kinds or corrections, which are larger than all others. A definition's
/// `defined` is not stored: it is the event's own sequence, and zero here.
using EventBody = std::variant<Occurrence, Assertion, Naming, EntityType, Relation, Boxed<Kind>,
                               Boxed<Correction>, Retraction, Replay, Padding>;

/// An immutable record of the log, apart from its sequence and its recorded time, which the log
/// gives. A value: copies and compares.
struct Event {
  EventBody body;
  EventStatus status = EventStatus::kHappened;
  std::optional<Date> on;     ///< When it happened; without it, at some time until it was said.
  BoxedOptional<Date> until;  ///< Assertions only: TO.
  BoxedOptional<Date> said;   ///< When it was announced or published, if that was given.
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

/// The date, or null.
inline const Date* pointer_to(const std::optional<Date>& date) { return date ? &*date : nullptr; }

/// When it happened, TO, and when it was said; null for what is missing.
inline std::array<const Date*, 3> dates_of(const Event& event) {
  return {pointer_to(event.on), event.until.get(), event.said.get()};
}

/// What a correction says; null for any other event.
const Correction* correction_of(const Event& event);

/// The event that a correction or retraction is about; zero for any other event.
Seq target_of(const Event& event);

/// From when on an event counts as said: from the latest bound of SAID, else of when it happened; a
/// plan, an event without a date and what changes another event, from when it was recorded.
Micros counts_as_said(const RecordedEvent& recorded);

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
