#include "query/executor/node_properties.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "schema/time/period.h"

namespace annals::query {

namespace {

template <class Property>
struct Named {
  std::string_view name;
  Property property;
};

template <class Property, std::size_t Count>
Property find_named(const std::array<Named<Property>, Count>& all, std::string_view name) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const auto& entry) { return entry.name == name; });
  return found == all.end() ? Property::kNone : found->property;
}

constexpr std::array<Named<PropertyName::OfEntity>, 4> kOfEntity = {{
    {"name", PropertyName::OfEntity::kName},
    {"type", PropertyName::OfEntity::kType},
    {"aliases", PropertyName::OfEntity::kAliases},
    {"identifiers", PropertyName::OfEntity::kIdentifiers},
}};
constexpr std::array<Named<PropertyName::OfEvent>, 10> kOfEvent = {{
    {"on", PropertyName::OfEvent::kOn},
    {"until", PropertyName::OfEvent::kUntil},
    {"said", PropertyName::OfEvent::kSaid},
    {"recorded", PropertyName::OfEvent::kRecorded},
    {"seq", PropertyName::OfEvent::kSeq},
    {"id", PropertyName::OfEvent::kId},
    {"source", PropertyName::OfEvent::kSource},
    {"reason", PropertyName::OfEvent::kReason},
    {"status", PropertyName::OfEvent::kStatus},
    {"kind", PropertyName::OfEvent::kKind},
}};
constexpr std::array<Named<PropertyName::OfFact>, 5> kOfFact = {{
    {"valid", PropertyName::OfFact::kValid},
    {"certainty", PropertyName::OfFact::kCertainty},
    {"event", PropertyName::OfFact::kEvent},
    {"known", PropertyName::OfFact::kKnown},
    {"said", PropertyName::OfFact::kSaid},
}};

Datum text_or_null(const std::string& text) { return text.empty() ? Datum() : Datum(text); }

Datum date_or_null(const std::optional<Date>& date) { return date ? Datum(*date) : Datum(); }

Datum day_of(Micros at) { return Datum(date_of(Instant::exactly(at))); }

Datum texts(const std::vector<std::string>& all) {
  DatumList items;
  for (const std::string& text : all) items.emplace_back(text);
  return list_datum(std::move(items));
}

Datum node_datum(NodeId node) { return Datum(NodeDatum{node, {}, {}}); }

Datum status_datum(EventStatus status) {
  switch (status) {
    case EventStatus::kHappened: return Datum(std::string("happened"));
    case EventStatus::kPlanned: return Datum(std::string("planned"));
    case EventStatus::kCancelled: return Datum(std::string("cancelled"));
  }
  return {};
}

Datum said_datum(const RecordedEvent& recorded) {
  if (recorded.event.said) return Datum(*recorded.event.said);
  return day_of(counts_as_said(recorded));
}

/// What fills the role, or is the attribute, with that name.
Datum filling(const RecordedEvent& recorded, SymbolId role, const Vocabulary& vocabulary) {
  const auto* occurrence = std::get_if<Occurrence>(&recorded.event.body);
  if (occurrence == nullptr || !role) return {};
  for (const Attribute& attribute : occurrence->attributes) {
    if (attribute.role == role) return to_datum(attribute.value);
  }
  for (const RoleFilling& filled : occurrence->roles) {
    if (filled.role != role) continue;
    const Kind* kind = vocabulary.find_kind(occurrence->kind);
    const auto index = kind == nullptr ? std::nullopt : kind->role_index(role);
    const bool many = filled.nodes.size() > 1 || (index && kind->roles[*index].many);
    if (!many) return filled.nodes.empty() ? Datum() : node_datum(filled.nodes.front());
    DatumList nodes;
    for (const NodeId node : filled.nodes) nodes.push_back(node_datum(node));
    return list_datum(std::move(nodes));
  }
  return {};
}

Result<Datum> entity_property(NodeId node, const PropertyName& name, const View& view,
                              const RunContext& context) {
  using enum PropertyName::OfEntity;
  if (name.of_entity == kNone) return Datum();
  ANNALS_TRY(const storage::Entity* entity, view.nodes->entity(node));
  switch (name.of_entity) {
    case kName: return Datum(entity->name);
    case kType: return Datum(context.snapshot.vocabulary().symbol_name(entity->type));
    case kAliases: return texts(entity->aliases);
    case kIdentifiers: return texts(entity->identifiers);
    case kNone: break;
  }
  return Datum();
}

Result<Datum> event_property(Seq seq, const PropertyName& name, const View& view,
                             const RunContext& context) {
  using enum PropertyName::OfEvent;
  if (name.of_event == kSeq) return Datum(static_cast<std::int64_t>(seq.raw));
  ANNALS_TRY(const RecordedEvent* recorded, view.nodes->event(seq));
  const Event& event = recorded->event;
  const Vocabulary& vocabulary = context.snapshot.vocabulary();
  switch (name.of_event) {
    case kOn: return date_or_null(event.on);
    case kUntil: return date_or_null(event.until);
    case kSaid: return said_datum(*recorded);
    case kRecorded: return day_of(recorded->recorded);
    case kId: return text_or_null(event.id);
    case kSource: return text_or_null(event.source);
    case kReason: return text_or_null(event.reason);
    case kStatus: return status_datum(event.status);
    case kKind: {
      const auto* occurrence = std::get_if<Occurrence>(&event.body);
      return occurrence == nullptr ? Datum() : Datum(vocabulary.symbol_name(occurrence->kind));
    }
    case kSeq:
    case kNone: break;
  }
  return filling(*recorded, name.symbol, vocabulary);
}

}  // namespace

PropertyName::PropertyName(std::string name_text, SymbolId name_symbol)
    : text(std::move(name_text)),
      symbol(name_symbol),
      of_entity(find_named(kOfEntity, text)),
      of_event(find_named(kOfEvent, text)),
      of_fact(find_named(kOfFact, text)) {}

Datum certainty_datum(bool certain) { return Datum(std::string(certain ? "certain" : "possible")); }

Result<Datum> node_property(NodeId node, const PropertyName& name, ScopeId scope,
                            const RunContext& context) {
  const View& view = context.view(scope);
  Result<Datum> value = node.is_event() ? event_property(node.event_seq(), name, view, context)
                                        : entity_property(node, name, view, context);
  if (!value && view.is_missing(value.error())) return Datum();
  return value;
}

void join_repeated(std::vector<storage::PropertyFact>& facts) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < facts.size(); ++i) {
    storage::PropertyFact& before = facts[kept];
    storage::PropertyFact& fact = facts[i];
    // One that perhaps never was is no begin of what surely was.
    const bool repeats = before.name == fact.name && before.end == fact.begin &&
                         before.end_event == fact.begin_event && fact.begin_event &&
                         before.begin.latest != kEndOfTime && before.value == fact.value;
    if (repeats) {
      before.end = fact.end;
      before.ended_by = fact.ended_by;
      before.end_event = fact.end_event;
    } else if (++kept != i) {
      facts[kept] = std::move(fact);
    }
  }
  if (!facts.empty()) facts.resize(kept + 1);
}

Result<Datum> certain_property(NodeId node, const PropertyName& name, const AskedScope& asked,
                               const RunContext& context) {
  const View& view = context.view(asked.id);
  ANNALS_TRY(std::vector<storage::PropertyFact> found,
             view.snapshot->properties(node, name.symbol, property_window(asked.times)));
  join_repeated(found);
  Datum value;
  std::size_t holding = 0;
  bool all_sure = true;
  for (const storage::PropertyFact& fact : found) {
    const Certainty certainty = certainty_in(bounds_of(fact), asked.times);
    if (certainty == Certainty::kImpossible) continue;
    all_sure = all_sure && certainty == Certainty::kCertain;
    value = to_datum(fact.value);
    ++holding;
  }
  if (holding == 0 || (holding == 1 && all_sure)) return value;
  return Error(ErrorCode::kInvalidArgument,
               fmt::format("what '{}' is of an element of this list is not certain", name.text),
               "UNWIND the list: then each value that may hold gives a row");
}

Result<Datum> datum_property(const Datum& object, const PropertyName& name, const AskedScope& asked,
                             const RunContext& context) {
  if (object.is_null()) return Datum();
  if (const auto* node = std::get_if<NodeDatum>(&object.data)) {
    return node_property(node->id, name, asked.id, context);
  }
  if (const auto* fact = std::get_if<FactDatum>(&object.data)) {
    return fact_property(*fact->fact, name, asked, context);
  }
  if (const DatumMap* const map = map_in(object)) {
    const auto found = map->find(name.text);
    return found == map->end() ? Datum() : found->second;
  }
  return Error(ErrorCode::kInvalidArgument,
               fmt::format("a value of type {} has no properties such as '{}'",
                           datum_type_name(object.type()), name.text),
               "nodes, facts and maps have properties");
}

Result<Datum> fact_property(const storage::Fact& fact, const PropertyName& name,
                            const AskedScope& asked, const RunContext& context) {
  using enum PropertyName::OfFact;
  switch (name.of_fact) {
    case kValid: return Datum(valid_of(fact));
    case kCertainty:
      return certainty_datum(certainty_in(bounds_of(fact), asked.times) == Certainty::kCertain);
    case kEvent: return node_datum(NodeId::event(fact.id.begun_by));
    case kKnown: {
      ANNALS_TRY(const RecordedEvent* recorded,
                 context.view(asked.id).nodes->event(fact.known_from));
      return day_of(recorded->recorded);
    }
    case kSaid: {
      ANNALS_TRY(const RecordedEvent* recorded,
                 context.view(asked.id).nodes->event(fact.id.begun_by));
      return said_datum(*recorded);
    }
    case kNone: break;
  }
  for (const Property& property : fact.properties) {
    if (property.name == name.symbol) return to_datum(property.value);
  }
  return Datum();
}

}  // namespace annals::query
