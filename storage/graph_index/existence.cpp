#include "storage/graph_index/existence.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "storage/graph_index/graph_snapshot.h"

namespace annals::storage {

namespace {

/// As in the fold of facts: a begin counts with its earliest bound and an end with its latest.
Micros order_time(const TimelineEffect& effect) {
  return effect.type == EffectType::kEnds ? effect.at.latest : effect.at.earliest;
}

bool goes_on(const Lifespan& span) { return span.ends.empty() || span.ends.back().doubtful; }
bool is_doubtful(Instant bounds) { return bounds.latest == kEndOfTime; }

/// Rule (3).
void let_go_on_what_begins_anew(std::vector<TimelineEffect>& effects) {
  std::unordered_set<Seq> begin;
  for (const TimelineEffect& effect : effects) {
    if (effect.type == EffectType::kBegins) begin.insert(effect.id.begun_by);
  }
  std::erase_if(effects, [&begin](const TimelineEffect& effect) {
    return effect.type == EffectType::kEnds && begin.contains(effect.id.begun_by);
  });
}

void add_begin(const TimelineEffect& effect, std::vector<Lifespan>& spans) {
  const Seq event = effect.id.begun_by;
  const Lifespan added{effect.bounds(), event, event, {}, effect.known};
  if (spans.empty() || !goes_on(spans.back())) {
    spans.push_back(added);
    return;
  }
  Lifespan& last = spans.back();
  if (!last.ends.empty()) {
    if (effect.doubtful) return;
    // It exists again, or still, whether or not the plan to end it came true: at the latest here
    // the one time passes into the other.
    TimelineEffect passes = effect;
    passes.id = FactId();
    last.ends.push_back(std::move(passes));
    spans.push_back(added);
  } else if (is_doubtful(last.begin)) {  // rule (2)
    last.begin.earliest = std::min(last.begin.earliest, added.begin.earliest);
    last.begin.latest = std::min(last.begin.latest, added.begin.latest);
    last.begin_event = Seq();
    last.known = std::max(last.known, added.known);
  }
}

void add_end(const TimelineEffect& effect, std::vector<Lifespan>& spans) {
  if (spans.empty()) spans.emplace_back();
  if (goes_on(spans.back())) spans.back().ends.push_back(effect);
}

/// Moves the begin of `fact` to that of its node, if that is later. Of the first time in which the
/// node exists rule (4) holds.
template <class AnyFact>
void begin_with(const Lifespan& span, bool is_first, AnyFact& fact) {
  const bool is_the_same = span.begin_event && span.begin_event == fact.begin_event;
  if (is_the_same || span.begin.latest <= fact.begin.earliest) return;
  if (is_first && !is_doubtful(fact.begin) && span.begin.earliest <= fact.begin.latest) {
    fact.begin.earliest = std::max(fact.begin.earliest, span.begin.earliest);
    return;
  }
  const bool is_surely_later = fact.begin.latest <= span.begin.earliest;
  fact.begin_event = is_surely_later ? span.begin_event : Seq();
  fact.begin_is_moved = true;
  fact.begin.earliest = std::max(fact.begin.earliest, span.begin.earliest);
  fact.begin.latest = std::max(fact.begin.latest, span.begin.latest);
  fact.known_from = std::max(fact.known_from, span.known);
}

/// The ends that may come before the fact's own.
template <class AnyFact>
std::vector<TimelineEffect> ends_that_matter(const Lifespan& span, const AnyFact& fact) {
  const bool surely_begins = !is_doubtful(fact.begin);
  std::vector<TimelineEffect> ends;
  for (const TimelineEffect& end : span.ends) {
    const bool is_its_own = end.id.begun_by == fact.id.begun_by;  // rule (5)
    const bool did_not_come =
        surely_begins && end.doubtful && end.at.latest <= fact.begin.earliest;  // rule (6)
    if (!is_its_own && !did_not_come && end.at.earliest < fact.end.latest) ends.push_back(end);
  }
  return ends;
}

void add_earlier_end(Seq event, Fact& fact) {
  const auto& known = fact.earlier_ends;
  const bool is_known = std::find(known.begin(), known.end(), event) != known.end();
  if (event && event != fact.ended_by && !is_known) fact.earlier_ends.push_back(event);
}
void add_earlier_end(Seq, PropertyFact&) {}

/// Which event ends the fact, now that `end` surely does so if nothing else did before.
template <class AnyFact>
void end_surely_with(const TimelineEffect& end, AnyFact& fact) {
  const Seq event = end.id.begun_by;
  if (event == fact.ended_by) return;
  const Seq former = fact.ended_by;
  if (end.at.latest <= fact.end.earliest) {
    fact.ended_by = fact.end_event = event;
    return;
  }
  // As of every fact, the last event that may end it is told first.
  if (fact.end.latest <= end.at.latest || !former) {
    fact.ended_by = event;
    add_earlier_end(former, fact);
  } else {
    add_earlier_end(event, fact);
  }
  fact.end_event = Seq();
}

/// The sooner of the fact's end and those of its node.
template <class AnyFact>
void end_with(const Lifespan& span, AnyFact& fact) {
  const std::vector<TimelineEffect> ends = ends_that_matter(span, fact);
  if (ends.empty()) return;
  const TimelineEffect& last = ends.back();
  if (!last.doubtful) {
    end_surely_with(last, fact);
  } else if (!fact.ended_by && fact.end == Instant::never()) {
    fact.ended_by = fact.end_event = last.id.begun_by;
  }
  for (const TimelineEffect& end : ends) {
    add_earlier_end(end.id.begun_by, fact);
    const Instant bounds = end.bounds();
    fact.end.earliest = std::min(fact.end.earliest, bounds.earliest);
    fact.end.latest = std::min(fact.end.latest, bounds.latest);
    fact.known_from = std::max(fact.known_from, end.known);
  }
  fact.end.earliest = std::max(fact.end.earliest, fact.begin.earliest);
}

template <class AnyFact>
void clip_any(const AnyFact& fact, const std::vector<Lifespan>& existence,
              std::vector<AnyFact>& parts) {
  if (existence.empty()) parts.push_back(fact);
  for (const Lifespan& span : existence) {
    AnyFact part = fact;
    begin_with(span, &span == &existence.front(), part);
    end_with(span, part);
    if (part.begin.earliest < part.end.latest) parts.push_back(std::move(part));
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
    ANNALS_TRY(const ExistenceCache::Lifespans of_source, snapshot_.existence(fact.source));
    by_source_.clear();
    clip(fact, *of_source, by_source_);
    const std::size_t first = parts_.size();
    if (fact.source == fact.target) {
      parts_.insert(parts_.end(), by_source_.begin(), by_source_.end());
    } else {
      ANNALS_TRY(const ExistenceCache::Lifespans of_target, snapshot_.existence(fact.target));
      for (const Fact& part : by_source_) clip(part, *of_target, parts_);
    }
    const auto cannot_hold = [this](const Fact& part) {
      return !window_.may_hold(part.begin, part.end);
    };
    const auto added = parts_.begin() + static_cast<std::ptrdiff_t>(first);
    parts_.erase(std::remove_if(added, parts_.end(), cannot_hold), parts_.end());
    return {};
  }

  std::unique_ptr<Cursor<Fact>> facts_;
  const GraphSnapshot& snapshot_;
  Window window_;
  std::vector<Fact> by_source_;
  std::vector<Fact> parts_;
  std::size_t given_ = 0;
};

}  // namespace

ExistenceCache::Lifespans ExistenceCache::find(NodeId node) const {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(node.raw);
  return known == known_.end() ? nullptr : known->second;
}

void ExistenceCache::add(NodeId node, Lifespans spans) {
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kEntriesMax) known_.clear();
  known_.insert_or_assign(node.raw, std::move(spans));
}

std::vector<Lifespan> existence_of(std::vector<TimelineEffect> effects) {
  let_go_on_what_begins_anew(effects);
  std::sort(effects.begin(), effects.end(), [](const TimelineEffect& a, const TimelineEffect& b) {
    return std::tuple(order_time(a), a.id) < std::tuple(order_time(b), b.id);
  });
  std::vector<Lifespan> spans;
  for (const TimelineEffect& effect : effects) {
    if (effect.type == EffectType::kBegins) {
      add_begin(effect, spans);
    } else {
      add_end(effect, spans);
    }
  }
  return spans;
}

void clip(const Fact& fact, const std::vector<Lifespan>& existence, std::vector<Fact>& parts) {
  clip_any(fact, existence, parts);
}

void clip(const PropertyFact& fact, const std::vector<Lifespan>& existence,
          std::vector<PropertyFact>& parts) {
  clip_any(fact, existence, parts);
}

std::unique_ptr<Cursor<Fact>> while_nodes_exist(std::unique_ptr<Cursor<Fact>> facts,
                                                const GraphSnapshot& snapshot, Window window) {
  return std::make_unique<ExistingFacts>(std::move(facts), snapshot, window);
}

}  // namespace annals::storage
