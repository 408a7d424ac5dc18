#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "query/executor/expressions/forms.h"
#include "query/executor/where_truth.h"
#include "schema/base/limits.h"

namespace annals::query::expressions {

namespace {

using ast::ListWalkKind;

/// Evaluates expressions for elements of lists: rows of a batch of its own, which has beside the
/// element what the expressions need of the row that the list belongs to.
class ListWalk final : public Expression {
 public:
  ListWalk(const BoundListWalk& bound, WalkParts parts, RunContext& context)
      : bound_(bound),
        parts_(std::move(parts)),
        context_(context),
        elements_(context.slots().size()) {
    for (const BoundBox* part : {&bound.where, &bound.result}) {
      if (*part == nullptr) continue;
      const auto add = [this](SlotId slot) {
        if (slot && slot != bound_.variable && slot != bound_.accumulator) outer_.push_back(slot);
      };
      for_each_slot(**part, add);
      for (const RowInstant& instant : instants_of(**part, context.query)) {
        add(instant.date);
        add(instant.event);
      }
    }
    std::sort(outer_.begin(), outer_.end());
    outer_.erase(std::unique(outer_.begin(), outer_.end()), outer_.end());
  }

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    DatumVector lists;
    ANNALS_CHECK_OK(parts_.list->evaluate(batch, rows, lists));
    std::vector<Datum> results(rows.size());
    if (bound_.kind == ListWalkKind::kReduce) {
      ANNALS_CHECK_OK(reduce(batch, rows, lists, results));
    } else {
      ANNALS_CHECK_OK(walk(batch, rows, lists, results));
    }
    out.own(0) = std::move(results);
    return {};
  }

 private:
  /// What was seen of one list so far.
  struct Seen {
    DatumList kept;
    std::size_t trues = 0;
    std::size_t falses = 0;
    std::size_t nulls = 0;
  };

  Result<const DatumList*> items_of(const Datum& datum) const {
    if (datum.is_null()) return nullptr;
    if (const DatumList* const list = list_in(datum); list != nullptr) return list;
    return context_.invalid(
        fmt::format("IN needs a list here, not a value of type {}", datum_type_name(datum.type())),
        bound_.list->range);
  }

  void fill(const Batch& batch, const std::vector<std::uint32_t>& rows, DatumList elements) {
    elements_.clear();
    elements_.append(batch, rows, context_.slots(), outer_);
    elements_.column(bound_.variable).values = std::move(elements);
  }

  Status walk(const Batch& batch, std::span<const std::uint32_t> rows, const DatumVector& lists,
              std::vector<Datum>& results) {
    MemoryHold hold(context_.memory);
    std::vector<Seen> seen(rows.size());
    std::vector<std::size_t> origins;
    std::vector<std::uint32_t> origin_rows;
    DatumList elements;
    const auto flush = [&]() -> Status {
      ANNALS_CHECK_OK(context_.check_stop());
      fill(batch, origin_rows, std::exchange(elements, {}));
      ANNALS_CHECK_OK(look(origins, seen, hold));
      origins.clear();
      origin_rows.clear();
      return {};
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ANNALS_TRY(const DatumList* const items, items_of(lists[i]));
      if (items == nullptr) continue;
      for (const Datum& item : *items) {
        origins.push_back(i);
        origin_rows.push_back(rows[i]);
        elements.push_back(item);
        if (elements.size() == limits::kBatchRows) ANNALS_CHECK_OK(flush());
      }
    }
    if (!elements.empty()) ANNALS_CHECK_OK(flush());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (lists[i].is_null()) continue;
      results[i] = conclude(seen[i]);
      ANNALS_CHECK_OK(context_.check_extent(results[i], bound_.list->range));
    }
    return {};
  }

  /// Looks at the elements, each of the list of origins[its row]. What is kept of them is held.
  Status look(const std::vector<std::size_t>& origins, std::vector<Seen>& seen, MemoryHold& hold) {
    std::vector<std::uint32_t> kept(elements_.rows().begin(), elements_.rows().end());
    if (parts_.where != nullptr) {
      DatumVector values;
      ANNALS_CHECK_OK(parts_.where->evaluate(elements_, elements_.rows(), values));
      kept.clear();
      for (const std::uint32_t row : elements_.rows()) {
        ANNALS_TRY(const Truth truth, where_truth(values[row], bound_.where->range, context_));
        Seen& one = seen[origins[row]];
        ++(!truth ? one.nulls : *truth ? one.trues : one.falses);
        if (truth == Truth(true)) kept.push_back(row);
      }
    }
    if (bound_.kind != ListWalkKind::kComprehension || kept.empty()) return {};
    DatumVector values;
    if (parts_.result != nullptr) {
      ANNALS_CHECK_OK(parts_.result->evaluate(elements_, kept, values));
    } else {
      values.set_view(elements_.column(bound_.variable).values, kept);
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
      ANNALS_CHECK_OK(hold.take(sizeof(Datum) + own_memory_of(values[i])));
      seen[origins[kept[i]]].kept.push_back(values[i]);
    }
    return {};
  }

  /// As openCypher: what null may turn out to be decides, where it can.
  Datum conclude(Seen& seen) const {
    switch (bound_.kind) {
      case ListWalkKind::kAny:
        return seen.trues > 0 ? Datum(true) : seen.nulls > 0 ? Datum() : Datum(false);
      case ListWalkKind::kAll:
        return seen.falses > 0 ? Datum(false) : seen.nulls > 0 ? Datum() : Datum(true);
      case ListWalkKind::kNone:
        return seen.trues > 0 ? Datum(false) : seen.nulls > 0 ? Datum() : Datum(true);
      case ListWalkKind::kSingle:
        if (seen.trues > 1) return Datum(false);
        return seen.nulls > 0 ? Datum() : Datum(seen.trues == 1);
      default: return list_datum(std::move(seen.kept));
    }
  }

  /// One element of every list at a time: each needs what the one before gave.
  Status reduce(const Batch& batch, std::span<const std::uint32_t> rows, const DatumVector& lists,
                std::vector<Datum>& results) {
    DatumVector initial;
    ANNALS_CHECK_OK(parts_.initial->evaluate(batch, rows, initial));
    std::vector<const DatumList*> items(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ANNALS_TRY(items[i], items_of(lists[i]));
      if (items[i] != nullptr) results[i] = initial[i];
    }
    for (std::size_t at = 0;; ++at) {
      ANNALS_CHECK_OK(context_.check_stop());
      std::vector<std::size_t> open;
      std::vector<std::uint32_t> open_rows;
      DatumList elements;
      DatumList before;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (items[i] == nullptr || at >= items[i]->size()) continue;
        open.push_back(i);
        open_rows.push_back(rows[i]);
        elements.push_back((*items[i])[at]);
        before.push_back(std::move(results[i]));
      }
      if (open.empty()) return {};
      fill(batch, open_rows, std::move(elements));
      elements_.column(bound_.accumulator).values = std::move(before);
      DatumVector values;
      ANNALS_CHECK_OK(parts_.result->evaluate(elements_, elements_.rows(), values));
      for (std::size_t i = 0; i < open.size(); ++i) results[open[i]] = values[i];
    }
  }

  const BoundListWalk& bound_;
  WalkParts parts_;
  RunContext& context_;
  std::vector<SlotId> outer_;  // what the parts read of the row
  Batch elements_;
};

}  // namespace

ExpressionPtr list_walk(const BoundListWalk& bound, WalkParts parts, RunContext& context) {
  return std::make_unique<ListWalk>(bound, std::move(parts), context);
}

}  // namespace annals::query::expressions
