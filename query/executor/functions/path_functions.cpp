#include <algorithm>
#include <utility>

#include "query/executor/functions/functions.h"
#include "schema/time/date.h"
#include "schema/time/period.h"

namespace annals::query::functions {

namespace {

Datum facts_of(const Path& path) {
  DatumList facts;
  facts.reserve(path.facts.size());
  for (const FactDatum& fact : path.facts) facts.emplace_back(fact);
  return list_datum(std::move(facts));
}

/// The period in which surely all facts hold; null if there is none.
Result<Datum> common_period(const Path& path, const ApproximationPadding& padding) {
  if (path.facts.empty()) return Datum();
  const storage::Fact& first = *path.facts.front().fact;
  Datum common(Period{first.begin, first.end});
  for (std::size_t i = 1; i < path.facts.size() && !common.is_null(); ++i) {
    const Datum fact(path.facts[i]);
    const Datum* const both[] = {&common, &fact};
    ANNALS_TRY(common, call_period(FunctionId::kIntersect, both, padding));
  }
  return common;
}

/// When each fact can be taken at first, one not before the one before it; null if it surely is
/// over by then.
Datum times_of(const Path& path, Micros from) {
  DatumList times;
  Instant at = Instant::exactly(from);
  for (const FactDatum& datum : path.facts) {
    const storage::Fact& fact = *datum.fact;
    at = {std::max(at.earliest, fact.begin.earliest), std::max(at.latest, fact.begin.latest)};
    if (at.earliest >= fact.end.latest) return {};
    times.emplace_back(date_of(at));
  }
  return list_datum(std::move(times));
}

}  // namespace

Result<Datum> call_path(FunctionId id, const Path& path, ScopeId scope, const RunContext& context) {
  switch (id) {
    case FunctionId::kNodes: return list_datum(DatumList(path.nodes.begin(), path.nodes.end()));
    case FunctionId::kRelations: return facts_of(path);
    case FunctionId::kLength: return Datum(static_cast<std::int64_t>(path.facts.size()));
    case FunctionId::kTimes: return times_of(path, context.scope(scope).window.from);
    default: return common_period(path, context.padding());
  }
}

}  // namespace annals::query::functions
