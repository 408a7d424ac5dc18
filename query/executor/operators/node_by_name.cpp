#include <algorithm>

#include "query/executor/operators/operators.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

class NodeByName final : public Operator {
 public:
  NodeByName(const plan::NodeByName& step, RunContext& context)
      : Operator(context), slot_(step.out), name_(step.name.raw - 1) {}

  bool is_done() const override { return given_ == context().names[name_].size(); }
  bool rewind() override {
    given_ = 0;
    return true;
  }

 private:
  Result<bool> do_next(Batch& batch) override {
    batch.clear();
    const std::vector<NodeId>& nodes = context().names[name_];
    const std::size_t count = std::min(nodes.size() - given_, limits::kBatchRows);
    const auto begin = nodes.begin() + static_cast<std::ptrdiff_t>(given_);
    batch.column(slot_).nodes.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    batch.set_size(count);
    given_ += count;
    return count > 0;
  }

  SlotId slot_;
  std::size_t name_;  // of the context's names
  std::size_t given_ = 0;
};

}  // namespace

OperatorPtr node_by_name(const plan::NodeByName& step, RunContext& context) {
  return std::make_unique<NodeByName>(step, context);
}

}  // namespace annals::query::operators
