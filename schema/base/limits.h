#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit of Annals with its reason. Going over one is ErrorCode::kLimitExceeded, and the
/// message names the constant without its k.
namespace annals::limits {

// --- Statements ------------------------------------------------------------------------------

/// One statement's text. A script may be longer; it is read statement by statement.
inline constexpr std::size_t kStatementBytesMax = std::size_t{1} << 20;
/// Nesting of parentheses, lists, CASE, NOT, unary minus: all of them together, and of lists and
/// maps in a value, which whoever compares or frees it recurses along. The parser takes
/// 20 to 25 KB of stack a level under the address sanitizer: 200 levels fit in 8 MB.
inline constexpr std::uint32_t kNestingMax = 200;
/// Operands in one chain of a left-associative operator; the tree's destructor recurses along it.
inline constexpr std::size_t kChainTermsMax = 10'000;
/// Elements of one list literal or of one role: a commit must stay one sane write.
inline constexpr std::size_t kListElementsMax = 100'000;
/// Parts of one value: a list, its elements, theirs, and so on, shared ones as often as they are
/// met. Printing or comparing values meets them all without looking for a stop: a tenth of a
/// second.
inline constexpr std::size_t kValuePartsMax = 2'000'000;
/// Named parameters of one statement.
inline constexpr std::size_t kParametersMax = 1'000;
/// Patterns and hops of one MATCH: join ordering looks at all of them.
inline constexpr std::size_t kPatternHopsMax = 64;
/// Facts of one path of variable length: who goes that far goes everywhere, and each fact of a path
/// is held against all others of it.
inline constexpr std::size_t kPathHopsMax = 256;
/// Memory for facts that a search of paths has read and may come across again.
inline constexpr std::size_t kPathCacheBytes = std::size_t{64} << 20;
/// Clauses of one query: each is a step of the plan, which is walked by recursion.
inline constexpr std::size_t kClausesMax = 128;
/// Queries put together by UNION, likewise.
inline constexpr std::size_t kUnionsMax = 64;

// --- Running a statement ---------------------------------------------------------------------

/// Rows of one batch between operators: what one step wrote is near when the next one reads it.
inline constexpr std::size_t kBatchRows = 512;
/// Memory that the rows held by one statement (sorting, grouping, results) may take.
inline constexpr std::size_t kStatementMemoryBytesMax = std::size_t{1} << 30;
/// Bytes that the rows of one statement may fill in temporary files when they are more than its
/// memory: what a disk can spare, and some minutes of writing.
inline constexpr std::size_t kStatementSpillBytesMax = std::size_t{16} << 30;
/// Files of sorted rows that are merged at once, each with a buffer in memory. With more of them,
/// they become one first.
inline constexpr std::size_t kSpilledRunsMax = 64;
/// Rows that are only possible and of which one result is made (DISTINCT, EXISTS) that are looked
/// at together; with more the result counts as only possible. Rows that complement each other are
/// spells of one timeline, and few timelines are vague about more of them at once.
inline constexpr std::size_t kAlternativesMax = 64;
/// Steps of one search for a world that some rows hold in and others do not, a few milliseconds:
/// the question is NP-hard, and who gives up says "possible".
inline constexpr std::size_t kWorldSearchSteps = 5'000;

/// Memory for the facts that a session keeps at hand for scans: some six million in both
/// directions, or twelve in one. What is larger is read from the index each time.
inline constexpr std::size_t kFactImageBytes = std::size_t{512} << 20;

/// Memory of one regular expression: its instructions, and the states between them that it has
/// met. Counts as much against the memory of its statement.
inline constexpr std::size_t kPatternMemoryBytes = std::size_t{1} << 20;
/// Bytes of a text times instructions of the regular expression that it is matched with. A match
/// cannot be stopped; so many steps take 0.1 s at worst, and a hundredth of that mostly.
inline constexpr std::size_t kPatternStepsMax = std::size_t{1} << 25;

/// Plans that a session keeps for when the same is asked again, of texts of so many bytes: a
/// program has a few dozen questions, and a text that is longer was made for once.
inline constexpr std::size_t kCachedPlansMax = 128;
inline constexpr std::size_t kCachedPlanBytesMax = std::size_t{16} << 10;
/// How long one statement may run, in milliseconds; zero is as long as it takes, which is for
/// whoever waits to say.
inline constexpr std::size_t kStatementTimeMax = 0;
/// Steps of one TIMELINE, each of which runs its query: every day of a century.
inline constexpr std::size_t kTimelineStepsMax = 40'000;

// --- Names and values ------------------------------------------------------------------------

/// A name of a kind, role, relation, property or entity type, in bytes. Keys hold it.
inline constexpr std::size_t kSymbolBytesMax = 256;
/// A canonical name, alias or identifier of an entity, and an event's ID, in bytes. Keys hold it.
inline constexpr std::size_t kNameBytesMax = 4'096;
/// A text value, source or reason, in bytes.
inline constexpr std::size_t kTextBytesMax = std::size_t{1} << 20;
/// A date's text. The longest sensible one-of set has a few dozen elements.
inline constexpr std::size_t kDateBytesMax = 1'024;
/// Names of kinds, roles, relations, properties and types together: they are held in memory.
inline constexpr std::size_t kSymbolsMax = 1'000'000;
/// Roles of one kind and effects of one kind: an effect's ordinal takes 16 bits in a fact's id.
inline constexpr std::size_t kKindRolesMax = 256;
inline constexpr std::size_t kKindEffectsMax = 256;
/// Bounds of one kind, and checks of one kind: each event of it is held against all of them.
inline constexpr std::size_t kKindBoundsMax = 256;
inline constexpr std::size_t kKindChecksMax = 256;
/// Operators, roles and literals of one check, likewise; a list counts once.
inline constexpr std::size_t kConditionPartsMax = 1'000;
/// Days, months, years or percent that `~` adds on a side: who knows less writes the bounds.
inline constexpr std::int32_t kPaddingMax = 1'000;
/// Facts that one event may bring about: many roles multiply, and a fact's ordinal has 16 bits.
inline constexpr std::size_t kEventFactsMax = 65'535;
/// Doubtful ends of one fact or value. Further doubtful ends of a fact change nothing; a value that
/// so many doubtful ones have followed counts as possible for ever. Each has all of them in its
/// row: thousands of doubtful dates about one thing would take memory with their square.
inline constexpr std::size_t kDoubtfulEndsMax = 16;

// --- The log ---------------------------------------------------------------------------------

/// Events of one commit, so that reading a single event stays cheap and a commit fits in memory.
inline constexpr std::size_t kCommitEventsMax = 100'000;
/// Corrections of corrections, one of the other: working out what counts recurs along them.
inline constexpr std::size_t kCorrectionDepthMax = 64;
/// Bytes of one commit as stored. RocksDB writes a value as one record; 256 MiB keeps its
/// arithmetic and our memory bounded.
inline constexpr std::size_t kCommitBytesMax = std::size_t{256} << 20;
/// Events that a bulk load puts into one commit: a point read decodes one commit, a bulk load pays
/// one hash and one write a commit.
inline constexpr std::size_t kBulkCommitEvents = 1'000;

// --- The graph index ---------------------------------------------------------------------------

/// Rows of one page of a block: it is read and written as a whole, about the size of a block on
/// disk.
inline constexpr std::size_t kPageRowsMax = 1'024;
/// Entries of one row of an event list when it is written: a correction of an old event reads and
/// writes that many.
inline constexpr std::size_t kEventListRowEntries = 512;
/// Entries of one row of an event list, beyond which it must be damaged: the last event of a row
/// may be in it with all roles of its kind.
inline constexpr std::size_t kEventListRowMax = 1'024;

// --- Bulk loads ------------------------------------------------------------------------------

/// A line (with its quoted line breaks) and a field of a file being loaded, and its columns.
inline constexpr std::size_t kLoadRowBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kLoadFieldBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kLoadColumnsMax = 1'000;
/// Decompressed bytes for each compressed byte, past the first megabyte: a bomb, not a table.
inline constexpr std::size_t kLoadExpansionMax = 1'000;
/// What a bulk load gathers before it is sorted, which takes half as much again for a while, and
/// put aside in a file: a tenth of --memory, but at most that, and a third of it at first. Ten
/// million facts, which come to some 20 files, take a tenth longer with half of it.
inline constexpr std::size_t kLoadPartBytes = std::size_t{96} << 20;
/// New names and IDs that a bulk load keeps in memory (about 100 MB) before it waits until the
/// index shows them.
inline constexpr std::size_t kLoadRecentMax = 500'000;

}  // namespace annals::limits
