#include "query/executor/path_steps.h"

#include <algorithm>

#include "query/executor/datum_comparison.h"
#include "query/executor/expression.h"
#include "schema/base/limits.h"

namespace annals::query {

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
                          asked.times.event == asked_.times.event;
  if (!asks_alike) forget();
  asked_ = asked;
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
  std::vector<PathStep> others = *steps;
  std::erase_if(others, used);
  return std::make_shared<const std::vector<PathStep>>(std::move(others));
}

Result<bool> PathStepReader::is_wanted(const storage::Fact& fact) const {
  if (certainty_in(bounds_of(fact), asked_.times) == Certainty::kImpossible) return false;
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
  auto steps = std::make_shared<std::vector<PathStep>>();
  std::size_t held = 0;
  std::vector<storage::Fact> facts;
  reader_.start(node, from_left, NodeId(), asked_.times.scan_window());
  for (;;) {
    ANNALS_CHECK_OK(context_.check_stop());
    ANNALS_TRY(const bool more, reader_.next(facts, limits::kBatchRows));
    if (!more) break;
    const bool to_target = reader_.left_is_source() == from_left;
    // They stay together where they are, those among them that no step takes.
    const auto page = std::make_shared<const std::vector<storage::Fact>>(std::move(facts));
    held += page->size();
    steps->reserve(steps->size() + page->size());
    for (const storage::Fact& fact : *page) {
      ANNALS_TRY(const bool wanted, is_wanted(fact));
      if (!wanted) continue;
      const NodeId to = to_target ? fact.target : fact.source;
      steps->push_back({std::shared_ptr<const storage::Fact>(page, &fact), to});
    }
  }
  const std::size_t bytes = sizeof(Key) + 4 * sizeof(void*) + steps->size() * sizeof(PathStep) +
                            held * sizeof(storage::Fact);
  known_bytes_ += bytes;
  ANNALS_CHECK_OK(context_.memory.take(bytes));
  return PathSteps(std::move(steps));
}

}  // namespace annals::query
