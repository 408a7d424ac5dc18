#include <algorithm>
#include <utility>
#include <vector>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

bool contains(const std::vector<SymbolId>& labels, SymbolId label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

bool all_within(const std::vector<SymbolId>& labels, const std::vector<SymbolId>& allowed) {
  return !labels.empty() && std::all_of(labels.begin(), labels.end(),
                                        [&](SymbolId label) { return contains(allowed, label); });
}

/// Whether every node at that end of the relation has one of the labels.
bool relation_implies(SymbolId relation, bool source, const std::vector<SymbolId>& labels,
                      const Vocabulary& vocabulary) {
  const Relation* definition = vocabulary.find_relation(relation);
  if (definition == nullptr) return false;
  const SymbolId type = source ? definition->source_type : definition->target_type;
  return type && contains(labels, type);
}

/// The same of a role, whose source is the event.
bool role_implies(SymbolId role, bool source, const std::vector<SymbolId>& labels,
                  const Vocabulary& vocabulary) {
  return std::all_of(vocabulary.kinds().begin(), vocabulary.kinds().end(), [&](const auto& entry) {
    const auto& [name, kind] = entry;
    const auto index = kind.role_index(role);
    if (!index) return true;
    if (source) return contains(labels, name);
    const Role& definition = kind.roles[*index];
    return definition.type == RoleType::kNode && contains(labels, definition.node_type);
  });
}

/// Whether the hop binds only nodes with one of the labels at its left (or right) end.
bool hop_implies(const BoundHop& hop, bool left, const std::vector<SymbolId>& labels,
                 const Vocabulary& vocabulary) {
  if (hop.any_relation()) return false;
  const bool either = hop.direction == ast::HopDirection::kEither;
  const bool source = (hop.direction == ast::HopDirection::kIn) != left;
  const auto holds = [&](const auto& names, const auto& implies) {
    return std::all_of(names.begin(), names.end(), [&](SymbolId name) {
      return implies(name, source, labels, vocabulary) &&
             (!either || implies(name, !source, labels, vocabulary));
    });
  };
  return holds(hop.relations, relation_implies) && holds(hop.roles, role_implies);
}

struct Implies {
  const LabelCheck& check;
  const PlanContext& context;

  bool hop(const BoundHop& one) const {
    return (one.left == check.slot && hop_implies(one, true, check.labels, context.vocabulary)) ||
           (one.right == check.slot && hop_implies(one, false, check.labels, context.vocabulary));
  }
  bool operator()(const plan::NodeByName& step) const {
    return step.out == check.slot &&
           all_within(context.query.names[step.name.raw - 1].labels, check.labels);
  }
  bool operator()(const plan::NodeScan& step) const {
    return step.out == check.slot && all_within(step.labels, check.labels);
  }
  bool operator()(const plan::FactScan& step) const { return hop(step.hop); }
  bool operator()(const plan::Expand& step) const { return hop(step.hop); }
  bool operator()(const plan::ExpandInto& step) const { return hop(step.hop); }
  bool operator()(const plan::ExpandPaths& step) const {
    return step.hop.length->min > 0 && hop(step.hop);
  }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

bool is_implied(const plan::Node& below, const Implies& implies) {
  if (std::visit(implies, below.step)) return true;
  return std::any_of(below.inputs.begin(), below.inputs.end(),
                     [&](const plan::Box& input) { return is_implied(*input, implies); });
}

}  // namespace

void skip_implied_labels(plan::Box& root, const PlanContext& context) {
  for (plan::Box& input : root->inputs) skip_implied_labels(input, context);
  const auto* filter = std::get_if<plan::LabelFilter>(&root->step);
  if (filter == nullptr || filter->check.negated) return;
  if (!is_implied(*root->inputs.front(), Implies{filter->check, context})) return;
  plan::Box input = std::move(root->inputs.front());
  root = std::move(input);
}

}  // namespace annals::query::rules
