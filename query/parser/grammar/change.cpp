#include "query/parser/grammar/change.h"

#include "query/parser/grammar/expression.h"
#include "query/parser/grammar/pattern.h"
#include "query/parser/grammar/query.h"
#include "query/parser/grammar/tokens.h"

namespace annals::query::grammar {
namespace {

using ast::Diff;
using ast::HistoryOf;
using ast::NodePattern;
using ast::PathPattern;
using ast::Scope;
using ast::Timeline;
using ast::TimelineStep;
using ast::ValidScope;
using ast::Why;

// --- Actions -------------------------------------------------------------------------------------

[[noreturn]] void refuse(const State& state, ast::SourceRange range, std::string message,
                         std::string hint) {
  throw Refusal{ErrorCode::kInvalidArgument, state.text.data() + range.begin, std::move(message),
                std::move(hint)};
}

bool is_named(const NodePattern& node) { return node.name && node.properties.empty(); }

void check_one_hop(const PathPattern& path, const State& state) {
  if (path.steps.size() == 1 && !path.steps.front().hop.length) return;
  refuse(state,
         path.steps.empty()       ? path.first.range
         : path.steps.size() == 1 ? path.steps.front().hop.length->range
                                  : path.steps[1].hop.range,
         "one relation between two nodes is asked about", "write (a)-[:RELATION]->(b)");
}

/// History is that of one node or of one relation, not of whatever a search finds.
constexpr auto set_history = [](const auto& context) {
  const PathPattern& path = x3::_attr(context);
  if (!path.steps.empty()) {
    check_one_hop(path, state_of(context));
  } else if (!is_named(path.first)) {
    refuse(state_of(context), path.first.range, "HISTORY OF takes a node by its name",
           "write (:Country 'Georgia')");
  }
  x3::_val(context).path = std::move(x3::_attr(context));
};

constexpr auto set_why_path = [](const auto& context) {
  const PathPattern& path = x3::_attr(context);
  const State& state = state_of(context);
  check_one_hop(path, state);
  if (x3::_val(context).negated) {
    // Of a search that finds nothing there is no telling which of all nodes was meant.
    for (const NodePattern* node : {&path.first, &path.steps.front().node}) {
      if (is_named(*node)) continue;
      refuse(state, node->range, "WHY NOT takes two nodes by their names",
             "write (:Country 'Georgia')");
    }
  }
  x3::_val(context).range = {path.first.range.begin, path.steps.front().node.range.end};
  x3::_val(context).path = std::move(x3::_attr(context));
};

constexpr auto begin_coordinate = [](const auto& context) {
  Scope& scope = x3::_val(context);
  if (scope.valid) refuse_token(context, "one side of a DIFF has one AT");
  scope.valid = ValidScope::kAt;
};

constexpr auto as_seq = [](const auto& context) {
  const State& state = state_of(context);
  const auto begin = state.offset(state.last_token);
  x3::_val(context).known_at = ast::Expression{std::move(x3::_attr(context)), {begin, begin + 1}};
};

template <TimelineStep Step>
constexpr auto by = set_to<&Timeline::by, Step>;

// --- Rules ---------------------------------------------------------------------------------------

constexpr x3::rule<struct CoordinateId, Scope> coordinate = "a time such as AT";

/// No expressions: AND stands behind them.
constexpr auto coordinate_def =
    located(+group("a time such as AT",
                   (word("AT")[begin_coordinate] > name_value[set<&Scope::at>]) |
                       (once<&Scope::known_at>("KNOWN AT") >
                        ((word("SEQ")[flag<&Scope::known_is_seq>] >
                          (number_token[as_seq] | name_value[set<&Scope::known_at>])) |
                         name_value[set<&Scope::known_at>])) |
                       (once<&Scope::said_by>("SAID BY") > name_value[set<&Scope::said_by>])));

constexpr auto diff_def = word("DIFF") > coordinate[set<&Diff::first>] >
                          word("AND") > query[set<&Diff::query>];

constexpr auto timeline_def =
    word("TIMELINE") > word("FROM") > name_value[set<&Timeline::from>] >
    word("TO") > name_value[set<&Timeline::to>] > word("BY") >
    (word("DAY")[by<TimelineStep::kDay>] | word("MONTH")[by<TimelineStep::kMonth>] |
     word("YEAR")[by<TimelineStep::kYear>]) > query[set<&Timeline::query>];

constexpr auto history_of_def = word("HISTORY OF") > path[set_history] >
                                -word("KNOWN ALL")[flag<&HistoryOf::known_all>];

constexpr auto why_def = word("WHY") > -word("NOT")[flag<&Why::negated>] > path[set_why_path] >
                         -scope[set<&Why::scope>];

BOOST_SPIRIT_DEFINE(coordinate)

}  // namespace

BOOST_SPIRIT_DEFINE(diff, timeline, history_of, why)
BOOST_SPIRIT_INSTANTIATE(DiffRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(TimelineRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(HistoryRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(WhyRule, Iterator, Context)

}  // namespace annals::query::grammar
