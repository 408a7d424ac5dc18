#include "tests/law/statements.h"

#include <fmt/format.h>

#include "schema/time/civil.h"
#include "schema/time/date.h"

namespace annals::law {

using oracle::Clause;
using oracle::Days;
using oracle::Effect;
using oracle::EffectType;
using oracle::Event;
using oracle::Form;
using oracle::History;
using oracle::Hop;
using oracle::Kind;
using oracle::Mode;
using oracle::node_name;
using oracle::Question;
using oracle::Scope;
using oracle::Valid;

namespace {

std::string day_text(oracle::Day day) {
  return format_micros((days_from_civil(2000, 1, kFirstDay) + day) * kMicrosPerDay);
}

std::string_view effect_name(EffectType type) {
  switch (type) {
    case EffectType::kBegins: return "BEGINS";
    case EffectType::kEnds: return "ENDS";
    case EffectType::kMarks: return "MARKS";
  }
  return "";
}

std::string definition_of(const Kind& kind) {
  std::string text = fmt::format("DEFINE EVENT {} (x Thing, y Thing)", kind.name);
  for (const Effect& effect : kind.effects) {
    if (effect.relation == oracle::kExistence) {
      text += fmt::format(" {} (x)", effect_name(effect.type));
      continue;
    }
    text +=
        fmt::format(" {} ({})-[:{}]->({})", effect_name(effect.type), effect.backwards ? "y" : "x",
                    effect.relation, effect.backwards ? "x" : "y");
  }
  return text;
}

std::string id_of(std::size_t place) { return fmt::format("e{}", place + 1); }

std::string on_text(const Event& event) {
  if (!event.lasts_until) return date_text(event.on, event.uncertain);
  return fmt::format("{}/{}{}", day_text(event.on.first), day_text(*event.lasts_until),
                     event.uncertain ? "?" : "");
}

std::string ends_text(const Event& event) {
  return fmt::format("(:Thing '{}')-[:{}]->(:Thing '{}')", node_name(event.x), event.relation,
                     node_name(event.y));
}

std::string change_text(const Event& event) {
  const std::string id = id_of(event.changes);
  switch (event.change) {
    case Event::Change::kRetract: return fmt::format("RETRACT '{}'", id);
    case Event::Change::kCorrectDate:
      return fmt::format("CORRECT '{}' SET {} '{}'", id,
                         event.form == Form::kAssertedFrom ? "FROM" : "ON", on_text(event));
    case Event::Change::kCorrectStatus:
      return fmt::format("CORRECT '{}' SET STATUS {}", id, event.planned ? "planned" : "happened");
    case Event::Change::kNone: break;
  }
  return "";
}

std::string form_text(const Event& event) {
  const std::string on = on_text(event);
  switch (event.form) {
    case Form::kOfKind:
      return fmt::format("RECORD {} {{x: '{}', y: '{}'}} ON '{}'", oracle::kinds()[event.kind].name,
                         node_name(event.x), node_name(event.y), on);
    case Form::kAssertedFrom:
      return fmt::format("ASSERT {} FROM '{}'", ends_text(event), on) +
             (event.to ? fmt::format(" TO '{}'", date_text(*event.to)) : "");
    case Form::kAssertedOn: return fmt::format("ASSERT {} ON '{}'", ends_text(event), on);
  }
  return "";
}

std::string hop_text(const Hop& hop, bool alone) {
  std::string relations;
  for (const char relation : hop.relations) {
    relations += fmt::format("{}{}", relations.empty() ? ":" : "|", relation);
  }
  return fmt::format("{}-[{}]->(v{})", alone ? fmt::format("(v{})", hop.from) : "", relations,
                     hop.to);
}

std::string scope_text(const Scope& scope) {
  const bool one_day = scope.days.first == scope.days.last;
  const std::string period =
      one_day ? day_text(scope.days.first)
              : fmt::format("{}/{}", day_text(scope.days.first), day_text(scope.days.last));
  switch (scope.valid) {
    case Valid::kAt: return fmt::format("AT '{}'", date_text(scope.days, scope.uncertain));
    case Valid::kDuring: return fmt::format("DURING '{}'", period);
    case Valid::kThroughout: return fmt::format("THROUGHOUT '{}'", period);
    case Valid::kAllTime: return "ALL TIME";
  }
  return "";
}

/// A chain where it is one, else patterns with commas.
std::string pattern_of(const std::vector<Hop>& hops) {
  std::string text;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const bool goes_on = i > 0 && hops[i].from == hops[i - 1].to;
    if (i > 0 && !goes_on) text += ", ";
    text += hop_text(hops[i], !goes_on);
  }
  return text;
}

}  // namespace

std::vector<std::string> definitions(const History& history) {
  const std::vector<Kind>& kinds = oracle::kinds();
  std::vector<bool> is_used(kinds.size(), false);
  for (const Event& event : history.events) {
    if (event.form == oracle::Form::kOfKind) is_used[event.kind] = true;
  }
  std::vector<std::string> list = {"DEFINE ENTITY Thing"};
  for (const char relation : oracle::kRelations) {
    list.push_back(fmt::format("DEFINE RELATION {} (Thing)->(Thing)", relation));
  }
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    Kind kind = kinds[i];
    if (!is_used[i]) kind.effects.clear();
    list.push_back(definition_of(kind));
  }
  for (int node = 0; node < oracle::kNodes; ++node) {
    list.push_back(fmt::format("ENTITY Thing '{}'", node_name(node)));
  }
  return list;
}

std::uint64_t first_seq() { return definitions({}).size() + 1; }

std::string date_text(const Days& days, bool uncertain) {
  if (days.first == days.last) return day_text(days.first) + (uncertain ? "?" : "");
  return fmt::format("[{}..{}]", day_text(days.first), day_text(days.last));
}

std::string statement_of(const History& history, std::size_t place) {
  const Event& event = history.events[place];
  const bool is_change = event.change != Event::Change::kNone;
  std::string text = is_change ? change_text(event) : form_text(event);
  if (event.said) text += fmt::format(" SAID '{}'", date_text(*event.said));
  if (!is_change && event.planned) text += " STATUS planned";
  return text + fmt::format(" ID '{}'", id_of(place));
}

std::string statement_of(const Question& question) {
  std::string text;
  if (question.mode == Mode::kCertainly) text += "CERTAINLY ";
  if (question.mode == Mode::kPossibly) text += "POSSIBLY ";
  if (question.view.known) {
    text += fmt::format("KNOWN AT SEQ {} ", first_seq() + *question.view.known - 1);
  }
  if (question.view.said_by) text += fmt::format("SAID BY '{}' ", day_text(*question.view.said_by));
  // One scope stands before the statement, several behind their clauses.
  const bool one = question.clauses.size() == 1;
  if (one) text += scope_text(question.clauses.front().scope) + " ";
  for (const Clause& clause : question.clauses) {
    text += "MATCH " + pattern_of(clause.hops) + " ";
    if (!one) text += scope_text(clause.scope) + " ";
  }
  if (question.exists) {
    // A period must be said within the braces, and is asked about by itself.
    const Scope& scope = question.clauses.back().scope;
    text += fmt::format("WHERE {}EXISTS {{{}{}}} ", question.not_exists ? "NOT " : "",
                        hop_text(*question.exists, true),
                        scope.valid == Valid::kDuring ? " " + scope_text(scope) : "");
  }
  text += question.distinct ? "RETURN DISTINCT" : "RETURN";
  for (std::size_t i = 0; i < question.returned.size(); ++i) {
    text += fmt::format("{} v{}.name", i == 0 ? "" : ",", question.returned[i]);
  }
  return text;
}

std::string script_of(const History& history, const Question& question) {
  std::string script;
  for (const std::string& definition : definitions(history)) script += definition + ";\n";
  for (std::size_t i = 0; i < history.events.size(); ++i) {
    script += statement_of(history, i) + ";\n";
  }
  return script + statement_of(question) + ";\n";
}

}  // namespace annals::law
