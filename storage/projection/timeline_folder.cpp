#include "storage/projection/timeline_folder.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "schema/base/radix_sort.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

void write_timeline(RowWriter& out, const TimelineKey& timeline) {
  out.byte(static_cast<std::uint8_t>(timeline.family));
  out.number(timeline.source.raw);
  out.number(timeline.name.raw);
  out.number(timeline.target.raw);
}

/// Of a timeline the source, and nothing behind it.
NodeId read_source(RowReader& in) {
  in.byte();
  return NodeId(in.number());
}

TimelineKey read_timeline(RowReader& in) {
  TimelineKey timeline;
  timeline.family = static_cast<Family>(in.byte());
  timeline.source = NodeId(in.number());
  timeline.name = SymbolId(static_cast<std::uint32_t>(in.number()));
  timeline.target = NodeId(in.number());
  return timeline;
}

/// With what event an effect comes to be known, or turns out to be none.
struct Known {
  Seq by;
  bool removes = false;
};

/// One change; `effect` is put in place of whatever it was.
Known read_change(std::string_view gathered, TimelineEffect& effect) {
  RowReader in(gathered);
  read_timeline(in);
  Known known;
  known.by = Seq(in.number());
  known.removes = in.byte() != 0;
  read_effect(in, effect);
  return known;
}

}  // namespace

void TimelineFolder::add(const PlacedEffect& placed, Seq known, bool removes) {
  // Nearly all are so short that their length takes a byte.
  constexpr std::size_t kShort = 0x80;
  const std::size_t before = gathered_.size();
  gathered_ += '\0';
  RowWriter change(gathered_);
  write_timeline(change, placed.timeline);
  change.number(known.raw);
  change.byte(removes ? 1 : 0);
  write_effect(change, placed.effect);
  const std::size_t length = gathered_.size() - before - 1;
  gathered_[before] = static_cast<char>(length);
  if (length < kShort) return;
  const std::string long_change = gathered_.substr(before + 1);
  gathered_.resize(before);
  RowWriter(gathered_).text(long_change);
}

std::string_view TimelineFolder::change_at(std::size_t offset) const {
  return RowReader(std::string_view(gathered_).substr(offset)).text();
}

namespace {

/// Fetches the change of a place that will soon be looked at, at `now`. Changes that follow each
/// other in their order lie far apart: waiting for each would be a good part of the work.
template <class Places>
void prefetch_change(std::string_view gathered, const Places& places, std::size_t now) {
  constexpr std::size_t kAhead = 16;
  __builtin_prefetch(gathered.data() + places[std::min(now + kAhead, places.size() - 1)].offset);
}

/// Goes over the gathered changes: calls `take` with a reader of each, and where it stands.
template <class Take>
void each_change(std::string_view gathered, const Take& take) {
  for (RowReader in(gathered); in.bytes_left() > 0;) {
    const std::size_t offset = gathered.size() - in.bytes_left();
    RowReader change(in.text());
    take(change, offset);
  }
}

/// How many changes there are, about: mostly they are longer.
std::size_t count_of(std::string_view gathered) {
  constexpr std::size_t kChangeBytes = 24;
  return gathered.size() / kChangeBytes;
}

}  // namespace

/// Of each source in the order in which the changes became known.
std::vector<TimelineFolder::Place> TimelineFolder::places_by_source() const {
  // Sorts what is compared: each look into what was gathered would miss the cache.
  std::vector<Place> places;
  places.reserve(count_of(gathered_));
  each_change(gathered_, [&](RowReader& change, std::size_t offset) {
    places.push_back({read_timeline(change), offset});
  });
  radix_sort(places, [](const Place& place) { return place.timeline.source.raw; });
  return places;
}

std::string TimelineFolder::source_key(NodeId source) { return KeyWriter().node(source).take(); }

Status TimelineFolder::put_aside(SortedRuns& runs) const {
  // Of a change only this: there are a million of them, and they are sorted in memory that is new.
  struct OfSource {
    NodeId source;
    std::size_t offset;
  };
  std::vector<OfSource> places;
  places.reserve(count_of(gathered_));
  each_change(gathered_, [&](RowReader& change, std::size_t offset) {
    places.push_back({read_source(change), offset});
  });
  radix_sort(places, [](const OfSource& place) { return place.source.raw; });
  ANNALS_TRY(const std::unique_ptr<RunWriter> run, runs.start_run());
  std::string known;
  for (std::size_t i = 0; i < places.size(); ++i) {
    prefetch_change(gathered_, places, i);
    RowWriter(known).text(change_at(places[i].offset));
    const NodeId source = places[i].source;
    if (i + 1 < places.size() && places[i + 1].source == source) continue;
    ANNALS_CHECK_OK(run->put(source_key(source), known));
    known.clear();
  }
  return run->finish();
}

TimelineFolder::Pieces TimelineFolder::take_pieces(std::size_t bytes_before,
                                                   std::size_t count_max) {
  Pieces pieces(std::string_view(gathered_).substr(bytes_before), count_max);
  gathered_.resize(bytes_before);
  return pieces;
}

/// A few of the changes tell where to cut so that pieces become about equal. (Frazer and McKellar,
/// Samplesort, Journal of the ACM 17, 1970.)
TimelineFolder::Pieces::Pieces(std::string_view known, std::size_t count_max) {
  constexpr std::size_t kAskedPerPiece = 32;
  const std::size_t step = count_of(known) / (count_max * kAskedPerPiece) + 1;
  std::vector<TimelineKey> asked;
  std::size_t index = 0;
  each_change(known, [&](RowReader& change, std::size_t /*offset*/) {
    if (index++ % step == 0) asked.push_back(read_timeline(change));
  });
  std::sort(asked.begin(), asked.end());
  for (std::size_t piece = 1; piece < count_max && !asked.empty(); ++piece) {
    cuts_.push_back(asked[piece * asked.size() / count_max]);
  }
  cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
  pieces_.resize(cuts_.size() + 1);
  add_put_aside(known);
}

void TimelineFolder::Pieces::add_put_aside(std::string_view known) {
  each_change(known, [this](RowReader& change, std::size_t /*offset*/) {
    const std::string_view bytes = change.rest();
    const auto cut = std::upper_bound(cuts_.begin(), cuts_.end(), read_timeline(change));
    const auto piece = static_cast<std::size_t>(cut - cuts_.begin());
    RowWriter(pieces_[piece].gathered_).text(bytes);
  });
}

namespace {

/// What one event changed, which came to be known at once.
struct ChangesOfEvent {
  Seq known;
  std::vector<FactId> removed;
  std::vector<TimelineEffect> added;
  Timeline::Extent touched;

  void take(Known change, TimelineEffect effect) {
    known = change.by;
    touched.add(effect);
    if (change.removes) {
      removed.push_back(effect.id);
    } else {
      added.push_back(std::move(effect));
    }
  }
};

}  // namespace

/// Calls `apply` with what each event changed. One timeline may have millions of changes: they are
/// read one after the other.
template <class Apply>
void TimelineFolder::apply_all(std::span<const Place> changes, const Apply& apply) const {
  ChangesOfEvent of_event;
  for (const Place& place : changes) {
    TimelineEffect effect;
    const Known known = read_change(change_at(place.offset), effect);
    if (of_event.known && known.by != of_event.known) {
      apply(std::exchange(of_event, ChangesOfEvent()));
    }
    of_event.take(known, std::move(effect));
  }
  if (of_event.known) apply(std::move(of_event));
}

/// Nearly all timelines of a load are a spell that begins and ends: they take a third of the time.
/// If it is none, nothing counts of what `spell` is left with.
bool TimelineFolder::read_begin_and_end(std::span<const Place> changes, Spell& spell) const {
  if (changes.size() != 2) return false;
  TimelineEffect& begin = spell.begin;
  const Known begin_known = read_change(change_at(changes.front().offset), begin);
  spell.ends.resize(1);
  TimelineEffect& end = spell.ends.front();
  const Known end_known = read_change(change_at(changes.back().offset), end);
  if (begin_known.removes || end_known.removes || !Timeline::is_begin_and_end(begin, end)) {
    return false;
  }
  begin.known = spell.known_from = begin_known.by;
  end.known = end_known.by;
  return true;
}

/// The first instant of the changes, if all of them are of new events; else the beginning of time.
Micros TimelineFolder::since_of(std::span<const Place> changes) const {
  Micros since = kEndOfTime;
  TimelineEffect effect;
  for (const Place& place : changes) {
    const Known known = read_change(change_at(place.offset), effect);
    if (known.removes || effect.id.begun_by != known.by) return kBeginningOfTime;
    since = std::min(since, effect.at.earliest);
  }
  return since;
}

/// Folds the changes of one timeline into what is stored of it.
Status TimelineFolder::fold_one(TimelineStore& timelines, std::span<const Place> changes,
                                const TimelineStore::Purpose& purpose, Fold& fold) const {
  const TimelineKey& key = changes.front().timeline;
  if (key.family == Family::kProperty) {
    Timeline::Extent touched;
    TimelineEffect effect;
    for (const Place& place : changes) {
      read_change(change_at(place.offset), effect);
      touched.add(effect);
    }
    ValueTimeline timeline;
    ANNALS_CHECK_OK(timelines.read(key, touched, timeline, fold.before));
    apply_all(changes, [&timeline](ChangesOfEvent one) {
      timeline.apply(one.removed, std::move(one.added), one.known, one.touched);
    });
    fold.folded = std::move(timeline).take();
    return {};
  }
  ANNALS_CHECK_OK(timelines.read(key, purpose, fold.before));
  fold.folded.spells.resize(1);
  if (fold.before.is_empty() && read_begin_and_end(changes, fold.folded.spells.front())) {
    fold.folded.unmatched.clear();
    fold.folded.superseded.clear();
    return {};
  }
  RelationTimeline timeline;
  fold.before.restore(timeline);
  apply_all(changes, [&timeline](ChangesOfEvent one) {
    timeline.apply(one.removed, std::move(one.added), one.known);
  });
  fold.folded = std::move(timeline).take();
  return {};
}

std::vector<TimelineFolder::Part> TimelineFolder::parts(std::size_t count_max) {
  std::vector<Part> parts;
  if (gathered_.empty()) return parts;
  places_ = places_by_source();
  const std::size_t size = places_.size() / count_max + 1;
  for (auto first = places_.begin(); first != places_.end();) {
    auto last = first + static_cast<std::ptrdiff_t>(
                            std::min(size, static_cast<std::size_t>(places_.end() - first)));
    while (last != places_.end() && last->timeline.source == (last - 1)->timeline.source) ++last;
    parts.push_back(Part({first, last}));
    first = last;
  }
  return parts;
}

void TimelineFolder::clear() {
  gathered_ = {};  // it may have been large
  places_ = {};
}

Status TimelineFolder::fold(const Part& part, const KeyValueStore& store,
                            TimelineStore::Stored stored, const TimelineStore::Changes& changes,
                            const Report& report) const {
  Place* const end = part.places_.data() + part.places_.size();
  // Mostly a spell has a begin and an end, and takes a key of 38 bytes and some ten more.
  const std::size_t spells = part.places_.size() / 2;
  constexpr std::size_t kSpellBytes = 50;
  if (changes.whole == nullptr) {
    changes.out.reserve(spells, spells * kSpellBytes);
  } else {
    changes.whole->reserve(spells);
  }
  changes.in.reserve(spells, spells * kSpellBytes);
  TimelineStore timelines(store, stored, changes.news);
  const auto is_before = [](const Place& a, const Place& b) {  // of one source
    const auto order = [](const Place& place) {
      return std::tie(place.timeline.family, place.timeline.name, place.timeline.target,
                      place.offset);
    };
    return order(a) < order(b);
  };
  Fold fold;
  NodeId source;
  std::span<const Place> of_source;
  std::span<const Place> of_timeline;
  TimelineStore::Purpose purpose;
  purpose.since_of_source = [&] { return since_of(of_source); };
  purpose.since = [&] { return since_of(of_timeline); };
  for (Place* first = part.places_.data(); first != end;) {
    if (first->timeline.source != source) {
      source = first->timeline.source;
      Place* const other = std::find_if(
          first, end, [&](const Place& place) { return place.timeline.source != source; });
      of_source = {first, other};
      purpose.siblings = of_source.size();
      std::sort(first, other, is_before);
    }
    const TimelineKey key = first->timeline;
    Place* const last =
        std::find_if(first, end, [&](const Place& place) { return place.timeline != key; });
    for (const Place* place = first; place != last; ++place) {
      prefetch_change(gathered_, part.places_,
                      static_cast<std::size_t>(place - part.places_.data()));
    }
    of_timeline = {first, last};
    ANNALS_CHECK_OK(fold_one(timelines, of_timeline, purpose, fold));
    ANNALS_CHECK_OK(
        report(key, TimelineStore::write_difference(key, fold.folded, fold.before, changes)));
    first = last;
  }
  return {};
}

}  // namespace annals::storage
