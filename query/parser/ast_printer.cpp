#include "query/parser/ast_printer.h"

#include <algorithm>
#include <utility>

#include "query/parser/grammar/lexical.h"
#include "query/parser/token_text.h"

namespace annals::query {
namespace {

using ast::BinaryOperator;
using ast::Expression;
using ast::UnaryOperator;

bool is_number(const Expression& expression) {
  const auto* const literal = std::get_if<ast::Literal>(&expression.node);
  return literal != nullptr && (std::holds_alternative<std::int64_t>(literal->value.data) ||
                                std::holds_alternative<double>(literal->value.data));
}

// --- Expressions ---------------------------------------------------------------------------------

// How tightly an expression binds, from the loosest.
enum Binding : int {
  kOrBinding,
  kXorBinding,
  kAndBinding,
  kNotBinding,
  kComparisonBinding,
  kPredicateBinding,
  kSumBinding,
  kProductBinding,
  kPowerBinding,
  kNegationBinding,
  kNumberBinding,  // An operand like any other, but one that takes no `.property`.
  kAtomBinding,
};

struct OperatorText {
  std::string_view text;
  Binding binding;
};

OperatorText operator_text(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kOr: return {"OR", kOrBinding};
    case BinaryOperator::kXor: return {"XOR", kXorBinding};
    case BinaryOperator::kAnd: return {"AND", kAndBinding};
    case BinaryOperator::kEqual: return {"=", kComparisonBinding};
    case BinaryOperator::kNotEqual: return {"<>", kComparisonBinding};
    case BinaryOperator::kLess: return {"<", kComparisonBinding};
    case BinaryOperator::kLessOrEqual: return {"<=", kComparisonBinding};
    case BinaryOperator::kGreater: return {">", kComparisonBinding};
    case BinaryOperator::kGreaterOrEqual: return {">=", kComparisonBinding};
    case BinaryOperator::kIn: return {"IN", kPredicateBinding};
    case BinaryOperator::kStartsWith: return {"STARTS WITH", kPredicateBinding};
    case BinaryOperator::kEndsWith: return {"ENDS WITH", kPredicateBinding};
    case BinaryOperator::kContains: return {"CONTAINS", kPredicateBinding};
    case BinaryOperator::kOverlaps: return {"OVERLAPS", kPredicateBinding};
    case BinaryOperator::kPrecedes: return {"PRECEDES", kPredicateBinding};
    case BinaryOperator::kSucceeds: return {"SUCCEEDS", kPredicateBinding};
    case BinaryOperator::kMeets: return {"MEETS", kPredicateBinding};
    case BinaryOperator::kEquals: return {"EQUALS", kPredicateBinding};
    case BinaryOperator::kAdd: return {"+", kSumBinding};
    case BinaryOperator::kSubtract: return {"-", kSumBinding};
    case BinaryOperator::kMultiply: return {"*", kProductBinding};
    case BinaryOperator::kDivide: return {"/", kProductBinding};
    case BinaryOperator::kModulo: return {"%", kProductBinding};
    case BinaryOperator::kPower: return {"^", kPowerBinding};
  }
  return {"", kAtomBinding};
}

Binding binding_of(const Expression& expression) {
  if (const auto* const chain = std::get_if<ast::Chain>(&expression.node)) {
    return operator_text(chain->links.front().op).binding;
  }
  if (const auto* const unary = std::get_if<ast::Unary>(&expression.node)) {
    switch (unary->op) {
      case UnaryOperator::kNot: return kNotBinding;
      case UnaryOperator::kNegate: return kNegationBinding;
      case UnaryOperator::kIsNull:
      case UnaryOperator::kIsNotNull: return kPredicateBinding;
    }
  }
  return is_number(expression) ? kNumberBinding : kAtomBinding;
}

class Printer {
 public:
  std::string take() { return std::move(out_); }

  void expression(const Expression& expression);
  void statement(const ast::Statement& statement);

  // Nodes of expressions.
  void operator()(const ast::Literal& literal) { out_ += literal_text(literal.value); }
  void operator()(const ast::Parameter& parameter) { put("$", name_text(parameter.name)); }
  void operator()(const ast::Variable& variable) { out_ += variable_text(variable.name); }
  void operator()(const ast::PropertyAccess& access);
  void operator()(const ast::ListLiteral& list);
  void operator()(const ast::Unary& unary);
  void operator()(const ast::Chain& chain);
  void operator()(const ast::FunctionCall& call);
  void operator()(const ast::Exists& exists);

  // Statements.
  void operator()(const ast::Query& query);
  void operator()(const ast::Diff& diff);
  void operator()(const ast::Timeline& timeline);
  void operator()(const ast::DefineEntity& define);
  void operator()(const ast::DefineRelation& define);
  void operator()(const ast::DefineEvent& define);
  void operator()(const ast::DefinePadding& define);
  void operator()(const ast::RegisterEntity& entity);
  void operator()(const ast::Record& record);
  void operator()(const ast::Assert& assertion);
  void operator()(const ast::Begin&) { out_ += "BEGIN"; }
  void operator()(const ast::Commit&) { out_ += "COMMIT"; }
  void operator()(const ast::Correct& correct);
  void operator()(const ast::Retract& retract);
  void operator()(const ast::Replay& replay);
  void operator()(const ast::Rollback&) { out_ += "ROLLBACK"; }
  void operator()(const ast::HistoryOf& history);
  void operator()(const ast::Why& why);
  void operator()(const ast::Show& show);
  void operator()(const ast::VerifyLog&) { out_ += "VERIFY LOG"; }
  void operator()(const ast::ReplayCompare&) { out_ += "REPLAY COMPARE"; }
  void operator()(const ast::Load& load);

 private:
  template <class... Texts>
  void put(const Texts&... texts) {
    (out_.append(texts), ...);
  }
  /// `print(element)` for each, with ", " between them.
  template <class Elements, class Print>
  void join(const Elements& elements, std::string_view separator, Print print) {
    for (bool first = true; const auto& element : elements) {
      if (!first) out_ += separator;
      first = false;
      print(element);
    }
  }
  void expressions(const std::vector<Expression>& list) {
    join(list, ", ", [this](const Expression& element) { expression(element); });
  }
  /// In parentheses if it binds more loosely than its place demands.
  void operand(const Expression& expression, Binding at_least);
  void names(std::string_view prefix, const std::vector<ast::Identifier>& alternatives);
  void map(const std::vector<ast::MapEntry>& entries);
  void node(const ast::NodePattern& node);
  void hop(const ast::HopPattern& hop);
  void path(const ast::PathPattern& path);
  void scope(const ast::Scope& scope);
  void matched(const ast::MatchClause& match);
  void clause(const ast::MatchClause& match);
  void clause(const ast::UnwindClause& unwind);
  void clause(const ast::WithClause& with);
  void projection(std::string_view word, const ast::ReturnClause& projection);
  void single(const ast::SingleQuery& query);
  void role(const ast::RoleDefinition& role);
  void effect(const ast::EffectDefinition& effect);
  void effect_name(const ast::EffectName& name);
  void detail(std::string_view word, const std::optional<Expression>& value);
  void details(const ast::RecordingDetails& details);
  void mapping(const ColumnMapping& mapping, bool is_word);
  void load_options(const LoadRequest& request);

  std::string out_;
};

void Printer::expression(const Expression& expression) { std::visit(*this, expression.node); }

void Printer::operand(const Expression& expression, Binding at_least) {
  const bool parentheses = binding_of(expression) < at_least;
  if (parentheses) out_ += "(";
  this->expression(expression);
  if (parentheses) out_ += ")";
}

void Printer::operator()(const ast::PropertyAccess& access) {
  operand(*access.object, kAtomBinding);
  put(".", name_text(access.property));
}

void Printer::operator()(const ast::ListLiteral& list) {
  out_ += "[";
  expressions(list.items);
  out_ += "]";
}

void Printer::operator()(const ast::Unary& unary) {
  switch (unary.op) {
    case UnaryOperator::kNot:
      out_ += "NOT ";
      operand(*unary.operand, kNotBinding);
      return;
    case UnaryOperator::kNegate:
      // `--` would be a comment, and `-1` a number.
      out_ += binding_of(*unary.operand) == kNegationBinding ? "- " : "-";
      operand(*unary.operand, is_number(*unary.operand) ? kAtomBinding : kNegationBinding);
      return;
    case UnaryOperator::kIsNull:
    case UnaryOperator::kIsNotNull:
      operand(*unary.operand, kPredicateBinding);
      out_ += unary.op == UnaryOperator::kIsNull ? " IS NULL" : " IS NOT NULL";
      return;
  }
}

void Printer::operator()(const ast::Chain& chain) {
  const int binding = operator_text(chain.links.front().op).binding;
  const auto tighter = static_cast<Binding>(binding + 1);
  // A test may begin a chain without parentheses: `a IS NULL IN b`.
  const bool first_is_test = std::holds_alternative<ast::Unary>(chain.first->node) &&
                             binding == kPredicateBinding &&
                             binding_of(*chain.first) == kPredicateBinding;
  operand(*chain.first, first_is_test ? kPredicateBinding : tighter);
  for (const ast::Chain::Link& link : chain.links) {
    put(" ", operator_text(link.op).text, " ");
    operand(*link.operand, tighter);
  }
}

void Printer::operator()(const ast::FunctionCall& call) {
  put(variable_text(call.name.name), call.distinct ? "(DISTINCT " : "(", call.star ? "*" : "");
  expressions(call.arguments);
  out_ += ")";
}

void Printer::operator()(const ast::Exists& exists) {
  out_ += "EXISTS {";
  matched(*exists.match);
  out_ += "}";
}

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
  names(":", node.labels);
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
  if (!hop.properties.empty()) {
    if (out_.size() > begin) out_ += " ";
    map(hop.properties);
  }
  out_ += hop.direction == ast::HopDirection::kOut ? "]->" : "]-";
}

void Printer::path(const ast::PathPattern& path) {
  node(path.first);
  for (const ast::PathPattern::Step& step : path.steps) {
    hop(step.hop);
    node(step.node);
  }
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
    put(" ELSE ", quoted(one.message));
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
  put(is_word ? mapping.role : in_backticks(mapping.role), ": ", column_text(mapping.column));
  if (!mapping.entity_type.empty()) put(" OF ", name_text(mapping.entity_type));
}

void Printer::load_options(const LoadRequest& request) {
  if (request.creating_missing) out_ += " CREATING MISSING";
  if (!request.rejects_path.empty()) put(" ON ERROR REJECT TO ", quoted(request.rejects_path));
  if (request.dry_run) out_ += " DRY RUN";
  if (request.separator) put(" SEPARATOR ", quoted({&*request.separator, 1}));
  if (request.has_header) out_ += *request.has_header ? " WITH HEADER" : " WITHOUT HEADER";
}

void Printer::operator()(const ast::Load& load) {
  const LoadRequest& request = load.request;
  const bool events = request.what == LoadRequest::What::kEvents;
  put(events ? "LOAD EVENTS FROM " : "LOAD FACTS FROM ", quoted(request.path));
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

}  // namespace

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
