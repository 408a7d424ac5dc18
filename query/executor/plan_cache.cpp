#include "query/executor/plan_cache.h"

#include <utility>

#include "schema/base/limits.h"

namespace annals::query {

const CachedPlan* PlanCache::find(std::string_view text) {
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &entries_.front().plan;
}

void PlanCache::add(std::string_view text, CachedPlan plan) {
  if (text.size() > limits::kCachedPlanBytesMax) return;
  if (const auto found = by_text_.find(text); found != by_text_.end()) {
    found->second->plan = std::move(plan);
    return;
  }
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
