// What comes and goes at one entity, for long: members that join and leave it, a hundred of them at
// a time. What must hold: neither questions nor commits take longer the more has gone since the
// store last compacted (decision 48), or is over (decision 49). Figures go to docs/performance.md.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "query/query_engine.h"
#include "schema/time/date.h"
#include "storage/database.h"
#include "tests/support/temp_folder.h"

namespace annals::bench {
namespace {

using Steady = std::chrono::steady_clock;
using storage::CommitBuilder;
using storage::Database;

constexpr std::int64_t kMembers = 100;
constexpr std::int64_t kEventsPerCommit = 1'000;
constexpr int kCommits = 25;

[[noreturn]] void fail(const std::string& text) {
  std::cerr << "bench: " << text << '\n';
  std::exit(1);
}

template <class T>
T checked(Result<T> result) {
  if (!result) fail(format_error(result.error()));
  return std::move(*result);
}

void checked(const Status& status) {
  if (!status) fail(format_error(status.error()));
}

class NoRows final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn>, query::RowTags) override { return {}; }
  Status row(std::span<const query::Datum>, Certainty) override { return {}; }
  Status message(std::string_view) override { return {}; }
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <class Work>
double micros_of(const Work& work) {
  const auto start = Steady::now();
  work();
  return std::chrono::duration<double, std::micro>(Steady::now() - start).count();
}

/// The entity and what happens at it: member number i joins in hour i and leaves kMembers later.
class Churn {
 public:
  explicit Churn(const std::string& path)
      : database_(checked(Database::open(path, storage::DatabaseOptions(), clock_))) {
    query::Session session(*database_, clock_, nullptr, stop_);
    for (const char* const statement :
         {"DEFINE ENTITY Node;", "DEFINE RELATION MEMBER (Node)->(Node);",
          "DEFINE EVENT Joins (club Node, who Node) BEGINS (club)-[:MEMBER]->(who);",
          "DEFINE EVENT Leaves (club Node, who Node) ENDS (club)-[:MEMBER]->(who);"}) {
      NoRows ignored;
      checked(session.run(statement, {}, ignored));
    }
    auto builder = checked(database_->begin());
    const SymbolId type = checked(builder->symbol("Node"));
    const auto node = [&](const std::string& name) {
      return checked(builder->entity(name, type, storage::MissingNames::kCreate));
    };
    hub_ = node("hub");
    for (std::int64_t i = 0; i < kPeople; ++i) people_.push_back(node(fmt::format("p{}", i)));
    joins_ = checked(builder->symbol("Joins"));
    leaves_ = checked(builder->symbol("Leaves"));
    member_ = checked(builder->symbol("MEMBER"));
    club_role_ = checked(builder->symbol("club"));
    who_role_ = checked(builder->symbol("who"));
    add_next(*builder);  // entities alone are no commit
    checked(database_->commit(std::move(builder)));
  }

  /// Each hour one joins and one leaves. Microseconds for an event, the median of the commits.
  double go_on(int commits, std::int64_t events) {
    std::vector<double> micros;
    for (int i = 0; i < commits; ++i) {
      micros.push_back(micros_of([&] {
                         auto builder = checked(database_->begin());
                         for (std::int64_t event = 0; event < events; ++event) add_next(*builder);
                         checked(database_->commit(std::move(builder)));
                       }) /
                       static_cast<double>(events));
    }
    return median(micros);
  }

  /// Ends that come before the begins to which they belong, and then these.
  void record_ends_first(std::int64_t facts) {
    for (const SymbolId kind : {leaves_, joins_}) {
      auto builder = checked(database_->begin());
      for (std::int64_t i = 0; i < facts; ++i) {
        const std::int64_t hour = kind == joins_ ? i : i + kMembers;
        const auto club = static_cast<std::size_t>(i % kPeople);
        add(*builder, kind, people_[club], i / kPeople, hour);
      }
      checked(database_->commit(std::move(builder)));
    }
    // One is left, so that whoever writes has to look.
    auto builder = checked(database_->begin());
    add(*builder, leaves_, people_.back(), 7, 1);
    checked(database_->commit(std::move(builder)));
  }

  /// Of the members in an hour. Checks the answer.
  double ask_members(std::int64_t hour) const {
    std::vector<double> micros;
    std::vector<storage::Fact> facts;
    for (int i = 0; i < 200; ++i) {
      std::size_t count = 0;
      micros.push_back(micros_of([&] {
        const auto snapshot = database_->snapshot();
        const Micros at = time_of(hour);
        const auto cursor = snapshot->facts({hub_, storage::Direction::kOut, {}, {}, {at, at}});
        for (;;) {
          checked(cursor->next(facts, 1'000));
          if (facts.empty()) break;
          count += facts.size();
        }
      }));
      if (count != kMembers) fail(fmt::format("{} members, not {}", count, kMembers));
    }
    return median(micros);
  }
  double ask_count(std::int64_t hour) const {
    std::vector<double> micros;
    for (int i = 0; i < 200; ++i) {
      const Micros at = time_of(hour);
      micros.push_back(micros_of([&] {
        static_cast<void>(checked(database_->snapshot()->count_facts(member_, {&at, 1})));
      }));
    }
    return median(micros);
  }
  std::int64_t now() const { return next_ - 1; }

 private:
  static constexpr std::int64_t kPeople = 2'000;

  static Micros time_of(std::int64_t hour) {
    return days_from_civil(1900, 1, 1) * kMicrosPerDay + hour * (kMicrosPerDay / 24);
  }

  void add(CommitBuilder& builder, SymbolId kind, NodeId club, std::int64_t who,
           std::int64_t hour) {
    Occurrence occurrence;
    occurrence.kind = kind;
    occurrence.roles = {{club_role_, {club}},
                        {who_role_, {people_[static_cast<std::size_t>(who % kPeople)]}}};
    Event event;
    event.body = std::move(occurrence);
    event.on = date_of(Instant::exactly(time_of(hour)));
    checked(builder.add(std::move(event)));
  }

  void add_next(CommitBuilder& builder) {
    if (leaves_next_) {
      if (next_ >= kMembers) add(builder, leaves_, hub_, next_ - kMembers, next_);
      ++next_;
    } else {
      add(builder, joins_, hub_, next_, next_);
    }
    leaves_next_ = !leaves_next_;
  }

  SystemClock clock_;
  StopFlag stop_;
  std::unique_ptr<Database> database_;
  NodeId hub_;
  std::vector<NodeId> people_;
  SymbolId joins_, leaves_, member_, club_role_, who_role_;
  std::int64_t next_ = 0;  // the hour
  bool leaves_next_ = false;
};

void run(const std::string& path) {
  Churn churn(path);
  std::int64_t events = 0;
  const auto print = [&](const std::string& what, double commit) {
    fmt::print(
        "{:<44} {:>7.1f} us an event; members now {:>6.1f} us, long ago {:>6.1f}; "
        "counted {:>6.1f}\n",
        what, commit, churn.ask_members(churn.now()), churn.ask_members(5'000),
        churn.ask_count(churn.now()));
    std::fflush(stdout);
  };
  for (int part = 1; part <= 6; ++part) {
    const double commit = churn.go_on(kCommits, kEventsPerCommit);
    events += kCommits * kEventsPerCommit;
    print(fmt::format("{} events in commits of {}", events, kEventsPerCommit), commit);
  }
  for (int part = 1; part <= 3; ++part) {
    const double commit = churn.go_on(2'000, 1);
    print(fmt::format("{} more in commits of one", part * 2'000), commit);
  }
  churn.record_ends_first(50'000);
  print("after 50000 facts elsewhere, their ends first", churn.go_on(500, 1));
}

}  // namespace
}  // namespace annals::bench

int main() {
  const annals::tests::TempFolder folder;
  std::filesystem::create_directories(folder.path());
  annals::bench::run(folder.path() + "/churn");
  return 0;
}
