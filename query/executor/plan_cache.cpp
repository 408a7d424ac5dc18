#include "query/executor/plan_cache.h"

#include <utility>

#include "schema/base/limits.h"

namespace annals::query {

CachedPlan PlanCache::find(std::string_view text, const storage::GraphSnapshot& snapshot) {
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) return {};
  const Entries::iterator entry = found->second;
  if (entry->plan.plan->is_stale(snapshot)) {
    by_text_.erase(found);
    entries_.erase(entry);
    return {};
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return entry->plan;
}

void PlanCache::add(std::string_view text, CachedPlan plan) {
  if (text.size() > limits::kCachedPlanBytesMax || by_text_.contains(text)) return;
  if (entries_.size() == limits::kCachedPlansMax) {
    by_text_.erase(entries_.back().text);
    entries_.pop_back();
  }
  entries_.push_front({std::string(text), std::move(plan)});
  by_text_.emplace(entries_.front().text, entries_.begin());
}

void PlanCache::clear() {
  by_text_.clear();
  entries_.clear();
}

}  // namespace annals::query
