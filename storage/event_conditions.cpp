#include "storage/event_conditions.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "schema/condition.h"
#include "schema/condition_text.h"

namespace annals::storage {

namespace {

Status check_bound(const Bound& bound, const Event& event, const Kind& kind,
                   const Vocabulary& vocabulary, Micros recorded) {
  if (is_possible(bound, event, recorded, kind)) return {};
  return Error(
      ErrorCode::kInvalidArgument,
      fmt::format("'{}' does not lie after '{}'", format_instant(bound.later, kind, vocabulary),
                  format_instant(bound.earlier, kind, vocabulary)),
      fmt::format("{} has {}", vocabulary.symbol_name(kind.name),
                  format_bound(bound, kind, vocabulary)));
}

Status check_one(const Check& check, const Event& event, const Kind& kind,
                 const Vocabulary& vocabulary) {
  Result<Truth> truth = evaluate(check.condition, event, kind);
  if (truth && *truth != Truth(false)) return {};
  const std::string condition = fmt::format("{} has CHECK {}", vocabulary.symbol_name(kind.name),
                                            format_condition(check.condition, kind, vocabulary));
  if (truth) return Error(ErrorCode::kInvalidArgument, check.message, condition);
  Error error = std::move(truth).error();
  error.message += " in a check of the event";
  error.hint = condition;
  return error;
}

}  // namespace

Status check_event_conditions(const Event& event, const Kind& kind, const Vocabulary& vocabulary,
                              Micros recorded) {
  for (const Bound& bound : kind.bounds) {
    ANNALS_CHECK_OK(check_bound(bound, event, kind, vocabulary, recorded));
  }
  for (const Check& check : kind.checks) {
    ANNALS_CHECK_OK(check_one(check, event, kind, vocabulary));
  }
  return {};
}

}  // namespace annals::storage
