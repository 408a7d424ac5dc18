#include "tests/bench/peers/world.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "tests/bench/peers/child.h"

namespace annals::bench {

namespace {

/// SplitMix64: the standard library's distributions differ between libraries, this does not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15ULL;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
  }
  /// In (0, 1).
  double unit() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
  /// In [0, count).
  std::int32_t below(std::size_t count) {
    return static_cast<std::int32_t>(unit() * static_cast<double>(count));
  }
  Day day() { return below(kDays); }
  template <class Item>
  const Item& one_of(const std::vector<Item>& items) {
    return items[static_cast<std::size_t>(below(items.size()))];
  }

 private:
  std::uint64_t state_;
};

constexpr std::uint64_t kSeed = 20'250'101;
constexpr int kHubs = 3;
constexpr double kHubShareAlive = 0.02;
constexpr double kDeepAlive = 220;
constexpr double kOpenShare = 0.3;
constexpr double kMeanLife = 15 * 365.25;
constexpr int kLargeEntities = 50;
constexpr std::size_t kSpellDaysMax = 5 * 365;  ///< Of kOverlap.

auto timeline_of(const Fact& fact) { return std::tie(fact.source, fact.relation, fact.target); }

class Generator {
 public:
  explicit Generator(const Size& size) : size_(size), random_(kSeed), by_rank_(size.entities()) {
    // Numbers tell nothing about degrees.
    std::iota(by_rank_.begin(), by_rank_.end(), 0);
    for (std::size_t i = by_rank_.size(); i > 1; --i) {
      std::swap(by_rank_[i - 1], by_rank_[static_cast<std::size_t>(random_.below(i))]);
    }
  }

  World world() {
    for (int hub = 0; hub < kHubs; ++hub) add_hub(hub, size_.hub_facts, kHubShareAlive * kDays);
    add_hub(kHubs, size_.deep_facts, kDeepAlive / static_cast<double>(size_.deep_facts) * kDays);
    while (facts_.size() < size_.facts) add_common();
    while (draw_overlapping_again()) {
    }
    std::sort(facts_.begin(), facts_.end(), [](const Fact& a, const Fact& b) {
      return std::tie(a.begin, a.source, a.relation, a.target) <
             std::tie(b.begin, b.source, b.relation, b.target);
    });
    return {
        size_, std::move(facts_), {by_rank_.begin(), by_rank_.begin() + kHubs}, by_rank_[kHubs]};
  }

 private:
  /// A degree is rank^-0.6 if ranks are drawn as u^(1 / (1 - 0.6)).
  std::size_t rank() {
    const auto count = static_cast<double>(by_rank_.size());
    return static_cast<std::size_t>(count * std::pow(random_.unit(), 2.5)) % by_rank_.size();
  }

  std::int32_t relation() { return 1 + random_.below(kRelations); }

  Day end_after(Day begin, double mean_life) {
    const double end = begin + 1 + std::floor(-mean_life * std::log(random_.unit()));
    return end >= kDays ? kOpen : static_cast<Day>(end);
  }

  void add(std::int32_t source, Day begin, Day end) {
    const std::int32_t of_relation = relation();
    facts_.push_back({source, of_relation, by_rank_[rank()], begin, end});
  }

  void add_hub(int hub, std::size_t count, double mean_life) {
    for (std::size_t i = 0; i < count; ++i) {
      const Day begin = random_.day();
      add(by_rank_[static_cast<std::size_t>(hub)], begin, end_after(begin, mean_life));
    }
  }

  void add_common() {
    const std::size_t source = rank();
    if (source <= kHubs) return;
    const Day begin = random_.day();
    const bool is_open = random_.unit() < kOpenShare;
    add(by_rank_[source], begin, is_open ? kOpen : end_after(begin, kMeanLife));
  }

  /// Gives facts that overlap or touch the one before, on the same timeline, another relation and
  /// target. False if there were none.
  bool draw_overlapping_again() {
    std::sort(facts_.begin(), facts_.end(), [](const Fact& a, const Fact& b) {
      return std::tuple(timeline_of(a), a.begin, a.end) <
             std::tuple(timeline_of(b), b.begin, b.end);
    });
    bool found = false;
    const Fact* last = nullptr;
    for (Fact& fact : facts_) {
      const bool is_apart =
          last == nullptr || timeline_of(*last) != timeline_of(fact) || last->end < fact.begin;
      if (is_apart) {
        last = &fact;
        continue;
      }
      fact.relation = relation();
      fact.target = by_rank_[rank()];
      found = true;
    }
    return found;
  }

  const Size& size_;
  Random random_;
  std::vector<std::int32_t> by_rank_;
  std::vector<Fact> facts_;
};

/// Entities to ask about.
struct Subjects {
  std::vector<std::int32_t> all;     ///< With any fact that they are the source of.
  std::vector<std::int32_t> median;  ///< Of these, those of median degree.
  std::vector<std::int32_t> large;   ///< Those of the highest degrees, but for the hubs.
};

Subjects subjects_of(const World& world) {
  std::vector<std::size_t> degrees(static_cast<std::size_t>(world.size.entities()));
  for (const Fact& fact : world.facts) ++degrees[static_cast<std::size_t>(fact.source)];
  const auto degree = [&](std::int32_t entity) {
    return degrees[static_cast<std::size_t>(entity)];
  };
  Subjects subjects;
  for (std::int32_t entity = 0; entity < world.size.entities(); ++entity) {
    if (degree(entity) > 0) subjects.all.push_back(entity);
  }
  std::vector<std::int32_t> sorted = subjects.all;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end(),
                   [&](std::int32_t a, std::int32_t b) { return degree(a) < degree(b); });
  const std::size_t median = degree(*middle);
  std::copy_if(subjects.all.begin(), subjects.all.end(), std::back_inserter(subjects.median),
               [&](std::int32_t entity) { return degree(entity) == median; });
  const auto first = sorted.begin() + kHubs + 1;
  const auto last = first + kLargeEntities;
  std::partial_sort(sorted.begin(), last, sorted.end(), [&](std::int32_t a, std::int32_t b) {
    return std::pair(degree(b), a) < std::pair(degree(a), b);
  });
  subjects.large.assign(first, last);
  return subjects;
}

std::int32_t relation_in_turn(std::size_t number) {
  return static_cast<std::int32_t>(number % kRelations) + 1;
}

Pick pick_of_two(const std::vector<std::int32_t>& entities, Random& random) {
  Pick pick{random.one_of(entities), 0, random.day()};
  do {
    pick.b = random.one_of(entities);
  } while (pick.b == pick.a);
  return pick;
}

Pick choose_pick(Question question, std::size_t number, const World& world,
                 const Subjects& subjects, Random& random) {
  switch (question) {
    case Question::kNeighbours: return {random.one_of(subjects.median), 0, random.day()};
    case Question::kHub:
    case Question::kHubCount: return {random.one_of(world.hubs), 0, random.day()};
    case Question::kDeep: return {world.deep_hub, 0, random.day()};
    case Question::kTwoHops: return {random.one_of(subjects.all), 0, random.day()};
    case Question::kHistory: return {random.one_of(subjects.all), 0, 0};
    case Question::kSnapshot: return {0, 0, random.day()};
    case Question::kTimeline: return {relation_in_turn(number), 0, 0};
    case Question::kTogether:
    case Question::kNever: return pick_of_two(subjects.large, random);
    case Question::kTriangles: return {relation_in_turn(number), 0, random.day()};
    case Question::kTop: return {0, 0, random.day()};
    case Question::kOverlap: {
      const Day begin = random.day();
      return {relation_in_turn(number), 0, begin, begin + 1 + random.below(kSpellDaysMax)};
    }
    case Question::kReach: return {random.one_of(subjects.median), 0, random.day()};
    case Question::kPath: break;
  }
  return pick_of_two(subjects.all, random);
}

/// How many questions of a kind are asked. Paths differ so much that all must be asked the same
/// ones, hence few.
std::size_t pick_count(Question question) {
  switch (question) {
    case Question::kNeighbours: return 2'000;
    case Question::kSnapshot:
    case Question::kTimeline:
    case Question::kTriangles:
    case Question::kTop:
    case Question::kOverlap:
    case Question::kReach: return 20;
    case Question::kTogether:
    case Question::kNever: return 200;
    case Question::kPath: return 30;
    default: return 1'000;
  }
}

/// The number at `at`, which then stands behind the one character that follows it. Input of our own
/// making: not checked.
std::int32_t take_number(const char*& at, const char* end) {
  std::int32_t number = 0;
  at = std::from_chars(at, end, number).ptr + 1;
  return number;
}

}  // namespace

const Size* size_of(char letter) {
  static constexpr std::array<Size, 3> kSizes = {{{'S', 100'000, 5'000, 10'000},
                                                  {'M', 1'000'000, 110'000, 110'000},
                                                  {'L', 10'000'000, 330'000, 1'100'000}}};
  for (const Size& size : kSizes) {
    if (size.letter == letter) return &size;
  }
  return nullptr;
}

std::string_view name_of(Question question) {
  static constexpr std::array<std::string_view, kQuestions> kNames = {
      "neighbours", "hub",      "hub_count", "deep", "two_hops", "history", "snapshot", "timeline",
      "path",       "together", "triangles", "top",  "never",    "overlap", "reach"};
  return kNames[static_cast<std::size_t>(question)];
}

Answer snapshot_answer(const std::array<std::int64_t, kRelations + 1>& counts) {
  Answer answer;
  for (std::size_t relation = 1; relation < counts.size(); ++relation) {
    answer.count += counts[relation];
    answer.sum += static_cast<std::int64_t>(relation) * counts[relation];
  }
  return answer;
}

std::size_t YearCounts::first_year_from(Day day) {
  // 1900 was no leap year: as if its 29 February had been, four years are always 1461 days.
  const Day before = day - 1;
  const Day year = day <= 0 ? 0 : 4 * (before + (before >= 59 ? 1 : 0)) / 1'461 + 1;
  return static_cast<std::size_t>(std::min(year, kYears));
}

Answer YearCounts::answer() const {
  Answer answer;
  std::int64_t alive = 0;
  for (std::size_t year = 0; year < kYears; ++year) {
    alive += changes_[year];
    answer.count += alive;
    answer.sum += static_cast<std::int64_t>(year + 1) * alive;
  }
  return answer;
}

World generate_world(const Size& size) { return Generator(size).world(); }

Picks choose_picks(const World& world, const std::function<bool(const Pick&)>& has_path) {
  const Subjects subjects = subjects_of(world);
  Random random(kSeed + 1);
  Picks picks;
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const auto question = static_cast<Question>(i);
    for (std::size_t number = 0; number < pick_count(question); ++number) {
      Pick pick = choose_pick(question, number, world, subjects, random);
      while (question == Question::kPath && has_path(pick) != (number % 5 != 4)) {
        pick = choose_pick(question, number, world, subjects, random);
      }
      picks[i].push_back(pick);
    }
  }
  return picks;
}

void write_facts(const std::vector<Fact>& facts, const std::string& path) {
  std::ofstream out(path);
  out << "source,relation,target,begin,end\n";
  for (const Fact& fact : facts) {
    out << fact.source << ',' << fact.relation << ',' << fact.target << ',' << fact.begin << ','
        << fact.end << '\n';
  }
  if (!out.flush()) fail("cannot write " + path);
}

void write_picks(const Picks& picks, const Answers& answers, const std::string& path) {
  std::ofstream out(path);
  out << "question,a,b,day,end,count,sum\n";
  for (std::size_t i = 0; i < kQuestions; ++i) {
    for (std::size_t j = 0; j < picks[i].size(); ++j) {
      const Pick& pick = picks[i][j];
      out << name_of(static_cast<Question>(i)) << ',' << pick.a << ',' << pick.b << ',' << pick.day
          << ',' << pick.end << ',' << answers[i][j].count << ',' << answers[i][j].sum << '\n';
    }
  }
  if (!out.flush()) fail("cannot write " + path);
}

void write_events(const std::vector<Fact>& facts, const std::string& path) {
  std::vector<GraphEvent> events;
  events.reserve(2 * facts.size());
  for (const Fact& fact : facts) {
    events.push_back({true, fact.source, fact.relation, fact.target, fact.begin});
    if (fact.end == kOpen) continue;
    events.push_back({false, fact.source, fact.relation, fact.target, fact.end});
  }
  std::stable_sort(events.begin(), events.end(), [](const GraphEvent& a, const GraphEvent& b) {
    return std::tie(a.day, a.begins) < std::tie(b.day, b.begins);
  });
  std::ofstream out(path);
  out << "begins,source,relation,target,day\n";
  for (const GraphEvent& event : events) {
    out << int{event.begins} << ',' << event.source << ',' << event.relation << ',' << event.target
        << ',' << event.day << '\n';
  }
  if (!out.flush()) fail("cannot write " + path);
}

EventReader::EventReader(const std::string& path) : in_(path), buffer_(std::size_t{1} << 18) {
  std::string header;
  if (!std::getline(in_, header)) fail("cannot read " + path);
}

/// What is left goes to the begin, and more comes behind it. False at the end of the file.
bool EventReader::read_more() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= std::exchange(at_, 0);
  in_.read(buffer_.data() + end_, static_cast<std::streamsize>(buffer_.size() - end_));
  end_ += static_cast<std::size_t>(in_.gcount());
  return in_.gcount() > 0;
}

bool EventReader::next(GraphEvent& event) {
  constexpr std::size_t kLineMax = 64;
  if (end_ - at_ < kLineMax) read_more();
  if (at_ == end_) return false;
  const char* const line = buffer_.data() + at_;
  const char* const end = buffer_.data() + end_;
  const char* at = line;
  event.begins = take_number(at, end) != 0;
  event.source = take_number(at, end);
  event.relation = take_number(at, end);
  event.target = take_number(at, end);
  event.day = take_number(at, end);
  at_ += static_cast<std::size_t>(at - line);
  return true;
}

}  // namespace annals::bench
