#include "storage/projection/ordered_work.h"

#include <cstddef>
#include <latch>
#include <vector>

#include <gmock/gmock.h>

namespace annals::storage {
namespace {

using testing::ElementsAre;

TEST(OrderedWorkTest, TakesInOrderAndWorksOnThoseBehindOneThatTakesLong) {
  std::latch last_is_done(1);
  std::vector<int> taken;
  OrderedWork<int> work(
      [&](int& item) -> Status {
        // Would wait for ever if the others waited for it.
        if (item == 0) last_is_done.wait();
        if (item == 5) last_is_done.count_down();
        item *= 10;
        return {};
      },
      [&](int&& item) -> Status {
        taken.push_back(item);
        return {};
      });
  for (int item = 0; item <= 5; ++item) ASSERT_TRUE(work.add(item, 1, 100));
  ASSERT_TRUE(work.finish());
  EXPECT_THAT(taken, ElementsAre(0, 10, 20, 30, 40, 50));
}

TEST(OrderedWorkTest, OneThatIsTooLargeIsTakenBeforeMoreIsAdded) {
  std::vector<int> taken;
  OrderedWork<int> work([](int&) { return Status(); },
                        [&](int&& item) -> Status {
                          taken.push_back(item);
                          return {};
                        });
  ASSERT_TRUE(work.add(1, 10, 100));
  ASSERT_TRUE(work.add(2, 101, 100));
  EXPECT_THAT(taken, ElementsAre(1, 2));
  ASSERT_TRUE(work.add(3, 60, 100));
  ASSERT_TRUE(work.add(4, 60, 100));
  EXPECT_THAT(taken, ElementsAre(1, 2, 3));
  ASSERT_TRUE(work.finish());
  EXPECT_THAT(taken, ElementsAre(1, 2, 3, 4));
}

TEST(OrderedWorkTest, NothingIsTakenBehindAnError) {
  std::vector<int> taken;
  OrderedWork<int> work(
      [](int& item) -> Status {
        return item == 1 ? Status(Error(ErrorCode::kIoError, "no room")) : Status();
      },
      [&](int&& item) -> Status {
        taken.push_back(item);
        return {};
      });
  for (int item = 0; item <= 2; ++item) ASSERT_TRUE(work.add(item, 1, 100));
  const Status done = work.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kIoError);
  EXPECT_THAT(taken, ElementsAre(0));
}

}  // namespace
}  // namespace annals::storage
