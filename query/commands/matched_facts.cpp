#include "query/commands/matched_facts.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "query/commands/names.h"
#include "query/executor/datum_comparison.h"
#include "query/executor/hop_reader.h"
#include "query/executor/query_runner.h"
#include "query/executor/run_context.h"

namespace annals::query {

namespace {

class FactGatherer final : public ResultSink {
 public:
  explicit FactGatherer(std::size_t memory_bytes) : memory_(memory_bytes) {}

  Status columns(std::span<const ResultColumn>, RowTags) override { return {}; }

  Status row(std::span<const Datum> cells, Certainty certainty) override {
    ANNALS_CHECK_OK(memory_.take(sizeof(MatchedFact) + memory_of(cells.front())));
    facts_.push_back({std::get<FactDatum>(cells.front().data).fact, certainty});
    return {};
  }

  Status message(std::string_view) override { return {}; }

  std::vector<MatchedFact> take() { return std::move(facts_); }

 private:
  MemoryBudget memory_;
  std::vector<MatchedFact> facts_;
};

}  // namespace

FactQuestion::FactQuestion(ast::PathPattern pattern, ast::Scope scope,
                           const StatementContext& context)
    : context_(context) {
  query_.scope = std::move(scope);
  ast::HopPattern& hop = pattern.steps.front().hop;
  // A name that nobody can write, and hence no node of the pattern has.
  if (!hop.variable) hop.variable = ast::Identifier{"", hop.range};
  query_.returning.items.push_back(
      {ast::Expression{ast::Variable{hop.variable->name}, hop.range}, {}});
  query_.returning.range = hop.range;
  ast::MatchClause match;
  match.patterns.push_back(std::move(pattern));
  query_.clauses.emplace_back(std::move(match));
}

Result<std::vector<MatchedFact>> FactQuestion::ask(const storage::GraphSnapshot& snapshot) {
  const ast::PathPattern& pattern =
      std::get<ast::MatchClause>(query_.clauses.front()).patterns.front();
  for (const ast::Identifier& name : pattern.steps.front().hop.relations) {
    ANNALS_CHECK_OK(find_relation(name, snapshot.vocabulary(), context_));
  }
  ANNALS_TRY(const auto plan, PlannedQuery::plan(query_, context_.text, snapshot));
  FactGatherer gatherer(context_.limits.memory_bytes);
  ANNALS_CHECK_OK(plan->run(snapshot, context_.run_arguments(), gatherer));
  std::vector<MatchedFact> facts = gatherer.take();
  // What a role of the same name gives is no fact that events brought about.
  std::erase_if(facts, [](const MatchedFact& one) { return is_role_fact(*one.fact); });
  std::sort(facts.begin(), facts.end(), [](const MatchedFact& a, const MatchedFact& b) {
    return std::tuple(a.fact->begin.earliest, a.fact->id) <
           std::tuple(b.fact->begin.earliest, b.fact->id);
  });
  return facts;
}

Result<std::unique_ptr<storage::GraphSnapshot>> FactQuestion::view(
    const storage::GraphSnapshot& snapshot) const {
  ANNALS_TRY(const auto plan, PlannedQuery::plan(query_, context_.text, snapshot));
  ANNALS_TRY(const storage::Perspective perspective,
             plan->perspective(snapshot, context_.run_arguments()));
  return snapshot.seen_from(perspective);
}

void FactQuestion::widen_to_all_time() {
  query_.scope.valid = ast::ValidScope::kAllTime;
  query_.scope.at.reset();
}

}  // namespace annals::query
