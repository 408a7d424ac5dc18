#include "query/commands/history.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/commands/event_text.h"
#include "query/commands/node_lookup.h"
#include "schema/base/limits.h"
#include "storage/graph_index/event_time.h"

namespace annals::query {

namespace {

using storage::Direction;
using storage::Fact;
using storage::FactScan;
using storage::GraphSnapshot;
using storage::Participation;
using storage::PropertyFact;
using storage::Window;

/// What events did to one node, by event.
class Changes {
 public:
  Changes(NodeId node, const GraphSnapshot& snapshot, NodeNames& names,
          const StatementContext& context)
      : node_(node), snapshot_(snapshot), names_(names), context_(context) {}

  Status read() {
    ANNALS_CHECK_OK(read_facts(Direction::kOut));
    ANNALS_CHECK_OK(read_facts(Direction::kIn));
    ANNALS_TRY(const std::vector<PropertyFact> properties,
               snapshot_.properties(node_, SymbolId(), Window()));
    for (const PropertyFact& property : properties) {
      ANNALS_CHECK_OK(add(property.id.begun_by, Verb::kSets,
                          fmt::format("{} = {}", vocabulary().symbol_name(property.name),
                                      format_value(property.value))));
    }
    return read_existence();
  }

  /// What the event changed: "begins MEMBER_OF -> CIS; ends OBSERVER_OF -> CIS".
  std::string of(const RecordedEvent& recorded) const {
    const auto found = changes_.find(recorded.seq);
    if (found == changes_.end()) return {};
    const auto* assertion = std::get_if<Assertion>(&recorded.event.body);
    const bool lasts = assertion != nullptr && !assertion->momentary;
    std::string text;
    for (const Change& change : found->second) {
      text +=
          fmt::format("{}{} {}", text.empty() ? "" : "; ", word(change.verb, lasts), change.what);
    }
    return text;
  }

 private:
  enum class Verb : std::uint8_t {
    kBegins,
    kHolds,  ///< The fact came with its own end: MARKS, or ASSERT with TO.
    kEnds,
    kSets,
  };
  struct Change {
    Verb verb;
    std::string what;
  };

  static std::string_view word(Verb verb, bool lasts) {
    switch (verb) {
      case Verb::kBegins: return "begins";
      case Verb::kHolds: return lasts ? "begins" : "marks";
      case Verb::kEnds: return "ends";
      case Verb::kSets: return "sets";
    }
    return "";
  }

  const Vocabulary& vocabulary() const { return snapshot_.vocabulary(); }

  Status read_facts(Direction direction) {
    FactScan scan;
    scan.node = node_;
    scan.direction = direction;
    const auto cursor = snapshot_.facts(scan);
    std::vector<Fact> batch;
    do {
      ANNALS_CHECK_OK(context_.check_stop());
      ANNALS_CHECK_OK(cursor->next(batch, limits::kBatchRows));
      for (const Fact& fact : batch) {
        // A relation of the node with itself comes from both directions.
        if (direction == Direction::kIn && fact.source == node_) continue;
        ANNALS_CHECK_OK(add_fact(fact));
      }
    } while (!batch.empty());
    return {};
  }

  Status read_existence() {
    constexpr const char* kWhat = "its existence";
    if (snapshot_.perspective().every_version) {
      ANNALS_TRY(const auto effects, snapshot_.existence_effects(node_));
      for (const storage::TimelineEffect& effect : effects) {
        const bool begins = effect.type == EffectType::kBegins;
        ANNALS_CHECK_OK(add(effect.id.begun_by, begins ? Verb::kBegins : Verb::kEnds, kWhat));
      }
      return {};
    }
    ANNALS_TRY(const auto spans, snapshot_.existence(node_));
    for (const storage::Lifespan& span : *spans) {
      if (span.begun_by) ANNALS_CHECK_OK(add(span.begun_by, Verb::kBegins, kWhat));
      for (const storage::TimelineEffect& end : span.ends) {
        const Seq ended_by = end.id.begun_by;
        if (ended_by) ANNALS_CHECK_OK(add(ended_by, Verb::kEnds, kWhat));
      }
    }
    return {};
  }

  Status add_fact(const Fact& fact) {
    ANNALS_TRY(const std::string text, fact_text(fact, node_, vocabulary(), names_));
    const bool has_own_end = !fact.ended_by && fact.end != Instant::never();
    ANNALS_CHECK_OK(add(fact.id.begun_by, has_own_end ? Verb::kHolds : Verb::kBegins, text));
    if (!fact.ended_by) return {};
    return add(fact.ended_by, Verb::kEnds, text);
  }

  Status add(Seq event, Verb verb, std::string what) {
    constexpr std::size_t kEntryBytes = 128;  // Of map and vector, about.
    bytes_ += what.size() + kEntryBytes;
    if (bytes_ > context_.limits.memory_bytes) {
      return Error(ErrorCode::kLimitExceeded,
                   fmt::format("the history takes more than StatementMemoryBytesMax = {} bytes",
                               context_.limits.memory_bytes));
    }
    std::vector<Change>& of_event = changes_[event];
    // Versions of one fact may differ in what this event has no part in.
    const bool is_known = std::any_of(of_event.begin(), of_event.end(), [&](const Change& change) {
      return change.verb == verb && change.what == what;
    });
    if (!is_known) of_event.push_back({verb, std::move(what)});
    return {};
  }

  NodeId node_;
  const GraphSnapshot& snapshot_;
  NodeNames& names_;
  const StatementContext& context_;
  std::unordered_map<Seq, std::vector<Change>> changes_;
  std::size_t bytes_ = 0;
};

/// Gives one row for each event that it is shown.
class HistoryRows {
 public:
  HistoryRows(const GraphSnapshot& snapshot, const Changes& changes, NodeNames& names,
              ResultSink& sink)
      : snapshot_(snapshot), changes_(changes), names_(names), sink_(sink) {}

  Status begin() {
    static const std::array<ResultColumn, 7> columns = {
        {{"seq"}, {"on"}, {"kind"}, {"what"}, {"effect"}, {"status"}, {"source"}}};
    return sink_.columns(columns, RowTags::kUntagged);
  }

  Status show(Seq seq) {
    // As it was recorded; what was corrected stands in rows of its own.
    ANNALS_TRY(const RecordedEvent recorded, snapshot_.recorded_event(seq));
    ANNALS_TRY(const storage::EventState state, snapshot_.event_state(seq));
    const Event& event = recorded.event;
    const Vocabulary& vocabulary = snapshot_.vocabulary();
    ANNALS_TRY(std::string what, content_text(event, vocabulary, names_));
    const std::array<Datum, 7> cells = {
        Datum(static_cast<std::int64_t>(seq.raw)),
        text_or_null(date_text(event)),
        Datum(kind_text(event, vocabulary)),
        Datum(std::move(what)),
        text_or_null(changes_.of(recorded)),
        Datum(state.is_retracted ? "retracted" : status_text(state.now.event.status)),
        text_or_null(event.source),
    };
    return sink_.row(cells, Certainty::kCertain);
  }

 private:
  static Datum text_or_null(std::string text) {
    return text.empty() ? Datum() : Datum(std::move(text));
  }

  const GraphSnapshot& snapshot_;
  const Changes& changes_;
  NodeNames& names_;
  ResultSink& sink_;
};

/// The events of a node, those too in which it no longer takes part since they were corrected or
/// retracted, and its own if it is one: by earliest time, then sequence.
Result<std::vector<std::pair<Micros, Seq>>> events_of(NodeId node, const GraphSnapshot& snapshot,
                                                      const StatementContext& context) {
  std::vector<std::pair<Micros, Seq>> events;
  const auto add = [&](Seq seq) -> Status {
    ANNALS_TRY(const RecordedEvent event, snapshot.event(seq));
    events.emplace_back(storage::event_time(event).begin.earliest, seq);
    return {};
  };
  if (node.is_event()) {
    ANNALS_CHECK_OK(add(node.event_seq()));
    ANNALS_TRY(const std::vector<Seq> changes, snapshot.changes_of(node.event_seq()));
    for (const Seq change : changes) events.emplace_back(events.front().first, change);
  }
  const auto cursor = snapshot.participations(node);
  std::vector<Participation> batch;
  do {
    ANNALS_CHECK_OK(context.check_stop());
    ANNALS_CHECK_OK(cursor->next(batch, limits::kBatchRows));
    for (const Participation& one : batch) events.emplace_back(one.on.earliest, one.event);
  } while (!batch.empty());
  const auto former = snapshot.former_events(node);
  std::vector<Seq> seqs;
  do {
    ANNALS_CHECK_OK(former->next(seqs, limits::kBatchRows));
    for (const Seq seq : seqs) ANNALS_CHECK_OK(add(seq));
  } while (!seqs.empty());
  // One event may hold the node in several roles.
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  return events;
}

}  // namespace

Status show_history(const ast::HistoryOf& statement, const StatementContext& context) {
  const auto snapshot = context.database.snapshot();
  ANNALS_TRY(const NodeId node, find_node(statement.path.first, *snapshot, context));
  NodeNames names(*snapshot);
  storage::Perspective perspective;
  perspective.every_version = statement.known_all;
  ANNALS_TRY(const auto view, snapshot->seen_from(perspective));
  Changes changes(node, *view, names, context);
  ANNALS_CHECK_OK(changes.read());
  ANNALS_TRY(const auto events, events_of(node, *snapshot, context));
  HistoryRows rows(*snapshot, changes, names, context.sink);
  ANNALS_CHECK_OK(rows.begin());
  for (const auto& [earliest, seq] : events) {
    ANNALS_CHECK_OK(context.check_stop());
    ANNALS_CHECK_OK(rows.show(seq));
  }
  return {};
}

}  // namespace annals::query
