#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/graph_index/graph_snapshot.h"

/// Questions, as text and as what they mean, answered the plain way: every combination of facts and
/// nodes, one after the other. Knows nothing of plans, joins, indexes, batches and doubts.
namespace annals::query::plain {

/// One hop of a pattern, between variables v<from> and v<to>: along the arrow, against it, or both.
struct Hop {
  std::size_t from = 0;
  std::size_t to = 1;
  std::vector<std::string> relations;  ///< None: any.
  bool forwards = true;
  bool backwards = false;
  std::size_t clause = 0;  ///< Of which MATCH: no fact is used twice in one.
};

struct Condition {
  enum class Kind {
    kNameBelow,     ///< v<a>.name < text
    kNameIs,        ///< v<a>.name = text
    kNamesEqual,    ///< v<a>.name = v<b>.name
    kNamesInOrder,  ///< v<a>.name < v<b>.name
    kSameNode,      ///< v<a> = v<b>
    kWeightBelow,   ///< m<a>.w < number
    kWeightsEqual,  ///< m<a>.w = m<b>.w
    kExists,        ///< EXISTS {(v<a>)-[:text]->()}
    kNotExists,     ///< NOT EXISTS {(v<a>)-[:text]->()}
  };
  Kind kind = Kind::kNameBelow;
  std::size_t a = 0;
  std::size_t b = 0;
  std::string text;
  int number = 0;
};

enum class Result {
  kNames,     ///< The names of all variables.
  kDistinct,  ///< DISTINCT names of the first two.
  kCounts,    ///< The name of the first one, count(*).
  kFirst,     ///< As kNames, ORDER BY them, SKIP, LIMIT.
};

struct Question {
  std::string scope;                ///< "AT '1995'"; "ALL TIME" only of exact facts.
  std::optional<Instant> at;        ///< Nothing: ALL TIME.
  std::vector<std::string> labels;  ///< Of each variable; empty: any.
  std::vector<Hop> hops;  ///< One at least. Of a variable without one all nodes are tried.
  std::vector<std::vector<Condition>> conditions;  ///< One of each list holds.
  Result result = Result::kNames;
  std::size_t skip = 0;
  std::size_t limit = 0;

  std::string text() const;
};

/// A row, and how surely it holds.
struct Row {
  std::vector<std::string> cells;
  bool is_certain = true;
  auto operator<=>(const Row&) const = default;
};

class Evaluator {
 public:
  explicit Evaluator(const storage::GraphSnapshot& snapshot);

  /// In order if the question asks for one, else sorted. Of kDistinct a row counts as certain if
  /// one is of those that it stands for, though others together may make it so.
  std::vector<Row> answer(const Question& question) const;

 private:
  struct Node {
    std::string name;
    std::string label;
  };
  /// Which nodes and facts the variables are; null where none is bound yet.
  struct Binding {
    std::vector<NodeId> nodes;
    std::vector<const storage::Fact*> facts;
  };

  void bind_hops(const Question& question, Binding& binding, std::vector<Row>& rows) const;
  void bind_rest(const Question& question, std::size_t variable, Binding& binding,
                 std::vector<Row>& rows) const;
  bool has_relation(const storage::Fact& fact, const std::vector<std::string>& names) const;
  bool has_label(NodeId node, const std::string& label) const;
  bool holds(const Condition& condition, const Question& question, const Binding& binding) const;
  std::optional<std::int64_t> weight(const storage::Fact& fact) const;

  std::vector<storage::Fact> facts_;
  std::map<NodeId, Node> nodes_;  ///< Entities.
  std::map<SymbolId, std::string> relations_;
  std::optional<SymbolId> weight_;
};

}  // namespace annals::query::plain
