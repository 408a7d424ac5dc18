#include "query/executor/operator.h"

#include <chrono>
#include <cstdint>
#include <utility>

#include "query/executor/operators/operators.h"

namespace annals::query {

namespace {

/// Makes the operator of a step over the operators of its inputs.
struct Builder {
  const plan::Node& node;
  std::vector<OperatorPtr>& inputs;
  RunContext& context;
  OuterBatch outer;

  using Made = Result<OperatorPtr>;
  OperatorPtr input() const { return std::move(inputs.front()); }

  Made operator()(const plan::Unit&) const { return operators::unit(context); }
  Made operator()(const plan::NodeByName& step) const {
    return operators::node_by_name(step, context);
  }
  Made operator()(const plan::NodeScan& step) const { return operators::node_scan(step, context); }
  Made operator()(const plan::FactScan& step) const {
    return operators::fact_scan(step, node, context);
  }
  Made operator()(const plan::Expand& step) const {
    return operators::expand(step, node, input(), context);
  }
  Made operator()(const plan::ExpandInto& step) const {
    return operators::expand_into(step, node, input(), context);
  }
  Made operator()(const plan::ExpandPaths& step) const {
    return operators::expand_paths(step, node, input(), context);
  }
  Made operator()(const plan::BuildPath& step) const {
    return operators::build_path(step, input(), context);
  }
  Made operator()(const plan::Cross&) const {
    return operators::cross_product(node, input(), std::move(inputs.back()), context);
  }
  Made operator()(const plan::HashJoin& step) const {
    return operators::hash_join(step, node, input(), std::move(inputs.back()), context);
  }
  Made operator()(const plan::LabelFilter& step) const {
    return operators::label_filter(step, input(), context);
  }
  Made operator()(const plan::NameFilter& step) const {
    return operators::name_filter(step, input(), context);
  }
  Made operator()(const plan::Filter& step) const {
    return operators::filter(step, input(), context);
  }
  Made operator()(const plan::OuterRows& step) const {
    return operators::outer_rows(step, node, outer, context);
  }
  Made operator()(const plan::Exists& step) const {
    return operators::where_exists(step, input(), context);
  }
  Made operator()(const plan::OptionalMatch& step) const {
    return operators::optional_match(step, node, input(), context);
  }
  Made operator()(const plan::Count& step) const {
    return operators::count_rows(step, input(), context);
  }
  Made operator()(const plan::Unwind& step) const {
    return operators::unwind(step, node, input(), context);
  }
  Made operator()(const plan::AsNode& step) const {
    return operators::as_node(step, node, input(), context);
  }
  Made operator()(const plan::Present& step) const {
    return operators::present(step, input(), context);
  }
  Made operator()(const plan::Union& step) const {
    return operators::union_rows(step, std::move(inputs), context);
  }
  Made operator()(const plan::Read& step) const {
    return operators::read_property(step, node, input(), context);
  }
  Made operator()(const plan::SetInstant& step) const {
    return operators::set_instant(step, node, input(), context);
  }
  Made operator()(const plan::Aggregate& step) const {
    return operators::aggregate(step, node, input(), context);
  }
  Made operator()(const plan::CountFacts& step) const {
    return operators::count_facts(step, node, context);
  }
  Made operator()(const plan::Project& step) const {
    return operators::project(step, node, input(), context);
  }
  Made operator()(const plan::Distinct& step) const {
    return operators::distinct(step, input(), context);
  }
  Made operator()(const plan::Sort& step) const {
    return operators::sort(step, node, input(), context);
  }
  Made operator()(const plan::TopK& step) const {
    return operators::top_k(step, node, input(), context);
  }
  Made operator()(const plan::Skip& step) const { return operators::skip(step, input(), context); }
  Made operator()(const plan::Limit& step) const {
    return operators::limit(step, input(), context);
  }
};

}  // namespace

Result<bool> Operator::next(Batch& batch) {
  ANNALS_CHECK_OK(context_.check_stop());
  if (measure_ == nullptr) return do_next(batch);
  const std::uint64_t blocks = context_.snapshot.blocks_read();
  const std::uint64_t spilled = context_.spill.written();
  const auto begin = std::chrono::steady_clock::now();
  Result<bool> more = do_next(batch);
  measure_->time += std::chrono::steady_clock::now() - begin;
  measure_->blocks += context_.snapshot.blocks_read() - blocks;
  measure_->spilled += context_.spill.written() - spilled;
  if (more && *more) measure_->rows += batch.rows().size();
  return more;
}

Result<OperatorPtr> build_operators(const plan::Node& node, RunContext& context, OuterBatch outer) {
  std::vector<OperatorPtr> inputs;
  // What the index counts is asked at each step of a timeline: nothing is made there for the rest.
  const bool makes_input = std::holds_alternative<plan::CountFacts>(node.step);
  for (const plan::Box& input : node.inputs) {
    if (makes_input) break;
    ANNALS_TRY(OperatorPtr made, build_operators(*input, context, outer));
    inputs.push_back(std::move(made));
  }
  ANNALS_TRY(OperatorPtr made, std::visit(Builder{node, inputs, context, outer}, node.step));
  if (context.profile != nullptr) made->measure_in(context.profile->of(node));
  return made;
}

}  // namespace annals::query
