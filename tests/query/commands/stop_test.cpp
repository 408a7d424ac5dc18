// What takes long stops soon: a statement that is over its time, and one that somebody stops.

#include <time.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/query/commands/session_fixture.h"

namespace annals::tests {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::milliseconds kTime{150};
/// The promise is 100 ms; sanitizers are slower.
constexpr std::chrono::milliseconds kSlack{1'000};

/// What this thread has computed: that others keep the machine busy makes no statement stop later.
std::chrono::milliseconds computed() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

/// Each takes minutes, all of them in another operator or expression.
constexpr std::string_view kLong[] = {
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*)",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y WITH x, y WHERE x < y AND y < x "
    "RETURN x",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000)[0..0] AS y RETURN y",
    "UNWIND range(1, 100000) AS x UNWIND [y IN range(1, 100000) WHERE y < 0] AS z RETURN z",
    "UNWIND range(1, 100000) AS x RETURN reduce(a = 0, y IN range(1, 100000) | a + y) AS s",
    "UNWIND range(1, 100000) AS x RETURN any(y IN range(1, 100000) WHERE y < 0) AS s",
    "WITH reduce(t = 'ab', x IN range(1, 13) | t + t) AS t UNWIND range(1, 100000) AS x "
    "RETURN size(replace(t, 'a', 'b'))",
    "WITH reduce(t = 'ab', x IN range(1, 13) | t + t) AS t UNWIND range(1, 100000) AS x "
    "RETURN t =~ '(a|b)*c'",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN DISTINCT x % 7 AS z",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN x % 7 AS z ORDER BY z LIMIT 3",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN x % 7 AS z, stDev(y)",
    "MATCH (a:Country), (b:Country), (c:Country), (d:Country), (e:Country), (f:Country) "
    "RETURN count(*)",
    "UNWIND range(1, 100000) AS x MATCH (a:Country) OPTIONAL MATCH (a)-[:BORDERS]->(b) "
    "RETURN count(*)",
    "UNWIND range(1, 100000) AS x MATCH (a:Country) WHERE EXISTS {(a)-[:MEMBER_OF]->()} "
    "RETURN count(*)",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN x UNION RETURN 1 AS x",
    "PROFILE UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*)",
    "TIMELINE FROM '1900' TO '1999' BY DAY MATCH (a:Country), (b:Country), (c:Country) RETURN count(*)",
};

class StopTest : public SessionTest {
 protected:
  StopTest() {
    define_cis();
    messages_of("BEGIN");
    for (int i = 0; i < 100; ++i) {
      messages_of(fmt::format("ENTITY Country 'c{}'", i));
      messages_of(fmt::format("ASSERT (:Country 'c{}')-[:BORDERS]->(:Country 'c{}') FROM '1990'", i,
                              (i * 7) % (i + 1)));
    }
    messages_of("COMMIT");
  }

  std::chrono::milliseconds time_of(std::string_view statement, std::string& error) {
    const auto begin = computed();
    error = error_of(statement);
    return computed() - begin;
  }
};

TEST_F(StopTest, AStatementIsOverWhenItsTimeIs) {
  limits::StatementLimits limits;
  limits.milliseconds = static_cast<std::size_t>(kTime.count());
  session_->set_limits(limits);
  for (const std::string_view statement : kLong) {
    std::string error;
    EXPECT_LT(time_of(statement, error), kTime + kSlack) << statement;
    EXPECT_THAT(error, HasSubstr("stopped after StatementTimeMax (150 ms)")) << statement;
  }
  // The next one has its own time.
  EXPECT_EQ(rows_of("RETURN 1 AS x").front(), "1");
}

TEST_F(StopTest, AStatementStopsWhenSomebodyAsks) {
  for (const std::string_view statement : kLong) {
    std::thread other([this] {
      std::this_thread::sleep_for(kTime);
      stop_.request();
    });
    std::string error;
    EXPECT_LT(time_of(statement, error), kTime + kSlack) << statement;
    EXPECT_THAT(error, HasSubstr("interrupted 1:1 stopped")) << statement;
    other.join();
    stop_.clear();
  }
}

TEST_F(StopTest, WhoeverIsAskedBeforeTheBeginDoesNothing) {
  // Each looks in a loop of its own.
  constexpr std::string_view kCommands[] = {
      "MATCH (c:Country) RETURN c",
      "DIFF AT '1980' AND AT '1995' MATCH (c:Country)-[:BORDERS]->() RETURN change, c",
      "HISTORY OF (:Country 'c1')",
      "HISTORY OF (:Country 'c1')-[:BORDERS]->(:Country 'c1')",
      "SHOW ENTITIES",
      "WHY (:Country 'c1')-[:BORDERS]->(:Country 'c1') AT '1995'",
      "VERIFY LOG",
  };
  for (const std::string_view statement : kCommands) {
    stop_.request();
    EXPECT_THAT(error_of(statement), HasSubstr("interrupted")) << statement;
    stop_.clear();
  }
}

TEST_F(StopTest, MemoryAndStepsMayBeSetToo) {
  limits::StatementLimits limits;
  limits.memory_bytes = std::size_t{1} << 20;
  limits.timeline_steps = 10;
  session_->set_limits(limits);
  EXPECT_THAT(error_of("UNWIND range(1, 100000) AS x RETURN collect(x)"),
              HasSubstr("StatementMemoryBytesMax (1 MiB)"));
  EXPECT_THAT(error_of("TIMELINE FROM '2000' TO '2001' BY MONTH MATCH (a) RETURN count(*)"),
              HasSubstr("more than 10 steps here; the limit is TimelineStepsMax"));
}

TEST_F(StopTest, TheSameTextIsPlannedOnceAndSeesWhatIsNew) {
  const std::string_view query = "MATCH (c:Country) RETURN count(*)";
  EXPECT_EQ(rows_of(query).front(), "102");
  EXPECT_EQ(rows_of(query).front(), "102");
  messages_of("ENTITY Country 'new'");
  EXPECT_EQ(rows_of(query).front(), "103");
  messages_of("DEFINE ENTITY Town");
  EXPECT_EQ(rows_of(query).front(), "103");
  const std::string_view dated = "MATCH (c:Country)-[:BORDERS]->() RETURN count(*) > 0";
  EXPECT_EQ(rows_of(dated).front(), "true");
  session_->set_default_at(*session_->read_date("1980"));
  EXPECT_EQ(rows_of(dated).front(), "false");
  EXPECT_THAT(error_of("RETURN 1 + $a"), HasSubstr("1:12"));
  EXPECT_EQ(rows_of("RETURN 1 + $a", {{"a", query::Datum(std::int64_t{2})}}).front(), "3");
  EXPECT_THAT(error_of("RETURN 1 + $a"), HasSubstr("1:12"));
}

}  // namespace
}  // namespace annals::tests
