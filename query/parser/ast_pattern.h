#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "query/parser/ast_expression.h"

/// The part of the syntax tree that says what is looked for in the graph.
namespace annals::query::ast {

struct MapEntry {
  Identifier key;
  Expression value;
};

/// `(c:Country|City 'Georgia' {key: value})`, `(c:!Country)`; every part may be missing.
struct NodePattern {
  std::optional<Identifier> variable;
  std::vector<Identifier> labels;    ///< Alternatives.
  bool negated = false;              ///< Anything but the labels.
  std::optional<Expression> name;    ///< 'Georgia' or $name: by canonical name, alias, identifier.
  std::vector<MapEntry> properties;  ///< Each must equal.
  SourceRange range;
};

enum class HopDirection : std::uint8_t { kOut, kIn, kEither };

/// `*`, `*2`, `*1..3`, `*..3`, `*2..`: how many facts, one after the other.
struct HopLength {
  std::optional<std::uint64_t> min;  ///< Missing: 1.
  std::optional<std::uint64_t> max;  ///< Missing: as many as there are.
  SourceRange range;
};

/// `-[m:MEMBER_OF|OBSERVER_OF *1..3 {key: value}]->`
struct HopPattern {
  HopDirection direction = HopDirection::kOut;
  std::optional<Identifier> variable;
  std::vector<Identifier> relations;  ///< Alternatives; empty: any relation of facts.
  std::optional<HopLength> length;    ///< Missing: one fact.
  std::vector<MapEntry> properties;
  SourceRange range;
};

/// Which of the paths that fit a pattern are meant.
enum class PathSearch : std::uint8_t {
  kAll,
  kShortest,     ///< `shortestPath(...)`
  kAllShortest,  ///< `allShortestPaths(...)`
  kEarliest,     ///< `earliest(...)`
};

/// `p = node (hop node)*`, `p = shortestPath(node hop node)`
struct PathPattern {
  std::optional<Identifier> variable;
  PathSearch search = PathSearch::kAll;  ///< Other than kAll: of one hop.
  NodePattern first;
  struct Step {
    HopPattern hop;
    NodePattern node;
  };
  std::vector<Step> steps;
};

}  // namespace annals::query::ast
