#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "query/planner/bound_query.h"
#include "schema/vocabulary.h"

/// What a query does, step by step: a tree whose leaves are scans and whose root gives the result.
/// Borrows the expressions of its BoundQuery, which must outlive it.
namespace annals::query::plan {

struct Node;
using Box = std::unique_ptr<Node>;

/// One row without columns.
struct Unit {};
/// The nodes with a name.
struct NodeByName {
  SlotId out;
  NameId name;
};
/// All nodes with one of the labels; without labels all entities and all events of kinds.
struct NodeScan {
  SlotId out;
  std::vector<SymbolId> labels;
  ScopeId scope;  ///< In which the nodes are known.
};
/// All facts of the hop's relations; binds both ends. The hop has no roles.
struct FactScan {
  BoundHop hop;
  bool by_name = false;  ///< Of the fact nothing is asked but whether it is another one.
};
/// From the node at one end of the hop to those at the other.
struct Expand {
  BoundHop hop;
  bool from_left = true;
  bool by_name = false;  ///< As of a FactScan.

  SlotId from() const { return from_left ? hop.left : hop.right; }
  SlotId to() const { return from_left ? hop.right : hop.left; }
};
/// The facts between two nodes that are there already.
struct ExpandInto {
  BoundHop hop;
  bool by_name = false;  ///< As of a FactScan.
};
/// From the node at one end of a hop with a length along all paths, or those that it seeks.
struct ExpandPaths {
  BoundHop hop;
  bool from_left = true;
  bool is_into = false;    ///< The other end is there already.
  bool ends_only = false;  ///< One path to each end will do, if it holds as surely as any.

  SlotId from() const { return from_left ? hop.left : hop.right; }
  SlotId to() const { return from_left ? hop.right : hop.left; }
};
/// Puts a named path together.
struct BuildPath {
  const BoundPath* path = nullptr;
};
/// Every row of the first input with every row of the second.
struct Cross {};
/// Two values that are equal in the rows that a HashJoin combines: of its first input, its second.
struct JoinKey {
  const BoundExpression* left = nullptr;
  const BoundExpression* right = nullptr;
};
/// The rows of the first input with those of the second, which are held in a table, that have the
/// same nodes and may have equal values: what `=` says of those is for a filter above.
struct HashJoin {
  std::vector<SlotId> nodes;  ///< Both inputs have them.
  std::vector<JoinKey> keys;
  std::vector<SlotId> differs_left;  ///< Facts (or lists of them) of the first input, of which none
  SlotId differs_right;              ///< is this one of the second. Zero: all go together.
};
struct LabelFilter {
  LabelCheck check;
};
struct NameFilter {
  NameCheck check;
};
/// All predicates must be true.
struct Filter {
  std::vector<const BoundExpression*> predicates;
  bool stays = false;  ///< One asks about the row as a whole, with all facts of the MATCH.
};
/// Within the plan of EXISTS: the rows that it is asked about, each with its number in `origin`.
struct OuterRows {
  std::vector<SlotId> slots;
  SlotId origin;
};
/// How the rows of EXISTS and its like are found.
struct InnerPlan {
  Box root;                   ///< Over OuterRows, by its own rules; gives `origin`.
  std::vector<SlotId> reads;  ///< Of the outer row.
  SlotId origin;
  ScopeId scope;
  bool has_facts = false;  ///< Rather than nodes and roles alone, which are there at any date.
};
/// The rows for which a condition with EXISTS holds, in the worlds in which it does.
struct Exists {
  const BoundWhere* where = nullptr;
  ScopeId scope;
  std::vector<InnerPlan> patterns;  ///< One for each of `where`.
};
/// The rows of the pattern; and each row of the input in the worlds in which it has none, with the
/// pattern's variables null.
struct OptionalMatch {
  InnerPlan pattern;
  std::vector<SlotId> adds;  ///< Its variables.
  bool certainly = false;    ///< Only what surely holds.
};
/// Adds how many rows the pattern of a COUNT {…} has for each row.
struct Count {
  InnerPlan pattern;
  SlotId out;
};
/// A row for each element of a list.
struct Unwind {
  const BoundExpression* list = nullptr;
  SlotId out;
};
/// The rows in which a value is a node, as one that patterns go on from; null is none.
struct AsNode {
  NodeCast cast;
};
/// The rows in which these nodes and values are not null.
struct Present {
  std::vector<SlotId> slots;
};
/// The rows of all inputs, one after the other.
struct Union {
  std::vector<SlotId> out;
  std::vector<std::vector<SlotId>> columns;  ///< Of each input, in the order of `out`.
};
struct Read {
  const PropertyRead* read = nullptr;
};
/// The instant that the scope asks each row about; rows without one are left out, or keep null.
struct SetInstant {
  ScopeId scope;
  const BoundScope* bound = nullptr;
  bool keeps_all = false;
};
struct Aggregate {
  const std::vector<BoundItem>* keys = nullptr;
  const std::vector<BoundAggregate>* calls = nullptr;
};
/// The count that the aggregate below would make of all facts of some relations at a date: told by
/// the index where it knows, else by the input.
struct CountFacts {
  std::vector<SymbolId> relations;     ///< Empty: of all.
  const BoundItem* by_type = nullptr;  ///< Its type(), if facts are counted by relation.
  ScopeId scope;
  const std::vector<BoundAggregate>* calls = nullptr;
};
/// Adds columns.
struct Project {
  std::vector<const BoundItem*> items;
};
/// Rows that are equal in all columns of the result become one.
struct Distinct {
  std::vector<SlotId> slots;
  bool certainly = false;  ///< Leaves out those that do not surely hold.
};
struct Sort {
  const std::vector<BoundSort>* sorts = nullptr;
};
/// The first rows in order, without sorting all.
struct TopK {
  const std::vector<BoundSort>* sorts = nullptr;
  const BoundExpression* skip = nullptr;  ///< Null: none.
  const BoundExpression* limit = nullptr;
  bool keeps_skipped = false;  ///< What is skipped is kept as well, for a TopK behind it.
};
struct Skip {
  const BoundExpression* count = nullptr;
};
struct Limit {
  const BoundExpression* count = nullptr;
};

struct Node {
  std::variant<Unit, NodeByName, NodeScan, FactScan, Expand, ExpandInto, ExpandPaths, BuildPath,
               Cross, HashJoin, LabelFilter, NameFilter, Filter, OuterRows, Exists, OptionalMatch,
               Count, Unwind, AsNode, Present, Union, Read, SetInstant, Aggregate, CountFacts,
               Project, Distinct, Sort, TopK, Skip, Limit>
      step;
  std::vector<std::unique_ptr<Node>> inputs;
  double rows = 1;  ///< Estimated.
  std::vector<SlotId>
      slots;  ///< The columns that go on from here, ascending (rules/prune_slots.cpp).
  std::vector<SlotId> passed;  ///< Those among them that the step does not add.
};

Box leaf(decltype(Node::step) step, double rows);
Box over(Box input, decltype(Node::step) step, double rows);
Box cross(Box left, Box right);

/// The columns that the step itself adds, that it reads, and all that it could pass on.
std::vector<SlotId> added_slots(const Node& node);
std::vector<SlotId> read_slots(const Node& node);
std::vector<SlotId> bound_slots(const Node& node);

/// The roots of the plans that a step runs within it: of EXISTS, of an optional MATCH.
std::vector<const Node*> inner_roots(const Node& node);

/// A step in words.
struct StepText {
  const Node* node;
  std::size_t depth;  ///< Of an input one more than that of its step, of an inner plan two more.
  std::string text;
};
/// All steps from the result down, each before its inner plans and these before its inputs. `now`
/// is what they say of a scope that names no valid time.
std::vector<StepText> describe_steps(const Node& root, const BoundQuery& query,
                                     const Vocabulary& vocabulary, std::string_view now = "now");

/// The same as lines, two blanks further in for each level.
std::string describe(const Node& root, const BoundQuery& query, const Vocabulary& vocabulary);

}  // namespace annals::query::plan
