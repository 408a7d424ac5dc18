#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "query/planner/rules/rules.h"

namespace annals::query::rules {

namespace {

/// Columns without which rows can be put in order, and others.
class Columns {
 public:
  Columns(const BoundQuery& query, const std::vector<BoundSort>& sorts) : query_(query) {
    for (const BoundSort& sort : sorts) needed_.insert(sort.slot);
  }

  void need_all_for(const plan::Project& step) {
    for (const BoundItem* item : step.items) need(item->value);
  }

  bool is_needed(const BoundItem& item) const { return needed_.contains(item.out); }

  /// Whether the value takes reads that can wait: each gives a row one row at least, so that the
  /// first rows have what the first rows afterwards are made of. That is so where the scope is one
  /// instant and all that is possible counts: there each world has a value, or none.
  bool can_wait(const BoundExpression& value, bool& reads) const {
    bool can = true;
    for_each_slot(value, [&](SlotId slot) {
      if (query_.count_of(slot) != nullptr || query_.path_of(slot) != nullptr) can = false;
      const PropertyRead* const read = query_.read_of(slot);
      if (read == nullptr) return;
      reads = true;
      const BoundScope& scope = query_.scope(read->scope);
      const bool is_instant = scope.valid == ValidTime::kNow || scope.valid == ValidTime::kAt;
      can =
          can && is_instant && !scope.row.date && !scope.certainly && can_wait(read->object, reads);
    });
    return can;
  }

 private:
  void need(const BoundExpression& value) {
    for_each_slot(value, [this](SlotId slot) {
      needed_.insert(slot);
      if (const PropertyRead* const read = query_.read_of(slot)) need(read->object);
    });
  }

  const BoundQuery& query_;
  std::set<SlotId> needed_;
};

/// The projection that makes the columns of rows that are sorted; null if something else does.
/// Above it may stand one of what they are sorted by alone.
plan::Box* projection_below(plan::Box& top, Columns& columns) {
  plan::Box* below = &top->inputs.front();
  const auto* step = std::get_if<plan::Project>(&(*below)->step);
  if (step == nullptr) return nullptr;
  plan::Box* const next = &(*below)->inputs.front();
  if (!std::holds_alternative<plan::Project>((*next)->step)) return below;
  // What a row reads later makes it less certain.
  const bool asks_certainty =
      std::any_of(step->items.begin(), step->items.end(),
                  [](const BoundItem* item) { return asks_row_certainty(item->value); });
  if (asks_certainty) return nullptr;
  columns.need_all_for(*step);
  return next;
}

}  // namespace

void delay_columns(plan::Box& root, const PlanContext& context) {
  for (plan::Box& input : root->inputs) delay_columns(input, context);
  auto* const top = std::get_if<plan::TopK>(&root->step);
  if (top == nullptr) return;
  const bool is_written = std::holds_alternative<BoundConstant>(top->limit->node);
  if (is_written && root->inputs.front()->rows <= root->rows) return;
  Columns columns(context.query, *top->sorts);
  plan::Box* const projection = projection_below(root, columns);
  if (projection == nullptr) return;
  plan::Project early;
  plan::Project late;
  bool reads = false;
  for (const BoundItem* item : std::get<plan::Project>((*projection)->step).items) {
    if (columns.is_needed(*item)) {
      if (asks_row_certainty(item->value)) return;
      early.items.push_back(item);
    } else if (columns.can_wait(item->value, reads)) {
      late.items.push_back(item);
    } else {
      return;
    }
  }
  if (!reads) return;
  if (early.items.empty()) {
    plan::Box input = std::move((*projection)->inputs.front());
    *projection = std::move(input);
  } else {
    (*projection)->step = std::move(early);
  }
  const double rows = root->rows;
  const plan::TopK again = *top;
  top->keeps_skipped = true;
  root = plan::over(std::move(root), std::move(late), rows);
  root = plan::over(std::move(root), again, rows);
}

}  // namespace annals::query::rules
