#pragma once

#include <cstdint>
#include <span>

#include "query/executor/row_certainty.h"

/// Looks for a world: an instant for each event and each scope, within their bounds, in which some
/// rows hold and others do not. With it a union of rows is certain exactly if no world falsifies
/// them all, and NOT EXISTS possible exactly if some world does.
///
/// Exact as far as bounds tell. Unknowns that cannot be told apart are taken for independent, which
/// allows more worlds: the two bounds of one fact that ends by itself, and the end of a spell that
/// several events may have ended.
namespace annals::query {

enum class WorldFound : std::uint8_t {
  kNone,
  kSome,
  kUnknown,  ///< The search took more than limits::kWorldSearchSteps, or the run is to stop.
};

/// A world in which `row` holds and none of `others` does. A null row holds in every world.
WorldFound find_world(const DoubtPtr& row, std::span<const DoubtPtr> others,
                      const RunScopes& scopes);

}  // namespace annals::query
