#include "storage/projection/relation_timeline.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/unordered/unordered_flat_set.hpp>

namespace annals::storage {

namespace {

/// A window of so many effects is folded anew in no more time than it takes to cut it.
constexpr std::size_t kFewEffects = 64;
/// Effects that come in order go on where the last one was, until the window has so many.
constexpr std::size_t kManyEffects = 1'024;

void append(Timeline::Folded& all, Timeline::Folded part) {
  std::move(part.spells.begin(), part.spells.end(), std::back_inserter(all.spells));
  std::move(part.unmatched.begin(), part.unmatched.end(), std::back_inserter(all.unmatched));
}

}  // namespace

struct RelationTimeline::Pieces {
  /// What lies between two cuts.
  struct Piece {
    Timeline::Place last;
    bool ends_clean = true;  ///< Only of the last one this may be false.
    Timeline::Folded folded;
  };
  std::map<Timeline::Place, Piece> all;  // but for those in the window, by their first place
  boost::unordered_flat_set<std::uint64_t> events;  // that have effects here, wherever these lie
  std::vector<Timeline::Superseded> superseded;
  std::size_t window_began_with = 0;  // so many effects
};

RelationTimeline::RelationTimeline() = default;
RelationTimeline::~RelationTimeline() = default;

void RelationTimeline::apply(std::span<const FactId> removed, std::vector<TimelineEffect> added,
                             Seq known) {
  if (pieces_ == nullptr) {
    // To fold all once costs less than to cut it.
    const bool stays_whole = window_.size() < kFewEffects || !removed.empty() ||
                             window_.takes_at_the_end(added) || !std::exchange(folded_anew_, true);
    if (stays_whole) return window_.apply(removed, std::move(added), known);
    begin_pieces();
  }
  // Effects of one event bear on each other across everything between them, and where those are
  // that were known before is not known here.
  const bool needs_all = !removed.empty() || takes_known_events(added);
  const Timeline::Extent extent = needs_all ? Timeline::Extent::all() : Timeline::Extent::of(added);
  if (!goes_on(extent)) open_window(extent);
  for (const TimelineEffect& effect : added) pieces_->events.insert(effect.id.begun_by.raw);
  window_.apply(removed, std::move(added), known);
  fold_on(known);
}

void RelationTimeline::begin_pieces() {
  pieces_ = std::make_unique<Pieces>();
  for (const TimelineEffect& effect : window_.effects()) {
    pieces_->events.insert(effect.id.begun_by.raw);
  }
}

bool RelationTimeline::takes_known_events(std::span<const TimelineEffect> added) const {
  return std::any_of(added.begin(), added.end(), [this](const TimelineEffect& effect) {
    return pieces_->events.contains(effect.id.begun_by.raw);
  });
}

/// Whether what lies there can go behind the window, and nothing is there yet.
bool RelationTimeline::goes_on(const Timeline::Extent& extent) const {
  if (window_.size() == 0 || extent.first < window_.extent().last) return false;
  const auto behind = pieces_->all.upper_bound(window_.extent().last);
  if (behind != pieces_->all.end() && behind->first <= extent.last) return false;
  return !window_.ends_clean() ||
         window_.size() < std::max(kManyEffects, 2 * pieces_->window_began_with);
}

/// With all that lies there, and what is open before it.
void RelationTimeline::open_window(const Timeline::Extent& extent) {
  close_window();
  auto& all = pieces_->all;
  auto first = all.upper_bound(extent.first);
  if (first != all.begin()) {
    const auto before = std::prev(first);
    if (before->second.last >= extent.first || !before->second.ends_clean) first = before;
  }
  const auto last = all.upper_bound(extent.last);
  for (auto piece = first; piece != last; ++piece) {
    window_.restore_part(std::move(piece->second.folded));
  }
  pieces_->window_began_with = window_.size();
  all.erase(first, last);
}

/// What is open at the end of the window may be ended by what lies behind it, or keep that from
/// beginning.
void RelationTimeline::fold_on(Seq known) {
  auto& all = pieces_->all;
  for (std::size_t count = 1; !window_.ends_clean(); count *= 2) {
    const auto first = all.upper_bound(window_.extent().last);
    if (first == all.end()) return;
    Timeline::Folded behind;
    auto last = first;
    for (std::size_t i = 0; i < count && last != all.end(); ++i, ++last) {
      append(behind, std::move(last->second.folded));
    }
    all.erase(first, last);
    window_.join_behind(std::move(behind), known);
  }
}

void RelationTimeline::close_window() {
  for (Timeline::Part& part : std::exchange(window_, Timeline()).split(pieces_->superseded)) {
    pieces_->all.emplace(part.extent.first,
                         Pieces::Piece{part.extent.last, part.ends_clean, std::move(part.folded)});
  }
}

Timeline::Folded RelationTimeline::take() && {
  if (pieces_ == nullptr) return std::move(window_).take();
  close_window();
  Timeline::Folded folded;
  for (auto& [first, piece] : pieces_->all) append(folded, std::move(piece.folded));
  folded.superseded = std::move(pieces_->superseded);
  return folded;
}

}  // namespace annals::storage
