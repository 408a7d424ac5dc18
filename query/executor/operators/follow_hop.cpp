#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "query/executor/free_facts.h"
#include "query/executor/hop_reader.h"
#include "query/executor/operators/operators.h"
#include "query/executor/path_steps.h"
#include "schema/base/limits.h"

namespace annals::query::operators {

namespace {

/// Whether a row uses one fact and nothing else that could have to hold together with it.
bool is_only_pattern(const BoundQuery& query) {
  if (query.singles.size() != 1 || query.inner_parts > 0 || !query.reads.empty()) return false;
  const std::vector<BoundStep>& steps = query.singles.front().steps;
  const auto* const clause = steps.size() == 1 ? std::get_if<BoundClause>(&steps.front()) : nullptr;
  return clause != nullptr && clause->hops.size() == 1;
}

/// Whether the hop asks each row about the same time, and for no fact within a list.
bool asks_all_alike(const BoundHop& hop, const RunContext& context) {
  return !context.query.scope(hop.scope).row.date &&
         std::all_of(hop.differs_from.begin(), hop.differs_from.end(), [&context](SlotId slot) {
           return context.query.slot(slot).kind == SlotKind::kFact;
         });
}

/// Where a hop starts and what it binds.
struct Route {
  std::optional<SlotId> from;       ///< Without: all facts of the hop.
  std::optional<SlotId> neighbour;  ///< The other end, if it is there already.
  bool from_left = true;
  bool by_name = false;  ///< As of the step.
};

/// For each row of the input, the facts of a hop: one row each, if the fact may hold together with
/// what the row uses already and is none that the same MATCH has used.
class FollowHop final : public Operator {
 public:
  FollowHop(const BoundHop& hop, Route route, const plan::Node& node, OperatorPtr input,
            RunContext& context)
      : Operator(context),
        hop_(hop),
        route_(route),
        input_(std::move(input)),
        reader_(hop, context),
        passed_(node.passed),
        wants_fact_(is_wanted(node, hop.fact)),
        wants_left_(!binds_before(hop.left) && is_wanted(node, hop.left)),
        wants_right_(!binds_before(hop.right) && is_wanted(node, hop.right)),
        input_rows_(context.slots().size()),
        asks_alone_(is_only_pattern(context.query)),
        asks_all_alike_(asks_all_alike(hop, context)) {}

  bool is_done() const override {
    return !reading_ && at_ == input_rows_.rows().size() && input_->is_done();
  }

  bool rewind() override {
    // Beyond so many rows the operator is no part of the cost, and what it holds may be much.
    constexpr std::size_t kRewoundRows = 64;
    if (origins_.capacity() > kRewoundRows || !input_->rewind()) return false;
    reader_.rewind();
    input_rows_.clear();
    at_ = 0;
    reading_ = false;
    reads_on_ = false;
    is_asked_ = false;
    found_.image = nullptr;
    slice_ = nullptr;
    rows_ = 0;
    places_given_ = 0;
    doubts_.clear();
    return true;
  }

 private:
  static bool is_wanted(const plan::Node& node, SlotId slot) {
    return std::binary_search(node.slots.begin(), node.slots.end(), slot);
  }
  bool binds_before(SlotId slot) const { return slot == route_.from || slot == route_.neighbour; }

  Result<bool> do_next(Batch& batch) override {
    batch.clear();
    origins_.clear();
    doubts_.clear();
    is_stored_ = false;
    while (origins_.size() < limits::kBatchRows) {
      if (!reading_) {
        if (at_ == input_rows_.rows().size()) {
          // Rows of a batch all come from one batch of the input.
          if (!origins_.empty()) break;
          ANNALS_TRY(const bool more, input_->next(input_rows_));
          if (!more) return false;
          at_ = 0;
        }
        if (const FactSlice* const slice = slice_for_all()) {
          ANNALS_CHECK_OK(context().check_stop());
          follow_slice(*slice, batch);
          continue;
        }
        start_reading();
      }
      bool found = false;
      // Facts that no row comes of are read here, however many.
      ANNALS_CHECK_OK(context().check_stop());
      if (!is_null_) {
        ANNALS_TRY(found, reader_.next(found_, next_count()));
      }
      reads_on_ = found;
      if (!found) {
        reading_ = false;
        ++at_;
        continue;
      }
      take_facts(batch);
      take_rows(batch);
    }
    finish(batch);
    return true;
  }

  /// How many facts to ask for, and room for them: most nodes have few, and pages are not moved.
  std::size_t next_count() {
    constexpr std::size_t kFewFacts = 16;
    constexpr std::size_t kManyFacts = 128;
    if (origins_.empty() && !reads_on_) return kFewFacts;
    if (reads_on_) found_.facts.reserve(kManyFacts);
    return limits::kBatchRows - origins_.size();
  }

  /// The slice that has all that the hop leads to from any row, if there is one.
  const FactSlice* slice_for_all() {
    // Asked again now and then: a slice is made after many reads.
    constexpr std::size_t kRowsUnasked = 32;
    if (!route_.from || !asks_all_alike_ || (slice_ == nullptr && ++rows_ % kRowsUnasked != 0)) {
      return slice_;
    }
    ask(0);
    if (slice_ != nullptr || !plain_is_free_) return slice_;
    const FactSlice* const slice =
        reader_.slice(route_.from_left, route_.neighbour.has_value(), asked_.times.scan_window());
    if (slice != nullptr && slice->all_plain()) slice_ = slice;
    return slice_;
  }

  /// What the row of the input is asked about.
  void ask(std::uint32_t row) {
    if (asks_all_alike_ && is_asked_) return;
    asked_ = context().asked(hop_.scope, input_rows_, row);
    plain_is_free_ = is_free_when_plain();
    free_facts_ = FreeFacts(asked_.times);
    is_asked_ = true;
  }

  /// Goes on from the rows of the input, until these end or the batch is full. Nothing is asked of
  /// a row but its nodes, and whether it has used the fact.
  void follow_slice(const FactSlice& slice, Batch& batch) {
    const auto rows = input_rows_.rows();
    const std::vector<NodeId>& from = input_rows_.column(*route_.from).nodes;
    const std::vector<NodeId>* const into =
        route_.neighbour ? &input_rows_.column(*route_.neighbour).nodes : nullptr;
    const bool outward = reader_.is_outward(route_.from_left);
    const bool wants_other = route_.from_left ? wants_right_ : wants_left_;
    std::vector<NodeId>& others = batch.column(route_.from_left ? hop_.right : hop_.left).nodes;
    for (; at_ < rows.size(); ++at_, places_given_ = 0) {
      const std::uint32_t row = rows[at_];
      const NodeId node = from[row];
      const NodeId wanted = into != nullptr ? (*into)[row] : NodeId();
      if (!node || (into != nullptr && !wanted)) continue;
      FactSlice::Range places = slice.of(node);
      if (into != nullptr) places = slice.near(places, wanted);
      for (places.first += places_given_; places.first < places.last; ++places.first) {
        const NodeId other = slice.neighbour(places.first);
        ++places_given_;
        if (into != nullptr && other != wanted) continue;
        const FactImage::Row found = slice.row(places.first);
        if (is_used(row, outward ? node : other, outward ? other : node, slice.image(), found)) {
          continue;
        }
        origins_.push_back(row);
        if (wants_other) others.push_back(other);
        if (wants_fact_) {
          storage::Fact& fact = keep_for(batch);
          if (route_.by_name) {
            fact.id = slice.image().id(found);
            fact.source = outward ? node : other;
            fact.relation = slice.relation(places.first);
            fact.target = outward ? other : node;
          } else {
            slice.image().read(found, fact);
          }
        }
        if (origins_.size() == limits::kBatchRows) return;
      }
    }
  }

  /// Whether the row of the input has used the fact between the nodes already.
  bool is_used(std::uint32_t row, NodeId source, NodeId target, const FactImage& image,
               FactImage::Row fact) const {
    return std::any_of(hop_.differs_from.begin(), hop_.differs_from.end(), [&](SlotId slot) {
      const storage::Fact* const used = input_rows_.column(slot).facts[row];
      // Nearly all differ in their nodes, which are at hand.
      return used != nullptr && used->source == source && used->target == target &&
             image.is(fact, *used);
    });
  }

  void start_reading() {
    const std::uint32_t row = input_rows_.rows()[at_];
    const auto node_in = [&](const std::optional<SlotId>& slot) {
      return slot ? input_rows_.column(*slot).nodes[row] : NodeId();
    };
    reading_ = true;
    is_null_ =
        (route_.from && !node_in(route_.from)) || (route_.neighbour && !node_in(route_.neighbour));
    if (is_null_) return;
    ask(row);
    used_.clear();
    for (const SlotId other : hop_.differs_from) {
      add_facts_of(input_rows_, other, context().query.slot(other).kind, row, used_);
    }
    reader_.start(node_in(route_.from), route_.from_left, node_in(route_.neighbour),
                  asked_.times.scan_window());
  }

  /// Whether a fact with exact dates that may hold in the scope does hold, whatever else the row
  /// uses: see (1), (4) and (5) of row_certainty.h.
  bool is_free_when_plain() const {
    const ScopeTimes& times = asked_.times;
    if (times.uncertain || times.event) return false;
    switch (times.kind) {
      case ScopeKind::kAt: return times.window.from == times.window.to;
      case ScopeKind::kAllTime: return true;
      case ScopeKind::kDuring: return asks_alone_;
      case ScopeKind::kThroughout: break;
    }
    return false;
  }

  /// Whether each of the facts holds wherever the row does, and may be no fact that it has used.
  bool are_free(std::span<const storage::Fact> facts) const {
    return used_.empty() && std::all_of(facts.begin(), facts.end(),
                                        [&](const auto& fact) { return free_facts_.has(fact); });
  }

  /// Facts of the index. Those of which rows come stay where they are, as a page of the store.
  void take_facts(Batch& batch) {
    std::vector<storage::Fact>& facts = found_.facts;
    if (facts.empty()) return;
    const std::size_t before = origins_.size();
    if (are_free(facts)) {
      origins_.insert(origins_.end(), facts.size(), input_rows_.rows()[at_]);
      const bool left_is_source = reader_.left_is_source();
      const auto source = [&](std::size_t i) { return facts[i].source; };
      const auto target = [&](std::size_t i) { return facts[i].target; };
      add_nodes(batch, facts.size(), left_is_source, source, target);
      if (wants_fact_) {
        std::vector<const storage::Fact*>& column = batch.column(hop_.fact).facts;
        column.resize(before + facts.size());
        for (std::size_t i = 0; i < facts.size(); ++i) column[before + i] = &facts[i];
      }
    } else {
      for (const storage::Fact& fact : facts) {
        if (take(fact, batch) && wants_fact_) batch.column(hop_.fact).facts.push_back(&fact);
      }
    }
    if (wants_fact_ && origins_.size() > before) store().add_page(facts);
  }

  /// Adds the nodes at the ends of `count` facts, as far as they are wanted.
  template <class Source, class Target>
  void add_nodes(Batch& batch, std::size_t count, bool left_is_source, const Source& source,
                 const Target& target) {
    const auto add = [&](SlotId slot, const auto& node) {
      std::vector<NodeId>& nodes = batch.column(slot).nodes;
      const std::size_t before = nodes.size();
      nodes.resize(before + count);
      NodeId* const out = nodes.data() + before;
      for (std::size_t i = 0; i < count; ++i) out[i] = node(i);
    };
    if (wants_left_) left_is_source ? add(hop_.left, source) : add(hop_.left, target);
    if (wants_right_) left_is_source ? add(hop_.right, target) : add(hop_.right, source);
  }

  void take_rows(Batch& batch) {
    if (found_.rows.empty()) return;
    const FactImage* const image = found_.image;
    const std::vector<FactImage::Row>& rows = found_.rows;
    const std::uint32_t origin = input_rows_.rows()[at_];
    const bool left_is_source = reader_.left_is_source();
    if (plain_is_free_ && used_.empty() && image->all_plain()) {
      origins_.insert(origins_.end(), rows.size(), origin);
      const auto source = [&](std::size_t i) { return image->source(rows[i]); };
      const auto target = [&](std::size_t i) { return image->target(rows[i]); };
      add_nodes(batch, rows.size(), left_is_source, source, target);
      if (wants_fact_) {
        for (const FactImage::Row row : rows) keep(*image, row, batch);
      }
      return;
    }
    for (const FactImage::Row row : rows) {
      if (!plain_is_free_ || !image->is_plain(row)) {
        if (take(image->fact(row), batch) && wants_fact_) keep(*image, row, batch);
        continue;
      }
      const bool is_used =
          std::any_of(used_.begin(), used_.end(), [&](const storage::Fact* const used) {
            return used != nullptr && image->is(row, *used);
          });
      if (is_used) continue;
      origins_.push_back(origin);
      add_nodes(
          batch, 1, left_is_source, [&](std::size_t) { return image->source(row); },
          [&](std::size_t) { return image->target(row); });
      if (wants_fact_) keep(*image, row, batch);
    }
  }

  FactStore& store() {
    if (is_stored_) return *store_;
    is_stored_ = true;
    if (store_ != nullptr && store_.use_count() == 1) {
      // Nobody else has it: the batch that it was made for is gone, or was used again.
      store_->clear();
    } else {
      store_ = std::make_shared<FactStore>();
    }
    return *store_;
  }

  /// A fact of the next row, of which nothing is known yet.
  storage::Fact& keep_for(Batch& batch) {
    storage::Fact& fact = store().add();
    batch.column(hop_.fact).facts.push_back(&fact);
    return fact;
  }

  void keep(const FactImage& image, FactImage::Row row, Batch& batch) {
    storage::Fact& fact = keep_for(batch);
    if (route_.by_name) {
      image.read_name(row, fact);
    } else {
      image.read(row, fact);
    }
  }

  /// Whether the fact makes a row, to which it then adds all but the fact.
  bool take(const storage::Fact& fact, Batch& batch) {
    const std::uint32_t row = input_rows_.rows()[at_];
    for (const storage::Fact* const used : used_) {
      if (used != nullptr && is_same_fact(*used, fact)) return false;
    }
    const DoubtPtr& before = input_rows_.doubt(row);
    RowUse use = use_spell(before, bounds_of(fact), asked_, context().scopes);
    if (!use.holds) return false;
    if (use.doubt != before) {
      doubts_.emplace_back(static_cast<std::uint32_t>(origins_.size()), std::move(use.doubt));
    }
    origins_.push_back(row);
    add_nodes(
        batch, 1, reader_.left_is_source(), [&](std::size_t) { return fact.source; },
        [&](std::size_t) { return fact.target; });
    return true;
  }

  void finish(Batch& batch) {
    batch.append(input_rows_, origins_, context().slots(), passed_);
    if (is_stored_) batch.pin(store_);
    for (auto& [row, doubt] : doubts_) batch.set_doubt(row, std::move(doubt));
  }

  const BoundHop& hop_;
  Route route_;
  OperatorPtr input_;
  HopReader reader_;
  const std::vector<SlotId>& passed_;
  bool wants_fact_;
  bool wants_left_;
  bool wants_right_;

  Batch input_rows_;
  std::size_t at_ = 0;  // index into input_rows_.rows()
  bool reading_ = false;
  bool reads_on_ = false;                   // of the node something was read before
  bool is_null_ = false;                    // from a node or to one that is null: no facts
  AskedScope asked_;                        // by the row being read
  std::vector<const storage::Fact*> used_;  // by its MATCH
  HopReader::Found found_;
  bool asks_alone_;  // no other fact of a row is asked about in the scope
  bool asks_all_alike_;
  bool is_asked_ = false;              // asked_ is known
  const FactSlice* slice_ = nullptr;   // that has all, once it is known
  std::size_t rows_ = 0;               // that were read without
  FactSlice::Place places_given_ = 0;  // of a slice, for the row of the input at which it stands
  bool plain_is_free_ = false;         // as is_free_when_plain() says, of the row being read
  FreeFacts free_facts_;               // of that row

  // Of the batch being made:
  std::vector<std::uint32_t> origins_;  // the row of input_rows_ that each row goes on from
  std::vector<std::pair<std::uint32_t, DoubtPtr>> doubts_;
  std::shared_ptr<FactStore> store_;
  bool is_stored_ = false;  // something of the batch
};

}  // namespace

OperatorPtr fact_scan(const plan::FactScan& step, const plan::Node& node, RunContext& context) {
  return std::make_unique<FollowHop>(step.hop, Route{{}, {}, true, step.by_name}, node,
                                     unit(context), context);
}

OperatorPtr expand(const plan::Expand& step, const plan::Node& node, OperatorPtr input,
                   RunContext& context) {
  const Route route{step.from(), std::nullopt, step.from_left, step.by_name};
  return std::make_unique<FollowHop>(step.hop, route, node, std::move(input), context);
}

OperatorPtr expand_into(const plan::ExpandInto& step, const plan::Node& node, OperatorPtr input,
                        RunContext& context) {
  const Route route{step.hop.left, step.hop.right, true, step.by_name};
  return std::make_unique<FollowHop>(step.hop, route, node, std::move(input), context);
}

}  // namespace annals::query::operators
