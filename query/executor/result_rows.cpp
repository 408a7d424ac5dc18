#include "query/executor/result_rows.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "query/executor/expression.h"
#include "query/executor/operators/operators.h"
#include "query/executor/row_sorting.h"

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
    DatumList items = *list_in(datum);
    for (Datum& item : items) ANNALS_CHECK_OK(decorate(item));
    datum = list_datum(std::move(items));
    return {};
  }

  Status decorate_map(Datum& datum) {
    DatumMap entries = *map_in(datum);
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
    cells.sources_.reserve(context.query.columns.size());
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
        cells.is_lasting_ = cells.is_lasting_ && source.value->is_lasting();
      }
    }
    return cells;
  }

  /// Has give() put the rows of a batch in order, by columns that the projection makes. False if
  /// one is not among these; then give() may not be called.
  bool sort_by(const std::vector<BoundSort>& sorts) {
    for (const BoundSort& sort : sorts) {
      Expression* value = nullptr;
      for (Source& source : sources_) {
        if (source.slot != sort.slot) continue;
        source.key = keys_.size();
        if (source.value != nullptr) value = source.value.get();
      }
      if (value == nullptr) return false;
      keys_.push_back({{}, sort.descending});
      key_values_.push_back(value);
    }
    return true;
  }

  /// As Operator::rewind().
  bool rewind() {
    // Beyond so many rows the cells are no part of the cost, and what they hold may be much.
    constexpr std::size_t kRewoundRows = 64;
    if (!is_lasting_ || has_large_ || rows_max_ > kRewoundRows) return false;
    for (SortColumn& key : keys_) key.values.own(0);
    return true;
  }

  Status give(Batch& batch, Decorator& decorator, ResultSink& sink) {
    rows_max_ = std::max(rows_max_, batch.size());
    std::span<const std::uint32_t> rows = batch.rows();
    if (!keys_.empty()) {
      ANNALS_CHECK_OK(put_in_order(batch));
      rows = ordered_;
    }
    for (std::size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
      const auto some = rows.subspan(first, std::min(kRowsAtOnce, rows.size() - first));
      ANNALS_CHECK_OK(fill(batch, some, first, decorator));
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
  static constexpr std::size_t kNoKey = std::numeric_limits<std::size_t>::max();

  struct Source {
    SlotId slot;
    ExpressionPtr value;       ///< Null: what the slot has.
    bool is_last = false;      ///< No column behind it shows the same slot.
    std::size_t key = kNoKey;  ///< Which of the keys it shows.
  };

  std::size_t width() const { return sources_.size(); }

  /// Whether it holds hardly more than itself.
  static bool is_small(const Datum& cell) {
    constexpr std::size_t kTextBytes = 64;
    const auto* const text = std::get_if<std::string>(&cell.data);
    return text == nullptr ? cell.type() < DatumType::kNode : text->capacity() <= kTextBytes;
  }

  Status put_in_order(const Batch& batch) {
    const std::span<const std::uint32_t> rows = batch.rows();
    std::optional<std::span<const std::uint32_t>> found;
    if (key_values_.front()->places(batch, rows, places_)) {
      found = sorter_.sort_by_places(places_, keys_.front().descending);
    }
    has_keys_ = !found;
    for (std::size_t i = 0; has_keys_ && i < keys_.size(); ++i) {
      ANNALS_CHECK_OK(key_values_[i]->evaluate(batch, rows, keys_[i].values));
    }
    positions_ = found ? *found : sorter_.sort(rows.size(), keys_);
    ordered_.clear();
    for (const std::uint32_t position : positions_) ordered_.push_back(rows[position]);
    return {};
  }

  /// Of `rows`, before which there are `before` others of the batch.
  Status fill(Batch& batch, std::span<const std::uint32_t> rows, std::size_t before,
              Decorator& decorator) {
    if (cells_.size() < rows.size() * width()) cells_.resize(rows.size() * width());
    for (std::size_t c = 0; c < sources_.size(); ++c) {
      Source& source = sources_[c];
      const CellColumn cells(cells_.data() + c, width());
      if (source.key != kNoKey && has_keys_) {
        DatumVector& values = keys_[source.key].values;
        for (std::size_t i = 0; i < rows.size(); ++i) {
          const std::uint32_t position = positions_[before + i];
          cells[i] = source.is_last ? values.take_one(position) : values[position];
        }
      } else if (source.value != nullptr) {
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
        has_large_ = has_large_ || !is_small(cells[i]);
      }
    }
    return {};
  }

  std::vector<Source> sources_;
  std::vector<Datum> cells_;
  bool is_lasting_ = true;    // all expressions are
  bool has_large_ = false;    // a cell has held much
  std::size_t rows_max_ = 0;  // of a batch

  // What rows are sorted by, if they are:
  std::vector<SortColumn> keys_;
  std::vector<Expression*> key_values_;  // of sources_
  std::vector<std::uint64_t> places_;    // of the rows of a batch
  bool has_keys_ = false;                // their values were needed to put them in order
  RowSorter sorter_;
  std::span<const std::uint32_t> positions_;  // of the rows of a batch, as of sorter_
  std::vector<std::uint32_t> ordered_;        // these rows
};

/// Gives batches that were read already, and then those of an operator.
class ReadAlready final : public Operator {
 public:
  ReadAlready(std::array<Batch, 2> batches, OperatorPtr others, RunContext& context)
      : Operator(context), batches_(std::move(batches)), others_(std::move(others)) {}

 private:
  Result<bool> do_next(Batch& batch) override {
    if (given_ == batches_.size()) return others_->next(batch);
    batch = std::move(batches_[given_++]);
    return true;
  }

  std::array<Batch, 2> batches_;
  std::size_t given_ = 0;
  OperatorPtr others_;
};

/// Gives the rows of an operator.
Status give_all(Operator& rows, Batch& batch, ResultCells& cells, RunContext& context,
                ResultSink& sink) {
  Decorator decorator(context);
  for (;;) {
    ANNALS_TRY(const bool more, rows.next(batch));
    if (!more) return {};
    ANNALS_CHECK_OK(cells.give(batch, decorator, sink));
    if (rows.is_done()) return {};
  }
}

}  // namespace

/// Makes what gives the rows, when it is first asked for them.
class ResultRows::Maker {
 public:
  Maker(const plan::Node& root, RunContext& context)
      : root_(root),
        context_(context),
        batches_{Batch(context.slots().size()), Batch(context.slots().size())} {}

  Status give(std::span<const ResultColumn> columns, RowTags tags, ResultSink& sink) {
    if (rows_ == nullptr) ANNALS_CHECK_OK(make());
    ANNALS_CHECK_OK(sink.columns(columns, tags));
    return sort_ != nullptr ? give_sorted(sink)
                            : give_all(*rows_, batches_[0], *cells_, context_, sink);
  }

  bool rewind() {
    if (rows_ == nullptr || !cells_->rewind() || !rows_->rewind()) return false;
    for (Batch& batch : batches_) batch.clear();
    return true;
  }

 private:
  Status make() {
    const auto* const sort = std::get_if<plan::Sort>(&root_.step);
    const plan::Node& top = sort == nullptr ? root_ : *root_.inputs.front();
    const auto* const projected = std::get_if<plan::Project>(&top.step);
    // What is measured is measured as a step.
    if (projected != nullptr && context_.profile == nullptr) {
      ANNALS_TRY(cells_, ResultCells::make(projected, context_));
      if (sort == nullptr || cells_->sort_by(*sort->sorts)) {
        sort_ = sort;
        ANNALS_TRY(rows_, build_operators(*top.inputs.front(), context_));
        return {};
      }
    }
    ANNALS_TRY(rows_, build_operators(root_, context_));
    ANNALS_TRY(cells_, ResultCells::make(nullptr, context_));
    return {};
  }

  /// Of a projection below the sort at the root. Few rows, those of one batch, are put in order
  /// before their columns are made, and these go straight to the cells.
  Status give_sorted(ResultSink& sink) {
    ANNALS_TRY(bool more, rows_->next(batches_[0]));
    if (!more) return {};
    more = !rows_->is_done();
    if (more) {
      ANNALS_TRY(more, rows_->next(batches_[1]));
    }
    if (!more) {
      Decorator decorator(context_);
      return cells_->give(batches_[0], decorator, sink);
    }
    const plan::Node& projection = *root_.inputs.front();
    OperatorPtr rows =
        std::make_unique<ReadAlready>(std::move(batches_), std::move(rows_), context_);
    ANNALS_TRY(rows, operators::project(std::get<plan::Project>(projection.step), projection,
                                        std::move(rows), context_));
    rows = operators::sort(*sort_, root_, std::move(rows), context_);
    ANNALS_TRY(ResultCells sorted, ResultCells::make(nullptr, context_));
    Batch batch(context_.slots().size());
    return give_all(*rows, batch, sorted, context_, sink);
  }

  const plan::Node& root_;
  RunContext& context_;
  OperatorPtr rows_;  // null: not made yet, or used up
  std::optional<ResultCells> cells_;
  const plan::Sort* sort_ = nullptr;  // that the cells do, if they can
  std::array<Batch, 2> batches_;
};

ResultRows::ResultRows(const plan::Node& root, RunContext& context)
    : maker_(std::make_unique<Maker>(root, context)) {}
ResultRows::~ResultRows() = default;
ResultRows::ResultRows(ResultRows&&) noexcept = default;
ResultRows& ResultRows::operator=(ResultRows&&) noexcept = default;

Status ResultRows::give(std::span<const ResultColumn> columns, RowTags tags, ResultSink& sink) {
  return maker_->give(columns, tags, sink);
}

bool ResultRows::rewind() { return maker_->rewind(); }

}  // namespace annals::query
