#include "query/executor/path_steps.h"

#include <algorithm>

#include "query/executor/datum_comparison.h"
#include "query/executor/expression.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

/// Steps with their facts, for those who hold the steps.
struct HeldSteps {
  std::vector<storage::Fact> facts;
  std::vector<PathStep> steps;
};

}  // namespace

void add_facts_of(const Batch& batch, SlotId slot, SlotKind kind, std::uint32_t row,
                  std::vector<const storage::Fact*>& facts) {
  if (kind == SlotKind::kFact) {
    facts.push_back(batch.column(slot).facts[row]);
    return;
  }
  const DatumList* const list = list_in(batch.column(slot).values[row]);
  if (list == nullptr) return;
  for (const Datum& item : *list) facts.push_back(std::get<FactDatum>(item.data).fact.get());
}

Result<std::unique_ptr<PathStepReader>> PathStepReader::make(const BoundHop& hop,
                                                             RunContext& context) {
  std::unique_ptr<PathStepReader> made(new PathStepReader(hop, context));
  if (hop.demands == nullptr) return made;
  for (const FactDemand& demand : *hop.demands) {
    ANNALS_TRY(Datum value, evaluate_constant(demand.value, context));
    made->demands_.push_back({PropertyName(demand.name, demand.symbol), std::move(value)});
  }
  return made;
}

PathStepReader::~PathStepReader() { forget(); }

void PathStepReader::forget() {
  known_.clear();
  context_.memory.give_back(std::exchange(known_bytes_, 0));
}

void PathStepReader::start_row(const Batch& batch, std::uint32_t row) {
  AskedScope asked = context_.asked(hop_.scope, batch, row);
  const bool asks_alike = asked.times.window.from == asked_.times.window.from &&
                          asked.times.window.to == asked_.times.window.to &&
                          asked.times.event == asked_.times.event &&
                          asked.times.uncertain == asked_.times.uncertain;
  if (!asks_alike) forget();
  asked_ = asked;
  free_facts_ = FreeFacts(asked.times);
  used_.clear();
  for (const SlotId slot : hop_.differs_from) {
    add_facts_of(batch, slot, context_.query.slot(slot).kind, row, used_);
  }
}

bool PathStepReader::is_used(const storage::Fact& fact) const {
  return std::any_of(used_.begin(), used_.end(), [&fact](const storage::Fact* used) {
    return used != nullptr && is_same_fact(*used, fact);
  });
}

PathSteps PathStepReader::without_used(PathSteps steps) const {
  const auto used = [this](const PathStep& step) { return is_used(*step.fact); };
  if (used_.empty() || std::none_of(steps->begin(), steps->end(), used)) return steps;
  struct Others {
    PathSteps all;
    std::vector<PathStep> steps;
  };
  const auto others = std::make_shared<Others>(Others{steps, *steps});
  std::erase_if(others->steps, used);
  return PathSteps(others, &others->steps);
}

Result<bool> PathStepReader::is_wanted(const storage::Fact& fact) const {
  const bool may_hold = free_facts_.has(fact) ||
                        certainty_in(bounds_of(fact), asked_.times) != Certainty::kImpossible;
  if (!may_hold) return false;
  for (const Demand& demand : demands_) {
    ANNALS_TRY(const Datum value, fact_property(fact, demand.property, asked_, context_));
    if (equals(value, demand.value) != Truth(true)) return false;
  }
  return true;
}

Result<PathSteps> PathStepReader::steps(NodeId node, bool from_left) {
  ANNALS_CHECK_OK(context_.check_stop());
  const auto known = known_.find(Key{node, from_left});
  if (known != known_.end()) return without_used(known->second);
  if (known_bytes_ > limits::kPathCacheBytes) forget();
  ANNALS_TRY(PathSteps steps, read(node, from_left));
  known_.emplace(Key{node, from_left}, steps);
  return without_used(std::move(steps));
}

Result<PathSteps> PathStepReader::read(NodeId node, bool from_left) {
  const auto held = std::make_shared<HeldSteps>();
  auto& [facts, steps] = *held;
  reader_.start(node, from_left, NodeId(), asked_.times.scan_window());
  for (;;) {
    ANNALS_CHECK_OK(context_.check_stop());
    ANNALS_TRY(const bool more, reader_.next(facts_, limits::kBatchRows));
    if (!more) break;
    const bool to_target = reader_.left_is_source() == from_left;
    facts.reserve(facts.size() + facts_.size());
    steps.reserve(steps.size() + facts_.size());
    for (storage::Fact& fact : facts_) {
      ANNALS_TRY(const bool wanted, is_wanted(fact));
      if (!wanted) continue;
      steps.push_back({nullptr, to_target ? fact.target : fact.source, free_facts_.has(fact)});
      facts.push_back(std::move(fact));
    }
  }
  // Only now do they stay where they are.
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i].fact = &facts[i];
  const std::size_t bytes = sizeof(Key) + sizeof(HeldSteps) + 4 * sizeof(void*) +
                            steps.capacity() * sizeof(PathStep) +
                            facts.capacity() * sizeof(storage::Fact);
  known_bytes_ += bytes;
  ANNALS_CHECK_OK(context_.memory.take(bytes));
  return PathSteps(held, &steps);
}

}  // namespace annals::query
