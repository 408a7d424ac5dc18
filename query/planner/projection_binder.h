#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "query/parser/ast.h"
#include "query/planner/bind_context.h"
#include "query/planner/bound_query.h"
#include "query/planner/expression_binder.h"
#include "schema/base/result.h"

namespace annals::query {

/// Binds RETURN or WITH, with ORDER BY, SKIP and LIMIT. If an item aggregates, the items that do
/// not are the grouping keys. What RETURN gives are values; what WITH gives are the variables from
/// there on: a node stays a node, from which patterns may go on. Borrows everything.
class ProjectionBinder {
 public:
  enum class Of : std::uint8_t { kReturn, kWith };
  ProjectionBinder(const BindContext& context, const Variables& variables, Of of)
      : context_(context), variables_(variables), is_with_(of == Of::kWith) {}

  Result<BoundProjection> bind(const ast::ReturnClause& clause);

 private:
  struct Item {
    std::string name;
    BoundExpression value;
    bool aggregates = false;
    bool has_alias = false;
  };

  std::string_view word() const { return is_with_ ? "WITH" : "RETURN"; }
  /// Whether WITH passes the item on as it is, in its own slot.
  bool passes(const BoundExpression& value) const;
  /// A new slot for the item.
  SlotId slot_for(const Item& item);
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
  bool is_with_;
  BoundProjection bound_;
  std::vector<Item> items_;
  std::set<std::string> names_;
  std::map<std::string, SlotId> known_;  // by expression_key()
  std::vector<bool> available_;          // slots that exist after grouping or DISTINCT
};

}  // namespace annals::query
