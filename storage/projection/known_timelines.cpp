#include "storage/projection/known_timelines.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace annals::storage {

namespace {

// Beyond these all are forgotten, and those that are still in use read again. A source takes some
// 100 bytes, and a name four, twice that while there is room for more.
constexpr std::size_t kSourcesMax = 100'000;
constexpr std::size_t kNamesMax = 2'000'000;

KnownTimelines::Name name_of(SymbolId relation, NodeId target) {
  const std::uint64_t mixed = (target.raw * 0x9E3779B97F4A7C15ULL) ^ relation.raw;
  return static_cast<KnownTimelines::Name>((mixed * 0xD6E8FEB86659FD93ULL) >> 32);
}

bool has(const std::vector<KnownTimelines::Name>& names, KnownTimelines::Name name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void KnownTimelines::News::note_all(NodeId source, std::span<const TimelineName> timelines) {
  std::vector<Name> names;
  names.reserve(timelines.size() + 1);  // most are read since one more is coming
  for (const TimelineName& one : timelines) {
    names.push_back(name_of(one.relation, one.neighbour));
  }
  note({source, false, std::move(names)});
}

void KnownTimelines::News::note_large(NodeId source) { note({source, true, {}}); }

void KnownTimelines::News::note(Source source) {
  const auto at =
      std::upper_bound(read_.begin(), read_.end(), source.node,
                       [](NodeId wanted, const Source& one) { return wanted < one.node; });
  read_.insert(at, std::move(source));
}

const KnownTimelines::News::Source* KnownTimelines::News::find(NodeId source) const {
  const auto found =
      std::lower_bound(read_.begin(), read_.end(), source,
                       [](const Source& one, NodeId wanted) { return one.node < wanted; });
  return found == read_.end() || found->node != source ? nullptr : &*found;
}

bool KnownTimelines::News::knows_small(NodeId source) const {
  const Source* const found = find(source);
  return found != nullptr && !found->is_large;
}

bool KnownTimelines::News::lacks(const TimelineKey& timeline) const {
  const Source* const source = find(timeline.source);
  return source != nullptr && !source->is_large &&
         !has(source->names, name_of(timeline.name, timeline.target));
}

void KnownTimelines::News::note_written(const TimelineKey& timeline) {
  written_.push_back({timeline.source, name_of(timeline.name, timeline.target)});
}

void KnownTimelines::News::append(News&& others) {
  News moved = std::move(others);
  read_.insert(read_.end(), std::make_move_iterator(moved.read_.begin()),
               std::make_move_iterator(moved.read_.end()));
  written_.insert(written_.end(), moved.written_.begin(), moved.written_.end());
}

bool KnownTimelines::keeps(std::uint64_t sources, std::uint64_t timelines) {
  return sources <= kSourcesMax && timelines <= kNamesMax;
}

bool KnownTimelines::lacks(const TimelineKey& timeline) const {
  const auto source = sources_.find(timeline.source);
  return source != sources_.end() && !source->second.is_large &&
         !has(source->second.names, name_of(timeline.name, timeline.target));
}

void KnownTimelines::add(News&& news) {
  if (sources_.size() > kSourcesMax || names_ > kNamesMax) clear();
  for (News::Source& read : std::exchange(news.read_, {})) {
    // Two parts may have read it, one of them ahead: the same, then.
    const std::size_t names = read.names.size();
    if (sources_.try_emplace(read.node, Source{read.is_large, std::move(read.names)}).second) {
      names_ += names;
    }
  }
  for (const News::Written& written : std::exchange(news.written_, {})) {
    const auto found = sources_.find(written.source);
    if (found == sources_.end() || found->second.is_large) continue;
    Source& source = found->second;
    if (has(source.names, written.name)) continue;
    source.names.push_back(written.name);
    ++names_;
    if (source.names.size() <= kNamesPerSource) continue;
    names_ -= source.names.size();
    source = {true, {}};
  }
}

void KnownTimelines::clear() {
  sources_.clear();
  names_ = 0;
}

}  // namespace annals::storage
