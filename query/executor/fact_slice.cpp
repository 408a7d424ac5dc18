#include "query/executor/fact_slice.h"

#include <algorithm>
#include <span>
#include <utility>

#include "query/executor/run_context.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

/// What reading a node in an image costs, in rows that a slice looks at when it is made.
constexpr std::size_t kNodeCost = 100;

/// What has to be looked at for a slice.
std::size_t rows_to_look_at(const FactImage& image, SymbolId relation) {
  return relation ? image.of(relation).size() : image.all().size();
}

}  // namespace

Result<std::shared_ptr<const FactSlice>> FactSlice::make(std::shared_ptr<const FactImage> image,
                                                         const Key& key, MemoryBudget& memory,
                                                         const StopFlag& stop) {
  // As if all of them held then, and with the index of nodes.
  const std::size_t rows = rows_to_look_at(*image, key.relation);
  const std::size_t bytes_max =
      rows * (sizeof(FactImage::Row) + sizeof(NodeId)) + (image->numbers_end() + 1) * sizeof(Place);
  // Others need the memory more: a slice only saves time.
  constexpr std::size_t kShare = 16;
  if (bytes_max > memory.bytes_max() / kShare) return std::shared_ptr<const FactSlice>();
  const std::shared_ptr<FactSlice> slice(new FactSlice(std::move(image), memory));
  slice->taken_ = bytes_max;
  if (!memory.take(bytes_max)) return std::shared_ptr<const FactSlice>();
  ANNALS_CHECK_OK(slice->find_rows(key, stop));
  slice->index_nodes();
  return std::shared_ptr<const FactSlice>(slice);
}

FactSlice::~FactSlice() { memory_.give_back(taken_); }

Status FactSlice::find_rows(const Key& key, const StopFlag& stop) {
  // A stop is asked for between so many rows.
  constexpr std::size_t kStep = std::size_t{1} << 14;
  const FactImage::Times times = image_->times_of(key.window);
  relation_ = key.relation;
  std::span<const FactImage::Row> list;
  FactImage::Range range;
  if (key.relation) {
    list = image_->of(key.relation);
  } else {
    range = image_->all();
  }
  while (!list.empty() || range.size() > 0) {
    if (stop.requested()) {
      return Error(ErrorCode::kInterrupted, "stopped", "a query changes nothing: ask again");
    }
    if (key.relation) {
      image_->find(list, times, kStep, rows_);
    } else {
      image_->find(range, {SymbolId(), NodeId(), times}, kStep, rows_);
    }
  }
  neighbours_.resize(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    neighbours_[i] = image_->neighbour(rows_[i]);
    all_plain_ = all_plain_ && image_->is_plain(rows_[i]);
  }
  return {};
}

void FactSlice::index_nodes() {
  // Of few facts between many nodes there is no list of the nodes.
  constexpr std::size_t kNodesOfRow = 16;
  const std::size_t numbers = image_->numbers_end();
  if (numbers > kNodesOfRow * rows_.size()) return;
  first_.reserve(numbers + 1);
  for (Place place = 0; place < rows_.size(); ++place) {
    // In the order of nodes an event stands behind the entity of its number.
    const std::uint64_t number = image_->node(rows_[place]).raw >> 1;
    while (first_.size() <= std::min<std::uint64_t>(number, numbers)) first_.push_back(place);
  }
  first_.resize(numbers + 1, static_cast<Place>(rows_.size()));
}

FactSlice::Range FactSlice::of(NodeId node) const {
  if (is_in_order(node)) {
    const std::uint64_t number = node.entity_number();
    if (number + 1 >= first_.size()) return {};
    Range range{first_[number], first_[number + 1]};
    // Behind them may be those of the event whose number is next to the entity's.
    while (image_->has_events() && range.last > range.first &&
           image_->node(rows_[range.last - 1]) != node) {
      --range.last;
    }
    return range;
  }
  const auto before = [this](FactImage::Row row, NodeId at) { return image_->node(row) < at; };
  const auto behind = [this](NodeId at, FactImage::Row row) { return at < image_->node(row); };
  const auto first = std::lower_bound(rows_.begin(), rows_.end(), node, before);
  const auto last = std::upper_bound(first, rows_.end(), node, behind);
  return {static_cast<Place>(first - rows_.begin()), static_cast<Place>(last - rows_.begin())};
}

FactSlice::Range FactSlice::near(Range places, NodeId neighbour) const {
  // So few are looked at as fast one after the other.
  constexpr std::size_t kFew = 16;
  if (!relation_ || places.size() <= kFew) return places;
  const auto begin = neighbours_.begin() + places.first;
  const auto [first, last] = std::equal_range(begin, neighbours_.begin() + places.last, neighbour);
  return {static_cast<Place>(first - neighbours_.begin()),
          static_cast<Place>(last - neighbours_.begin())};
}

Result<const FactSlice*> FactSlices::find(const std::shared_ptr<const FactImage>& image,
                                          const FactSliceKey& key, std::size_t reads,
                                          const StopFlag& stop) {
  {
    const std::lock_guard lock(mutex_);
    auto known = std::find_if(kept_.begin(), kept_.end(),
                              [&key](const Kept& kept) { return kept.key == key; });
    if (known == kept_.end()) {
      if (kept_.size() == kSlicesMax) return nullptr;
      kept_.push_back({key, 0, false, nullptr});
      known = kept_.end() - 1;
    }
    known->reads += reads;
    const std::size_t cost = rows_to_look_at(*image, key.relation) + image->numbers_end();
    if (known->slice != nullptr || known->is_being_made || known->reads * kNodeCost < cost) {
      return known->slice.get();
    }
    known->is_being_made = true;
  }
  // Another thread goes on without it meanwhile.
  ANNALS_TRY(auto slice, FactSlice::make(image, key, memory_, stop));
  const std::lock_guard lock(mutex_);
  const auto known = std::find_if(kept_.begin(), kept_.end(),
                                  [&key](const Kept& kept) { return kept.key == key; });
  known->slice = std::move(slice);
  return known->slice.get();
}

}  // namespace annals::query
