#include "query/executor/fact_image.h"

#include <algorithm>
#include <limits>

#include "schema/base/limits.h"

namespace annals::query {

namespace {

/// What to_fact() of the index makes of a row in a block. Anything more is kept whole.
bool is_plain_fact(const storage::Fact& fact) {
  return fact.begin.exact() && fact.begin.earliest != kEndOfTime && fact.end.exact() &&
         fact.begin_event == fact.id.begun_by && fact.ended_by == fact.end_event &&
         !fact.begin_is_moved && !fact.known_until &&
         fact.known_from == std::max(fact.id.begun_by, fact.ended_by) && fact.properties.empty() &&
         fact.earlier_ends.empty();
}

}  // namespace

Result<std::shared_ptr<const FactImage>> FactImage::read(const storage::GraphSnapshot& snapshot,
                                                         storage::Direction direction,
                                                         std::size_t bytes_max,
                                                         const StopFlag& stop) {
  const std::shared_ptr<FactImage> image(new FactImage(direction == storage::Direction::kOut));
  storage::FactScan scan;
  scan.direction = direction;
  const auto cursor = snapshot.facts(scan);
  std::vector<storage::Fact> facts;
  for (;;) {
    if (stop.requested()) {
      return Error(ErrorCode::kInterrupted, "stopped", "a query changes nothing: ask again");
    }
    ANNALS_CHECK_OK(cursor->next(facts, limits::kBatchRows));
    if (facts.empty()) break;
    for (storage::Fact& fact : facts) image->add(std::move(fact));
    const bool fits = image->bytes() <= bytes_max &&
                      image->begin_.size() <= std::numeric_limits<Row>::max() - limits::kBatchRows;
    if (!fits) return std::shared_ptr<const FactImage>();
  }
  image->index_nodes();
  return std::shared_ptr<const FactImage>(image);
}

std::size_t FactImage::bytes() const {
  constexpr std::size_t kWholeBytes = sizeof(storage::Fact) + 64;
  // The columns and the index of nodes; vectors that grow take more for a while.
  return begin_.size() * 56 + whole_.size() * kWholeBytes;
}

void FactImage::add(storage::Fact&& fact) {
  const auto row = static_cast<Row>(begin_.size());
  node_.push_back(is_out_ ? fact.source.raw : fact.target.raw);
  relation_.push_back(fact.relation.raw);
  neighbour_.push_back(is_out_ ? fact.target.raw : fact.source.raw);
  begin_.push_back(fact.begin.earliest);
  end_.push_back(fact.end.latest);
  begun_by_.push_back(fact.id.begun_by.raw);
  ordinal_.push_back(fact.id.ordinal);
  ended_by_.push_back(fact.ended_by.raw);
  const bool plain = is_plain_fact(fact);
  form_.push_back(plain ? Form::kPlain : Form::kWhole);
  if (!plain) whole_.emplace(row, std::move(fact));
}

void FactImage::index_nodes() {
  for (Row row = 0; row < begin_.size(); ++row) {
    if (row > 0 && node_[row] == node_[row - 1]) continue;
    const NodeId node(node_[row]);
    if (node.is_event()) {
      events_.push_back(node);
      event_first_.push_back(row);
    }
  }
  event_first_.push_back(static_cast<Row>(begin_.size()));
  // Rows are in the order of nodes, in which entities and events alternate: an entity's rows end
  // where those of another node begin.
  std::uint64_t last = 0;
  for (const std::uint64_t node : node_) {
    if (!NodeId(node).is_event()) last = std::max(last, NodeId(node).entity_number());
  }
  first_.assign(last + 2, 0);
  Row row = 0;
  for (std::uint64_t number = 0; number < first_.size(); ++number) {
    while (row < begin_.size() && node_[row] < NodeId::entity(number).raw) ++row;
    first_[number] = row;
  }
}

FactImage::Range FactImage::of(NodeId node) const {
  if (node.is_event()) {
    const auto found = std::lower_bound(events_.begin(), events_.end(), node);
    if (found == events_.end() || *found != node) return {};
    const Row first = event_first_[static_cast<std::size_t>(found - events_.begin())];
    Row last = first;
    while (last < begin_.size() && node_[last] == node.raw) ++last;
    return {first, last};
  }
  const std::uint64_t number = node.entity_number();
  if (number + 1 >= first_.size()) return {};
  Range range{first_[number], first_[number + 1]};
  // Behind them may be those of the event whose number is next to the entity's.
  if (events_.empty()) return range;
  while (range.last > range.first && node_[range.last - 1] != node.raw) --range.last;
  return range;
}

FactImage::Range FactImage::of(Range rows, SymbolId relation) const {
  const auto begin = relation_.begin() + rows.first;
  const auto [first, last] = std::equal_range(begin, relation_.begin() + rows.last, relation.raw);
  return {rows.first + static_cast<Row>(first - begin),
          rows.first + static_cast<Row>(last - begin)};
}

FactImage::Range FactImage::with(Range rows, NodeId neighbour) const {
  const auto begin = neighbour_.begin() + rows.first;
  const auto [first, last] = std::equal_range(begin, neighbour_.begin() + rows.last, neighbour.raw);
  return {rows.first + static_cast<Row>(first - begin),
          rows.first + static_cast<Row>(last - begin)};
}

void FactImage::find(Range& rows, const Filter& filter, std::size_t count_max,
                     std::vector<Row>& found) const {
  const std::size_t full = found.size() + count_max;
  while (rows.size() > 0 && found.size() < full) {
    // At most one is found in each row that is looked at.
    const Row last = rows.first + static_cast<Row>(std::min(rows.size(), full - found.size()));
    find_all({rows.first, last}, filter, found);
    rows.first = last;
  }
}

/// Most rows are refused, and no processor guesses which: what is found is written in any case, and
/// counted if it is wanted. Through pointers, since a checked access costs as much as the rest.
void FactImage::find_all(Range rows, const Filter& filter, std::vector<Row>& found) const {
  const std::size_t before = found.size();
  found.resize(before + rows.size());
  Row* const out = found.data() + before;
  std::size_t count = 0;
  const auto select = [&](const auto& candidate, std::size_t candidates, const auto& is_wanted) {
    count = 0;
    for (std::size_t i = 0; i < candidates; ++i) {
      const Row row = candidate(i);
      out[count] = row;
      count += is_wanted(row) ? 1 : 0;
    }
  };
  const auto in_range = [&](std::size_t i) { return rows.first + static_cast<Row>(i); };
  const auto in_found = [&](std::size_t i) { return out[i]; };
  const auto may_hold = [begin = begin_.data(), end = end_.data(),
                         window = filter.window](Row row) {
    return (begin[row] <= window.to) & (window.from < end[row]) & (begin[row] < end[row]);
  };
  const auto has_relation = [relation = relation_.data(), wanted = filter.relation.raw](Row row) {
    return relation[row] == wanted;
  };
  const auto has_neighbour = [neighbour = neighbour_.data(), wanted = filter.neighbour.raw](
                                 Row row) { return neighbour[row] == wanted; };
  if (filter.relation) {
    select(in_range, rows.size(), has_relation);
    if (filter.neighbour) select(in_found, count, has_neighbour);
    select(in_found, count, may_hold);
  } else if (filter.neighbour) {
    select(in_range, rows.size(), has_neighbour);
    select(in_found, count, may_hold);
  } else {
    select(in_range, rows.size(), may_hold);
  }
  found.resize(before + count);
}

bool FactImage::is(Row row, const storage::Fact& fact) const {
  return begun_by_[row] == fact.id.begun_by.raw && ordinal_[row] == fact.id.ordinal &&
         relation_[row] == fact.relation.raw && source(row) == fact.source &&
         target(row) == fact.target;
}

storage::Fact FactImage::fact(Row row) const {
  storage::Fact fact;
  read(row, fact);
  return fact;
}

void FactImage::read(Row row, storage::Fact& fact) const {
  if (!is_plain(row)) {
    fact = whole_.at(row);
    return;
  }
  fact.id = {Seq(begun_by_[row]), ordinal_[row]};
  fact.source = source(row);
  fact.relation = SymbolId(relation_[row]);
  fact.target = target(row);
  fact.begin = Instant::exactly(begin_[row]);
  fact.end = Instant::exactly(end_[row]);
  fact.begin_event = fact.id.begun_by;
  fact.ended_by = fact.end_event = Seq(ended_by_[row]);
  fact.known_from = std::max(fact.begin_event, fact.ended_by);
}

Result<std::shared_ptr<const FactImage>> FactImages::find(const storage::GraphSnapshot& snapshot,
                                                          storage::Direction direction, NodeId node,
                                                          const StopFlag& stop) {
  /// What reading one node costs, in facts read one after the other: ten microseconds at least, and
  /// a quarter of one for a fact of a scan.
  constexpr std::uint64_t kNodeCost = 40;
  if (!snapshot.perspective().is_present() || snapshot.vocabulary().has_existence()) {
    return std::shared_ptr<const FactImage>();
  }
  const std::lock_guard lock(mutex_);
  if (state_ != snapshot.last_seq()) {
    state_ = snapshot.last_seq();
    out_ = {};
    in_ = {};
  }
  Kept& kept = direction == storage::Direction::kOut ? out_ : in_;
  if (kept.image != nullptr || kept.is_too_large) return kept.image;
  const std::uint64_t facts = snapshot.statistics().facts;
  if (!node) {
    kept.spent += facts;
  } else if (++reads_ > kReadsFree) {
    kept.spent += kNodeCost;
  }
  if (kept.spent <= facts) return kept.image;
  ANNALS_TRY(kept.image, FactImage::read(snapshot, direction, limits::kFactImageBytes / 2, stop));
  kept.is_too_large = kept.image == nullptr;
  return kept.image;
}

void FactImages::forget() {
  const std::lock_guard lock(mutex_);
  out_ = {};
  in_ = {};
}

bool FactImages::is_for_two_threads(const storage::GraphSnapshot& snapshot,
                                    storage::Direction direction) const {
  const std::lock_guard lock(mutex_);
  const FactImage* const image = (direction == storage::Direction::kOut ? out_ : in_).image.get();
  return image != nullptr && state_ == snapshot.last_seq() &&
         image->all().size() >= rows_of_two_threads_;
}

}  // namespace annals::query
