#include <utility>
#include <vector>

#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// Adds a path out of its first node and its facts. Where one of them is null, it is null.
class BuildPath final : public Operator {
 public:
  BuildPath(const plan::BuildPath& step, OperatorPtr input, RunContext& context)
      : Operator(context), path_(*step.path), input_(std::move(input)) {}
  ~BuildPath() override { context().memory.give_back(taken_); }
  BuildPath(const BuildPath&) = delete;
  BuildPath& operator=(const BuildPath&) = delete;

 private:
  Result<bool> do_next(Batch& batch) override {
    context().memory.give_back(std::exchange(taken_, 0));
    ANNALS_TRY(const bool more, input_->next(batch));
    if (!more) return false;
    std::vector<Datum>& values = batch.column(path_.out).values;
    values.assign(batch.size(), Datum());
    for (const std::uint32_t row : batch.rows()) {
      values[row] = path_in_row(batch, row);
      const Path* const path = path_in(values[row]);
      if (path == nullptr) continue;
      const std::size_t bytes =
          path->nodes.size() * sizeof(NodeDatum) + path->facts.size() * sizeof(FactDatum);
      taken_ += bytes;
      ANNALS_CHECK_OK(context().memory.take(bytes));
    }
    return true;
  }

  Datum path_in_row(const Batch& batch, std::uint32_t row) const {
    Path path;
    const NodeId first = batch.column(path_.first).nodes[row];
    if (!first) return {};
    path.nodes.push_back({first, {}, {}});
    for (const SlotId slot : path_.facts) {
      const Datum facts = datum_in(batch, slot, context().query.slot(slot).kind, row);
      if (facts.is_null()) return {};
      const DatumList* const list = list_in(facts);
      if (list == nullptr) add(std::get<FactDatum>(facts.data), path);
      for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
        add(std::get<FactDatum>((*list)[i].data), path);
      }
    }
    return path_datum(std::move(path));
  }

  static void add(const FactDatum& fact, Path& path) {
    const NodeId from = path.nodes.back().id;
    const NodeId to = fact.fact->source == from ? fact.fact->target : fact.fact->source;
    path.nodes.push_back({to, {}, {}});
    path.facts.push_back(fact);
  }

  const BoundPath& path_;
  OperatorPtr input_;
  std::size_t taken_ = 0;  // of the memory budget, for the batch that was given
};

}  // namespace

OperatorPtr build_path(const plan::BuildPath& step, OperatorPtr input, RunContext& context) {
  return std::make_unique<BuildPath>(step, std::move(input), context);
}

}  // namespace annals::query::operators
