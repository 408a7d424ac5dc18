#include "tests/support/scenario.h"

#include <optional>
#include <sstream>

#include <fmt/format.h>

namespace annals::tests {

namespace {

std::optional<StepType> step_type(const std::string& word) {
  if (word == "statement") return StepType::kStatement;
  if (word == "query") return StepType::kQuery;
  if (word == "error") return StepType::kError;
  if (word == "restart") return StepType::kRestart;
  if (word == "rebuild") return StepType::kRebuild;
  if (word == "now") return StepType::kNow;
  if (word == "script") return StepType::kScript;
  return std::nullopt;
}

bool has_body(StepType type) {
  return type == StepType::kStatement || type == StepType::kQuery || type == StepType::kError;
}

}  // namespace

Result<std::vector<Step>> parse_scenario(std::string_view text) {
  std::vector<Step> steps;
  std::istringstream lines{std::string(text)};
  std::string line;
  int number = 0;
  bool in_step = false;
  while (std::getline(lines, line)) {
    ++number;
    if (!in_step) {
      if (line.empty() || line.front() == '#') continue;
      std::istringstream words(line);
      std::string word;
      words >> word;
      const auto type = step_type(word);
      if (!type) {
        return Error(ErrorCode::kInvalidArgument,
                     fmt::format("line {}: '{}' is no step of a scenario", number, line));
      }
      Step step;
      step.type = *type;
      step.line = number;
      while (words >> word) step.options.push_back(word);
      steps.push_back(std::move(step));
      in_step = has_body(*type);
    } else if (line.empty()) {
      in_step = false;
    } else if (line == "----") {
      steps.back().has_expectation = true;
    } else if (steps.back().has_expectation) {
      steps.back().expected.push_back(line);
    } else {
      steps.back().text += line + '\n';
    }
  }
  return steps;
}

}  // namespace annals::tests
