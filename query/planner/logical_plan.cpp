#include "query/planner/logical_plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "query/parser/token_text.h"

namespace annals::query::plan {

namespace {

/// Calls functions for the slots that a step adds and reads.
struct SlotVisitor {
  std::vector<SlotId>& added;
  std::vector<SlotId>& read;

  void reads(const BoundExpression& expression) const {
    for_each_slot(expression, [this](SlotId slot) { read.push_back(slot); });
  }
  void reads_all(const std::vector<SlotId>& slots) const {
    read.insert(read.end(), slots.begin(), slots.end());
  }
  void reads_condition(const BoundCondition& condition) const {
    if (condition.kind == BoundCondition::Kind::kPlain) reads(condition.plain);
    for (const BoundCondition& part : condition.parts) reads_condition(part);
  }
  void defines(const std::vector<BoundItem>& items) const {
    for (const BoundItem& item : items) define(item);
  }
  void define(const BoundItem& item) const {
    reads(item.value);
    added.push_back(item.out);
  }

  void operator()(const Unit&) const {}
  void operator()(const Cross&) const {}
  void operator()(const HashJoin& step) const {
    reads_all(step.nodes);
    for (const JoinKey& key : step.keys) {
      reads(*key.left);
      reads(*key.right);
    }
    reads_all(step.differs_left);
    if (step.differs_right) read.push_back(step.differs_right);
  }
  void operator()(const Skip&) const {}
  void operator()(const Limit&) const {}
  void operator()(const NodeByName& step) const { added.push_back(step.out); }
  void operator()(const NodeScan& step) const { added.push_back(step.out); }
  void operator()(const FactScan& step) const {
    for (const SlotId slot : {step.hop.fact, step.hop.left, step.hop.right}) added.push_back(slot);
  }
  void operator()(const Expand& step) const {
    read.push_back(step.from());
    reads_all(step.hop.differs_from);
    added.push_back(step.hop.fact);
    added.push_back(step.to());
  }
  void operator()(const ExpandInto& step) const {
    read.push_back(step.hop.left);
    read.push_back(step.hop.right);
    reads_all(step.hop.differs_from);
    added.push_back(step.hop.fact);
  }
  void operator()(const ExpandPaths& step) const {
    read.push_back(step.from());
    if (step.is_into) read.push_back(step.to());
    reads_all(step.hop.differs_from);
    added.push_back(step.hop.fact);
    if (!step.is_into) added.push_back(step.to());
  }
  void operator()(const BuildPath& step) const {
    read.push_back(step.path->first);
    reads_all(step.path->facts);
    added.push_back(step.path->out);
  }
  void operator()(const LabelFilter& step) const { read.push_back(step.check.slot); }
  void operator()(const NameFilter& step) const { read.push_back(step.check.slot); }
  void operator()(const Filter& step) const {
    for (const BoundExpression* predicate : step.predicates) reads(*predicate);
  }
  void operator()(const OuterRows& step) const {
    added.insert(added.end(), step.slots.begin(), step.slots.end());
    added.push_back(step.origin);
  }
  void operator()(const Exists& step) const {
    reads_condition(step.where->condition);
    for (const InnerPlan& pattern : step.patterns) reads_all(pattern.reads);
  }
  void operator()(const OptionalMatch& step) const {
    reads_all(step.pattern.reads);
    added.insert(added.end(), step.adds.begin(), step.adds.end());
  }
  void operator()(const Count& step) const {
    reads_all(step.pattern.reads);
    added.push_back(step.out);
  }
  void operator()(const Unwind& step) const {
    reads(*step.list);
    added.push_back(step.out);
  }
  void operator()(const AsNode& step) const {
    read.push_back(step.cast.value);
    added.push_back(step.cast.node);
  }
  void operator()(const Present& step) const { reads_all(step.slots); }
  void operator()(const Union& step) const {
    for (const std::vector<SlotId>& columns : step.columns) reads_all(columns);
    added.insert(added.end(), step.out.begin(), step.out.end());
  }
  void operator()(const Read& step) const {
    reads(step.read->object);
    added.push_back(step.read->out);
  }
  void operator()(const SetInstant& step) const {
    reads(*step.bound->at);
    added.push_back(step.bound->row.date);
  }
  void operator()(const Aggregate& step) const {
    defines(*step.keys);
    for (const BoundAggregate& call : *step.calls) {
      if (call.argument) reads(*call.argument);
      added.push_back(call.out);
    }
  }
  void operator()(const CountFacts& step) const {
    if (step.by_type != nullptr) added.push_back(step.by_type->out);
    for (const BoundAggregate& call : *step.calls) added.push_back(call.out);
  }
  void operator()(const Project& step) const {
    for (const BoundItem* item : step.items) define(*item);
  }
  void operator()(const Distinct& step) const { reads_all(step.slots); }
  void operator()(const Sort& step) const {
    for (const BoundSort& sort : *step.sorts) read.push_back(sort.slot);
  }
  void operator()(const TopK& step) const {
    for (const BoundSort& sort : *step.sorts) read.push_back(sort.slot);
  }
};

void sort_unique(std::vector<SlotId>& slots) {
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
}

/// One line for a step.
class Describer {
 public:
  Describer(const BoundQuery& query, const Vocabulary& vocabulary, std::string_view now)
      : query_(query), vocabulary_(vocabulary), now_(now) {}

  std::string operator()(const Unit&) const { return "Unit"; }
  std::string operator()(const NodeByName& step) const {
    const BoundName& name = query_.names[step.name.raw - 1];
    return fmt::format("NodeByName ({}{} {})", slot(step.out), labels(name.labels),
                       text(name.name));
  }
  std::string operator()(const NodeScan& step) const {
    return fmt::format("NodeScan ({}{})", slot(step.out), labels(step.labels));
  }
  std::string operator()(const FactScan& step) const {
    return fmt::format("FactScan {}{}", hop(step.hop), scope(step.hop.scope));
  }
  std::string operator()(const Expand& step) const {
    return fmt::format("Expand {} from {}{}", hop(step.hop), slot(step.from()),
                       scope(step.hop.scope));
  }
  std::string operator()(const ExpandInto& step) const {
    return fmt::format("ExpandInto {}{}", hop(step.hop), scope(step.hop.scope));
  }
  std::string operator()(const ExpandPaths& step) const {
    static constexpr std::array<std::string_view, 4> names = {"ExpandPaths", "ShortestPath",
                                                              "AllShortestPaths", "EarliestPath"};
    return fmt::format("{}{} {} from {}{}{}", names[static_cast<std::size_t>(step.hop.search)],
                       step.is_into ? "Into" : "", hop(step.hop), slot(step.from()),
                       scope(step.hop.scope), step.ends_only ? " ends only" : "");
  }
  std::string operator()(const BuildPath& step) const {
    return "BuildPath " + slot(step.path->out);
  }
  std::string operator()(const Cross&) const { return "Cross"; }
  std::string operator()(const HashJoin& step) const {
    std::string out = "HashJoin";
    for (const SlotId node : step.nodes) {
      out += fmt::format("{} {}", out.size() > 8 ? "," : "", slot(node));
    }
    for (const JoinKey& key : step.keys) {
      out +=
          fmt::format("{} {} = {}", out.size() > 8 ? "," : "", text(*key.left), text(*key.right));
    }
    return out;
  }
  std::string operator()(const LabelFilter& step) const {
    if (!step.check.negated) {
      return fmt::format("LabelFilter ({}{})", slot(step.check.slot), labels(step.check.labels));
    }
    return fmt::format("LabelFilter ({}:!({}))", slot(step.check.slot), symbols(step.check.labels));
  }
  std::string operator()(const NameFilter& step) const {
    const BoundName& name = query_.names[step.check.name.raw - 1];
    return fmt::format("NameFilter ({}{} {})", slot(step.check.slot), labels(name.labels),
                       text(name.name));
  }
  std::string operator()(const Filter& step) const {
    std::string out;
    for (const BoundExpression* predicate : step.predicates) {
      out += fmt::format("{} {}", out.empty() ? "Filter" : " AND", text(*predicate));
    }
    return out;
  }
  std::string operator()(const OuterRows&) const { return "OuterRows"; }
  std::string operator()(const Exists& step) const {
    return "Where " + text(step.where->condition);
  }
  std::string operator()(const OptionalMatch&) const { return "OptionalMatch"; }
  std::string operator()(const Count&) const { return "Count"; }
  std::string operator()(const Unwind& step) const {
    return fmt::format("Unwind {} as {}", text(*step.list), slot(step.out));
  }
  std::string operator()(const AsNode& step) const { return "AsNode " + slot(step.cast.value); }
  std::string operator()(const Present& step) const {
    std::string out = "Present";
    for (const SlotId id : step.slots) out += " " + slot(id);
    return out;
  }
  std::string operator()(const Union&) const { return "Union"; }
  std::string operator()(const Read& step) const {
    return fmt::format("Read {}.{}{}", text(step.read->object), step.read->name,
                       scope(step.read->scope));
  }
  std::string operator()(const SetInstant& step) const {
    return "SetInstant " + text(*step.bound->at);
  }
  std::string operator()(const Aggregate& step) const {
    std::string out = "Aggregate";
    for (const BoundAggregate& call : *step.calls) {
      out += fmt::format("{} {}", out.size() > 9 ? "," : "", slot(call.out));
    }
    return step.keys->empty() ? out : out + " by " + items(*step.keys);
  }
  std::string operator()(const CountFacts& step) const {
    return fmt::format("CountFacts{}{}{}{}", step.relations.empty() ? "" : " ",
                       labels(step.relations), scope(step.scope),
                       step.by_type == nullptr ? "" : " by type");
  }
  std::string operator()(const Project& step) const {
    std::string out = "Project";
    for (const BoundItem* item : step.items) {
      out += fmt::format("{} {}", out.size() > 7 ? "," : "", text(item->value));
    }
    return out;
  }
  std::string operator()(const Distinct& step) const {
    return step.certainly ? "Distinct certainly" : "Distinct";
  }
  std::string operator()(const Sort& step) const { return "Sort " + sorts(*step.sorts); }
  std::string operator()(const TopK& step) const {
    const char* const skip = step.keeps_skipped ? " and " : " skip ";
    return fmt::format("TopK {} limit {}{}", sorts(*step.sorts), text(*step.limit),
                       step.skip == nullptr ? "" : skip + text(*step.skip));
  }
  std::string operator()(const Skip& step) const { return "Skip " + text(*step.count); }
  std::string operator()(const Limit& step) const { return "Limit " + text(*step.count); }

 private:
  std::string slot(SlotId id) const { return query_.slot(id).name; }
  std::string text(const BoundExpression& expression) const {
    return query::describe(expression, [this](SlotId id) { return slot(id); });
  }
  std::string text(const BoundCondition& condition) const {
    const auto joined = [&](std::string_view word) {
      std::string out;
      for (const BoundCondition& part : condition.parts) {
        out += (out.empty() ? "" : fmt::format(" {} ", word)) + text(part);
      }
      return "(" + out + ")";
    };
    switch (condition.kind) {
      case BoundCondition::Kind::kPlain: return text(condition.plain);
      case BoundCondition::Kind::kExists: return fmt::format("EXISTS {}", condition.exists + 1);
      case BoundCondition::Kind::kNot: return "NOT " + text(condition.parts.front());
      case BoundCondition::Kind::kAnd: return joined("AND");
      case BoundCondition::Kind::kOr: return joined("OR");
      case BoundCondition::Kind::kXor: return joined("XOR");
    }
    return {};
  }
  std::string symbols(const std::vector<SymbolId>& names) const {
    std::string out;
    for (const SymbolId name : names) {
      out += fmt::format("{}{}", out.empty() ? "" : "|", vocabulary_.symbol_name(name));
    }
    return out;
  }
  std::string labels(const std::vector<SymbolId>& names) const {
    return names.empty() ? std::string() : ":" + symbols(names);
  }
  std::string items(const std::vector<BoundItem>& list) const {
    std::string out;
    for (const BoundItem& item : list) {
      out += fmt::format("{}{}", out.empty() ? "" : ", ", text(item.value));
    }
    return out;
  }
  std::string sorts(const std::vector<BoundSort>& list) const {
    std::string out;
    for (const BoundSort& sort : list) {
      out += fmt::format("{}{}{}", out.empty() ? "" : ", ", slot(sort.slot),
                         sort.descending ? " desc" : "");
    }
    return out;
  }
  /// What each fact of a path must have.
  std::string demands(const BoundHop& one) const {
    std::string out;
    if (one.demands == nullptr) return out;
    for (const FactDemand& demand : *one.demands) {
      out += fmt::format("{}{}: {}", out.empty() ? " {" : ", ", name_text(demand.name),
                         text(demand.value));
    }
    return out.empty() ? out : out + "}";
  }
  std::string hop(const BoundHop& one) const {
    std::vector<SymbolId> names = one.relations;
    names.insert(names.end(), one.roles.begin(), one.roles.end());
    std::string length;
    if (one.length) length = fmt::format("*{}..{}", one.length->min, one.length->max);
    return fmt::format("({}){}[{}{}{}{}]{}({})", slot(one.left),
                       one.direction == ast::HopDirection::kIn ? "<-" : "-", slot(one.fact),
                       labels(names), length, demands(one),
                       one.direction == ast::HopDirection::kOut ? "->" : "-", slot(one.right));
  }
  std::string scope(ScopeId id) const {
    const BoundScope& one = query_.scope(id);
    std::string rest;
    if (one.known_at) {
      rest += fmt::format(" known at {}{}", one.known_is_seq ? "#" : "", text(*one.known_at));
    }
    if (one.said_by) rest += " said by " + text(*one.said_by);
    if (one.certainly) rest += " certainly";
    switch (one.valid) {
      case ValidTime::kNow: return fmt::format(" {}{}", now_, rest);
      case ValidTime::kAt: return fmt::format(" at {}{}", text(*one.at), rest);
      case ValidTime::kDuring: return fmt::format(" during {}{}", text(*one.at), rest);
      case ValidTime::kThroughout: return fmt::format(" throughout {}{}", text(*one.at), rest);
      case ValidTime::kAllTime: break;
    }
    return " all time" + rest;
  }

  const BoundQuery& query_;
  const Vocabulary& vocabulary_;
  std::string_view now_;
};

void describe_tree(const Node& node, const Describer& describer, std::size_t depth,
                   std::vector<StepText>& out) {
  out.push_back({&node, depth, std::visit(describer, node.step)});
  for (const Node* pattern : inner_roots(node)) describe_tree(*pattern, describer, depth + 2, out);
  for (const Box& input : node.inputs) describe_tree(*input, describer, depth + 1, out);
}

}  // namespace

Box leaf(decltype(Node::step) step, double rows) {
  auto node = std::make_unique<Node>();
  node->step = std::move(step);
  node->rows = rows;
  return node;
}

Box over(Box input, decltype(Node::step) step, double rows) {
  Box node = leaf(std::move(step), rows);
  node->inputs.push_back(std::move(input));
  return node;
}

Box cross(Box left, Box right) {
  const double rows = left->rows * right->rows;
  Box node = over(std::move(left), Cross(), rows);
  node->inputs.push_back(std::move(right));
  return node;
}

std::vector<SlotId> added_slots(const Node& node) {
  std::vector<SlotId> added;
  std::vector<SlotId> read;
  std::visit(SlotVisitor{added, read}, node.step);
  return added;
}

std::vector<SlotId> read_slots(const Node& node) {
  std::vector<SlotId> added;
  std::vector<SlotId> read;
  std::visit(SlotVisitor{added, read}, node.step);
  return read;
}

std::vector<SlotId> bound_slots(const Node& node) {
  if (const auto* distinct = std::get_if<Distinct>(&node.step)) return distinct->slots;
  std::vector<SlotId> slots = added_slots(node);
  // What these add is all that there is.
  const bool is_barrier =
      std::holds_alternative<Aggregate>(node.step) || std::holds_alternative<Union>(node.step);
  if (!is_barrier) {
    for (const Box& input : node.inputs) {
      const std::vector<SlotId> below = bound_slots(*input);
      slots.insert(slots.end(), below.begin(), below.end());
    }
  }
  sort_unique(slots);
  return slots;
}

std::vector<const Node*> inner_roots(const Node& node) {
  std::vector<const Node*> roots;
  if (const auto* exists = std::get_if<Exists>(&node.step)) {
    for (const InnerPlan& pattern : exists->patterns) roots.push_back(pattern.root.get());
  }
  if (const auto* optional = std::get_if<OptionalMatch>(&node.step)) {
    roots.push_back(optional->pattern.root.get());
  }
  if (const auto* count = std::get_if<Count>(&node.step)) {
    roots.push_back(count->pattern.root.get());
  }
  return roots;
}

std::vector<StepText> describe_steps(const Node& root, const BoundQuery& query,
                                     const Vocabulary& vocabulary, std::string_view now) {
  std::vector<StepText> steps;
  describe_tree(root, Describer(query, vocabulary, now), 0, steps);
  return steps;
}

std::string describe(const Node& root, const BoundQuery& query, const Vocabulary& vocabulary) {
  std::string out;
  for (const StepText& step : describe_steps(root, query, vocabulary)) {
    out += std::string(2 * step.depth, ' ') + step.text + "\n";
  }
  return out;
}

}  // namespace annals::query::plan
