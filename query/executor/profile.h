#pragma once

#include <chrono>
#include <cstdint>
#include <map>

#include "query/planner/logical_plan.h"

namespace annals::query {

/// What one step of a plan took and gave, its inputs included.
struct StepMeasure {
  std::uint64_t rows = 0;
  std::chrono::nanoseconds time{0};
  std::uint64_t blocks = 0;   ///< Of the store, from its cache or from disk.
  std::uint64_t spilled = 0;  ///< Bytes that went to temporary files.
};

/// The measures of a plan's steps, those of one that ran several times added up. Not thread-safe.
class Profile {
 public:
  /// Zero at first. Valid as long as the profile.
  StepMeasure& of(const plan::Node& node) { return measures_[&node]; }

  /// What the step did itself, without its inputs and the plans within it.
  StepMeasure own(const plan::Node& node) const {
    StepMeasure own = measured(node);
    const auto without = [&](const plan::Node& below) {
      const StepMeasure part = measured(below);
      own.time -= part.time;
      own.blocks -= part.blocks;
      own.spilled -= part.spilled;
    };
    for (const plan::Box& input : node.inputs) without(*input);
    for (const plan::Node* inner : plan::inner_roots(node)) without(*inner);
    return own;
  }

 private:
  StepMeasure measured(const plan::Node& node) const {
    const auto found = measures_.find(&node);
    return found == measures_.end() ? StepMeasure() : found->second;
  }

  std::map<const plan::Node*, StepMeasure> measures_;
};

}  // namespace annals::query
