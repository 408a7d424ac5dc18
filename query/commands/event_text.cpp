#include "query/commands/event_text.h"

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "schema/value.h"

namespace annals::query {

namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

void append_part(std::string& text, std::string_view part) {
  if (!text.empty()) text += ", ";
  text += part;
}

/// Texts as they are: in a history quotes around each name would only be noise.
std::string plain_value(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
  if (const auto* date = std::get_if<Date>(&value.data)) return date->text;
  return format_value(value);
}

std::string properties_text(const std::vector<Property>& properties, const Vocabulary& vocabulary) {
  if (properties.empty()) return {};
  std::string text;
  for (const Property& property : properties) {
    append_part(text, fmt::format("{}: {}", vocabulary.symbol_name(property.name),
                                  format_value(property.value)));
  }
  return fmt::format(" {{{}}}", text);
}

Result<std::string> filling_text(const RoleFilling& filling, const Vocabulary& vocabulary,
                                 NodeNames& names) {
  std::string nodes;
  for (const NodeId node : filling.nodes) {
    ANNALS_TRY(const std::string name, names.name_of(node));
    append_part(nodes, name);
  }
  const bool is_list = filling.nodes.size() > 1;
  return fmt::format("{}: {}{}{}", vocabulary.symbol_name(filling.role), is_list ? "[" : "", nodes,
                     is_list ? "]" : "");
}

/// One role of an occurrence, however it is filled; empty if it is not.
Result<std::string> role_text(const Occurrence& occurrence, SymbolId role,
                              const Vocabulary& vocabulary, NodeNames& names) {
  for (const RoleFilling& filling : occurrence.roles) {
    if (filling.role == role) return filling_text(filling, vocabulary, names);
  }
  for (const Attribute& attribute : occurrence.attributes) {
    if (attribute.role != role) continue;
    return fmt::format("{}: {}", vocabulary.symbol_name(role), plain_value(attribute.value));
  }
  return std::string();
}

/// The roles in the order of the definition; those that a later definition no longer has, last.
Result<std::string> occurrence_text(const Occurrence& occurrence, const Vocabulary& vocabulary,
                                    NodeNames& names) {
  std::vector<SymbolId> roles;
  const Kind* const kind = vocabulary.find_kind(occurrence.kind);
  if (kind != nullptr) {
    for (const Role& role : kind->roles) roles.push_back(role.name);
  }
  const auto is_defined = [kind](SymbolId role) { return kind && kind->role_index(role); };
  for (const RoleFilling& filling : occurrence.roles) {
    if (!is_defined(filling.role)) roles.push_back(filling.role);
  }
  for (const Attribute& attribute : occurrence.attributes) {
    if (!is_defined(attribute.role)) roles.push_back(attribute.role);
  }
  std::string text;
  for (const SymbolId role : roles) {
    ANNALS_TRY(const std::string part, role_text(occurrence, role, vocabulary, names));
    if (!part.empty()) append_part(text, part);
  }
  return text;
}

Result<std::string> assertion_text(const Assertion& assertion, const Vocabulary& vocabulary,
                                   NodeNames& names) {
  storage::Fact fact;
  fact.source = assertion.source;
  fact.relation = assertion.relation;
  fact.target = assertion.target;
  fact.properties = assertion.properties;
  return fact_text(fact, vocabulary, names);
}

Result<std::string> naming_text(const Naming& naming, NodeNames& names) {
  ANNALS_TRY(std::string text, names.name_of(naming.entity));
  if (!naming.aliases.empty()) {
    append_part(text, fmt::format("also {}", fmt::join(naming.aliases, ", ")));
  }
  if (!naming.identifiers.empty()) {
    append_part(text, fmt::format("ID {}", fmt::join(naming.identifiers, ", ")));
  }
  return text;
}

Result<std::string> correction_text(const Correction& correction, const Vocabulary& vocabulary,
                                    NodeNames& names) {
  std::string set;
  const auto date = [&](Correction::Part part, std::string_view word,
                        const std::optional<Date>& value) {
    if (!correction.has(part)) return;
    append_part(set, fmt::format("{} {}", word, value ? value->text : "null"));
  };
  date(Correction::kOn, "on", correction.on);
  date(Correction::kUntil, "to", correction.until);
  date(Correction::kSaid, "said", correction.said);
  if (correction.has(Correction::kStatus)) append_part(set, status_text(correction.status));
  if (correction.has(Correction::kSource)) append_part(set, "source " + correction.source);
  for (const RoleFilling& filling : correction.roles) {
    ANNALS_TRY(const std::string part, filling_text(filling, vocabulary, names));
    append_part(set, part);
  }
  for (const Attribute& attribute : correction.attributes) {
    append_part(set, fmt::format("{}: {}", vocabulary.symbol_name(attribute.role),
                                 plain_value(attribute.value)));
  }
  for (const SymbolId role : correction.cleared) {
    append_part(set, fmt::format("{}: null", vocabulary.symbol_name(role)));
  }
  return fmt::format("#{}: {}", correction.target.raw, set);
}

Result<std::string> body_text(const EventBody& body, const Vocabulary& vocabulary,
                              NodeNames& names) {
  const auto definition = [&](const auto& defined) -> Result<std::string> {
    return format_definition(defined, vocabulary);
  };
  return std::visit(
      Overloaded{
          [&](const Occurrence& occurrence) {
            return occurrence_text(occurrence, vocabulary, names);
          },
          [&](const Assertion& assertion) { return assertion_text(assertion, vocabulary, names); },
          [&](const Naming& naming) { return naming_text(naming, names); },
          [&](const Boxed<Correction>& correction) {
            return correction_text(*correction, vocabulary, names);
          },
          [](const Retraction& retraction) -> Result<std::string> {
            return fmt::format("#{}", retraction.target.raw);
          },
          [](const Replay&) -> Result<std::string> {
            return std::string("the definitions hold for everything before");
          },
          definition,
      },
      body);
}

}  // namespace

std::string kind_text(const Event& event, const Vocabulary& vocabulary) {
  if (const auto* occurrence = std::get_if<Occurrence>(&event.body)) {
    return vocabulary.symbol_name(occurrence->kind);
  }
  if (std::holds_alternative<Assertion>(event.body)) return "ASSERT";
  if (std::holds_alternative<Naming>(event.body)) return "ENTITY";
  if (correction_of(event) != nullptr) return "CORRECT";
  if (std::holds_alternative<Retraction>(event.body)) return "RETRACT";
  if (std::holds_alternative<Replay>(event.body)) return "REPLAY";
  return "DEFINE";
}

std::string date_text(const Event& event) {
  const auto* assertion = std::get_if<Assertion>(&event.body);
  std::string on = event.on ? event.on->text : std::string();
  if (assertion == nullptr || assertion->momentary) return on;
  const std::string until = event.until ? event.until->text : std::string("..");
  return on.empty() && !event.until ? std::string() : fmt::format("{}/{}", on, until);
}

std::string status_text(EventStatus status) {
  switch (status) {
    case EventStatus::kHappened: return "happened";
    case EventStatus::kPlanned: return "planned";
    case EventStatus::kCancelled: return "cancelled";
  }
  return "unknown";
}

Result<std::string> content_text(const Event& event, const Vocabulary& vocabulary,
                                 NodeNames& names) {
  ANNALS_TRY(std::string text, body_text(event.body, vocabulary, names));
  if (event.said) append_part(text, fmt::format("said {}", event.said->text));
  if (!event.reason.empty()) append_part(text, fmt::format("because {}", event.reason));
  return text;
}

Result<std::string> fact_text(const storage::Fact& fact, const Vocabulary& vocabulary,
                              NodeNames& names) {
  ANNALS_TRY(const std::string source, names.name_of(fact.source));
  ANNALS_TRY(const std::string target, names.name_of(fact.target));
  return fmt::format("({})-[:{}{}]->({})", source, vocabulary.symbol_name(fact.relation),
                     properties_text(fact.properties, vocabulary), target);
}

Result<std::string> fact_text(const storage::Fact& fact, NodeId node, const Vocabulary& vocabulary,
                              NodeNames& names) {
  const bool is_source = fact.source == node;
  ANNALS_TRY(const std::string other, names.name_of(is_source ? fact.target : fact.source));
  return fmt::format("{} {} {}{}", vocabulary.symbol_name(fact.relation), is_source ? "->" : "<-",
                     other, properties_text(fact.properties, vocabulary));
}

}  // namespace annals::query
