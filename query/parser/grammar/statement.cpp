#include "query/parser/grammar/statement.h"

#include "query/parser/grammar/change.h"
#include "query/parser/grammar/definition.h"
#include "query/parser/grammar/expression.h"
#include "query/parser/grammar/load.h"
#include "query/parser/grammar/query.h"
#include "query/parser/grammar/recording.h"
#include "query/parser/grammar/tokens.h"

namespace annals::query::grammar {
namespace {

using ast::Explain;
using ast::Show;
using ast::ShowWhat;
using ast::Statement;

constexpr auto as_body = [](const auto& context) {
  x3::_val(context).body = std::move(x3::_attr(context));
};
template <class Body>
constexpr auto as_empty_body = [](const auto& context) { x3::_val(context).body = Body{}; };
constexpr auto as_load = [](const auto& context) {
  x3::_val(context).body = ast::Load{std::move(x3::_attr(context))};
};

constexpr x3::rule<struct ExplainId, Explain> explain = "EXPLAIN";
constexpr x3::rule<struct ShowId, Show> show = "SHOW";
constexpr x3::rule<struct BodyId, Statement> body = "a statement";

constexpr auto explain_def = (word("EXPLAIN") | word("PROFILE")[flag<&Explain::profiled>]) >
                             -word("JSON")[flag<&Explain::as_json>] >
                             (query[set<&Explain::what>] | diff[set<&Explain::what>] |
                              timeline[set<&Explain::what>]);

template <ShowWhat What>
constexpr auto showing = set_to<&Show::what, What>;

constexpr auto show_def = word("SHOW") > (((word("KINDS")[showing<ShowWhat::kKinds>] |
                                            word("RELATIONS")[showing<ShowWhat::kRelations>] |
                                            word("ENTITIES")[showing<ShowWhat::kEntities>] |
                                            word("UNMATCHED")[showing<ShowWhat::kUnmatched>]) >>
                                           -(word("LIKE") > name_value[set<&Show::like>])) |
                                          word("STATS")[showing<ShowWhat::kStats>] |
                                          word("SETTINGS")[showing<ShowWhat::kSettings>]);

constexpr auto definition = word("DEFINE") > (define_entity[as_body] | define_relation[as_body] |
                                              define_event[as_body] | define_padding[as_body]);

constexpr auto body_def = located(group(
    "a statement",
    query[as_body] | explain[as_body] | record[as_body] | assert_fact[as_body] | correct[as_body] |
        retract[as_body] | register_entity[as_body] | definition | diff[as_body] |
        timeline[as_body] | history_of[as_body] | why[as_body] | show[as_body] | load[as_load] |
        word("BEGIN")[as_empty_body<ast::Begin>] | word("COMMIT")[as_empty_body<ast::Commit>] |
        word("ROLLBACK")[as_empty_body<ast::Rollback>] |
        word("VERIFY LOG")[as_empty_body<ast::VerifyLog>] |
        word("REPLAY COMPARE")[as_empty_body<ast::ReplayCompare>] | replay[as_body]));

constexpr auto statement_def = body[assign] > EndOfStatement{};

BOOST_SPIRIT_DEFINE(explain, show, body)

}  // namespace

BOOST_SPIRIT_DEFINE(statement)
BOOST_SPIRIT_INSTANTIATE(StatementRule, Iterator, Context)

}  // namespace annals::query::grammar
