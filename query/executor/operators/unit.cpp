#include <utility>

#include "query/executor/operators/operators.h"

namespace annals::query::operators {

namespace {

/// One row without columns.
class Unit final : public Operator {
 public:
  using Operator::Operator;

  bool is_done() const override { return given_; }
  bool rewind() override {
    given_ = false;
    return true;
  }

 private:
  Result<bool> do_next(Batch& batch) override {
    batch.clear();
    batch.set_size(1);
    return !std::exchange(given_, true);
  }

  bool given_ = false;
};

}  // namespace

OperatorPtr unit(RunContext& context) { return std::make_unique<Unit>(context); }

}  // namespace annals::query::operators
