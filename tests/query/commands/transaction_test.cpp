// BEGIN, COMMIT, ROLLBACK: what holds when something fails.

#include <gmock/gmock.h>

#include "tests/query/commands/session_fixture.h"

namespace annals::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using TransactionTest = SessionTest;

TEST_F(TransactionTest, IsOneCommit) {
  message_of("BEGIN");
  EXPECT_TRUE(session_->in_transaction());
  EXPECT_EQ(message_of("DEFINE ENTITY Country"), "recorded #1 (waits for COMMIT)");
  EXPECT_EQ(message_of("ENTITY Country 'Georgia'"),
            "recorded #2, created Country 'Georgia' (waits for COMMIT)");
  EXPECT_EQ(message_of("COMMIT"), "committed #1 to #2");
  EXPECT_FALSE(session_->in_transaction());
  EXPECT_EQ(database_->statistics().commits, 1U);
  EXPECT_EQ(rows_of("SHOW ENTITIES").size(), 1U);
}

TEST_F(TransactionTest, KeepsWhatCameBeforeAFailedStatement) {
  define_cis();
  run_all({"BEGIN", "RECORD Join {member: 'Georgia', organisation: 'CIS'} ON '1993' ID 'a'"});
  error_of("RECORD Join {member: 'Narnia', organisation: 'CIS', capacity: 1} CREATING MISSING");
  error_of("RECORD Join {member: 'Armenia', organisation: 'CIS'} ID 'a'");
  EXPECT_TRUE(session_->in_transaction());
  EXPECT_EQ(message_of("RECORD Join {member: 'Armenia', organisation: 'CIS'} ON '1991-12-21'"),
            "recorded #15 (waits for COMMIT)");
  EXPECT_EQ(message_of("COMMIT"), "committed #14 to #15");
  EXPECT_EQ(rows_of("SHOW ENTITIES LIKE 'narnia'"), Lines());
  EXPECT_THAT(messages_of("VERIFY LOG").front(), StartsWith("the log is whole: 15 events"));
}

TEST_F(TransactionTest, SaysNothingOfWaitingForWhatIsKnown) {
  define_cis();
  message_of("BEGIN");
  EXPECT_EQ(message_of("DEFINE ENTITY Country"), "already defined so as #1: nothing to do");
  EXPECT_EQ(message_of("COMMIT"), "committed: nothing was recorded");
}

TEST_F(TransactionTest, RollsBackAll) {
  run_all({"BEGIN", "DEFINE ENTITY Country", "ENTITY Country 'Georgia'"});
  EXPECT_EQ(message_of("ROLLBACK"), "rolled back: 2 events forgotten");
  EXPECT_EQ(message_of("DEFINE ENTITY Organisation"), "recorded #1");
  EXPECT_THAT(error_of("ENTITY Country 'Georgia'"), StartsWith("not found"));
}

TEST_F(TransactionTest, IsForgottenWithItsSession) {
  run_all({"BEGIN", "DEFINE ENTITY Country"});
  reopen();
  EXPECT_EQ(message_of("DEFINE ENTITY Organisation"), "recorded #1");
}

TEST_F(TransactionTest, ReadsTheStateBeforeItAndSaysSo) {
  define_cis();
  run_all({"BEGIN", "ENTITY Country 'Narnia'"});
  EXPECT_EQ(rows_of("SHOW ENTITIES LIKE 'narnia'"), Lines());
  EXPECT_THAT(message_of("SHOW ENTITIES LIKE 'narnia'"), StartsWith("as it was before BEGIN"));
  EXPECT_THAT(message_of("HISTORY OF ('Georgia')"), StartsWith("as it was before BEGIN"));
}

TEST_F(TransactionTest, RefusesWhatMakesNoSense) {
  EXPECT_THAT(error_of("COMMIT"), StartsWith("conflict 1:1 COMMIT without a BEGIN"));
  EXPECT_THAT(error_of("ROLLBACK"), StartsWith("conflict 1:1 ROLLBACK without a BEGIN"));
  message_of("BEGIN");
  EXPECT_THAT(error_of("BEGIN"), StartsWith("conflict 1:1 a transaction is open already"));
  EXPECT_THAT(error_of("REPLAY COMPARE"), HasSubstr("not possible in a transaction"));
  EXPECT_THAT(error_of("LOAD EVENTS FROM 'x.csv' AS Join (member: a)"),
              HasSubstr("not possible in a transaction"));
  EXPECT_TRUE(session_->in_transaction());
}

TEST_F(TransactionTest, OneSessionAtATimeWritesAndOthersRead) {
  define_cis();
  query::Session other(*database_, clock_, nullptr, stop_);
  run_all({"BEGIN", "ENTITY Country 'Narnia'"});
  ResultLines lines;
  ASSERT_TRUE(other.run("SHOW ENTITIES LIKE 'georgia'", {}, lines));
  EXPECT_EQ(lines.rows.size(), 1U);
  EXPECT_EQ(lines.messages, Lines());
  message_of("COMMIT");
  ASSERT_TRUE(other.run("ENTITY Country 'Oz'", {}, lines));
}

}  // namespace
}  // namespace annals::tests
