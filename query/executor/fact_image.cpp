#include "query/executor/fact_image.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "schema/base/limits.h"

namespace annals::query {

namespace {

/// Of the columns, and of what is found by node and by relation.
constexpr std::size_t kRowBytes = 40;

/// What to_fact() of the index makes of a row in a block. Anything more is kept whole.
bool is_plain_fact(const storage::Fact& fact) {
  return fact.begin.exact() && fact.begin.earliest != kEndOfTime && fact.end.exact() &&
         fact.begin_event == fact.id.begun_by && fact.ended_by == fact.end_event &&
         !fact.begin_is_moved && !fact.known_until &&
         fact.known_from == std::max(fact.id.begun_by, fact.ended_by) && fact.properties.empty() &&
         fact.earlier_ends.empty();
}

/// Writes the candidates that are wanted to `out`, and gives their number. Most are refused, and no
/// processor guesses which: each is written in any case, and counted if it is wanted. Through
/// pointers, since a checked access costs as much as the rest.
template <class Candidate, class IsWanted>
std::size_t select(std::size_t candidates, const Candidate& candidate, const IsWanted& is_wanted,
                   FactImage::Row* out) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < candidates; ++i) {
    const FactImage::Row row = candidate(i);
    out[count] = row;
    count += is_wanted(row) ? 1 : 0;
  }
  return count;
}

/// Whether a row may hold: see Window::may_hold(). None is over before it begins.
struct HoldsAt {
  const std::uint32_t* begin;
  const std::uint32_t* end;
  FactImage::Times times;

  bool operator()(FactImage::Row row) const {
    return (begin[row] < times.begin_before) & (end[row] >= times.end_from);
  }
};

}  // namespace

/// Numbers instants in the order in which they come, and in the end in their own.
class FactImage::InstantNumbers {
 public:
  std::uint32_t add(Micros instant) {
    const auto [known, is_new] =
        numbers_.emplace(instant, static_cast<std::uint32_t>(instants_.size()));
    if (is_new) instants_.push_back(instant);
    return known->second;
  }
  std::size_t size() const { return instants_.size(); }

  /// The instants, ascending. Replaces the numbers in the columns by places among these.
  std::vector<Micros> sort(std::vector<std::uint32_t>& begin, std::vector<std::uint32_t>& end) {
    std::vector<std::uint32_t> order(instants_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [this](std::uint32_t a, std::uint32_t b) { return instants_[a] < instants_[b]; });
    std::vector<Micros> sorted;
    std::vector<std::uint32_t> places(order.size());
    sorted.reserve(order.size());
    for (const std::uint32_t number : order) {
      places[number] = static_cast<std::uint32_t>(sorted.size());
      sorted.push_back(instants_[number]);
    }
    for (std::uint32_t& number : begin) number = places[number];
    for (std::uint32_t& number : end) number = places[number];
    return sorted;
  }

 private:
  boost::unordered_flat_map<Micros, std::uint32_t> numbers_;
  std::vector<Micros> instants_;
};

Result<std::shared_ptr<const FactImage>> FactImage::read(const storage::GraphSnapshot& snapshot,
                                                         storage::Direction direction,
                                                         std::size_t bytes_max,
                                                         const StopFlag& stop) {
  const std::shared_ptr<FactImage> image(new FactImage(direction == storage::Direction::kOut));
  storage::FactScan scan;
  scan.direction = direction;
  const auto cursor = snapshot.facts(scan);
  std::vector<storage::Fact> facts;
  InstantNumbers instants;
  const std::uint64_t rows = snapshot.statistics().facts;
  if (rows > bytes_max / kRowBytes) return std::shared_ptr<const FactImage>();
  image->reserve(rows);
  const auto check_stop = [&stop]() -> Status {
    if (!stop.requested()) return {};
    return Error(ErrorCode::kInterrupted, "stopped", "a query changes nothing: ask again");
  };
  for (;;) {
    ANNALS_CHECK_OK(check_stop());
    ANNALS_CHECK_OK(cursor->next(facts, limits::kBatchRows));
    if (facts.empty()) break;
    for (storage::Fact& fact : facts) {
      if (!image->add(std::move(fact), instants)) return std::shared_ptr<const FactImage>();
    }
    const bool fits = image->bytes(instants.size()) <= bytes_max &&
                      image->begin_.size() <= std::numeric_limits<Row>::max() - limits::kBatchRows;
    if (!fits) return std::shared_ptr<const FactImage>();
  }
  image->instants_ = instants.sort(image->begin_, image->end_);
  ANNALS_CHECK_OK(check_stop());
  image->index_nodes();
  ANNALS_CHECK_OK(check_stop());
  image->index_relations();
  return std::shared_ptr<const FactImage>(image);
}

std::size_t FactImage::bytes(std::size_t instants) const {
  constexpr std::size_t kWholeBytes = sizeof(storage::Fact) + 64;
  return begin_.size() * kRowBytes + instants * sizeof(Micros) + whole_.size() * kWholeBytes;
}

void FactImage::reserve(std::size_t rows) {
  for (auto* const column :
       {&node_, &relation_, &neighbour_, &begin_, &end_, &begun_by_, &ended_by_}) {
    column->reserve(rows);
  }
  ordinal_.reserve(rows);
  form_.reserve(rows);
}

bool FactImage::add(storage::Fact&& fact, InstantNumbers& instants) {
  // The index tells of no fact that is over before it began; here none could be found.
  if (fact.begin.earliest >= fact.end.latest) return true;
  const std::uint64_t largest =
      std::max({fact.source.raw, fact.target.raw, fact.id.begun_by.raw, fact.ended_by.raw});
  if (largest > std::numeric_limits<std::uint32_t>::max()) return false;
  const auto row = static_cast<Row>(begin_.size());
  const auto source = static_cast<std::uint32_t>(fact.source.raw);
  const auto target = static_cast<std::uint32_t>(fact.target.raw);
  node_.push_back(is_out_ ? source : target);
  relation_.push_back(fact.relation.raw);
  neighbour_.push_back(is_out_ ? target : source);
  begin_.push_back(instants.add(fact.begin.earliest));
  end_.push_back(instants.add(fact.end.latest));
  begun_by_.push_back(static_cast<std::uint32_t>(fact.id.begun_by.raw));
  ordinal_.push_back(fact.id.ordinal);
  ended_by_.push_back(static_cast<std::uint32_t>(fact.ended_by.raw));
  const bool plain = is_plain_fact(fact);
  form_.push_back(plain ? Form::kPlain : Form::kWhole);
  if (!plain) whole_.emplace(row, std::move(fact));
  return true;
}

void FactImage::index_relations() {
  std::unordered_map<std::uint32_t, std::size_t> counts;
  for (const std::uint32_t relation : relation_) ++counts[relation];
  for (const auto& [relation, count] : counts) relations_.emplace_back(SymbolId(relation), count);
  std::sort(relations_.begin(), relations_.end());
  std::unordered_map<std::uint32_t, std::size_t> next;
  std::size_t first = 0;
  for (auto& [relation, count] : relations_) {
    next[relation.raw] = first;
    first += std::exchange(count, first);
  }
  by_relation_.resize(relation_.size());
  for (Row row = 0; row < relation_.size(); ++row) by_relation_[next[relation_[row]]++] = row;
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
  for (const std::uint32_t node : node_) {
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

std::span<const FactImage::Row> FactImage::of(SymbolId relation) const {
  const auto known =
      std::lower_bound(relations_.begin(), relations_.end(), std::pair(relation, std::size_t{0}));
  if (known == relations_.end() || known->first != relation) return {};
  const auto next = known + 1;
  const std::size_t last = next == relations_.end() ? by_relation_.size() : next->second;
  return std::span(by_relation_).subspan(known->second, last - known->second);
}

FactImage::Times FactImage::times_of(const storage::Window& window) const {
  const auto behind = [this](Micros instant) {
    const auto place = std::upper_bound(instants_.begin(), instants_.end(), instant);
    return static_cast<std::uint32_t>(place - instants_.begin());
  };
  const std::uint32_t end_from = behind(window.from);
  return {window.from == window.to ? end_from : behind(window.to), end_from};
}

void FactImage::find(Range& rows, const Filter& filter, std::size_t count_max,
                     std::vector<Row>& found) const {
  const std::size_t full = found.size() + count_max;
  if (filter.neighbour && !filter.relation) return find_neighbour(rows, filter, full, found);
  while (rows.size() > 0 && found.size() < full) {
    // At most one is found in each row that is looked at.
    const Row last = rows.first + static_cast<Row>(std::min(rows.size(), full - found.size()));
    find_all({rows.first, last}, filter, found);
    rows.first = last;
  }
}

void FactImage::find(std::span<const Row>& rows, const Times& times, std::size_t count_max,
                     std::vector<Row>& found) const {
  const std::size_t full = found.size() + count_max;
  const HoldsAt holds{begin_.data(), end_.data(), times};
  while (!rows.empty() && found.size() < full) {
    const std::size_t before = found.size();
    const std::span<const Row> candidates = rows.first(std::min(rows.size(), full - before));
    rows = rows.subspan(candidates.size());
    found.resize(before + candidates.size());
    const auto in_list = [list = candidates.data()](std::size_t i) { return list[i]; };
    found.resize(before + select(candidates.size(), in_list, holds, found.data() + before));
  }
}

void FactImage::find_all(Range rows, const Filter& filter, std::vector<Row>& found) const {
  const HoldsAt holds{begin_.data(), end_.data(), filter.times};
  // Rows are gathered here first: room in `found` would be filled with zeros.
  constexpr std::size_t kRowsAtOnce = 512;
  std::array<Row, kRowsAtOnce> some;  // NOLINT(cppcoreguidelines-pro-type-member-init): as above
  Row* const out = some.data();
  const auto in_found = [out](std::size_t i) { return out[i]; };
  const auto has_relation = [relation = relation_.data(), wanted = filter.relation.raw](Row row) {
    return relation[row] == wanted;
  };
  const auto has_neighbour = [neighbour = neighbour_.data(), wanted = filter.neighbour.raw](
                                 Row row) { return neighbour[row] == wanted; };
  while (rows.size() > 0) {
    const std::size_t candidates = std::min(rows.size(), kRowsAtOnce);
    const auto in_range = [first = rows.first](std::size_t i) {
      return first + static_cast<Row>(i);
    };
    rows.first += static_cast<Row>(candidates);
    std::size_t count = 0;
    if (filter.relation) {
      count = select(candidates, in_range, has_relation, out);
      if (filter.neighbour) count = select(count, in_found, has_neighbour, out);
      count = select(count, in_found, holds, out);
    } else {
      count = select(candidates, in_range, holds, out);
    }
    found.insert(found.end(), out, out + count);
  }
}

/// Until `found` has `full` rows. Hardly any row has a certain neighbour: several are looked at
/// before the next decision.
void FactImage::find_neighbour(Range& rows, const Filter& filter, std::size_t full,
                               std::vector<Row>& found) const {
  constexpr Row kAtOnce = 16;
  const HoldsAt holds{begin_.data(), end_.data(), filter.times};
  const std::uint32_t* const neighbours = neighbour_.data();
  const auto wanted = static_cast<std::uint32_t>(filter.neighbour.raw);
  if (wanted != filter.neighbour.raw) rows.first = rows.last;  // an image has none of these
  while (rows.size() > 0 && found.size() < full) {
    const std::uint32_t* const next = neighbours + rows.first;
    if (rows.size() >= kAtOnce) {
      bool any = false;
      for (Row i = 0; i < kAtOnce; ++i) any |= next[i] == wanted;
      if (!any) {
        rows.first += kAtOnce;
        continue;
      }
    }
    const Row row = rows.first++;
    if (*next == wanted && holds(row)) found.push_back(row);
  }
}

bool FactImage::is(Row row, const storage::Fact& fact) const {
  return id(row) == fact.id && relation_[row] == fact.relation.raw && source(row) == fact.source &&
         target(row) == fact.target;
}

storage::Fact FactImage::fact(Row row) const {
  storage::Fact fact;
  read(row, fact);
  return fact;
}

void FactImage::read_name(Row row, storage::Fact& fact) const {
  fact.id = id(row);
  fact.source = source(row);
  fact.relation = SymbolId(relation_[row]);
  fact.target = target(row);
}

void FactImage::read(Row row, storage::Fact& fact) const {
  if (!is_plain(row)) {
    fact = whole_.at(row);
    return;
  }
  read_name(row, fact);
  fact.begin = Instant::exactly(instants_[begin_[row]]);
  fact.end = Instant::exactly(instants_[end_[row]]);
  fact.begin_event = fact.id.begun_by;
  fact.ended_by = fact.end_event = Seq(ended_by_[row]);
  fact.known_from = std::max(fact.begin_event, fact.ended_by);
}

}  // namespace annals::query
