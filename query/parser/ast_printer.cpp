#include "query/parser/ast_printer.h"

#include <algorithm>
#include <utility>

#include "query/parser/grammar/lexical.h"
#include "query/parser/printer.h"
#include "query/parser/token_text.h"

namespace annals::query {

using ast::Expression;

// --- Patterns ------------------------------------------------------------------------------------

void Printer::names(std::string_view prefix, const std::vector<ast::Identifier>& alternatives) {
  if (alternatives.empty()) return;
  out_ += prefix;
  join(alternatives, "|", [this](const ast::Identifier& name) { out_ += name_text(name.name); });
}

void Printer::map(const std::vector<ast::MapEntry>& entries) {
  out_ += "{";
  join(entries, ", ", [this](const ast::MapEntry& entry) {
    put(name_text(entry.key.name), ": ");
    expression(entry.value);
  });
  out_ += "}";
}

void Printer::node(const ast::NodePattern& node) {
  out_ += "(";
  const std::size_t begin = out_.size();
  const auto separate = [&] { out_ += out_.size() > begin ? " " : ""; };
  if (node.variable) out_ += variable_text(node.variable->name);
  const bool in_parentheses = node.negated && node.labels.size() > 1;
  names(in_parentheses ? ":!(" : node.negated ? ":!" : ":", node.labels);
  if (in_parentheses) out_ += ")";
  if (node.name) {
    separate();
    expression(*node.name);
  }
  if (!node.properties.empty()) {
    separate();
    map(node.properties);
  }
  out_ += ")";
}

void Printer::hop(const ast::HopPattern& hop) {
  out_ += hop.direction == ast::HopDirection::kIn ? "<-[" : "-[";
  const std::size_t begin = out_.size();
  if (hop.variable) out_ += variable_text(hop.variable->name);
  names(":", hop.relations);
  if (hop.length) length(*hop.length);
  if (!hop.properties.empty()) {
    if (out_.size() > begin) out_ += " ";
    map(hop.properties);
  }
  out_ += hop.direction == ast::HopDirection::kOut ? "]->" : "]-";
}

void Printer::length(const ast::HopLength& length) {
  out_ += "*";
  if (length.min) out_ += std::to_string(*length.min);
  if (length.min == length.max) return;
  out_ += "..";
  if (length.max) out_ += std::to_string(*length.max);
}

void Printer::path(const ast::PathPattern& path) {
  if (path.variable) put(variable_text(path.variable->name), " = ");
  static constexpr std::string_view kSearches[] = {"", "shortestPath(", "allShortestPaths(",
                                                   "earliest("};
  out_ += kSearches[static_cast<std::size_t>(path.search)];
  node(path.first);
  for (const ast::PathPattern::Step& step : path.steps) {
    hop(step.hop);
    node(step.node);
  }
  if (path.search != ast::PathSearch::kAll) out_ += ")";
}

// --- Queries -------------------------------------------------------------------------------------

void Printer::scope(const ast::Scope& scope) {
  if (scope.certainty) {
    out_ += *scope.certainty == ast::CertaintyMode::kCertainly ? " CERTAINLY" : " POSSIBLY";
  }
  if (scope.valid) {
    switch (*scope.valid) {
      case ast::ValidScope::kAt: detail("AT", scope.at); break;
      case ast::ValidScope::kDuring: detail("DURING", scope.at); break;
      case ast::ValidScope::kThroughout: detail("THROUGHOUT", scope.at); break;
      case ast::ValidScope::kAllTime: out_ += " ALL TIME"; break;
    }
  }
  detail(scope.known_is_seq ? "KNOWN AT SEQ" : "KNOWN AT", scope.known_at);
  detail("SAID BY", scope.said_by);
}

void Printer::matched(const ast::MatchClause& match) {
  join(match.patterns, ", ", [this](const ast::PathPattern& pattern) { path(pattern); });
  scope(match.scope);
  detail("WHERE", match.where);
}

void Printer::clause(const ast::MatchClause& match) {
  out_ += match.optional ? " OPTIONAL MATCH " : " MATCH ";
  matched(match);
}

void Printer::clause(const ast::UnwindClause& unwind) {
  out_ += " UNWIND ";
  expression(unwind.list);
  put(" AS ", variable_text(unwind.variable.name));
}

void Printer::clause(const ast::WithClause& with) {
  projection(" WITH ", with.projection);
  detail("WHERE", with.where);
}

void Printer::projection(std::string_view word, const ast::ReturnClause& returning) {
  put(word, returning.distinct ? "DISTINCT " : "", returning.star ? "*" : "");
  if (returning.star && !returning.items.empty()) out_ += ", ";
  join(returning.items, ", ", [this](const ast::ReturnItem& item) {
    expression(item.value);
    if (item.alias) put(" AS ", variable_text(item.alias->name));
  });
  if (!returning.order_by.empty()) out_ += " ORDER BY ";
  join(returning.order_by, ", ", [this](const ast::SortItem& item) {
    expression(item.value);
    if (item.descending) out_ += " DESC";
  });
  detail("SKIP", returning.skip);
  detail("LIMIT", returning.limit);
}

void Printer::single(const ast::SingleQuery& query) {
  for (const ast::Clause& one : query.clauses) {
    std::visit([this](const auto& written) { clause(written); }, one);
  }
  projection(" RETURN ", query.returning);
}

void Printer::operator()(const ast::Query& query) {
  scope(query.scope);
  single(query);
  for (const ast::SingleQuery& other : query.unions) {
    out_ += query.union_all ? " UNION ALL" : " UNION";
    single(other);
  }
}

void Printer::operator()(const ast::Explain& explain) {
  put(explain.profiled ? "PROFILE" : "EXPLAIN", explain.as_json ? " JSON" : "");
  // A query begins with a blank, since a scope may stand before it.
  if (!std::holds_alternative<ast::Query>(explain.what)) out_ += " ";
  std::visit([this](const auto& what) { (*this)(what); }, explain.what);
}

void Printer::operator()(const ast::Diff& diff) {
  out_ += "DIFF";
  scope(diff.first);
  out_ += " AND";
  (*this)(diff.query);
}

void Printer::operator()(const ast::Timeline& timeline) {
  out_ += "TIMELINE FROM ";
  expression(timeline.from);
  out_ += " TO ";
  expression(timeline.to);
  switch (timeline.by) {
    case ast::TimelineStep::kDay: out_ += " BY DAY"; break;
    case ast::TimelineStep::kMonth: out_ += " BY MONTH"; break;
    case ast::TimelineStep::kYear: out_ += " BY YEAR"; break;
  }
  (*this)(timeline.query);
}

// --- Definitions ---------------------------------------------------------------------------------

void Printer::operator()(const ast::DefineEntity& define) {
  put("DEFINE ENTITY ", name_text(define.name.name));
}

void Printer::operator()(const ast::DefineRelation& define) {
  put("DEFINE RELATION ", name_text(define.name.name), " (", name_text(define.source_type.name),
      ")->(", name_text(define.target_type.name), ")");
}

void Printer::role(const ast::RoleDefinition& role) {
  put(name_text(role.name.name), " ", name_text(role.type.name), role.many ? "[]" : "",
      role.optional ? "?" : "");
}

void Printer::effect_name(const ast::EffectName& name) {
  if (name.role) {
    put("$(", name_text(name.role->name), ")");
  } else if (name.fixed) {
    out_ += name_text(name.fixed->name);
  }
}

void Printer::effect(const ast::EffectDefinition& effect) {
  if (effect.type == EffectType::kSets) {
    put(" SETS ", name_text(effect.source.name), ".");
    effect_name(effect.name);
    put(" = ", name_text(effect.target.name));
    return;
  }
  constexpr std::string_view kVerbs[] = {" BEGINS (", " ENDS (", " MARKS ("};
  put(kVerbs[static_cast<std::size_t>(effect.type)], name_text(effect.source.name), ")");
  if (effect.is_of_existence()) return;
  out_ += "-[:";
  effect_name(effect.name);
  if (!effect.properties.empty()) {
    out_ += " {";
    join(effect.properties, ", ", [this](const ast::EffectDefinition::Property& property) {
      put(name_text(property.name.name), ": ", name_text(property.role.name));
    });
    out_ += "}";
  }
  put("]->(", name_text(effect.target.name), ")");
}

std::string instant_text(const ast::InstantName& instant) {
  return (instant.of_end ? "END OF " : "") + name_text(instant.name.name);
}

void Printer::operator()(const ast::DefineEvent& define) {
  put("DEFINE EVENT ", name_text(define.name.name), " (");
  join(define.roles, ", ", [this](const ast::RoleDefinition& one) { role(one); });
  out_ += ")";
  for (const ast::EffectDefinition& one : define.effects) effect(one);
  for (const ast::BoundDefinition& one : define.bounds) {
    put(" BOUND ", instant_text(one.later), " AFTER ", instant_text(one.earlier));
  }
  for (const ast::CheckDefinition& one : define.checks) {
    out_ += " CHECK ";
    expression(one.condition);
    put(" ELSE ", quoted_text(one.message));
  }
}

void Printer::operator()(const ast::DefinePadding& define) {
  constexpr std::string_view kUnits[] = {" DAYS", " MONTHS", " YEARS", " PERCENT"};
  out_ += "DEFINE PADDING ";
  join(define.parts, ", ", [&](const ast::DefinePadding::Part& part) {
    put(literal_text(part.amount.value), kUnits[static_cast<std::size_t>(part.unit)]);
  });
}

// --- Recording -----------------------------------------------------------------------------------

void Printer::detail(std::string_view word, const std::optional<Expression>& value) {
  if (!value) return;
  put(" ", word, " ");
  expression(*value);
}

void Printer::details(const ast::RecordingDetails& details) {
  detail("ON", details.on);
  detail("FROM", details.from);
  detail("TO", details.to);
  detail("SAID", details.said);
  detail("ID", details.id);
  detail("SOURCE", details.source);
  detail("BECAUSE", details.because);
  detail("EXPECT SEQ", details.expect);
  if (details.status) put(" STATUS ", name_text(details.status->name));
  if (details.creating_missing) out_ += " CREATING MISSING";
}

void Printer::operator()(const ast::RegisterEntity& entity) {
  put("ENTITY ", name_text(entity.type.name), " ");
  expression(entity.name);
  if (!entity.aliases.empty()) out_ += " ALSO ";
  expressions(entity.aliases);
  if (!entity.identifiers.empty()) out_ += " ID ";
  expressions(entity.identifiers);
  details(entity.details);
}

void Printer::operator()(const ast::Record& record) {
  put("RECORD ", name_text(record.kind.name), " ");
  map(record.roles);
  details(record.details);
}

void Printer::operator()(const ast::Assert& assertion) {
  out_ += "ASSERT ";
  node(assertion.source);
  put("-[:", name_text(assertion.relation.name));
  if (!assertion.properties.empty()) {
    out_ += " ";
    map(assertion.properties);
  }
  out_ += "]->";
  node(assertion.target);
  details(assertion.details);
}

void Printer::operator()(const ast::Correct& correct) {
  out_ += "CORRECT ";
  expression(correct.target);
  std::string_view separator = " SET ";
  const auto begin_part = [&](std::string_view word) {
    put(std::exchange(separator, ", "), word, " ");
  };
  const auto part = [&](std::string_view word, const std::optional<Expression>& value) {
    if (!value) return;
    begin_part(word);
    expression(*value);
  };
  part("ON", correct.set.on);
  part("FROM", correct.set.from);
  part("TO", correct.set.to);
  part("SAID", correct.set.said);
  part("SOURCE", correct.set.source);
  if (correct.set.status) {
    begin_part("STATUS");
    out_ += name_text(correct.set.status->name);
  }
  for (const ast::MapEntry& entry : correct.roles) {
    begin_part(name_text(entry.key.name) + ":");
    expression(entry.value);
  }
  details(correct.details);
}

void Printer::operator()(const ast::Retract& retract) {
  out_ += "RETRACT ";
  expression(retract.target);
  details(retract.details);
}

void Printer::operator()(const ast::Replay& replay) {
  out_ += "REPLAY";
  details(replay.details);
}

// --- Everything else -----------------------------------------------------------------------------

void Printer::operator()(const ast::HistoryOf& history) {
  out_ += "HISTORY OF ";
  path(history.path);
  if (history.known_all) out_ += " KNOWN ALL";
}

void Printer::operator()(const ast::Why& why) {
  out_ += why.negated ? "WHY NOT " : "WHY ";
  path(why.path);
  scope(why.scope);
}

void Printer::operator()(const ast::Show& show) {
  constexpr std::string_view kWhat[] = {"KINDS",     "RELATIONS", "ENTITIES",
                                        "UNMATCHED", "STATS",     "SETTINGS"};
  put("SHOW ", kWhat[static_cast<std::size_t>(show.what)]);
  detail("LIKE", show.like);
}

bool is_column_number(std::string_view column) {
  return column.size() > 1 && column[0] == '$' && column[1] != '0' &&
         std::all_of(column.begin() + 1, column.end(), lexical::is_digit);
}

std::string column_text(std::string_view column) {
  return is_column_number(column) ? std::string(column) : name_text(column);
}

void Printer::mapping(const ColumnMapping& mapping, bool is_word) {
  // In backticks a role is never one of the words.
  constexpr std::string_view kUnits[] = {"SECONDS", "MILLISECONDS", "MICROSECONDS"};
  put(is_word ? mapping.role : in_backticks(mapping.role), ": ");
  if (mapping.is_value) {
    put("VALUE ", quoted_text(mapping.column));
  } else {
    out_ += column_text(mapping.column);
  }
  if (mapping.epoch_unit) put(" IN ", kUnits[static_cast<std::size_t>(*mapping.epoch_unit)]);
  if (mapping.split_by) put(" SPLIT BY ", quoted_text({&*mapping.split_by, 1}));
  if (!mapping.entity_type.empty()) put(" OF ", name_text(mapping.entity_type));
}

void Printer::load_options(const LoadRequest& request) {
  if (request.creating_missing) out_ += " CREATING MISSING";
  if (!request.rejects_path.empty()) put(" ON ERROR REJECT TO ", quoted_text(request.rejects_path));
  if (request.dry_run) out_ += " DRY RUN";
  if (request.separator) put(" SEPARATOR ", quoted_text({&*request.separator, 1}));
  if (request.has_header) out_ += *request.has_header ? " WITH HEADER" : " WITHOUT HEADER";
}

void Printer::operator()(const ast::Load& load) {
  const LoadRequest& request = load.request;
  const bool events = request.what == LoadRequest::What::kEvents;
  put(events ? "LOAD EVENTS FROM " : "LOAD FACTS FROM ", quoted_text(request.path));
  if (events && request.kind.empty()) {
    put(" AS COLUMN ", column_text(request.kind_column));
  } else if (events) {
    put(" AS ", name_text(request.kind));
  }
  out_ += " (";
  join(request.roles, ", ", [this](const ColumnMapping& one) { mapping(one, false); });
  if (!request.roles.empty() && !request.words.empty()) out_ += ", ";
  join(request.words, ", ", [this](const ColumnMapping& one) { mapping(one, true); });
  out_ += ")";
  load_options(request);
}

void Printer::statement(const ast::Statement& statement) {
  std::visit(*this, statement.body);
  if (out_.starts_with(' ')) out_.erase(0, 1);
}

std::string print_statement(const ast::Statement& statement) {
  Printer printer;
  printer.statement(statement);
  return printer.take();
}

std::string print_expression(const ast::Expression& expression) {
  Printer printer;
  printer.expression(expression);
  return printer.take();
}

}  // namespace annals::query
