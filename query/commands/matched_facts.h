#pragma once

#include <memory>
#include <vector>

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"
#include "storage/graph_index/fact.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// A fact and how surely it holds.
struct MatchedFact {
  std::shared_ptr<const storage::Fact> fact;
  Certainty certainty = Certainty::kCertain;
};

/// Which facts match a pattern of one hop: asks as MATCH does, so that names, properties, scopes
/// and certainty mean what they mean there. Borrows the context. Not thread-safe.
class FactQuestion {
 public:
  /// Takes the pattern, which has one hop, and the scope.
  FactQuestion(ast::PathPattern pattern, ast::Scope scope, const StatementContext& context);

  /// By earliest begin, then id. Errors: those of MATCH; NotFound for a relation that does not
  /// exist (the name of a role is none); LimitExceeded.
  Result<std::vector<MatchedFact>> ask(const storage::GraphSnapshot& snapshot);

  /// The graph as the scope's KNOWN AT and SAID BY see it: where to look up the events behind those
  /// facts. Must not outlive the database.
  Result<std::unique_ptr<storage::GraphSnapshot>> view(
      const storage::GraphSnapshot& snapshot) const;

  /// From now on about all time, whatever the scope said of it.
  void widen_to_all_time();

 private:
  const StatementContext& context_;
  ast::Query query_;
};

}  // namespace annals::query
