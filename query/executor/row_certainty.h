#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "query/planner/bound_query.h"
#include "schema/ids.h"
#include "schema/time/instant.h"
#include "storage/graph_index/fact.h"

/// Which rows hold, and how surely. The law is possible worlds: every event that bounds a fact has
/// one unknown instant, and so has every scope; a row holds in a world if at the scope's instant
/// all facts hold that it uses. A row is possible if it holds in some world, certain if in all.
///
/// (1) A fact that surely holds in its scope changes nothing: whatever else a row uses. So a row
///     carries only its doubts: the facts that hold in some worlds. No doubts: certain.
/// (2) A conjunction is certain only if each of its facts is. One doubt: only possible.
/// (3) Doubts each possible may exclude each other: two facts that do not overlap, or one that ends
///     with the very event that begins the other.
/// (4) Under ALL TIME facts need not hold together, and all that matters is whether each ever held.
///     A spell that an event begins did hold, unless that event is a plan or its date is uncertain
///     (latest is kEndOfTime): what is recorded to have begun was not over before.
namespace annals::query {

/// The bounds of a spell and the events that are these bounds.
struct SpellBounds {
  Instant begin;
  Instant end = Instant::never();
  Seq begun_by;
  Seq ended_by;
};

/// What a scope means in one run.
struct ScopeTimes {
  storage::Window window;  ///< The instants among which the unknown one is.
  bool all_time = false;
  bool uncertain = false;  ///< Asked about an uncertain date: nothing is certain.
  bool certainly = false;  ///< Keep only what is certain.
};

/// The scopes of a query in one run; scopes[i] is scope i + 1.
using RunScopes = std::vector<ScopeTimes>;

/// Why a row is only possible: a list without end, shared by the rows that go on from the same row.
/// Null: no doubt.
struct Doubt;
using DoubtPtr = std::shared_ptr<const Doubt>;

struct Doubt {
  DoubtPtr previous;
  ScopeId scope;
  /// The scope's instant is not before `begin` and before `end`. Without any: possible, no more.
  bool has_begin = false;
  bool has_end = false;
  SpellBounds bounds;
};

/// A row as it is after using one more fact.
struct RowUse {
  bool holds = false;  ///< Whether in any world; if not, the row is to be dropped.
  DoubtPtr doubt;
};

/// `row` and a fact with these bounds, in a scope. Requires nothing of the bounds.
RowUse use_spell(const DoubtPtr& row, const SpellBounds& spell, ScopeId scope,
                 const RunScopes& scopes);

/// `row`, while none of `spells` holds: the values of one property, of which one at most holds at a
/// time, in order. Exact unless two of them leave a gap between them and a world before and after;
/// then the row is possible, no more.
RowUse use_absence(const DoubtPtr& row, std::span<const SpellBounds> spells, ScopeId scope,
                   const RunScopes& scopes);

/// Two rows that become one.
RowUse use_both(const DoubtPtr& row, const DoubtPtr& other, const RunScopes& scopes);

/// The doubt of a row that is only possible and no longer says why.
DoubtPtr plain_doubt();

/// How surely a fact with these bounds holds in a scope, by itself.
Certainty certainty_in(const SpellBounds& spell, const ScopeTimes& scope);

/// Whether some world has all doubts of the list true: see (3). Exposed for tests.
bool is_possible(const Doubt& doubts, const RunScopes& scopes);

}  // namespace annals::query
