#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "query/parser/ast.h"
#include "query/planner/bind_context.h"
#include "query/planner/bound_query.h"
#include "query/planner/expression_binder.h"
#include "schema/base/result.h"

namespace annals::query {

/// Binds RETURN with ORDER BY, SKIP and LIMIT. If an item aggregates, the items that do not are the
/// grouping keys. Borrows everything.
class ReturnBinder {
 public:
  ReturnBinder(const BindContext& context, const Variables& variables)
      : context_(context), variables_(variables) {}

  Result<BoundReturn> bind(const ast::ReturnClause& clause);

 private:
  struct Item {
    std::string name;
    BoundExpression value;
    bool aggregates = false;
    bool has_alias = false;
  };

  Status bind_items(const ast::ReturnClause& clause);
  Status add_item(std::string name, Result<BoundExpression> value, bool has_alias,
                  ast::SourceRange range);
  void add_plain_columns();
  Status add_grouped_columns();
  Status bind_order(const ast::ReturnClause& clause);
  Result<std::optional<BoundExpression>> bind_count(const std::optional<ast::Expression>& count,
                                                    std::string_view word);

  /// Says `expression` in terms of what is there after grouping or DISTINCT: parts that equal a
  /// known expression become its slot. InvalidArgument with `problem` if a variable remains and
  /// `strict`.
  Result<BoundExpression> rebase(BoundExpression expression, bool strict,
                                 const std::string& problem);
  /// InvalidArgument if `expression` needs the instant of a row that is no more there.
  Status check_instants(const BoundExpression& expression, const std::string& problem) const;

  const BindContext& context_;
  const Variables& variables_;
  BoundReturn bound_;
  std::vector<Item> items_;
  std::set<std::string> names_;
  std::map<std::string, SlotId> known_;  // by expression_key()
  std::vector<bool> available_;          // slots that exist after grouping or DISTINCT
};

}  // namespace annals::query
