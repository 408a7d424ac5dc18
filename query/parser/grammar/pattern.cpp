#include "query/parser/grammar/pattern.h"

#include <unordered_set>

#include <fmt/format.h>

#include "query/parser/grammar/expression.h"
#include "query/parser/grammar/tokens.h"

namespace annals::query::grammar {
namespace {

using ast::HopDirection;
using ast::HopLength;
using ast::HopPattern;
using ast::MapEntry;
using ast::NodePattern;
using ast::PathPattern;

constexpr auto set_entries = [](const auto& context) {
  check_keys(x3::_attr(context), state_of(context));
  x3::_val(context).properties = std::move(x3::_attr(context).entries);
};

/// `*2` is `*2..2`, unless dots follow.
constexpr auto set_exact = [](const auto& context) {
  x3::_val(context).min = x3::_attr(context);
  x3::_val(context).max = x3::_attr(context);
};
constexpr auto open_end = [](const auto& context) { x3::_val(context).max.reset(); };

constexpr auto check_search = [](const auto& context) {
  const PathPattern& searched = x3::_val(context);
  if (searched.steps.size() == 1 && searched.steps.front().hop.length) return;
  throw Refusal{
      ErrorCode::kInvalidArgument, state_of(context).text.data() + searched.first.range.begin,
      "a path is sought along one hop of variable length", "shortestPath((a)-[:R*]->(b))"};
};
constexpr auto set_path = [](const auto& context) {
  PathPattern& named = x3::_val(context);
  std::optional<ast::Identifier> variable = std::move(named.variable);
  named = std::move(x3::_attr(context));
  named.variable = std::move(variable);
};

constexpr x3::rule<struct EntryId, MapEntry> entry = "a key";
constexpr x3::rule<struct LengthId, HopLength> length = "*";
constexpr x3::rule<struct BracketId, HopPattern> bracket = "a relation";
constexpr x3::rule<struct SearchedId, PathPattern> searched = "a pattern";
constexpr x3::rule<struct HopId, HopPattern> hop = "a hop";
constexpr x3::rule<struct StepId, PathPattern::Step> step = "a hop";

constexpr auto entry_def = Name("a name")[set<&MapEntry::key>] >
                           symbol(":") > expression[set<&MapEntry::value>];

constexpr auto map_def = symbol("{") > -(entry[push<&Map::entries>] >>
                                         *(symbol(",") > entry[push<&Map::entries>])) > symbol("}");

constexpr auto label = Name("a type")[push<&NodePattern::labels>];
constexpr auto label_list = label > *(symbol("|") > -symbol(":") > label);
constexpr auto negation = symbol("!")[flag<&NodePattern::negated>] >
                          ((symbol("(") > label_list > symbol(")")) | label);
constexpr auto node_labels = symbol(":") > (negation | label_list);

constexpr auto node_def =
    located(group("a node", symbol("(")) > -Variable("a variable")[set<&NodePattern::variable>] >
            -node_labels > -name_value[set<&NodePattern::name>] > -map[set_entries] > symbol(")"));

constexpr auto hop_relations = symbol(":") > Name("a relation")[push<&HopPattern::relations>] >
                               *(symbol("|") > -symbol(":") >
                                 Name("a relation")[push<&HopPattern::relations>]);

constexpr auto upper = symbol("..")[open_end] > -count_token[set<&HopLength::max>];
constexpr auto length_def = located(symbol("*") > -((count_token[set_exact] > -upper) | upper));

constexpr auto bracket_def = symbol("[") > -Variable("a variable")[set<&HopPattern::variable>] >
                             -hop_relations > -length[set<&HopPattern::length>] >
                             -map[set_entries] > symbol("]");

template <HopDirection Direction>
constexpr auto towards = set_to<&HopPattern::direction, Direction>;

// Longer symbols first. `--`, `-->` and `<--` are one symbol each: after a blank, `--` would be a
// comment.
constexpr auto hop_def = located(
    group("a hop", symbol("<--"))[towards<HopDirection::kIn>] |
    (group("a hop", symbol("<-")) > bracket[assign] > symbol("-")[towards<HopDirection::kIn>]) |
    group("a hop", symbol("-->"))[towards<HopDirection::kOut>] |
    group("a hop", symbol("--"))[towards<HopDirection::kEither>] |
    (group("a hop", symbol("-")) > bracket[assign] >
     (symbol("->")[towards<HopDirection::kOut>] | symbol("-")[towards<HopDirection::kEither>])));

constexpr auto step_def = hop[set<&PathPattern::Step::hop>] > node[set<&PathPattern::Step::node>];

constexpr auto path_def = node[set<&PathPattern::first>] >> *step[push<&PathPattern::steps>];

template <ast::PathSearch Search>
constexpr auto search = set_to<&PathPattern::search, Search>;

// These are names too, unless a parenthesis follows.
constexpr auto search_word =
    Words("SHORTESTPATH", Expectation::kHidden)[search<ast::PathSearch::kShortest>] |
    Words("ALLSHORTESTPATHS", Expectation::kHidden)[search<ast::PathSearch::kAllShortest>] |
    Words("EARLIEST", Expectation::kHidden)[search<ast::PathSearch::kEarliest>];
constexpr auto searched_def = (search_word >> operator_symbol("(")) >
                              node[set<&PathPattern::first>] > *step[push<&PathPattern::steps>] >
                              symbol(")")[check_search];

constexpr auto pattern_def = -path_name_token[set<&PathPattern::variable>] >>
                             (searched[set_path] | path[set_path]);

BOOST_SPIRIT_DEFINE(entry, length, bracket, hop, step, searched)

}  // namespace

BOOST_SPIRIT_DEFINE(map, node, path, pattern)
BOOST_SPIRIT_INSTANTIATE(MapRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(NodeRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(PathRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(PatternRule, Iterator, Context)

void check_keys(const Map& given, const State& state) {
  std::unordered_set<std::string_view> seen;
  for (const MapEntry& one : given.entries) {
    if (seen.insert(one.key.name).second) continue;
    throw Refusal{ErrorCode::kInvalidArgument, state.text.data() + one.key.range.begin,
                  fmt::format("{} is given twice", one.key.name)};
  }
}

}  // namespace annals::query::grammar
