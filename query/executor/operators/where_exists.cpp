#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "query/executor/alternatives.h"
#include "query/executor/datum_comparison.h"
#include "query/executor/expression.h"
#include "query/executor/held_doubts.h"
#include "query/executor/operators/operators.h"
#include "query/executor/where_truth.h"
#include "query/executor/world_search.h"

namespace annals::query::operators {

namespace {

/// The worlds in which something holds.
struct Worlds {
  bool any = false;
  DoubtPtr condition;  ///< Null: all.
};

Worlds all_of(const Worlds& a, const Worlds& b) {
  if (!a.any || !b.any) return {};
  return {true, both_of(a.condition, b.condition)};
}

Worlds one_of(const Worlds& a, const Worlds& b) {
  if (!a.any) return b;
  if (!b.any) return a;
  return {true, any_of({a.condition, b.condition})};
}

/// Where a part of the condition is true and where it is false; in the other worlds it is null.
struct Outcome {
  Worlds true_in;
  Worlds false_in;
};

/// The rows of a pattern for one row that it is asked about.
struct Found {
  Alternatives rows;
  bool uncertain = false;  ///< Asked about facts at an uncertain date.
};

class WhereExists final : public Operator {
 public:
  WhereExists(const plan::Exists& step, std::vector<ExpressionPtr> plain, OperatorPtr input,
              RunContext& context)
      : Operator(context),
        step_(step),
        certainly_(context.scope(step.scope).certainly),
        plain_(std::move(plain)),
        truths_(plain_.size()),
        found_(step.patterns.size()),
        doubts_(context.memory),
        input_(std::move(input)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    for (;;) {
      ANNALS_TRY(const bool more, input_->next(batch));
      if (!more) return false;
      doubts_.clear();  // the batch before was used
      ANNALS_CHECK_OK(look(batch));
      std::vector<std::uint32_t> kept;
      const auto rows = batch.rows();
      for (std::size_t i = 0; i < rows.size(); ++i) {
        // Each may be a search for worlds.
        ANNALS_CHECK_OK(context().check_stop());
        const DoubtPtr& row = batch.doubt(rows[i]);
        RowUse use = decide(row, i);
        if (!use.holds) continue;
        if (use.doubt != row) ANNALS_CHECK_OK(doubts_.add(use.doubt));
        batch.set_doubt(rows[i], std::move(use.doubt));
        kept.push_back(rows[i]);
      }
      batch.select(std::move(kept));
      if (!batch.rows().empty()) return true;
    }
  }

  /// Finds out for each row of the batch what its condition depends on.
  Status look(const Batch& batch) {
    std::size_t next_plain = 0;
    ANNALS_CHECK_OK(look_at_plain(step_.where->condition, batch, next_plain));
    for (std::size_t p = 0; p < step_.patterns.size(); ++p) {
      ANNALS_CHECK_OK(look_for(step_.patterns[p], batch, found_[p]));
    }
    return {};
  }

  Status look_at_plain(const BoundCondition& condition, const Batch& batch, std::size_t& next) {
    for (const BoundCondition& part : condition.parts) {
      ANNALS_CHECK_OK(look_at_plain(part, batch, next));
    }
    if (condition.kind != BoundCondition::Kind::kPlain) return {};
    DatumVector values;
    ANNALS_CHECK_OK(plain_[next]->evaluate(batch, batch.rows(), values));
    std::vector<Truth>& truths = truths_[next++];
    truths.assign(batch.rows().size(), std::nullopt);
    for (std::size_t i = 0; i < truths.size(); ++i) {
      ANNALS_TRY(truths[i], where_truth(values[i], condition.plain.range, context()));
    }
    return {};
  }

  /// Gathers for each row of the batch the rows of the pattern, until there is one wherever the row
  /// holds.
  Status look_for(const plan::InnerPlan& pattern, const Batch& batch, std::vector<Found>& found) {
    const auto rows = batch.rows();
    found.assign(rows.size(), Found());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      found[i].uncertain =
          pattern.has_facts && context().asked(pattern.scope, batch, rows[i]).times.uncertain;
    }
    ANNALS_TRY(const OperatorPtr root,
               build_operators(*pattern.root, context(), OuterBatch{&batch, !certainly_}));
    Batch inner(context().slots().size());
    for (std::size_t open = rows.size(); open > 0;) {
      ANNALS_TRY(const bool more, root->next(inner));
      if (!more) return {};
      const std::vector<Datum>& origins = inner.column(pattern.origin).values;
      for (const std::uint32_t row : inner.rows()) {
        const auto origin = static_cast<std::size_t>(std::get<std::int64_t>(origins[row].data));
        Alternatives& one = found[origin].rows;
        if (one.surely()) continue;
        DoubtPtr doubt = inner.doubt(row);
        if (!certainly_ && doubt == batch.doubt(rows[origin])) doubt = nullptr;
        if (one.add(doubt, context().scopes)) ANNALS_CHECK_OK(doubts_.add(doubt));
        if (one.surely()) --open;
      }
    }
    return {};
  }

  RowUse decide(const DoubtPtr& row, std::size_t index) const {
    std::size_t next_plain = 0;
    const Worlds worlds = outcome(step_.where->condition, index, next_plain).true_in;
    if (!worlds.any) return {};
    if (!certainly_) return use_condition(row, worlds.condition, context().scopes);
    const DoubtPtr& condition = worlds.condition;
    const bool certain = condition == nullptr || find_world(nullptr, {&condition, 1},
                                                            context().scopes) == WorldFound::kNone;
    return {certain, row};
  }

  Outcome outcome(const BoundCondition& condition, std::size_t index, std::size_t& next) const {
    switch (condition.kind) {
      case BoundCondition::Kind::kPlain: {
        const Truth truth = truths_[next++][index];
        return {{truth == Truth(true), nullptr}, {truth == Truth(false), nullptr}};
      }
      case BoundCondition::Kind::kExists: return outcome_of_pattern(condition.exists, index);
      case BoundCondition::Kind::kNot: {
        Outcome one = outcome(condition.parts.front(), index, next);
        return {std::move(one.false_in), std::move(one.true_in)};
      }
      default: break;
    }
    Outcome all = outcome(condition.parts.front(), index, next);
    for (std::size_t i = 1; i < condition.parts.size(); ++i) {
      all = combine(condition.kind, all, outcome(condition.parts[i], index, next));
    }
    return all;
  }

  static Outcome combine(BoundCondition::Kind kind, const Outcome& a, const Outcome& b) {
    switch (kind) {
      case BoundCondition::Kind::kAnd:
        return {all_of(a.true_in, b.true_in), one_of(a.false_in, b.false_in)};
      case BoundCondition::Kind::kOr:
        return {one_of(a.true_in, b.true_in), all_of(a.false_in, b.false_in)};
      default: break;
    }
    // XOR: each side stands in both, so that n of them make a condition of 6n links, and a tree of
    // 2^n. Whoever walks conditions has to know where he was.
    return {one_of(all_of(a.true_in, b.false_in), all_of(a.false_in, b.true_in)),
            one_of(all_of(a.true_in, b.true_in), all_of(a.false_in, b.false_in))};
  }

  Outcome outcome_of_pattern(std::size_t pattern, std::size_t index) const {
    const Alternatives& found = found_[pattern][index].rows;
    if (found.surely()) return {{true, nullptr}, {}};
    if (!found.any()) {
      // Who asks about an uncertain date cannot be sure that there is nothing.
      const bool sure = !found_[pattern][index].uncertain;
      return {{}, {true, sure ? nullptr : plain_doubt()}};
    }
    Outcome outcome{{true, any_of(found.rows())}, {true, none_of(found.rows())}};
    if (found.overflowed()) {
      outcome.true_in.condition = plain_doubt();
      outcome.false_in.condition = both_of(plain_doubt(), outcome.false_in.condition);
    }
    return outcome;
  }

  const plan::Exists& step_;
  bool certainly_;                    // keep only rows for which the condition holds in every world
  std::vector<ExpressionPtr> plain_;  // the parts without EXISTS, in order
  std::vector<std::vector<Truth>> truths_;  // of each of these, of each row
  std::vector<std::vector<Found>> found_;   // of each pattern, of each row
  HeldDoubts doubts_;                       // of found_, and of the batch that was given
  OperatorPtr input_;
};

/// The rows of the outer batch, once.
class OuterRows final : public Operator {
 public:
  OuterRows(const plan::OuterRows& step, const plan::Node& node, OuterBatch outer,
            RunContext& context)
      : Operator(context), origin_(step.origin), outer_(outer) {
    for (const SlotId slot : node.slots) {
      if (slot != origin_) slots_.push_back(slot);
    }
  }

 private:
  Result<bool> do_next(Batch& batch) override {
    const Batch* const outer = std::exchange(outer_.rows, nullptr);
    if (outer == nullptr) return false;
    batch.clear();
    const auto rows = outer->rows();
    if (outer_.has_doubts) {
      batch.append(*outer, rows, context().slots(), slots_);
    } else {
      batch.append_columns(*outer, rows, context().slots(), slots_);
      batch.set_size(rows.size());
    }
    std::vector<Datum>& origins = batch.column(origin_).values;
    for (std::size_t i = 0; i < rows.size(); ++i)
      origins.emplace_back(static_cast<std::int64_t>(i));
    return !rows.empty();
  }

  SlotId origin_;
  OuterBatch outer_;
  std::vector<SlotId> slots_;
};

Status compile_plain(const BoundCondition& condition, RunContext& context,
                     std::vector<ExpressionPtr>& compiled) {
  for (const BoundCondition& part : condition.parts) {
    ANNALS_CHECK_OK(compile_plain(part, context, compiled));
  }
  if (condition.kind != BoundCondition::Kind::kPlain) return {};
  ANNALS_TRY(ExpressionPtr one, compile(condition.plain, context));
  compiled.push_back(std::move(one));
  return {};
}

}  // namespace

Result<OperatorPtr> where_exists(const plan::Exists& step, OperatorPtr input, RunContext& context) {
  std::vector<ExpressionPtr> plain;
  ANNALS_CHECK_OK(compile_plain(step.where->condition, context, plain));
  // Built anew for each batch; once here, so that what is wrong shows even if there are no rows.
  for (const plan::InnerPlan& pattern : step.patterns) {
    ANNALS_TRY(const OperatorPtr checked, build_operators(*pattern.root, context));
  }
  return OperatorPtr(
      std::make_unique<WhereExists>(step, std::move(plain), std::move(input), context));
}

OperatorPtr outer_rows(const plan::OuterRows& step, const plan::Node& node, OuterBatch outer,
                       RunContext& context) {
  return std::make_unique<OuterRows>(step, node, outer, context);
}

}  // namespace annals::query::operators
