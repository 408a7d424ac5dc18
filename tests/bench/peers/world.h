#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// The generated graph that everybody is asked about, and the questions.
namespace annals::bench {

/// Days are counted from 1900-01-01, which is day 0.
using Day = std::int32_t;
inline constexpr Day kDays = 45'656;  ///< 2025-01-01: the first day that no fact begins on.
inline constexpr Day kOpen = 99'999;  ///< The end of a fact that has none.
inline constexpr int kRelations = 20;
inline constexpr int kYears = 125;  ///< Of a timeline: 1900 to 2024.
inline constexpr int kHopsMax = 6;  ///< Of a path.
inline constexpr int kReachHops = 4;
inline constexpr int kTopCount = 20;

/// 1 January of `year`, counted from 1900.
constexpr Day new_year(int year) { return 365 * year + (year - 1) / 4; }

/// A fact holds on the days of [begin, end). Relations are numbered from 1, entities from 0.
struct Fact {
  std::int32_t source = 0;
  std::int32_t relation = 0;
  std::int32_t target = 0;
  Day begin = 0;
  Day end = kOpen;

  bool holds_on(Day day) const { return begin <= day && day < end; }
};

/// How large a world is, by its letter: S, M, L.
struct Size {
  char letter = 'M';
  std::size_t facts = 0;
  std::size_t hub_facts = 0;   ///< Of each churning hub.
  std::size_t deep_facts = 0;  ///< Of the deep hub.

  std::int32_t entities() const { return static_cast<std::int32_t>(facts / 20); }
};

/// Null if there is no size of that letter.
const Size* size_of(char letter);

/// The questions. Each counts what it finds and sums it up; the sums stand in arrays.cpp.
enum class Question : std::uint8_t {
  kNeighbours,  ///< Facts of an entity of median degree as of a day.
  kHub,         ///< Of a churning hub: many facts, about 2 % of them alive.
  kHubCount,    ///< The same, but only their count and sum are wanted.
  kDeep,        ///< Of the deep hub: about 220 alive, whatever the history's length.
  kTwoHops,     ///< Distinct entities two hops away as of a day.
  kHistory,     ///< All facts of an entity, by begin.
  kSnapshot,    ///< Facts alive on a day, counted by relation.
  kTimeline,    ///< Facts of a relation alive on 1 January of each year.
  kPath,        ///< Hops of a shortest path as of a day, at most kHopsMax; -1 without one.

  // What is asked in a language only:
  kTogether,   ///< Targets that two entities share on 1 January of each year.
  kTriangles,  ///< Facts of a relation that close a circle of three as of a day.
  kTop,        ///< The 20 entities with most facts as of a day.
  kNever,      ///< Who has a fact with A as of a day, and never had one with B.
  kOverlap,    ///< Facts of a relation that hold on any day of a spell.
  kReach,      ///< Other entities within kReachHops as of a day.
};
inline constexpr std::size_t kIndexQuestions = 9;  ///< That Annals' index is asked, too.
inline constexpr std::size_t kQuestions = 15;

/// The question as picks.csv and the adapters call it.
std::string_view name_of(Question question);

/// A question with its arguments; those that it does not use are zero.
struct Pick {
  std::int32_t a = 0;  ///< The entity; of kTimeline, kTriangles and kOverlap the relation.
  std::int32_t b = 0;  ///< Of kPath, kTogether and kNever the other entity.
  Day day = 0;         ///< Of kOverlap the first one.
  Day end = 0;         ///< Of kOverlap the one behind the last.
};

/// What was found, in a form that everybody can compute and compare.
struct Answer {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  bool operator==(const Answer&) const = default;
};

/// What kNeighbours and its like sum up for one fact; kHubCount sums up targets.
constexpr std::int64_t fact_sum(std::int32_t relation, std::int32_t target) {
  return std::int64_t{relation} * 1'000'003 + target;
}

/// Adds the fact that is number `answer.count` by begin to the answer of kHistory. Facts that begin
/// on one day may come in any order.
inline void add_to_history(Answer& answer, const Fact& fact) {
  answer.sum +=
      (answer.count % 1'000 + 1) * fact.begin + fact_sum(fact.relation, fact.target) + fact.end;
  ++answer.count;
}

/// The answer of kSnapshot; `counts` by relation, of which none has number 0.
Answer snapshot_answer(const std::array<std::int64_t, kRelations + 1>& counts);

/// Gathers the answer of kTimeline.
class YearCounts {
 public:
  /// A fact that holds on the days of [begin, end).
  void add(Day begin, Day end) {
    ++changes_[first_year_from(begin)];
    --changes_[first_year_from(end)];
  }
  Answer answer() const;

 private:
  /// The first year of which 1 January is `day` or later; kYears if that is after the last one.
  static std::size_t first_year_from(Day day);

  std::array<std::int64_t, kYears + 1> changes_{};
};

using Picks = std::array<std::vector<Pick>, kQuestions>;
using Answers = std::array<std::vector<Answer>, kQuestions>;

/// The graph of a size.
struct World {
  Size size;
  std::vector<Fact> facts;  ///< By begin.
  std::vector<std::int32_t> hubs;
  std::int32_t deep_hub = 0;
};

/// The same on every machine with the same C library. Of the same source, relation and target no
/// two facts overlap or touch, so that each is a spell of its own.
World generate_world(const Size& size);

/// Questions about a world, the same whenever the world is. `has_path` says whether a path is there
/// to be found: four of five questions about paths have one.
Picks choose_picks(const World& world, const std::function<bool(const Pick&)>& has_path);

/// Rows "source,relation,target,begin,end" under a header, for everybody to load.
void write_facts(const std::vector<Fact>& facts, const std::string& path);
/// Rows "question,a,b,day,end,count,sum": a pick and its right answer.
void write_picks(const Picks& picks, const Answers& answers, const std::string& path);

/// That a fact begins or ends.
struct GraphEvent {
  bool begins = true;
  std::int32_t source = 0;
  std::int32_t relation = 0;
  std::int32_t target = 0;
  Day day = 0;
};

/// Rows "begins,source,relation,target,day" under a header, for Annals to load: the events that
/// brought the facts about, in order of time; on one day what ends comes first.
void write_events(const std::vector<Fact>& facts, const std::string& path);

/// Reads what write_events() wrote.
class EventReader {
 public:
  explicit EventReader(const std::string& path);
  /// False at the end.
  bool next(GraphEvent& event);

 private:
  bool read_more();

  std::ifstream in_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;   // of the line that is next
  std::size_t end_ = 0;  // of what was read
};

}  // namespace annals::bench
