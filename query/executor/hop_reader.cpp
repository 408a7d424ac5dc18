#include "query/executor/hop_reader.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "query/executor/fact_images.h"

namespace annals::query {

namespace {

/// No fact that an event brings about has this ordinal (limits::kEventFactsMax).
constexpr std::uint16_t kRoleOrdinal = 0xFFFF;

/// Whether the facts at a node are found in one place.
bool is_one_scan(const BoundHop& hop) {
  return hop.roles.empty() && hop.relations.size() <= 1 &&
         hop.direction != ast::HopDirection::kEither;
}

storage::Fact role_fact(Seq event, SymbolId role, NodeId node) {
  storage::Fact fact;
  fact.id = {event, kRoleOrdinal};
  fact.source = NodeId::event(event);
  fact.relation = role;
  fact.target = node;
  fact.begin = Instant::exactly(kBeginningOfTime);
  fact.known_from = event;
  return fact;
}

}  // namespace

bool is_same_fact(const storage::Fact& a, const storage::Fact& b) {
  return a.id == b.id && a.relation == b.relation && a.source == b.source && a.target == b.target;
}

bool is_role_fact(const storage::Fact& fact) { return fact.id.ordinal == kRoleOrdinal; }

void HopReader::rewind() {
  finished_ = true;
  facts_.reset();
  participations_.reset();
  ends_.reset();
  known_facts_ = {};
  slices_.clear();
  slice_ = nullptr;
  if (image_ == nullptr && images_[0] == nullptr && images_[1] == nullptr) return;
  image_ = nullptr;
  images_ = {};
  times_ = {};
}

void HopReader::start(NodeId node, bool from_left, NodeId neighbour,
                      const storage::Window& window) {
  view_ = context_.view(hop_.scope);
  window_ = window;
  node_ = node;
  neighbour_ = neighbour;
  from_left_ = from_left;
  outward_ = is_outward(from_left);
  second_pass_ = false;
  finished_ = false;
  step_ = 0;
  facts_.reset();
  known_facts_ = {};
  image_rows_ = {};
  image_list_ = {};
  slice_places_ = {};
  participations_.reset();
  roles_.clear();
  roles_given_ = 0;
}

bool HopReader::wants_role(SymbolId role) const {
  return std::find(hop_.roles.begin(), hop_.roles.end(), role) != hop_.roles.end();
}

/// The rows of a scan that are this thread's.
FactImage::Range HopReader::part_of(std::size_t rows) const {
  const auto [number, count] = context_.part;
  return {static_cast<FactImage::Row>(rows * number / count),
          static_cast<FactImage::Row>(rows * (number + 1) / count)};
}

Result<const FactImage*> HopReader::image_of(storage::Direction direction, NodeId node) {
  auto& known = images_[direction == storage::Direction::kOut ? 0 : 1];
  if (known == nullptr) {
    ANNALS_TRY(known, context_.images->find(*view_.snapshot, direction, node, context_.stop));
  }
  return known.get();
}

const FactImage::Times& HopReader::times_in(storage::Direction direction) {
  KnownTimes& known = times_[direction == storage::Direction::kOut ? 0 : 1];
  const bool is_known = known.is_known && known.window == window_;
  if (!is_known) known = {window_, image_->times_of(window_), true};
  return known.times;
}

/// False if there is no slice of the image.
Result<bool> HopReader::open_slice(const storage::FactScan& scan) {
  /// After so many reads it is looked for one, or told that it would be of use.
  constexpr std::size_t kReads = 64;
  // Of all relations those with a neighbour lie anywhere: the end with fewer facts is better.
  if (scan.neighbour && !scan.relation) return false;
  const FactSliceKey key{scan.direction, scan.relation, scan.window};
  if (!slices_.empty() && slices_.front().key.window != scan.window) slices_.clear();
  auto known = std::find_if(slices_.begin(), slices_.end(),
                            [&key](const SliceUse& use) { return use.key == key; });
  if (known == slices_.end()) {
    slices_.push_back({key, 0, nullptr});
    known = slices_.end() - 1;
  }
  if (known->slice == nullptr) {
    if (++known->reads % kReads != 0) return false;
    const auto& image = images_[scan.direction == storage::Direction::kOut ? 0 : 1];
    ANNALS_TRY(known->slice, context_.slices->find(image, key, kReads, context_.stop));
    if (known->slice == nullptr) return false;
  }
  slice_ = known->slice;
  slice_places_ = slice_->of(scan.node);
  return true;
}

const FactSlice* HopReader::slice(bool from_left, bool has_neighbour,
                                  const storage::Window& window) const {
  if (!is_one_scan(hop_) || (has_neighbour && hop_.relations.empty())) return nullptr;
  const FactSliceKey key{is_outward(from_left) ? storage::Direction::kOut : storage::Direction::kIn,
                         hop_.relations.empty() ? SymbolId() : hop_.relations.front(), window};
  const auto known = std::find_if(slices_.begin(), slices_.end(),
                                  [&key](const SliceUse& use) { return use.key == key; });
  return known == slices_.end() ? nullptr : known->slice;
}

/// False if there is no image, or the index is the better place to look.
Result<bool> HopReader::open_image(storage::FactScan scan) {
  /// Beyond so many rows of a node the index is faster at a date: its blocks have what holds then
  /// together.
  constexpr std::size_t kHistoryMax = 8'192;
  if (context_.images == nullptr) return false;
  ANNALS_TRY(image_, image_of(scan.direction, scan.node));
  if (image_ != nullptr && scan.node) {
    ANNALS_TRY(const bool has_slice, open_slice(scan));
    if (has_slice) {
      if (scan.neighbour) slice_places_ = slice_->near(slice_places_, scan.neighbour);
      return true;
    }
  }
  if (scan.neighbour) {
    // The same facts stand at the other end, in the same order, perhaps among fewer.
    const bool is_out = scan.direction == storage::Direction::kOut;
    const storage::Direction back = is_out ? storage::Direction::kIn : storage::Direction::kOut;
    ANNALS_TRY(const FactImage* const other, image_of(back, scan.neighbour));
    const bool is_better =
        other != nullptr &&
        (image_ == nullptr || other->of(scan.neighbour).size() < image_->of(scan.node).size());
    // Where one image alone has room the node there may have very many, of all relations, which
    // would be looked through for each row: what is kept of it (ends_) takes a third of that.
    constexpr std::size_t kRowsMax = 256;
    const bool is_far = image_ == nullptr && other != nullptr && !scan.relation &&
                        other->of(scan.neighbour).size() > kRowsMax;
    if (is_far) return false;
    if (is_better) {
      image_ = other;
      scan.direction = back;
      std::swap(scan.node, scan.neighbour);
    }
  }
  if (image_ == nullptr) return false;
  image_filter_ = {SymbolId(), scan.neighbour, times_in(scan.direction)};
  if (!scan.node && scan.relation) {
    const std::span<const FactImage::Row> all = image_->of(scan.relation);
    const FactImage::Range part = part_of(all.size());
    image_list_ = all.subspan(part.first, part.size());
    return true;
  }
  if (!scan.node) {
    image_rows_ = part_of(image_->all().size());
    return true;
  }
  FactImage::Range rows = image_->of(scan.node);
  if (scan.relation) rows = image_->of(rows, scan.relation);
  if (scan.relation && scan.neighbour) rows = image_->with(rows, scan.neighbour);
  if (scan.window.from == scan.window.to && rows.size() > kHistoryMax) return false;
  image_rows_ = rows;
  return true;
}

Status HopReader::open_relation(SymbolId relation) {
  storage::FactScan scan;
  scan.node = node_;
  // Everywhere, one index has all facts: which end is the hop's left one is only a way to look.
  scan.direction = outward_ || !node_ ? storage::Direction::kOut : storage::Direction::kIn;
  scan.relation = relation;
  scan.neighbour = neighbour_;
  scan.window = window_;
  ANNALS_TRY(const bool has_image, open_image(scan));
  if (has_image) return {};
  if (node_ && neighbour_ && view_.is_present) {
    if (!ends_) ends_.emplace(context_.memory, context_.stop);
    ANNALS_TRY(const auto known, ends_->find(*view_.snapshot, scan));
    if (known) {
      known_facts_ = *known;
      return {};
    }
  }
  scanned_ = 0;
  facts_ = view_.snapshot->facts(scan);
  return {};
}

/// What a scan without an image costs. Facts of other relations were read, too, which shows when it
/// is at its end.
void HopReader::note_scanned(std::size_t facts) {
  if (node_ || context_.images == nullptr || !view_.is_present) return;
  const std::uint64_t all = view_.snapshot->statistics().facts;
  const std::uint64_t more = facts > 0 ? facts : all - std::min(all, scanned_);
  scanned_ += more;
  context_.images->note_read(*view_.snapshot, storage::Direction::kOut, more);
}

Status HopReader::add_fillings(Seq event, NodeId only) {
  const Result<const RecordedEvent*> recorded = view_.nodes->event(event);
  if (!recorded) return view_.is_missing(recorded.error()) ? Status() : Status(recorded.error());
  const auto* occurrence = std::get_if<Occurrence>(&(*recorded)->event.body);
  if (occurrence == nullptr) return {};
  for (const RoleFilling& filling : occurrence->roles) {
    if (!wants_role(filling.role)) continue;
    std::unordered_set<NodeId> seen;  // a node fills a role once, however often it is named
    for (const NodeId node : filling.nodes) {
      if ((only && node != only) || !seen.insert(node).second) continue;
      roles_.push_back(role_fact(event, filling.role, node));
    }
  }
  return {};
}

Status HopReader::open_roles() {
  roles_.clear();
  roles_given_ = 0;
  if (outward_) return node_.is_event() ? add_fillings(node_.event_seq(), neighbour_) : Status();
  if (neighbour_) {
    return neighbour_.is_event() ? add_fillings(neighbour_.event_seq(), node_) : Status();
  }
  participations_ = view_.snapshot->participations(node_);
  return {};
}

Status HopReader::open_next() {
  const std::size_t relations = hop_.any_relation() ? 1 : hop_.relations.size();
  if (step_ < relations) {
    ANNALS_CHECK_OK(open_relation(hop_.any_relation() ? SymbolId() : hop_.relations[step_]));
  } else if (step_ == relations && !hop_.roles.empty()) {
    ANNALS_CHECK_OK(open_roles());
  } else if (hop_.direction == ast::HopDirection::kEither && !second_pass_) {
    second_pass_ = true;
    outward_ = !outward_;
    step_ = 0;
    return {};
  } else {
    finished_ = true;
  }
  ++step_;
  return {};
}

Status HopReader::next_participations(std::size_t count_max) {
  ANNALS_CHECK_OK(participations_->next(rows_, count_max));
  if (rows_.empty()) participations_.reset();
  roles_.clear();
  roles_given_ = 0;
  for (const storage::Participation& row : rows_) {
    if (wants_role(row.role)) roles_.push_back(role_fact(row.event, row.role, row.node));
  }
  return {};
}

void HopReader::take_known_facts(std::vector<storage::Fact>& facts, std::size_t count_max) {
  const auto taken = known_facts_.first(std::min(count_max, known_facts_.size()));
  facts.assign(taken.begin(), taken.end());
  known_facts_ = known_facts_.subspan(taken.size());
}

void HopReader::drop_loops(Found& found) const {
  // From a node to itself the first pass has found it.
  if (!second_pass_) return;
  std::erase_if(found.facts, [](const storage::Fact& fact) { return fact.source == fact.target; });
  std::erase_if(found.rows, [&found](FactImage::Row row) {
    return found.image->source(row) == found.image->target(row);
  });
}

Result<bool> HopReader::next(std::vector<storage::Fact>& facts, std::size_t count_max) {
  facts.clear();
  ANNALS_TRY(const bool more, next(found_, count_max));
  if (!more) return false;
  facts.swap(found_.facts);
  for (const FactImage::Row row : found_.rows) facts.push_back(found_.image->fact(row));
  return true;
}

Result<bool> HopReader::next(Found& found, std::size_t count_max) {
  std::vector<storage::Fact>& facts = found.facts;
  facts.clear();
  found.rows.clear();
  while (!finished_) {
    if (slice_places_.size() > 0) {
      found.image = &slice_->image();
      while (slice_places_.size() > 0 && found.rows.size() < count_max) {
        const FactSlice::Place place = slice_places_.first++;
        if (neighbour_ && slice_->neighbour(place) != neighbour_) continue;
        found.rows.push_back(slice_->row(place));
      }
      drop_loops(found);
      if (!found.rows.empty()) return true;
      continue;
    }
    if (image_rows_.size() > 0 || !image_list_.empty()) {
      // What none is found in is looked through at once: a hundred million rows a second.
      found.image = image_;
      if (image_list_.empty()) {
        image_->find(image_rows_, image_filter_, count_max, found.rows);
      } else {
        image_->find(image_list_, image_filter_.times, count_max, found.rows);
      }
      if (image_rows_.size() == 0 && image_list_.empty()) finished_ = is_one_scan(hop_);
      drop_loops(found);
      if (!found.rows.empty()) return true;
      continue;
    }
    if (roles_given_ < roles_.size()) {
      const std::size_t count = std::min(count_max, roles_.size() - roles_given_);
      const auto begin = roles_.begin() + static_cast<std::ptrdiff_t>(roles_given_);
      std::move(begin, begin + static_cast<std::ptrdiff_t>(count), std::back_inserter(facts));
      roles_given_ += count;
      return true;
    }
    if (!known_facts_.empty()) {
      take_known_facts(facts, count_max);
      drop_loops(found);
      if (!facts.empty()) return true;
      continue;
    }
    if (facts_ != nullptr) {
      ANNALS_CHECK_OK(facts_->next(facts, count_max));
      note_scanned(facts.size());
      if (facts.empty()) {
        facts_.reset();
        continue;
      }
      drop_loops(found);
      if (!facts.empty()) return true;
      continue;
    }
    if (participations_ != nullptr) {
      ANNALS_CHECK_OK(next_participations(count_max));
      continue;
    }
    ANNALS_CHECK_OK(open_next());
  }
  return false;
}

}  // namespace annals::query
