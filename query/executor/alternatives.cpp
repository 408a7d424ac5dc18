#include "query/executor/alternatives.h"

#include <algorithm>
#include <span>
#include <utility>

#include "query/executor/world_search.h"
#include "schema/base/contract.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

DoubtPtr link_of(std::vector<DoubtPtr> rows, bool none) {
  Doubt link;
  link.asked.id = ScopeId(1);
  link.rows = std::make_shared<const std::vector<DoubtPtr>>(std::move(rows));
  link.none_of_rows = none;
  return std::make_shared<const Doubt>(std::move(link));
}

}  // namespace

DoubtPtr any_of(std::vector<DoubtPtr> rows) {
  ANNALS_ASSERT(!rows.empty());
  const bool always = std::any_of(rows.begin(), rows.end(), is_certain);
  if (always) return nullptr;
  if (rows.size() == 1) return std::move(rows.front());
  return link_of(std::move(rows), false);
}

DoubtPtr none_of(std::vector<DoubtPtr> rows) {
  ANNALS_ASSERT(!rows.empty());
  return link_of(std::move(rows), true);
}

DoubtPtr both_of(const DoubtPtr& row, const DoubtPtr& other) {
  if (row == nullptr || row == other) return other;
  if (other == nullptr) return row;
  Doubt link;
  link.previous = row;
  link.asked.id = ScopeId(1);
  link.rows = std::make_shared<const std::vector<DoubtPtr>>(1, other);
  return std::make_shared<const Doubt>(std::move(link));
}

RowUse use_condition(const DoubtPtr& row, const DoubtPtr& condition, const RunScopes& scopes) {
  if (condition == nullptr || condition == row) return {true, row};
  if (find_world(row, std::span(&condition, 1), scopes) == WorldFound::kNone) return {true, row};
  DoubtPtr both = both_of(row, condition);
  if (!is_possible(*both, scopes)) return {};
  return {true, std::move(both)};
}

bool Alternatives::add(const DoubtPtr& row, const RunScopes& scopes) {
  if (state_ == State::kCertain) return false;
  if (is_certain(row)) {
    state_ = State::kCertain;
    rows_ = {};
    return false;
  }
  if (state_ == State::kOverflowed) return false;
  state_ = State::kOpen;
  if (std::find(rows_.begin(), rows_.end(), row) != rows_.end()) return false;
  if (rows_.size() < limits::kAlternativesMax) {
    rows_.push_back(row);
    return true;
  }
  state_ = merged(scopes) == nullptr ? State::kCertain : State::kOverflowed;
  if (state_ == State::kCertain) rows_ = {};
  return false;
}

DoubtPtr Alternatives::merged(const RunScopes& scopes) const {
  ANNALS_ASSERT(any());
  if (state_ == State::kCertain) return nullptr;
  if (state_ == State::kOverflowed) return plain_doubt();
  // By itself a row that is only possible is never certain.
  if (rows_.size() == 1) return rows_.front();
  if (find_world(nullptr, rows_, scopes) == WorldFound::kNone) return nullptr;
  return any_of(rows_);
}

}  // namespace annals::query
