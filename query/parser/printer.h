#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/parser/ast.h"
#include "query/parser/token_text.h"

namespace annals::query {

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

/// Writes syntax trees as text: expressions in expression_printer.cpp, the rest in ast_printer.cpp.
class Printer {
 public:
  std::string take() { return std::move(out_); }

  void expression(const ast::Expression& expression);
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
  void operator()(const ast::Case& one);
  void operator()(const ast::Subscript& subscript);
  void operator()(const ast::Slice& slice);
  void operator()(const ast::MapLiteral& map);
  void operator()(const ast::ListWalk& walk);
  void operator()(const ast::Subquery& subquery);

  // Statements.
  void operator()(const ast::Query& query);
  void operator()(const ast::Explain& explain);
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
  void expressions(const std::vector<ast::Expression>& list);
  /// In parentheses if it binds more loosely than its place demands.
  void operand(const ast::Expression& expression, Binding at_least);
  void names(std::string_view prefix, const std::vector<ast::Identifier>& alternatives);
  void map(const std::vector<ast::MapEntry>& entries);
  void node(const ast::NodePattern& node);
  void hop(const ast::HopPattern& hop);
  void length(const ast::HopLength& length);
  void path(const ast::PathPattern& path);
  void scope(const ast::Scope& scope);
  void matched(const ast::MatchClause& match);
  void clause(const ast::MatchClause& match);
  void clause(const ast::UnwindClause& unwind);
  void clause(const ast::WithClause& with);
  void projection(std::string_view word, const ast::ReturnClause& returning);
  void single(const ast::SingleQuery& query);
  void role(const ast::RoleDefinition& role);
  void effect(const ast::EffectDefinition& effect);
  void effect_name(const ast::EffectName& name);
  void detail(std::string_view word, const std::optional<ast::Expression>& value);
  void details(const ast::RecordingDetails& details);
  void mapping(const ColumnMapping& mapping, bool is_word);
  void load_options(const LoadRequest& request);

  std::string out_;
};

}  // namespace annals::query
