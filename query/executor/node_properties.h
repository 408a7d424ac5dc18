#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/executor/run_context.h"
#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/fact.h"

namespace annals::query {

/// The name of a property, looked up once for all rows.
struct PropertyName {
  /// What is built in wins over a role, an attribute or a property that events SET.
  enum class OfEntity : std::uint8_t { kNone, kName, kType, kAliases, kIdentifiers };
  enum class OfEvent : std::uint8_t {
    kNone,
    kOn,
    kUntil,
    kSaid,
    kRecorded,
    kSeq,
    kId,
    kSource,
    kReason,
    kStatus,
    kKind,
  };
  enum class OfFact : std::uint8_t { kNone, kValid, kCertainty, kEvent, kKnown, kSaid };

  PropertyName(std::string name_text, SymbolId name_symbol);

  std::string text;
  SymbolId symbol;  ///< Zero if the name was never used: then only built-in ones are not null.
  OfEntity of_entity = OfEntity::kNone;
  OfEvent of_event = OfEvent::kNone;
  OfFact of_fact = OfFact::kNone;
};

/// A property of a node, without those that events SET: an entity's name, type, aliases and
/// identifiers; an event's own data and what fills its roles (a list if the role is for many). Null
/// for what there is not, and of a node that the scope's view of the past does not have. Errors:
/// Corruption, IoError.
///
/// `said` of an event is when it counts as said: as given, else when it happened (its latest
/// bound), else, and for a plan, when it was recorded.
Result<Datum> node_property(NodeId node, const PropertyName& name, ScopeId scope,
                            const RunContext& context);

/// A property that events SET of an entity that is an element of a list, and so of no row that
/// could hold only possibly: the one value that surely holds. InvalidArgument, without a place, if
/// several may.
Result<Datum> certain_property(NodeId node, const PropertyName& name, const AskedScope& asked,
                               const RunContext& context);

/// What of a property is to be read: under THROUGHOUT also what follows, which may say the same.
inline storage::Window property_window(const ScopeTimes& times) {
  return times.kind == ScopeKind::kThroughout ? times.window : times.scan_window();
}

/// Makes one of neighbours of which the one ends with the event that begins the other, with the
/// same value: it was said again, and holds throughout. Requires the order of
/// GraphSnapshot::properties().
void join_repeated(std::vector<storage::PropertyFact>& facts);

/// `valid`, `certainty` (in that scope), `event` (which began it), `known` (since when), `said`
/// (when that event counts as said), and the fact's own properties. Errors: Corruption, IoError.
Result<Datum> fact_property(const storage::Fact& fact, const PropertyName& name,
                            const AskedScope& asked, const RunContext& context);

inline Period valid_of(const storage::Fact& fact) { return {fact.begin, fact.end}; }

/// A property of a node or fact; null of null. InvalidArgument, without a place, for other values.
Result<Datum> datum_property(const Datum& object, const PropertyName& name, const AskedScope& asked,
                             const RunContext& context);

/// "certain" or "possible".
Datum certainty_datum(bool certain);

}  // namespace annals::query
