#include "query/parser/grammar/pattern.h"

#include <unordered_set>

#include <fmt/format.h>

#include "query/parser/grammar/expression.h"
#include "query/parser/grammar/tokens.h"

namespace annals::query::grammar {
namespace {

using ast::HopDirection;
using ast::HopPattern;
using ast::MapEntry;
using ast::NodePattern;
using ast::PathPattern;

constexpr auto set_entries = [](const auto& context) {
  check_keys(x3::_attr(context), state_of(context));
  x3::_val(context).properties = std::move(x3::_attr(context).entries);
};

constexpr auto refuse_length = [](const auto& context) {
  throw Refusal{ErrorCode::kUnsupported, state_of(context).last_token,
                "hops of variable length (*) are not in this version",
                "write out the hops: (a)-[:R]->()-[:R]->(b)"};
};

constexpr x3::rule<struct EntryId, MapEntry> entry = "a key";
constexpr x3::rule<struct BracketId, HopPattern> bracket = "a relation";
constexpr x3::rule<struct HopId, HopPattern> hop = "a hop";
constexpr x3::rule<struct StepId, PathPattern::Step> step = "a hop";

constexpr auto entry_def = Name("a name")[set<&MapEntry::key>] >
                           symbol(":") > expression[set<&MapEntry::value>];

constexpr auto map_def = symbol("{") > -(entry[push<&Map::entries>] >>
                                         *(symbol(",") > entry[push<&Map::entries>])) > symbol("}");

constexpr auto node_labels = symbol(":") > Name("a type")[push<&NodePattern::labels>] >
                             *(symbol("|") > -symbol(":") >
                               Name("a type")[push<&NodePattern::labels>]);

constexpr auto node_def =
    located(group("a node", symbol("(")) > -Variable("a variable")[set<&NodePattern::variable>] >
            -node_labels > -name_value[set<&NodePattern::name>] > -map[set_entries] > symbol(")"));

constexpr auto hop_relations = symbol(":") > Name("a relation")[push<&HopPattern::relations>] >
                               *(symbol("|") > -symbol(":") >
                                 Name("a relation")[push<&HopPattern::relations>]);

constexpr auto bracket_def = symbol("[") > -Variable("a variable")[set<&HopPattern::variable>] >
                             -hop_relations > -Symbol("*", Expectation::kHidden)[refuse_length] >
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

BOOST_SPIRIT_DEFINE(entry, bracket, hop, step)

}  // namespace

BOOST_SPIRIT_DEFINE(map, node, path)
BOOST_SPIRIT_INSTANTIATE(MapRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(NodeRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(PathRule, Iterator, Context)

void check_keys(const Map& given, const State& state) {
  std::unordered_set<std::string_view> seen;
  for (const MapEntry& one : given.entries) {
    if (seen.insert(one.key.name).second) continue;
    throw Refusal{ErrorCode::kInvalidArgument, state.text.data() + one.key.range.begin,
                  fmt::format("{} is given twice", one.key.name)};
  }
}

}  // namespace annals::query::grammar
