#include "storage/projection/value_timeline.h"

#include <algorithm>
#include <iterator>

namespace annals::storage {

void ValueTimeline::restore(Spell spell) {
  const Place place = place_of(spell);
  values_.emplace_hint(values_.end(), place, std::move(spell));
}

void ValueTimeline::apply(std::span<const FactId> removed, std::vector<TimelineEffect> added,
                          Seq known, const TouchedTimes& touched) {
  // Values that come in order, or at one date, go on where the last one was. A window has each
  // value twice, and gets smaller when it is opened anew, unless all are of one date.
  constexpr std::size_t kWindowMax = 1'024;
  const bool is_behind = window_is_last_ || touched.last == window_last_;
  const bool goes_on = window_ && removed.empty() && touched.first >= window_last_ && is_behind &&
                       window_->spells().size() < std::max(kWindowMax, 2 * window_began_with_);
  if (!goes_on) open_window(touched);
  window_->apply(removed, std::move(added), known);
  window_last_ = std::max(window_last_, touched.last);
}

void ValueTimeline::open_window(const TouchedTimes& touched) {
  close_window();
  window_.emplace();
  window_last_ = touched.last;
  window_began_with_ = 0;
  auto first = values_.lower_bound({touched.first, FactId()});
  const auto doubtful_before = [&] { return std::prev(first)->second.begin.doubtful; };
  while (first != values_.begin() && doubtful_before()) --first;
  if (first != values_.begin()) {
    // What one event sets does not end what it sets besides: all of it ends what was before.
    const Seq event = (--first)->second.begin.id.begun_by;
    while (first != values_.begin() && std::prev(first)->second.begin.id.begun_by == event) --first;
  }
  auto last = first;
  for (; last != values_.end(); ++last) {
    Spell& spell = last->second;
    if (spell.begin.at.earliest > touched.last && !spell.begin.doubtful) break;
    window_last_ = std::max(window_last_, spell.begin.at.earliest);
    window_->restore(std::move(spell));
    ++window_began_with_;
  }
  // With one that follows each further value would fold all of the window anew.
  window_is_last_ = last == values_.end() && !follower_;
  if (last != values_.end()) {
    window_->restore_follower(last->second.begin);
  } else if (follower_) {
    window_->restore_follower(*follower_);
  }
  values_.erase(first, last);
}

void ValueTimeline::close_window() {
  if (!window_) return;
  Timeline::Folded folded = std::move(*window_).take();
  for (Spell& spell : folded.spells) {
    const Place place = place_of(spell);
    values_.emplace(place, std::move(spell));
  }
  std::move(folded.superseded.begin(), folded.superseded.end(), std::back_inserter(superseded_));
  window_.reset();
}

Timeline::Folded ValueTimeline::take() && {
  close_window();
  Timeline::Folded folded;
  folded.spells.reserve(values_.size());
  // There may be millions: each goes as it is taken.
  while (!values_.empty()) {
    folded.spells.push_back(std::move(values_.extract(values_.begin()).mapped()));
  }
  folded.superseded = std::move(superseded_);
  return folded;
}

}  // namespace annals::storage
