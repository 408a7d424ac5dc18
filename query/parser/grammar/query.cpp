#include "query/parser/grammar/query.h"

#include "query/parser/grammar/expression.h"
#include "query/parser/grammar/pattern.h"
#include "query/parser/grammar/tokens.h"

namespace annals::query::grammar {
namespace {

using ast::CertaintyMode;
using ast::MatchClause;
using ast::Query;
using ast::ReturnClause;
using ast::ReturnItem;
using ast::Scope;
using ast::SingleQuery;
using ast::SortItem;
using ast::UnwindClause;
using ast::ValidScope;
using ast::WithClause;

// --- Actions -------------------------------------------------------------------------------------

/// Sets what a scope may say once.
template <auto Member, auto Value>
constexpr auto scope_once = [](const auto& context) {
  auto& member = x3::_val(context).*Member;
  if (member) {
    constexpr bool is_valid_time = std::is_same_v<std::decay_t<decltype(Value)>, ValidScope>;
    refuse_token(context, is_valid_time ? "a scope has one AT, DURING, THROUGHOUT or ALL TIME"
                                        : "a scope has one CERTAINLY or POSSIBLY");
  }
  member = Value;
};

/// Adds a pattern, if the clause does not become too large.
constexpr auto push_path = [](const auto& context) {
  MatchClause& clause = x3::_val(context);
  clause.patterns.push_back(std::move(x3::_attr(context)));
  std::size_t count = 0;
  for (const ast::PathPattern& pattern : clause.patterns) count += 1 + pattern.steps.size();
  check_limit(count, limits::kPatternHopsMax, "nodes and hops", "PatternHopsMax",
              x3::_where(context).begin());
};

/// Adds a clause: the longer a query is, the deeper its plan.
constexpr auto push_clause = [](const auto& context) {
  auto& clauses = x3::_val(context).clauses;
  check_limit(clauses.size() + 1, limits::kClausesMax, "clauses", "ClausesMax",
              x3::_where(context).begin());
  clauses.emplace_back(std::move(x3::_attr(context)));
};

/// Adds a single query; the first UNION says what all of them are.
template <bool All>
constexpr auto check_union = [](const auto& context) {
  Query& query = x3::_val(context);
  check_limit(query.unions.size() + 2, limits::kUnionsMax, "queries", "UnionsMax",
              state_of(context).last_token);
  if (query.unions.empty()) query.union_all = All;
  if (query.union_all == All) return;
  refuse_token(context, "UNION and UNION ALL cannot stand in one query");
};

// --- Rules ---------------------------------------------------------------------------------------

constexpr x3::rule<struct MatchId, MatchClause> match = "MATCH";
constexpr x3::rule<struct UnwindId, UnwindClause> unwind = "UNWIND";
constexpr x3::rule<struct ProjectionId, ReturnClause> projection = "an expression";
constexpr x3::rule<struct WithId, WithClause> with_clause = "WITH";
constexpr x3::rule<struct SingleId, SingleQuery> single = "a query";
constexpr x3::rule<struct ItemId, ReturnItem> item = "an expression";
constexpr x3::rule<struct SortId, SortItem> sort_item = "an expression";
constexpr x3::rule<struct ReturnId, ReturnClause> returning = "RETURN";

constexpr auto valid_time =
    (word("AT")[scope_once<&Scope::valid, ValidScope::kAt>] > expression[set<&Scope::at>]) |
    (word("DURING")[scope_once<&Scope::valid, ValidScope::kDuring>] > expression[set<&Scope::at>]) |
    (word("THROUGHOUT")[scope_once<&Scope::valid, ValidScope::kThroughout>] >
     expression[set<&Scope::at>]) |
    word("ALL TIME")[scope_once<&Scope::valid, ValidScope::kAllTime>];

constexpr auto recorded_time =
    (once<&Scope::known_at>("KNOWN AT") >
     ((word("SEQ")[flag<&Scope::known_is_seq>] > expression[set<&Scope::known_at>]) |
      expression[set<&Scope::known_at>])) |
    (once<&Scope::said_by>("SAID BY") > expression[set<&Scope::said_by>]);

constexpr auto scope_def =
    located(+group("a scope such as AT",
                   valid_time | recorded_time |
                       word("CERTAINLY")[scope_once<&Scope::certainty, CertaintyMode::kCertainly>] |
                       word("POSSIBLY")[scope_once<&Scope::certainty, CertaintyMode::kPossibly>]));

constexpr auto matched = pattern[push_path] > *(symbol(",") > pattern[push_path]) >
                         -scope[set<&MatchClause::scope>] >
                         -(word("WHERE") > expression[set<&MatchClause::where>]);

constexpr auto match_def =
    located((word("MATCH") | word("OPTIONAL MATCH")[flag<&MatchClause::optional>]) > matched);
constexpr auto inner_match_def = located((word("MATCH") > matched) | matched);

constexpr auto item_def = expression[set<&ReturnItem::value>] >>
                          -(word("AS") > Variable("a name")[set<&ReturnItem::alias>]);

constexpr auto sort_item_def = expression[set<&SortItem::value>] >>
                               -(word("ASCENDING") | word("ASC") |
                                 word("DESCENDING")[flag<&SortItem::descending>] |
                                 word("DESC")[flag<&SortItem::descending>]);

constexpr auto more_items = *(symbol(",") > item[push<&ReturnClause::items>]);
constexpr auto returned = (symbol("*")[flag<&ReturnClause::star>] >> more_items) |
                          (item[push<&ReturnClause::items>] >> more_items);

constexpr auto projected = -word("DISTINCT")[flag<&ReturnClause::distinct>] > returned >
                           -(word("ORDER BY") > sort_item[push<&ReturnClause::order_by>] >
                             *(symbol(",") > sort_item[push<&ReturnClause::order_by>])) >
                           -(word("SKIP") > expression[set<&ReturnClause::skip>]) >
                           -(word("LIMIT") > expression[set<&ReturnClause::limit>]);

constexpr auto projection_def = located(projected);
constexpr auto returning_def = located(word("RETURN") > projected);

constexpr auto with_clause_def = word("WITH") > projection[set<&WithClause::projection>] >
                                 -(word("WHERE") > expression[set<&WithClause::where>]);

constexpr auto unwind_def = located(word("UNWIND") > expression[set<&UnwindClause::list>] >
                                    word("AS") > Variable("a name")[set<&UnwindClause::variable>]);

constexpr auto clause = match[push_clause] | unwind[push_clause] | with_clause[push_clause];
constexpr auto result = returning[set<&SingleQuery::returning>];

constexpr auto single_def = result | (clause > *clause > result);

constexpr auto set_single = [](const auto& context) {
  static_cast<SingleQuery&>(x3::_val(context)) = std::move(x3::_attr(context));
};

constexpr auto query_def = (single[set_single] |
                            (scope[set<&Query::scope>] > single[set_single])) >>
                           *((word("UNION ALL")[check_union<true>] |
                              word("UNION")[check_union<false>]) > single[push<&Query::unions>]);

BOOST_SPIRIT_DEFINE(match, unwind, item, sort_item, projection, with_clause, returning, single)

}  // namespace

BOOST_SPIRIT_DEFINE(scope, query, inner_match)
BOOST_SPIRIT_INSTANTIATE(ScopeRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(QueryRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(InnerMatchRule, Iterator, Context)

}  // namespace annals::query::grammar
