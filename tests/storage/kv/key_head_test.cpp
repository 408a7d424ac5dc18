#include "storage/kv/key_head.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace annals::storage {
namespace {

TEST(KeyHeadTest, NumbersHoldTheFirstBytesAndZerosBehindTheEnd) {
  const auto head = KeyHead<2>::of("\x80\x01\x02\x03\x04\x05\x06\x07\xff");
  EXPECT_EQ(head.numbers[0], 0x8001020304050607ULL);
  EXPECT_EQ(head.numbers[1], 0xff00000000000000ULL);
  EXPECT_EQ(KeyHead<2>::of("").numbers, (std::array<std::uint64_t, 2>{}));
}

TEST(KeyHeadTest, HeadsThatDifferCompareLikeTheirKeys) {
  std::mt19937_64 random(1);
  const auto random_key = [&random] {
    // Few values and lengths around the head's, so that many begins are the same.
    std::string key(random() % 21, '\0');
    for (char& byte : key) byte = "\0\1\x7f\xff"[random() % 16 < 13 ? 0 : random() % 4];
    return key;
  };
  int differing = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string a = random_key();
    std::string b = random_key();
    const auto order = KeyHead<2>::of(a) <=> KeyHead<2>::of(b);
    if (order == 0) {
      a.resize(16);
      b.resize(16);
      ASSERT_EQ(a, b) << i;
      continue;
    }
    ++differing;
    ASSERT_EQ(order < 0, a < b) << i;
  }
  EXPECT_GT(differing, 1'000);
}

}  // namespace
}  // namespace annals::storage
