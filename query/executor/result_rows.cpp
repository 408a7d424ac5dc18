#include "query/executor/result_rows.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/executor/expression.h"
#include "query/executor/operator.h"

namespace annals::query {

namespace {

/// Looks up what is shown of nodes and facts.
class Decorator {
 public:
  explicit Decorator(RunContext& context) : context_(context) {}

  Status decorate(Datum& datum) {
    if (datum.type() < DatumType::kNode) return {};
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

/// The columns of the result, row after row in cells that are used again and again: of nearly all
/// rows a cell has the type that it had in the row before, and then nothing is made or destroyed.
///
/// A projection at the root is no operator of its own here: its values go straight to the cells.
class ResultCells {
 public:
  /// `projected` is null if the root is something else.
  static Result<ResultCells> make(const plan::Project* projected, RunContext& context) {
    ResultCells cells;
    const std::vector<BoundColumn>& columns = context.query.columns;
    for (auto column = columns.begin(); column != columns.end(); ++column) {
      Source& source = cells.sources_.emplace_back();
      source.slot = column->slot;
      source.is_last = std::none_of(column + 1, columns.end(), [&](const BoundColumn& other) {
        return other.slot == column->slot;
      });
      if (projected == nullptr) continue;
      for (const BoundItem* item : projected->items) {
        if (item->out != column->slot) continue;
        ANNALS_TRY(source.value, compile(item->value, context));
      }
    }
    return cells;
  }

  Status give(Batch& batch, Decorator& decorator, ResultSink& sink) {
    const std::span<const std::uint32_t> rows = batch.rows();
    for (std::size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
      const auto some = rows.subspan(first, std::min(kRowsAtOnce, rows.size() - first));
      ANNALS_CHECK_OK(fill(batch, some, decorator));
      for (std::size_t i = 0; i < some.size(); ++i) {
        const bool certain = !batch.has_doubts() || is_certain(batch.doubt(some[i]));
        ANNALS_CHECK_OK(sink.row(std::span(cells_).subspan(i * width(), width()),
                                 certain ? Certainty::kCertain : Certainty::kPossible));
      }
    }
    return {};
  }

 private:
  /// So few that their cells stay near.
  static constexpr std::size_t kRowsAtOnce = 32;

  struct Source {
    SlotId slot;
    ExpressionPtr value;   ///< Null: what the slot has.
    bool is_last = false;  ///< No column behind it shows the same slot.
  };

  std::size_t width() const { return sources_.size(); }

  Status fill(Batch& batch, std::span<const std::uint32_t> rows, Decorator& decorator) {
    if (cells_.size() < rows.size() * width()) cells_.resize(rows.size() * width());
    for (std::size_t c = 0; c < sources_.size(); ++c) {
      Source& source = sources_[c];
      const CellColumn cells(cells_.data() + c, width());
      if (source.value != nullptr) {
        ANNALS_CHECK_OK(source.value->write(batch, rows, cells));
      } else {
        std::vector<Datum>& values = batch.column(source.slot).values;
        for (std::size_t i = 0; i < rows.size(); ++i) {
          // A slot that is shown twice is still needed.
          if (source.is_last) {
            cells[i] = std::move(values[rows[i]]);
          } else {
            cells[i] = values[rows[i]];
          }
        }
      }
      for (std::size_t i = 0; i < rows.size(); ++i) {
        ANNALS_CHECK_OK(decorator.decorate(cells[i]));
      }
    }
    return {};
  }

  std::vector<Source> sources_;
  std::vector<Datum> cells_;
};

}  // namespace

Status give_rows(const plan::Node& root, RunContext& context, std::span<const ResultColumn> columns,
                 RowTags tags, ResultSink& sink) {
  const auto* projected = std::get_if<plan::Project>(&root.step);
  // What is measured is measured as a step.
  if (context.profile != nullptr) projected = nullptr;
  const plan::Node& below = projected == nullptr ? root : *root.inputs.front();
  ANNALS_TRY(const OperatorPtr rows, build_operators(below, context));
  ANNALS_TRY(ResultCells cells, ResultCells::make(projected, context));
  ANNALS_CHECK_OK(sink.columns(columns, tags));
  Decorator decorator(context);
  Batch batch(context.slots().size());
  for (;;) {
    ANNALS_TRY(const bool more, rows->next(batch));
    if (!more) return {};
    ANNALS_CHECK_OK(cells.give(batch, decorator, sink));
  }
}

}  // namespace annals::query
