#include <set>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

/// The hop of a step that gives facts one by one; else null.
const BoundHop* hop_of(const plan::Node& node) {
  if (const auto* scan = std::get_if<plan::FactScan>(&node.step)) return &scan->hop;
  if (const auto* expand = std::get_if<plan::Expand>(&node.step)) return &expand->hop;
  if (const auto* into = std::get_if<plan::ExpandInto>(&node.step)) return &into->hop;
  if (const auto* paths = std::get_if<plan::ExpandPaths>(&node.step)) return &paths->hop;
  return nullptr;
}

/// Adds what is asked of slots, but for whether the facts of a row differ.
void add_read(const plan::Node& node, std::set<SlotId>& read) {
  if (hop_of(node) == nullptr) {
    for (const SlotId slot : plan::read_slots(node)) read.insert(slot);
  }
  for (const plan::Box& input : node.inputs) add_read(*input, read);
  for (const plan::Node* inner : plan::inner_roots(node)) add_read(*inner, read);
}

void mark(plan::Node& node, const std::set<SlotId>& read) {
  const auto by_name = [&read](const BoundHop& hop) { return !read.contains(hop.fact); };
  if (auto* scan = std::get_if<plan::FactScan>(&node.step)) scan->by_name = by_name(scan->hop);
  if (auto* one = std::get_if<plan::Expand>(&node.step)) one->by_name = by_name(one->hop);
  if (auto* into = std::get_if<plan::ExpandInto>(&node.step)) into->by_name = by_name(into->hop);
  for (plan::Box& input : node.inputs) mark(*input, read);
  if (auto* exists = std::get_if<plan::Exists>(&node.step)) {
    for (plan::InnerPlan& pattern : exists->patterns) mark(*pattern.root, read);
  }
  if (auto* optional = std::get_if<plan::OptionalMatch>(&node.step)) {
    mark(*optional->pattern.root, read);
  }
  if (auto* count = std::get_if<plan::Count>(&node.step)) mark(*count->pattern.root, read);
}

}  // namespace

void name_facts(plan::Node& root, const PlanContext& context) {
  std::set<SlotId> read;
  for (const BoundColumn& column : context.query.columns) read.insert(column.slot);
  add_read(root, read);
  mark(root, read);
}

}  // namespace annals::query::rules
