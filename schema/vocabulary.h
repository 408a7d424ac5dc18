#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/base/result.h"
#include "schema/condition.h"
#include "schema/ids.h"
#include "schema/time/date.h"

namespace annals::inline schema {

/// What may fill a role.
enum class RoleType : std::uint8_t {
  kNode = 0,    ///< An entity of the type, or an event of the kind, that `node_type` names.
  kEntity = 1,  ///< Any entity.
  kText = 2,
  kInteger = 3,
  kFloat = 4,
  kBoolean = 5,
  kDate = 6,
  kRelation = 7,  ///< The name of a relation: `BEGINS (src)-[:$(rel)]->(dst)`.
};
/// DO NOT CHANGE the numbers above or below: they are in the log.

/// A named place in an event. One filled by entities or events is a role in the narrow sense, one
/// filled by a value is an attribute.
struct Role {
  SymbolId name;
  RoleType type = RoleType::kEntity;
  SymbolId node_type;     ///< Of kNode: an entity type or an event kind.
  bool optional = false;  ///< `?`; a `many` role may always be empty.
  bool many = false;      ///< `[]`

  bool holds_nodes() const { return type == RoleType::kNode || type == RoleType::kEntity; }
  bool operator==(const Role&) const = default;
};

enum class EffectType : std::uint8_t { kBegins = 0, kEnds = 1, kMarks = 2, kSets = 3 };

/// One end of an effect's relation: a role of the event, or the event itself.
struct EffectEnd {
  static constexpr std::uint16_t kEvent = 0xFFFF;
  std::uint16_t role = kEvent;  ///< Index into the kind's roles, or kEvent.
  bool is_event() const { return role == kEvent; }
  bool operator==(const EffectEnd&) const = default;
};

/// `{capacity: how}` in an effect: the fact's property `name` is what fills the role.
struct EffectProperty {
  SymbolId name;
  std::uint16_t role = 0;  ///< Index into the kind's roles; one that holds a value.
  bool operator==(const EffectProperty&) const = default;
};

/// What a kind does to the graph. For each combination of the nodes that fill the two ends there
/// is one fact; a role that is empty brings about nothing. `SETS subject.name = value` has the
/// subject as `source`, the property's name as `name` and the value's role as `target`. `BEGINS
/// (role)` and `ENDS (role)`, with neither name nor target, are about the existence of `source`.
struct Effect {
  EffectType type = EffectType::kBegins;
  EffectEnd source;
  EffectEnd target;
  SymbolId name;                           ///< The relation or property, if fixed.
  std::optional<std::uint16_t> name_role;  ///< `$(role)`: the role that names it in each event.
  std::vector<EffectProperty> properties;  ///< Of kEnds: what a spell must have to be ended.

  bool is_of_existence() const { return !name && !name_role; }
  bool operator==(const Effect&) const = default;
};

/// A kind of event, as defined by the event `defined`.
struct Kind {
  SymbolId name;
  Seq defined;
  std::vector<Role> roles;
  std::vector<Effect> effects;
  std::vector<Bound> bounds = {};
  std::vector<Check> checks = {};

  /// The index of the role called `name`, or nothing.
  std::optional<std::size_t> role_index(SymbolId role) const;
  bool operator==(const Kind&) const = default;
};

struct EntityType {
  SymbolId name;
  Seq defined;
  bool operator==(const EntityType&) const = default;
};

/// A relation with what it may join. An end of zero joins any node; otherwise it names an entity
/// type or an event kind.
struct Relation {
  SymbolId name;
  Seq defined;
  SymbolId source_type;
  SymbolId target_type;
  bool operator==(const Relation&) const = default;
};

/// What `~` adds to dates that are written from then on.
struct Padding {
  Seq defined;  ///< Zero: nobody defined it, and it is as at the start.
  ApproximationPadding values;
  bool operator==(const Padding&) const = default;
};

/// All names and definitions of a database as they stand now. A value: copies are independent;
/// const members may be called from many threads. Entity types, relations, kinds are three name
/// spaces, except that an entity type and a kind may not share a name (both label nodes).
class Vocabulary {
 public:
  // --- Names ---
  /// The number of `name`, or zero if it has none yet. Names are compared byte by byte.
  SymbolId find_symbol(std::string_view name) const;
  /// The name of a number given out by this vocabulary; aborts on another.
  const std::string& symbol_name(SymbolId symbol) const;
  /// The number of `name`, giving it the next one if it is new.
  SymbolId add_symbol(std::string_view name);
  std::size_t symbol_count() const { return names_.size(); }

  // --- Definitions; pointers are valid until the next non-const call ---
  const EntityType* find_entity_type(SymbolId name) const;
  const Relation* find_relation(SymbolId name) const;
  const Kind* find_kind(SymbolId name) const;
  /// For parse_date() of all dates that are written for this database.
  const Padding& padding() const { return padding_; }

  /// The definition that holds for an event: the last one before it, or before the last REPLAY
  /// behind it; of definitions and replays only those up to `known_at` count (zero: all). Null if
  /// there was none.
  const Kind* find_kind_of(SymbolId name, Seq event, Seq known_at = {}) const;

  /// Whether a kind was ever defined to begin or end the existence of entities.
  bool has_existence() const { return has_existence_; }

  /// Counts define() and note_replay() and so tells whether a plan made with an earlier state still
  /// holds.
  std::uint64_t version() const { return version_; }

  /// Adds a definition, or replaces the one of the same name. Kinds come in the order of `defined`;
  /// their earlier definitions stay known to find_kind_of().
  void define(EntityType type);
  void define(Relation relation);
  void define(Kind kind);
  void define(Padding padding);
  /// All definitions before the event `replay` hold for all events before it, too.
  void note_replay(Seq replay);

  /// In order of name symbols, that is of first use.
  const std::map<SymbolId, EntityType>& entity_types() const { return entity_types_; }
  const std::map<SymbolId, Relation>& relations() const { return relations_; }
  const std::map<SymbolId, Kind>& kinds() const { return kinds_; }

 private:
  std::vector<std::string> names_;  // names_[i] is the symbol i + 1
  std::unordered_map<std::string, SymbolId> symbols_;
  std::map<SymbolId, EntityType> entity_types_;
  std::map<SymbolId, Relation> relations_;
  std::map<SymbolId, Kind> kinds_;
  std::map<SymbolId, std::vector<Kind>> former_kinds_;  // in the order of `defined`
  std::vector<Seq> replays_;                            // ascending
  Padding padding_;
  bool has_existence_ = false;
  std::uint64_t version_ = 0;
};

/// The definition as a statement of the language that would define it again, without ";".
std::string format_definition(const EntityType& type, const Vocabulary& vocabulary);
std::string format_definition(const Relation& relation, const Vocabulary& vocabulary);
std::string format_definition(const Kind& kind, const Vocabulary& vocabulary);
std::string format_definition(const Padding& padding, const Vocabulary& vocabulary);

}  // namespace annals::inline schema
