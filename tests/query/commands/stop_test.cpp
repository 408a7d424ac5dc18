// What takes long stops: a statement that is over its time, and one that somebody stops. How soon
// is measured by bench/stop_bench.cpp; here a statement that goes on has no error, minutes later.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/query/commands/session_fixture.h"
#include "tests/support/long_statements.h"

namespace annals::tests {
namespace {

using ::testing::HasSubstr;

class StopTest : public SessionTest {
 protected:
  StopTest() { run_all(long_statement_graph()); }
};

TEST_F(StopTest, AStatementIsOverWhenItsTimeIs) {
  limits::StatementLimits limits;
  limits.milliseconds = 20;
  session_->set_limits(limits);
  for (const std::string_view statement : long_statements()) {
    EXPECT_THAT(error_of(statement), HasSubstr("stopped after StatementTimeMax (20 ms)"))
        << statement;
  }
  // The next one has its own time.
  session_->set_limits(limits::StatementLimits());
  EXPECT_EQ(rows_of("RETURN 1 AS x").front(), "1");
}

TEST_F(StopTest, AStatementStopsWhenSomebodyAsks) {
  // So many looks that it is in the middle of its rows.
  constexpr std::uint64_t kLooks = 300;
  for (const std::string_view statement : long_statements()) {
    std::atomic<bool> is_over = false;
    stop_.count_looks();
    std::thread other([&] {
      while (stop_.looks() < kLooks && !is_over) std::this_thread::yield();
      stop_.request();
    });
    EXPECT_THAT(error_of(statement), HasSubstr("interrupted 1:1 stopped")) << statement;
    is_over = true;
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
