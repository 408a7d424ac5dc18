#pragma once

#include <vector>

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {

/// `{key: value, ...}`
struct Map {
  std::vector<ast::MapEntry> entries;
};
using MapRule = x3::rule<struct MapId, Map>;
inline constexpr MapRule map = "{";
BOOST_SPIRIT_DECLARE(MapRule)

using NodeRule = x3::rule<struct NodeId, ast::NodePattern>;
/// Shown as "a node".
inline constexpr NodeRule node = "a node";
BOOST_SPIRIT_DECLARE(NodeRule)

using PathRule = x3::rule<struct PathId, ast::PathPattern>;
/// `node (hop node)*`
inline constexpr PathRule path = "a pattern";
BOOST_SPIRIT_DECLARE(PathRule)

using PatternRule = x3::rule<struct PatternId, ast::PathPattern>;
/// A path that may have a name, or be sought: `p = shortestPath((a)-[*]->(b))`.
inline constexpr PatternRule pattern = "a pattern";
BOOST_SPIRIT_DECLARE(PatternRule)

/// Refuses a map that names a key twice: which value counts would depend on the order.
void check_keys(const Map& given, const State& state);

}  // namespace annals::query::grammar
