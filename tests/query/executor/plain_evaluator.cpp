#include "tests/query/executor/plain_evaluator.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace annals::query::plain {

using storage::Fact;

// --- As text -------------------------------------------------------------------------------------

namespace {

std::string condition_text(const Condition& one) {
  using enum Condition::Kind;
  switch (one.kind) {
    case kNameBelow: return fmt::format("v{}.name < '{}'", one.a, one.text);
    case kNameIs: return fmt::format("v{}.name = '{}'", one.a, one.text);
    case kNamesEqual: return fmt::format("v{}.name = v{}.name", one.a, one.b);
    case kNamesInOrder: return fmt::format("v{}.name < v{}.name", one.a, one.b);
    case kSameNode: return fmt::format("v{} = v{}", one.a, one.b);
    case kWeightBelow: return fmt::format("m{}.w < {}", one.a, one.number);
    case kWeightsEqual: return fmt::format("m{}.w = m{}.w", one.a, one.b);
    case kExists: return fmt::format("EXISTS {{(v{})-[:{}]->()}}", one.a, one.text);
    case kNotExists: return fmt::format("NOT EXISTS {{(v{})-[:{}]->()}}", one.a, one.text);
  }
  return "";
}

std::string where_text(const Question& question) {
  std::vector<std::string> all;
  for (const auto& any : question.conditions) {
    std::vector<std::string> texts;
    for (const Condition& one : any) texts.push_back(condition_text(one));
    all.push_back(fmt::format("({})", fmt::join(texts, " OR ")));
  }
  return all.empty() ? "" : fmt::format(" WHERE {}", fmt::join(all, " AND "));
}

std::string names_text(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(fmt::format("v{}.name", i));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string result_text(const Question& question) {
  const std::size_t variables = question.labels.size();
  switch (question.result) {
    case Result::kNames: return " RETURN " + names_text(variables);
    case Result::kDistinct:
      return " RETURN DISTINCT " + names_text(std::min<std::size_t>(variables, 2));
    case Result::kCounts: return " RETURN v0.name, count(*)";
    case Result::kFirst:
      return fmt::format(" RETURN {0} ORDER BY {0} SKIP {1} LIMIT {2}", names_text(variables),
                         question.skip, question.limit);
  }
  return "";
}

}  // namespace

std::string Question::text() const {
  std::string text = scope;
  std::set<std::size_t> shown;
  const auto node = [&](std::size_t variable) {
    const bool is_new = shown.insert(variable).second;
    const std::string& label = labels[variable];
    return fmt::format("(v{}{}{})", variable, is_new && !label.empty() ? ":" : "",
                       is_new ? label : "");
  };
  const Hop* last = nullptr;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const Hop& hop = hops[i];
    if (last == nullptr || last->clause != hop.clause) {
      text += " MATCH " + node(hop.from);
    } else if (last->to != hop.from) {
      text += ", " + node(hop.from);
    }
    const std::string relations =
        hop.relations.empty() ? "" : fmt::format(":{}", fmt::join(hop.relations, "|"));
    text += fmt::format("{}-[m{}{}]-{}", hop.forwards ? "" : "<", i, relations,
                        hop.backwards ? "" : ">");
    text += node(hop.to);
    last = &hop;
  }
  for (std::size_t variable = 0; variable < labels.size(); ++variable) {
    const bool stands_alone = std::none_of(hops.begin(), hops.end(), [&](const Hop& hop) {
      return hop.from == variable || hop.to == variable;
    });
    if (stands_alone) text += ", " + node(variable);
  }
  return text + where_text(*this) + result_text(*this);
}

// --- As what it means ----------------------------------------------------------------------------

Evaluator::Evaluator(const storage::GraphSnapshot& snapshot) {
  const auto cursor = snapshot.facts({});
  std::vector<Fact> batch;
  for (;;) {
    const auto more = cursor->next(batch, 1'000);
    EXPECT_TRUE(more);
    if (!more || batch.empty()) break;
    facts_.insert(facts_.end(), batch.begin(), batch.end());
  }
  const Vocabulary& vocabulary = snapshot.vocabulary();
  for (std::uint64_t number = 1;; ++number) {
    const auto entity = snapshot.entity(NodeId::entity(number));
    if (!entity) break;
    nodes_[entity->id] = {entity->name, vocabulary.symbol_name(entity->type)};
  }
  for (const Fact& fact : facts_) {
    relations_.try_emplace(fact.relation, vocabulary.symbol_name(fact.relation));
    for (const Property& property : fact.properties) {
      if (vocabulary.symbol_name(property.name) == "w") weight_ = property.name;
    }
  }
}

std::vector<Row> Evaluator::answer(const Question& question) const {
  std::vector<Row> rows;
  Binding binding{std::vector<NodeId>(question.labels.size()), {}};
  bind_hops(question, binding, rows);
  std::sort(rows.begin(), rows.end());
  if (question.result == Result::kDistinct) {
    std::map<std::vector<std::string>, bool> certain;
    for (Row& row : rows) {
      row.cells.resize(std::min<std::size_t>(row.cells.size(), 2));
      certain[row.cells] = certain[row.cells] || row.is_certain;
    }
    rows.clear();
    for (const auto& [cells, is_certain] : certain) rows.push_back({cells, is_certain});
  } else if (question.result == Result::kCounts) {
    std::map<std::string, std::pair<int, bool>> groups;
    for (const Row& row : rows) {
      auto& [count, is_certain] = groups.try_emplace(row.cells.front(), 0, true).first->second;
      ++count;
      is_certain = is_certain && row.is_certain;
    }
    rows.clear();
    for (const auto& [name, group] : groups) {
      rows.push_back({{name, std::to_string(group.first)}, group.second});
    }
  } else if (question.result == Result::kFirst) {
    rows.erase(rows.begin(),
               rows.begin() + static_cast<std::ptrdiff_t>(std::min(question.skip, rows.size())));
    rows.resize(std::min(question.limit, rows.size()));
  }
  return rows;
}

/// DESIGN.md: an event that ends one fact and begins the other is one instant; otherwise each
/// begin does best early and each end late. Nothing: impossible.
static std::optional<bool> certainty_of(const std::vector<const Fact*>& used,
                                        const std::optional<Instant>& at) {
  if (!at) return true;
  Micros low = at->earliest;
  Micros high = kEndOfTime;
  bool certain = true;
  for (const Fact* fact : used) {
    low = std::max(low, fact->begin.earliest);
    high = std::min(high, fact->end.latest);
    certain = certain && fact->begin.latest <= at->earliest && at->latest < fact->end.earliest;
    for (const Fact* other : used) {
      if (fact->ended_by && fact->ended_by == other->id.begun_by) return std::nullopt;
    }
  }
  if (low > at->latest || low >= high) return std::nullopt;
  return certain;
}

void Evaluator::bind_hops(const Question& question, Binding& binding,
                          std::vector<Row>& rows) const {
  if (binding.facts.size() == question.hops.size()) return bind_rest(question, 0, binding, rows);
  const std::size_t place = binding.facts.size();
  const Hop& hop = question.hops[place];
  for (const Fact& fact : facts_) {
    bool is_used = false;
    for (std::size_t i = 0; i < place; ++i) {
      is_used = is_used || (question.hops[i].clause == hop.clause && binding.facts[i] == &fact);
    }
    if (is_used || !has_relation(fact, hop.relations)) continue;
    const auto go = [&](NodeId from, NodeId to) {
      const NodeId old_from = binding.nodes[hop.from];
      const NodeId old_to = binding.nodes[hop.to];
      if ((old_from && old_from != from) || !has_label(from, question.labels[hop.from])) return;
      if ((old_to && old_to != to) || !has_label(to, question.labels[hop.to])) return;
      if (hop.from == hop.to && from != to) return;
      binding.nodes[hop.from] = from;
      binding.nodes[hop.to] = to;
      binding.facts.push_back(&fact);
      bind_hops(question, binding, rows);
      binding.facts.pop_back();
      binding.nodes[hop.from] = old_from;
      binding.nodes[hop.to] = old_to;
    };
    if (hop.forwards) go(fact.source, fact.target);
    const bool seen = hop.forwards && fact.source == fact.target;
    if (hop.backwards && !seen) go(fact.target, fact.source);
  }
}

void Evaluator::bind_rest(const Question& question, std::size_t variable, Binding& binding,
                          std::vector<Row>& rows) const {
  if (variable == binding.nodes.size()) {
    const auto is_certain = certainty_of(binding.facts, question.at);
    if (!is_certain) return;
    for (const auto& any : question.conditions) {
      if (std::none_of(any.begin(), any.end(),
                       [&](const Condition& one) { return holds(one, question, binding); })) {
        return;
      }
    }
    Row row{{}, *is_certain};
    for (const NodeId node : binding.nodes) row.cells.push_back(nodes_.at(node).name);
    rows.push_back(std::move(row));
    return;
  }
  if (binding.nodes[variable]) return bind_rest(question, variable + 1, binding, rows);
  for (const auto& [node, what] : nodes_) {
    if (!has_label(node, question.labels[variable])) continue;
    binding.nodes[variable] = node;
    bind_rest(question, variable + 1, binding, rows);
    binding.nodes[variable] = {};
  }
}

bool Evaluator::has_relation(const Fact& fact, const std::vector<std::string>& names) const {
  const std::string& name = relations_.at(fact.relation);
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

bool Evaluator::has_label(NodeId node, const std::string& label) const {
  return label.empty() || nodes_.at(node).label == label;
}

bool Evaluator::holds(const Condition& condition, const Question& question,
                      const Binding& binding) const {
  using enum Condition::Kind;
  const auto name = [&](std::size_t variable) -> const std::string& {
    return nodes_.at(binding.nodes[variable]).name;
  };
  switch (condition.kind) {
    case kNameBelow: return name(condition.a) < condition.text;
    case kNameIs: return name(condition.a) == condition.text;
    case kNamesEqual: return name(condition.a) == name(condition.b);
    case kNamesInOrder: return name(condition.a) < name(condition.b);
    case kSameNode: return binding.nodes[condition.a] == binding.nodes[condition.b];
    case kWeightBelow: {
      const auto number = weight(*binding.facts[condition.a]);
      return number && *number < condition.number;
    }
    case kWeightsEqual: {
      const auto number = weight(*binding.facts[condition.a]);
      return number && number == weight(*binding.facts[condition.b]);
    }
    case kExists:
    case kNotExists: {
      const bool exists = std::any_of(facts_.begin(), facts_.end(), [&](const Fact& fact) {
        return fact.source == binding.nodes[condition.a] &&
               relations_.at(fact.relation) == condition.text && certainty_of({&fact}, question.at);
      });
      return exists == (condition.kind == kExists);
    }
  }
  return false;
}

std::optional<std::int64_t> Evaluator::weight(const Fact& fact) const {
  for (const Property& property : fact.properties) {
    if (property.name != weight_) continue;
    if (const auto* number = std::get_if<std::int64_t>(&property.value.data)) return *number;
  }
  return std::nullopt;
}

}  // namespace annals::query::plain
