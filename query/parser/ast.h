#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "query/parser/ast_definition.h"
#include "query/parser/ast_expression.h"
#include "query/parser/ast_pattern.h"
#include "schema/event.h"
#include "schema/load_request.h"
#include "schema/value.h"

/// The syntax tree: what was written, with no name looked up. Plain values, move-only; each node
/// knows where it stands in the statement's text.
namespace annals::query::ast {

// --- Queries ---------------------------------------------------------------------------------

enum class ValidScope : std::uint8_t { kAt, kDuring, kThroughout, kAllTime };
enum class CertaintyMode : std::uint8_t { kCertainly, kPossibly };

/// The times that a statement or a clause looks at; what is missing is inherited.
struct Scope {
  std::optional<ValidScope> valid;
  std::optional<Expression> at;        ///< A date; of kDuring and kThroughout also an interval.
  std::optional<Expression> known_at;  ///< A moment of recording, or the number of an event.
  bool known_is_seq = false;           ///< `KNOWN AT SEQ n`
  std::optional<Expression> said_by;   ///< A date.
  std::optional<CertaintyMode> certainty;
  SourceRange range;
};

struct MatchClause {
  bool optional = false;
  std::vector<PathPattern> patterns;
  Scope scope;  ///< Written after the patterns.
  std::optional<Expression> where;
  SourceRange range;
};

struct ReturnItem {
  Expression value;
  std::optional<Identifier> alias;
};
struct SortItem {
  Expression value;
  bool descending = false;
};
struct ReturnClause {
  bool distinct = false;
  bool star = false;  ///< `RETURN *`
  std::vector<ReturnItem> items;
  std::vector<SortItem> order_by;
  std::optional<Expression> skip;
  std::optional<Expression> limit;
  SourceRange range;
};

/// `WITH a, count(*) AS n ORDER BY n LIMIT 3 WHERE n > 1`: what goes on from the clauses before it.
struct WithClause {
  ReturnClause projection;
  std::optional<Expression> where;  ///< Of the rows behind LIMIT.
};
/// `UNWIND list AS x`
struct UnwindClause {
  Expression list;
  Identifier variable;
  SourceRange range;
};
using Clause = std::variant<MatchClause, UnwindClause, WithClause>;

/// Clauses in the order in which they are executed, and what is made of their rows.
struct SingleQuery {
  std::vector<Clause> clauses;
  ReturnClause returning;
};

/// Single queries whose rows are put together: the query itself and those in `unions`.
struct Query : SingleQuery {
  Scope scope;  ///< Written before the statement.
  std::vector<SingleQuery> unions;
  bool union_all = false;  ///< Of all of them alike.
};

/// `DIFF AT '1992' AND AT '2010' MATCH ... RETURN change, ...`
struct Diff {
  /// What the first side looks at instead of what the query's scope says, which is the second
  /// side's and says at least the same things.
  Scope first;
  Query query;
};

enum class TimelineStep : std::uint8_t { kDay, kMonth, kYear };
/// `TIMELINE FROM '1991' TO '2024' BY YEAR MATCH ... RETURN ...`
struct Timeline {
  Expression from;  ///< Dates as text, or parameters.
  Expression to;
  TimelineStep by = TimelineStep::kDay;
  Query query;
};

/// `EXPLAIN query`, `PROFILE query`: how it is answered, instead of the answer.
struct Explain {
  bool profiled = false;  ///< Runs it, and tells what each step did.
  bool as_json = false;   ///< As one value instead of a row for each step.
  std::variant<Query, Diff, Timeline> what;
};

// --- Recording -------------------------------------------------------------------------------

/// What may follow RECORD and ASSERT, in any order, each once.
struct RecordingDetails {
  std::optional<Expression> on;
  std::optional<Expression> from;  ///< ASSERT only.
  std::optional<Expression> to;    ///< ASSERT only.
  std::optional<Expression> said;
  std::optional<Expression> id;
  std::optional<Expression> source;
  std::optional<Expression> because;
  std::optional<Identifier> status;  ///< happened, planned, cancelled
  std::optional<Expression> expect;  ///< EXPECT SEQ: the last event before this one.
  bool creating_missing = false;
};
struct RegisterEntity {
  Identifier type;
  Expression name;
  std::vector<Expression> aliases;
  std::vector<Expression> identifiers;
  RecordingDetails details;  ///< Only source and because may be given.
};
struct Record {
  Identifier kind;
  std::vector<MapEntry> roles;
  RecordingDetails details;
};
struct Assert {
  NodePattern source;  ///< Needs a name, takes at most one label and no properties.
  Identifier relation;
  std::vector<MapEntry> properties;
  NodePattern target;
  RecordingDetails details;
};
/// `CORRECT target SET part value, role: value`
struct Correct {
  Expression target;            ///< An event's ID, or "#12".
  RecordingDetails set;         ///< on, from, to, said, source and status, as they should be.
  std::vector<MapEntry> roles;  ///< Likewise; null: filled by nothing.
  RecordingDetails details;
};
struct Retract {
  Expression target;
  RecordingDetails details;
};
/// `REPLAY`: definitions hold for what was recorded before.
struct Replay {
  RecordingDetails details;
};
struct Begin {};
struct Commit {};
struct Rollback {};

// --- Everything else -------------------------------------------------------------------------

/// `HISTORY OF (:Country 'Georgia')`, `HISTORY OF (a)-[:R]->(b)`
struct HistoryOf {
  PathPattern path;  ///< A node by its name, or one hop.
  bool known_all = false;
};
/// `WHY (a)-[:R]->(b) AT '2010'`, `WHY NOT ...`
struct Why {
  bool negated = false;
  PathPattern path;  ///< One hop; of WHY NOT, between nodes with names.
  Scope scope;
  SourceRange range;  ///< Of the path.
};
enum class ShowWhat : std::uint8_t { kKinds, kRelations, kEntities, kUnmatched, kStats, kSettings };
struct Show {
  ShowWhat what = ShowWhat::kKinds;
  std::optional<Expression>
      like;  ///< Not of the last two. With % for any text and _ for one character.
};
struct VerifyLog {};
struct ReplayCompare {};
struct Load {
  LoadRequest request;
};

struct Statement {
  std::variant<Query, Explain, Diff, Timeline, DefineEntity, DefineRelation, DefineEvent,
               DefinePadding, RegisterEntity, Record, Assert, Correct, Retract, Replay, Begin,
               Commit, Rollback, HistoryOf, Why, Show, VerifyLog, ReplayCompare, Load>
      body;
  SourceRange range;
};

}  // namespace annals::query::ast
