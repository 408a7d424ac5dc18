#include "schema/base/limit_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "schema/base/ascii.h"
#include "schema/base/closest.h"

namespace annals::limits {

namespace {

// LIMIT(X) is NamedLimit{"X", kX}: a name cannot differ from its constant.
#define LIMIT(name) \
  NamedLimit { #name, k##name }
#define SETTABLE(name, member) \
  NamedLimit { #name, k##name, &StatementLimits::member }
constexpr std::array kAll = {
    LIMIT(StatementBytesMax),
    LIMIT(NestingMax),
    LIMIT(ChainTermsMax),
    LIMIT(ListElementsMax),
    LIMIT(ValuePartsMax),
    LIMIT(ParametersMax),
    LIMIT(PatternHopsMax),
    LIMIT(PathHopsMax),
    LIMIT(PathCacheBytes),
    LIMIT(ClausesMax),
    LIMIT(UnionsMax),
    LIMIT(BatchRows),
    SETTABLE(StatementMemoryBytesMax, memory_bytes),
    SETTABLE(StatementSpillBytesMax, spill_bytes),
    LIMIT(SpilledRunsMax),
    LIMIT(AlternativesMax),
    LIMIT(WorldSearchSteps),
    SETTABLE(FactImageBytes, image_bytes),
    LIMIT(PatternMemoryBytes),
    LIMIT(PatternStepsMax),
    LIMIT(CachedPlansMax),
    LIMIT(CachedPlanBytesMax),
    SETTABLE(StatementTimeMax, milliseconds),
    SETTABLE(TimelineStepsMax, timeline_steps),
    LIMIT(SymbolBytesMax),
    LIMIT(NameBytesMax),
    LIMIT(TextBytesMax),
    LIMIT(DateBytesMax),
    LIMIT(SymbolsMax),
    LIMIT(KindRolesMax),
    LIMIT(KindEffectsMax),
    LIMIT(KindBoundsMax),
    LIMIT(KindChecksMax),
    LIMIT(ConditionPartsMax),
    LIMIT(PaddingMax),
    LIMIT(EventFactsMax),
    LIMIT(DoubtfulEndsMax),
    LIMIT(CommitEventsMax),
    LIMIT(CorrectionDepthMax),
    LIMIT(CommitBytesMax),
    LIMIT(BulkCommitEvents),
    LIMIT(PageRowsMax),
    LIMIT(EventListRowEntries),
    LIMIT(EventListRowMax),
    LIMIT(LoadRowBytesMax),
    LIMIT(LoadFieldBytesMax),
    LIMIT(LoadColumnsMax),
    LIMIT(LoadExpansionMax),
    LIMIT(LoadPartBytes),
    LIMIT(LoadRecentMax),
};
#undef SETTABLE
#undef LIMIT

struct Unit {
  std::string_view text;
  std::size_t factor;
};
constexpr std::array<Unit, 4> kSizes = {
    {{"", 1}, {"k", 1U << 10}, {"m", 1U << 20}, {"g", 1U << 30}}};
constexpr std::array<Unit, 4> kTimes = {{{"", 1}, {"ms", 1}, {"s", 1'000}, {"min", 60'000}}};

Result<std::size_t> read_value(std::string_view text, std::span<const Unit> units) {
  std::size_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (problem == std::errc()) {
    for (const Unit& unit : units) {
      std::size_t value = 0;
      if (equals_ignoring_case(rest, unit.text) &&
          !__builtin_mul_overflow(number, unit.factor, &value)) {
        return value;
      }
    }
  }
  return Error(ErrorCode::kInvalidArgument, fmt::format("'{}' is no value of a limit", text),
               "for example StatementMemoryBytesMax=256M, StatementTimeMax=2s");
}

}  // namespace

std::span<const NamedLimit> all_limits() { return kAll; }

Status set_limit(std::string_view assignment, StatementLimits& limits) {
  const std::size_t equals = std::min(assignment.find('='), assignment.size());
  const std::string_view name = assignment.substr(0, equals);
  const auto limit = std::find_if(kAll.begin(), kAll.end(), [name](const NamedLimit& one) {
    return equals_ignoring_case(one.name, name);
  });
  if (limit == kAll.end()) {
    ClosestWord closest(name);
    for (const NamedLimit& one : kAll) closest.consider(one.name);
    return Error(ErrorCode::kInvalidArgument, fmt::format("there is no limit '{}'", name),
                 closest.found() ? fmt::format("did you mean {}?", *closest.found())
                                 : std::string(".limits lists them"));
  }
  if (limit->where_it_is_set == nullptr) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("{} cannot be set", limit->name),
                 fmt::format("it is {}; .limits tells which can be", limit->value));
  }
  const bool is_time = limit->where_it_is_set == &StatementLimits::milliseconds;
  const std::string_view text =
      equals < assignment.size() ? assignment.substr(equals + 1) : std::string_view();
  ANNALS_TRY(const std::size_t value,
             read_value(text, is_time ? std::span<const Unit>(kTimes) : kSizes));
  if (is_time && value > static_cast<std::size_t>(std::chrono::milliseconds::max().count())) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("{} is too long", limit->name));
  }
  if (value == 0 && !is_time) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("{} must be at least 1", limit->name));
  }
  limits.*(limit->where_it_is_set) = value;
  return {};
}

}  // namespace annals::limits
