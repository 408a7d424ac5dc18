#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "query/planner/bound_query.h"
#include "schema/base/stop_flag.h"
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
///     (latest is kEndOfTime): what is recorded to have begun was not over before. So it also holds
///     at the instant of its begin, if that is exact, and is then carried as in (5).
/// (5) DURING asks whether the facts hold together at some instant of a period: what is possible is
///     so as if that instant were unknown (3). Two facts that each surely held then need not have
///     held together, so a row carries them too, and is certain if each two of them surely
///     overlapped, judged as in (4) by the worlds in which neither was over before it began.
/// (6) THROUGHOUT asks about each fact at the first and at the last instant of a period.
/// (7) The instant of AT e.on is that of the event e itself: what e begins holds, by (4) surely,
///     and is carried as in (5); what it ends does not.
namespace annals::query {

/// The bounds of a spell and the events that are these bounds.
struct SpellBounds {
  Instant begin;
  Instant end = Instant::never();
  Seq begun_by;
  Seq ended_by;
  bool begin_is_moved = false;  ///< As of a Fact.
  bool is_gap = false;          ///< Between two facts.

  /// Whether it may be over before it begins. What is recorded to have begun was not.
  bool may_be_empty() const { return is_gap || begin_is_moved; }
};

/// What a scope asks about the facts of a row.
enum class ScopeKind : std::uint8_t {
  kAt,          ///< They hold at one instant, unknown within the window.
  kDuring,      ///< They hold together at some instant of the window.
  kThroughout,  ///< Each holds at every instant of the window.
  kAllTime,     ///< Each held at some time.
};

/// What a scope means in one run, or for one row of it.
struct ScopeTimes {
  storage::Window window;
  ScopeKind kind = ScopeKind::kAt;
  bool uncertain = false;  ///< Asked about an uncertain date: nothing is certain.
  bool certainly = false;  ///< Keep only what is certain.
  Seq event = {};          ///< Of AT e.on: whose instant it is; the window has its bounds.

  /// What a scan of facts has to look at.
  storage::Window scan_window() const;
};

/// The scopes of a query in one run; scopes[i] is scope i + 1. One that each row has its own
/// instant of stands here with a window of all time.
struct RunScopes : boost::container::small_vector<ScopeTimes, 2> {
  using boost::container::small_vector<ScopeTimes, 2>::small_vector;

  /// What asks the run to stop; searches for worlds then give up. Null: nothing does.
  const StopFlag* stop = nullptr;
};

/// A scope as one row sees it.
struct AskedScope {
  ScopeId id;
  ScopeTimes times;
};

/// Why a row is only possible, and what it has to hold together with: a list without end, shared by
/// the rows that go on from the same row. Null: nothing of both.
struct Doubt;
using DoubtPtr = std::shared_ptr<const Doubt>;

struct Doubt {
  DoubtPtr previous;
  AskedScope asked;
  /// The scope's instant is not before `begin` and before `end`. Without any: possible, no more.
  bool has_begin = false;
  bool has_end = false;
  SpellBounds bounds;
  bool is_certain = false;  ///< All of the list surely holds together: see (5).
  /// If not null, the link is not about a spell: one of these rows holds, or none of them.
  std::shared_ptr<const std::vector<DoubtPtr>> rows = nullptr;
  bool none_of_rows = false;
};

/// Whether a row with this list is certain.
inline bool is_certain(const DoubtPtr& row) { return row == nullptr || row->is_certain; }

/// A row as it is after using one more fact.
struct RowUse {
  bool holds = false;  ///< Whether in any world; if not, the row is to be dropped.
  DoubtPtr doubt;
};

/// `row` and a fact with these bounds, in a scope. Requires nothing of the bounds.
RowUse use_spell(const DoubtPtr& row, const SpellBounds& spell, const AskedScope& asked,
                 const RunScopes& scopes);
inline RowUse use_spell(const DoubtPtr& row, const SpellBounds& spell, ScopeId scope,
                        const RunScopes& scopes) {
  return use_spell(row, spell, {scope, scopes[scope.raw - 1]}, scopes);
}

/// `row`, while none of `spells` holds: the values of one property, of which one at most holds at a
/// time, in order. Under THROUGHOUT: while none of them holds all the time. Not for DURING, under
/// which each of gaps_between() is a use of its own.
RowUse use_absence(const DoubtPtr& row, std::span<const SpellBounds> spells,
                   const AskedScope& asked, const RunScopes& scopes);

/// The times in which none of `spells` holds, which are in order.
std::vector<SpellBounds> gaps_between(std::span<const SpellBounds> spells);

/// Two rows that become one.
RowUse use_both(const DoubtPtr& row, const DoubtPtr& other, const RunScopes& scopes);

/// The doubt of a row that is only possible and no longer says why.
DoubtPtr plain_doubt();

/// About how much memory the links of a row take, those that it shares with others among them.
std::size_t memory_of(const DoubtPtr& row);

/// How surely a fact with these bounds holds in a scope, by itself.
Certainty certainty_in(const SpellBounds& spell, const ScopeTimes& scope);

/// Whether some world has all doubts of the list true: see (3). Exposed for tests.
bool is_possible(const Doubt& doubts, const RunScopes& scopes);

}  // namespace annals::query
