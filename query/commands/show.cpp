#include "query/commands/show.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/commands/arguments.h"
#include "query/commands/event_text.h"
#include "query/commands/like_pattern.h"
#include "query/commands/node_lookup.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

using storage::Entity;
using storage::GraphSnapshot;
using storage::GraphStatistics;

using Pattern = std::optional<LikePattern>;

bool is_like(std::string_view name, const Pattern& pattern) {
  return !pattern || pattern->matches(name);
}

Datum count_datum(std::uint64_t count) { return Datum(static_cast<std::int64_t>(count)); }

/// Names as a list; null if there are none, so that a table shows nothing.
Datum names_datum(const std::vector<std::string>& names) {
  if (names.empty()) return {};
  DatumList list;
  for (const std::string& name : names) list.push_back(Datum(name));
  return list_datum(std::move(list));
}

Status show_kinds(const GraphSnapshot& snapshot, const Pattern& pattern, ResultSink& sink) {
  const std::array<ResultColumn, 3> columns = {{{"kind"}, {"events"}, {"definition"}}};
  ANNALS_CHECK_OK(sink.columns(columns, RowTags::kUntagged));
  const Vocabulary& vocabulary = snapshot.vocabulary();
  const auto& counts = snapshot.statistics().events_by_kind;
  for (const auto& [symbol, kind] : vocabulary.kinds()) {
    const std::string& name = vocabulary.symbol_name(symbol);
    if (!is_like(name, pattern)) continue;
    const std::array<Datum, 3> cells = {Datum(name),
                                        count_datum(GraphStatistics::count(counts, symbol)),
                                        Datum(format_definition(kind, vocabulary))};
    ANNALS_CHECK_OK(sink.row(cells, Certainty::kCertain));
  }
  return {};
}

Status show_relations(const GraphSnapshot& snapshot, const Pattern& pattern, ResultSink& sink) {
  const std::array<ResultColumn, 4> columns = {{{"relation"}, {"from"}, {"to"}, {"facts"}}};
  ANNALS_CHECK_OK(sink.columns(columns, RowTags::kUntagged));
  const Vocabulary& vocabulary = snapshot.vocabulary();
  const auto end_name = [&](SymbolId type) {
    return Datum(type ? vocabulary.symbol_name(type) : std::string("Entity"));
  };
  const auto& counts = snapshot.statistics().facts_by_relation;
  for (const auto& [symbol, relation] : vocabulary.relations()) {
    const std::string& name = vocabulary.symbol_name(symbol);
    if (!is_like(name, pattern)) continue;
    const std::array<Datum, 4> cells = {Datum(name), end_name(relation.source_type),
                                        end_name(relation.target_type),
                                        count_datum(GraphStatistics::count(counts, symbol))};
    ANNALS_CHECK_OK(sink.row(cells, Certainty::kCertain));
  }
  return {};
}

bool has_name_like(const Entity& entity, const Pattern& pattern) {
  if (is_like(entity.name, pattern)) return true;
  for (const std::string& alias : entity.aliases) {
    if (is_like(alias, pattern)) return true;
  }
  return false;
}

Status show_entities_of(SymbolId type, const std::string& type_name, const GraphSnapshot& snapshot,
                        const Pattern& pattern, const StatementContext& context) {
  const auto cursor = snapshot.entities(type);
  std::vector<NodeId> batch;
  do {
    ANNALS_CHECK_OK(context.check_stop());
    ANNALS_CHECK_OK(cursor->next(batch, limits::kBatchRows));
    for (const NodeId id : batch) {
      ANNALS_TRY(const Entity entity, snapshot.entity(id));
      if (!has_name_like(entity, pattern)) continue;
      const std::array<Datum, 4> cells = {Datum(type_name), Datum(entity.name),
                                          names_datum(entity.aliases),
                                          names_datum(entity.identifiers)};
      ANNALS_CHECK_OK(context.sink.row(cells, Certainty::kCertain));
    }
  } while (!batch.empty());
  return {};
}

Status show_entities(const GraphSnapshot& snapshot, const Pattern& pattern,
                     const StatementContext& context) {
  const std::array<ResultColumn, 4> columns = {{{"type"}, {"name"}, {"aliases"}, {"identifiers"}}};
  ANNALS_CHECK_OK(context.sink.columns(columns, RowTags::kUntagged));
  const Vocabulary& vocabulary = snapshot.vocabulary();
  for (const auto& [symbol, type] : vocabulary.entity_types()) {
    ANNALS_CHECK_OK(
        show_entities_of(symbol, vocabulary.symbol_name(symbol), snapshot, pattern, context));
  }
  return {};
}

Status show_one_unmatched(const storage::UnmatchedEffect& effect, const GraphSnapshot& snapshot,
                          const Pattern& pattern, NodeNames& names, ResultSink& sink) {
  const Vocabulary& vocabulary = snapshot.vocabulary();
  const std::string& relation = vocabulary.symbol_name(effect.relation);
  ANNALS_TRY(const RecordedEvent recorded, snapshot.event(effect.id.begun_by));
  ANNALS_TRY(const std::string source, names.name_of(effect.source));
  ANNALS_TRY(const std::string target, names.name_of(effect.target));
  const std::string kind = kind_text(recorded.event, vocabulary);
  const bool wanted = is_like(kind, pattern) || is_like(relation, pattern) ||
                      is_like(source, pattern) || is_like(target, pattern);
  if (!wanted) return {};
  const std::string on = date_text(recorded.event);
  const std::array<Datum, 7> cells = {
      count_datum(recorded.seq.raw),
      Datum(kind),
      on.empty() ? Datum() : Datum(on),
      Datum(std::string(effect.type == EffectType::kEnds ? "ends" : "begins")),
      Datum(source),
      Datum(relation),
      Datum(target)};
  return sink.row(cells, Certainty::kCertain);
}

Status show_unmatched(const GraphSnapshot& snapshot, const Pattern& pattern,
                      const StatementContext& context) {
  const std::array<ResultColumn, 7> columns = {
      {{"seq"}, {"kind"}, {"on"}, {"effect"}, {"from"}, {"relation"}, {"to"}}};
  ANNALS_CHECK_OK(context.sink.columns(columns, RowTags::kUntagged));
  NodeNames names(snapshot);
  const auto cursor = snapshot.unmatched();
  std::vector<storage::UnmatchedEffect> batch;
  do {
    ANNALS_CHECK_OK(context.check_stop());
    ANNALS_CHECK_OK(cursor->next(batch, limits::kBatchRows));
    for (const storage::UnmatchedEffect& effect : batch) {
      ANNALS_CHECK_OK(show_one_unmatched(effect, snapshot, pattern, names, context.sink));
    }
  } while (!batch.empty());
  return {};
}

Status show_stats(const StatementContext& context) {
  const std::array<ResultColumn, 2> columns = {{{"what"}, {"value"}}};
  ANNALS_CHECK_OK(context.sink.columns(columns, RowTags::kUntagged));
  const storage::DatabaseStatistics statistics = context.database.statistics();
  const storage::GraphStatistics& graph = statistics.graph;
  std::vector<std::pair<std::string, Datum>> rows = {
      {"events", count_datum(graph.events)},
      {"commits", count_datum(statistics.commits)},
      {"entities", count_datum(graph.entities())},
      {"facts", count_datum(graph.facts)},
      {"properties", count_datum(graph.properties)},
      {"effects that changed nothing", count_datum(graph.unmatched)},
  };
  ANNALS_TRY(const storage::GroupLayout layout, context.database.layout(context.stop));
  rows.emplace_back("blocks of facts", count_datum(layout.blocks));
  rows.emplace_back("pages of blocks", count_datum(layout.pages));
  rows.emplace_back("facts in pages, copies among them", count_datum(layout.rows));
  rows.emplace_back("tail rows", count_datum(layout.tail_rows));
  rows.emplace_back("cache hits", count_datum(statistics.cache.hits));
  rows.emplace_back("cache misses", count_datum(statistics.cache.misses));
  std::uint64_t bytes = 0;
  std::uint64_t fact_bytes = 0;
  for (const auto& family : statistics.families) {
    bytes += family.bytes_on_disk;
    if (family.name == "out" || family.name == "in") fact_bytes += family.bytes_on_disk;
    rows.emplace_back("bytes of " + family.name, count_datum(family.bytes_on_disk));
  }
  rows.emplace_back("bytes in all", count_datum(bytes));
  rows.emplace_back("bytes of out and in, each fact",
                    graph.facts == 0 ? Datum() : count_datum(fact_bytes / graph.facts));
  for (const auto& [what, value] : rows) {
    const std::array<Datum, 2> cells = {Datum(what), value};
    ANNALS_CHECK_OK(context.sink.row(cells, Certainty::kCertain));
  }
  return {};
}

Status show_settings(const GraphSnapshot& snapshot, ResultSink& sink) {
  const std::array<ResultColumn, 3> columns = {{{"setting"}, {"defined"}, {"definition"}}};
  ANNALS_CHECK_OK(sink.columns(columns, RowTags::kUntagged));
  const Vocabulary& vocabulary = snapshot.vocabulary();
  const Padding& padding = vocabulary.padding();
  const std::array<Datum, 3> cells = {Datum(std::string("padding of ~")),
                                      padding.defined ? count_datum(padding.defined.raw) : Datum(),
                                      Datum(format_definition(padding, vocabulary))};
  return sink.row(cells, Certainty::kCertain);
}

}  // namespace

Status show(const ast::Show& statement, const StatementContext& context) {
  Pattern pattern;
  if (statement.like) {
    ANNALS_TRY(const std::string text, text_of(*statement.like, "LIKE", context));
    pattern.emplace(text);
  }
  const auto snapshot = context.database.snapshot();
  switch (statement.what) {
    case ast::ShowWhat::kKinds: return show_kinds(*snapshot, pattern, context.sink);
    case ast::ShowWhat::kRelations: return show_relations(*snapshot, pattern, context.sink);
    case ast::ShowWhat::kEntities: return show_entities(*snapshot, pattern, context);
    case ast::ShowWhat::kUnmatched: return show_unmatched(*snapshot, pattern, context);
    case ast::ShowWhat::kStats: return show_stats(context);
    case ast::ShowWhat::kSettings: return show_settings(*snapshot, context.sink);
  }
  return {};
}

}  // namespace annals::query
