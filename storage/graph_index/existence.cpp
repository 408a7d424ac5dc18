#include "storage/graph_index/existence.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "storage/graph_index/graph_snapshot.h"

namespace annals::storage {

namespace {

/// As in the fold of facts: a begin counts with its earliest bound and an end with its latest.
Micros order_time(const TimelineEffect& effect) {
  return effect.type == EffectType::kEnds ? effect.at.latest : effect.at.earliest;
}

bool goes_on(const Spell& spell) { return spell.ends.empty() || spell.ends.back().doubtful; }

Spell from_the_beginning() {
  Spell spell;
  spell.begin.at = Instant::exactly(kBeginningOfTime);
  return spell;
}

/// The later of two begins.
template <class AnyFact>
void begin_with(const Spell& existence, AnyFact& fact) {
  const Instant begin = existence.begin_bounds();
  const Seq event = existence.begin.id.begun_by;
  const bool is_the_same = event && event == fact.begin_event;
  if (is_the_same || begin.latest <= fact.begin.earliest) return;
  if (fact.begin.latest <= begin.earliest) {
    fact.begin_event = event;
  } else {
    fact.begin_event = Seq();
  }
  fact.begin.earliest = std::max(fact.begin.earliest, begin.earliest);
  fact.begin.latest = std::max(fact.begin.latest, begin.latest);
}

void add_earlier_end(Seq event, Fact& fact) {
  if (event) fact.earlier_ends.push_back(event);
}
void add_earlier_end(Seq, PropertyFact&) {}

/// Without the plans to end that did not come true, since the fact is recorded to have begun later.
template <class AnyFact>
Spell as_it_bears_on(const AnyFact& fact, Spell existence) {
  if (fact.begin.latest == kEndOfTime) return existence;
  std::erase_if(existence.ends, [&fact](const TimelineEffect& end) {
    return end.doubtful && end.at.latest <= fact.begin.earliest;
  });
  return existence;
}

/// The sooner of two ends.
template <class AnyFact>
void end_with(const Spell& whole, AnyFact& fact) {
  const Spell existence = as_it_bears_on(fact, whole);
  const Instant end = existence.end_bounds();
  const Seq event = existence.ended_by();
  const bool is_the_same = event && event == fact.ended_by;
  if (!event || is_the_same || fact.end.latest <= end.earliest) return;
  const bool is_surely_sooner = end.latest <= fact.end.earliest;
  if (is_surely_sooner || fact.end.latest <= end.latest) {
    // As of every fact, the last event that may end it is told first.
    if (!is_surely_sooner) add_earlier_end(fact.ended_by, fact);
    fact.ended_by = event;
  } else {
    add_earlier_end(event, fact);
  }
  fact.end.earliest = std::min(fact.end.earliest, end.earliest);
  fact.end.latest = std::min(fact.end.latest, end.latest);
}

template <class AnyFact>
void clip_any(const AnyFact& fact, const std::vector<Spell>& existence,
              std::vector<AnyFact>& parts) {
  if (existence.empty()) parts.push_back(fact);
  for (const Spell& one : existence) {
    AnyFact part = fact;
    begin_with(one, part);
    end_with(one, part);
    if (part.begin.earliest >= part.end.latest) continue;
    part.end.earliest = std::max(part.end.earliest, part.begin.earliest);
    const bool is_clipped = part.begin != fact.begin || part.end != fact.end;
    if (is_clipped) part.known_from = std::max(part.known_from, one.known_so());
    parts.push_back(std::move(part));
  }
}

class ExistingFacts final : public Cursor<Fact> {
 public:
  ExistingFacts(std::unique_ptr<Cursor<Fact>> facts, const GraphSnapshot& snapshot, Window window)
      : facts_(std::move(facts)), snapshot_(snapshot), window_(window) {}

  Status next(std::vector<Fact>& batch, std::size_t count_max) override {
    batch.clear();
    while (given_ == parts_.size()) {
      std::vector<Fact> whole;
      ANNALS_CHECK_OK(facts_->next(whole, count_max));
      if (whole.empty()) return {};
      given_ = 0;
      parts_.clear();
      for (const Fact& fact : whole) ANNALS_CHECK_OK(add_parts(fact));
    }
    const auto first = parts_.begin() + static_cast<std::ptrdiff_t>(given_);
    const std::size_t count = std::min(count_max, parts_.size() - given_);
    batch.assign(first, first + static_cast<std::ptrdiff_t>(count));
    given_ += count;
    return {};
  }

 private:
  Status add_parts(const Fact& fact) {
    ANNALS_TRY(const std::vector<Spell>* const of_source, existence(fact.source));
    by_source_.clear();
    clip(fact, *of_source, by_source_);
    ANNALS_TRY(const std::vector<Spell>* const of_target, existence(fact.target));
    const std::size_t first = parts_.size();
    for (const Fact& part : by_source_) clip(part, *of_target, parts_);
    const auto cannot_hold = [this](const Fact& part) {
      return !window_.may_hold(part.begin, part.end);
    };
    const auto added = parts_.begin() + static_cast<std::ptrdiff_t>(first);
    parts_.erase(std::remove_if(added, parts_.end(), cannot_hold), parts_.end());
    return {};
  }

  /// Valid until the next call.
  Result<const std::vector<Spell>*> existence(NodeId node) {
    constexpr std::size_t kNodesMax = 65'536;
    const auto known = known_.find(node);
    if (known != known_.end()) return &known->second;
    if (known_.size() == kNodesMax) known_.clear();
    ANNALS_TRY(std::vector<Spell> spells, snapshot_.existence(node));
    return &(known_[node] = std::move(spells));
  }

  std::unique_ptr<Cursor<Fact>> facts_;
  const GraphSnapshot& snapshot_;
  Window window_;
  std::unordered_map<NodeId, std::vector<Spell>> known_;
  std::vector<Fact> by_source_;
  std::vector<Fact> parts_;
  std::size_t given_ = 0;
};

}  // namespace

std::vector<Spell> existence_of(std::vector<TimelineEffect> effects) {
  std::sort(effects.begin(), effects.end(), [](const TimelineEffect& a, const TimelineEffect& b) {
    return std::tuple(order_time(a), a.id) < std::tuple(order_time(b), b.id);
  });
  std::vector<Spell> spells;
  for (TimelineEffect& effect : effects) {
    if (effect.type == EffectType::kBegins) {
      const bool exists = !spells.empty() && goes_on(spells.back()) && !spells.back().begin.doubtful;
      if (exists) continue;
      const Seq known = effect.known;
      spells.push_back({std::move(effect), {}, known});
      continue;
    }
    if (spells.empty()) spells.push_back(from_the_beginning());
    for (Spell& spell : spells) {
      if (goes_on(spell)) spell.ends.push_back(effect);
    }
  }
  return spells;
}

void clip(const Fact& fact, const std::vector<Spell>& existence, std::vector<Fact>& parts) {
  clip_any(fact, existence, parts);
}

void clip(const PropertyFact& fact, const std::vector<Spell>& existence,
          std::vector<PropertyFact>& parts) {
  clip_any(fact, existence, parts);
}

std::unique_ptr<Cursor<Fact>> while_nodes_exist(std::unique_ptr<Cursor<Fact>> facts,
                                                const GraphSnapshot& snapshot, Window window) {
  return std::make_unique<ExistingFacts>(std::move(facts), snapshot, window);
}

}  // namespace annals::storage
