#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/parser/ast.h"
#include "query/planner/bound_query.h"
#include "schema/base/result.h"
#include "schema/vocabulary.h"

namespace annals::query {

/// What binding one query works with. Borrows all of it.
struct BindContext {
  std::string_view text;  ///< The statement, for places.
  const Vocabulary& vocabulary;
  BoundQuery& query;

  Error error(ErrorCode code, std::string message, ast::SourceRange range,
              std::string hint = {}) const;
  Error invalid(std::string message, ast::SourceRange range, std::string hint = {}) const {
    return error(ErrorCode::kInvalidArgument, std::move(message), range, std::move(hint));
  }
};

/// Names of the vocabulary. NotFound at the name, with "did you mean".

/// An entity type or an event kind.
Result<SymbolId> find_label(const ast::Identifier& name, const BindContext& context);
Result<std::vector<SymbolId>> find_labels(const std::vector<ast::Identifier>& names,
                                          const BindContext& context);

/// Adds to `relations` or `roles` what the hop means by `name`; to both if it is the name of both.
Status find_hop_name(const ast::Identifier& name, const BindContext& context,
                     std::vector<SymbolId>& relations, std::vector<SymbolId>& roles);

}  // namespace annals::query
