#include "query/executor/query_runner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/executor/operator.h"
#include "query/executor/plan_report.h"
#include "query/executor/profile.h"
#include "query/executor/run_constants.h"
#include "query/executor/run_context.h"
#include "query/planner/binder.h"
#include "query/planner/planner.h"

namespace annals::query {

struct PlannedQuery::State {
  std::string text;
  BoundQuery query;
  std::shared_ptr<const Vocabulary> vocabulary;
  std::uint64_t facts = 0;  ///< That there were.
  plan::Box plan;
  std::vector<ResultColumn> columns;
  RowTags tags = RowTags::kUntagged;
};

namespace {

/// Looks up what is shown of nodes and facts.
class Decorator {
 public:
  explicit Decorator(RunContext& context) : context_(context) {}

  Status decorate(Datum& datum) {
    switch (datum.type()) {
      case DatumType::kNode: return decorate_node(std::get<NodeDatum>(datum.data));
      case DatumType::kFact: decorate_fact(std::get<FactDatum>(datum.data)); return {};
      case DatumType::kList: return decorate_list(datum);
      case DatumType::kMap: return decorate_map(datum);
      case DatumType::kPath: return decorate_path(datum);
      default: return {};
    }
  }

 private:
  const std::string& symbol(SymbolId name) const {
    return context_.snapshot.vocabulary().symbol_name(name);
  }

  /// A node that only a view of the past has is shown as it was there.
  Status decorate_node(NodeDatum& node) {
    Status shown = decorate_node(node, context_.nodes);
    for (const View& view : context_.views) {
      if (shown || shown.error().code != ErrorCode::kNotFound) break;
      shown = decorate_node(node, *view.nodes);
    }
    return shown;
  }

  Status decorate_node(NodeDatum& node, NodeCache& nodes) const {
    if (!node.id.is_event()) {
      ANNALS_TRY(const storage::Entity* entity, nodes.entity(node.id));
      node.label = symbol(entity->type);
      node.name = entity->name;
      return {};
    }
    ANNALS_TRY(const RecordedEvent* recorded, nodes.event(node.id.event_seq()));
    const auto* occurrence = std::get_if<Occurrence>(&recorded->event.body);
    if (occurrence != nullptr) node.label = symbol(occurrence->kind);
    node.name = recorded->event.id.empty() ? fmt::format("#{}", node.id.event_seq().raw)
                                           : recorded->event.id;
    return {};
  }

  void decorate_fact(FactDatum& datum) const {
    datum.relation = symbol(datum.fact->relation);
    for (const Property& property : datum.fact->properties) {
      datum.properties.emplace_back(symbol(property.name), property.value);
    }
  }

  Status decorate_list(Datum& datum) {
    DatumList items = *std::get<std::shared_ptr<const DatumList>>(datum.data);
    for (Datum& item : items) ANNALS_CHECK_OK(decorate(item));
    datum = list_datum(std::move(items));
    return {};
  }

  Status decorate_map(Datum& datum) {
    DatumMap entries = *std::get<std::shared_ptr<const DatumMap>>(datum.data);
    for (auto& [key, value] : entries) ANNALS_CHECK_OK(decorate(value));
    datum = map_datum(std::move(entries));
    return {};
  }

  Status decorate_path(Datum& datum) {
    Path path = *path_in(datum);
    for (NodeDatum& node : path.nodes) ANNALS_CHECK_OK(decorate_node(node));
    for (FactDatum& fact : path.facts) decorate_fact(fact);
    datum = path_datum(std::move(path));
    return {};
  }

  RunContext& context_;
};

Status give_rows(Operator& root, RunContext& context, ResultSink& sink) {
  const std::vector<BoundColumn>& columns = context.query.columns;
  Batch batch(context.slots().size());
  Decorator decorator(context);
  std::vector<Datum> cells(columns.size());
  std::vector<bool> is_last;
  for (auto column = columns.begin(); column != columns.end(); ++column) {
    is_last.push_back(std::none_of(column + 1, columns.end(), [&](const BoundColumn& other) {
      return other.slot == column->slot;
    }));
  }
  for (;;) {
    ANNALS_TRY(const bool more, root.next(batch));
    if (!more) return {};
    for (const std::uint32_t row : batch.rows()) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        std::vector<Datum>& values = batch.column(columns[i].slot).values;
        // A slot that is shown twice is still needed.
        if (is_last[i]) {
          cells[i] = std::move(values[row]);
        } else {
          cells[i] = values[row];
        }
        ANNALS_CHECK_OK(decorator.decorate(cells[i]));
      }
      const bool certain = is_certain(batch.doubt(row));
      ANNALS_CHECK_OK(sink.row(cells, certain ? Certainty::kCertain : Certainty::kPossible));
    }
  }
}

/// Whether its rows rest on what was found, which may be only possible.
bool has_match(const ast::Query& query) {
  const auto matches = [](const ast::SingleQuery& single) {
    return std::any_of(single.clauses.begin(), single.clauses.end(), [](const ast::Clause& one) {
      return std::holds_alternative<ast::MatchClause>(one);
    });
  };
  return matches(query) || std::any_of(query.unions.begin(), query.unions.end(), matches);
}

}  // namespace

Status PlannedQuery::run_plan(const State& state, RunContext& context, ResultSink& sink) {
  ANNALS_CHECK_OK(resolve_scopes(context));
  ANNALS_CHECK_OK(resolve_names(context));
  return run_operators(state, context, sink);
}

Status PlannedQuery::run_operators(const State& state, RunContext& context, ResultSink& sink) {
  ANNALS_TRY(const OperatorPtr root, build_operators(*state.plan, context));
  ANNALS_CHECK_OK(sink.columns(state.columns, state.tags));
  return give_rows(*root, context, sink);
}

PlannedQuery::PlannedQuery(std::unique_ptr<State> state) : state_(std::move(state)) {}
PlannedQuery::~PlannedQuery() = default;

Result<std::unique_ptr<PlannedQuery>> PlannedQuery::plan(const ast::Query& query,
                                                         std::string_view text,
                                                         const storage::GraphSnapshot& snapshot,
                                                         Planning planning) {
  auto state = std::make_unique<State>();
  state->text = text;
  state->vocabulary = snapshot.shared_vocabulary();
  state->facts = snapshot.statistics().facts;
  ANNALS_TRY(state->query, bind_query(query, text, *state->vocabulary));
  state->plan = make_plan({state->query, *state->vocabulary, snapshot, planning});
  bool names_certainty = false;
  for (const BoundColumn& column : state->query.columns) {
    state->columns.push_back({column.name});
    names_certainty = names_certainty || column.name == "certainty";
  }
  if (has_match(query) && !names_certainty) state->tags = RowTags::kTagged;
  return std::unique_ptr<PlannedQuery>(new PlannedQuery(std::move(state)));
}

bool PlannedQuery::is_stale(const storage::GraphSnapshot& snapshot) const {
  // A plan for a graph of another size is right, but perhaps slow.
  constexpr std::uint64_t kGrowth = 4;
  const std::uint64_t facts = snapshot.statistics().facts;
  if (facts > kGrowth * (state_->facts + 1) || state_->facts > kGrowth * (facts + 1)) return true;
  const Vocabulary& now = snapshot.vocabulary();
  const Vocabulary& then = *state_->vocabulary;
  return &now != &then &&
         (now.version() != then.version() || now.symbol_count() != then.symbol_count());
}

Status PlannedQuery::run(const storage::GraphSnapshot& snapshot, const RunArguments& arguments,
                         ResultSink& sink) const {
  RunContext context(snapshot, state_->query, state_->text, arguments);
  return run_plan(*state_, context, sink);
}

Status PlannedQuery::run_at_each(const storage::GraphSnapshot& snapshot,
                                 const RunArguments& arguments, std::span<const Micros> instants,
                                 const std::function<void(Micros)>& begin, ResultSink& sink) const {
  RunContext context(snapshot, state_->query, state_->text, arguments);
  context.steps.instants = instants;
  for (std::size_t i = 0; i < instants.size(); ++i) {
    begin(instants[i]);
    context.steps.now = i;
    context.asked_at = instants[i];
    ANNALS_CHECK_OK(context.check_stop());
    ANNALS_CHECK_OK(resolve_scopes(context));
    if (i == 0) ANNALS_CHECK_OK(resolve_names(context));
    ANNALS_CHECK_OK(run_operators(*state_, context, sink));
    // Whatever the operators held is gone with them.
    context.memory.reset();
  }
  return {};
}

ReportedPlan PlannedQuery::reported(const Profile* profile) const {
  return {*state_->plan, state_->query, *state_->vocabulary, profile};
}

Result<storage::Perspective> PlannedQuery::perspective(const storage::GraphSnapshot& snapshot,
                                                       const RunArguments& arguments) const {
  RunContext context(snapshot, state_->query, state_->text, arguments);
  return perspective_of(state_->query.scopes.front(), context);
}

std::string PlannedQuery::plan_text() const {
  return plan::describe(*state_->plan, state_->query, *state_->vocabulary);
}

}  // namespace annals::query
