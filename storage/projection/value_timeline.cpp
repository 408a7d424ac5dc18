#include "storage/projection/value_timeline.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "schema/base/limits.h"

namespace annals::storage {

void ValueTimeline::restore(Spell spell) {
  const Place place = Timeline::place_of(spell.begin);
  values_.emplace_hint(values_.end(), place, std::move(spell));
}

void ValueTimeline::apply(std::span<const FactId> removed, std::vector<TimelineEffect> added,
                          Seq known, Timeline::Extent touched) {
  // Values that come in order go on where the last one was. A window has each value twice, and gets
  // smaller when it is opened anew.
  constexpr std::size_t kWindowMax = 1'024;
  // With all else that these events set.
  touched.first.second.ordinal = 0;
  touched.last.second.ordinal = std::numeric_limits<decltype(FactId::ordinal)>::max();
  const bool goes_on = window_ && removed.empty() && touched.first >= window_last_ &&
                       window_is_last_ &&
                       window_->spells().size() < std::max(kWindowMax, 2 * window_began_with_);
  if (!goes_on) open_window(touched);
  window_->apply(removed, std::move(added), known);
  window_last_ = std::max(window_last_, touched.last);
}

void ValueTimeline::open_window(const Timeline::Extent& touched) {
  close_window();
  window_.emplace();
  window_last_ = touched.last;
  window_began_with_ = 0;
  const auto first = first_before(values_.lower_bound(touched.first));
  auto last = first;
  for (; last != values_.end() && last->first <= touched.last; ++last) {
    window_->restore(std::move(last->second));
    ++window_began_with_;
  }
  // With some that follow each further value would fold all of the window anew.
  window_is_last_ = restore_followers(last);
  values_.erase(first, last);
}

/// The first value that bears on what is set at `place`, or that this bears on.
ValueTimeline::Values::iterator ValueTimeline::first_before(Values::iterator place) {
  const auto event_before = [&] { return std::prev(place)->second.begin.id.begun_by; };
  std::size_t doubtful = 0;
  while (place != values_.begin()) {
    const bool is_sure = !std::prev(place)->second.begin.doubtful;
    // What one event sets does not end what it sets besides: all of it ends what was before.
    const Seq event = event_before();
    while (place != values_.begin() && event_before() == event) --place;
    if (is_sure || ++doubtful == limits::kDoubtfulEndsMax) break;
  }
  return place;
}

/// Those that end what is open before `behind`. Whether there are none.
bool ValueTimeline::restore_followers(Values::iterator behind) {
  std::size_t doubtful = 0;
  for (; behind != values_.end(); ++behind) {
    const TimelineEffect& follower = behind->second.begin;
    window_->restore_follower(follower);
    if (!follower.doubtful || ++doubtful == limits::kDoubtfulEndsMax) return false;
  }
  for (const TimelineEffect& follower : followers_) window_->restore_follower(follower);
  return doubtful == 0 && followers_.empty();
}

void ValueTimeline::close_window() {
  if (!window_) return;
  Timeline::Folded folded = std::move(*window_).take();
  for (Spell& spell : folded.spells) {
    const Place place = Timeline::place_of(spell.begin);
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
