#include "storage/graph_index/key_encoding.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace annals::storage {
namespace {

// Byte by byte, from the format's description.
std::string big_endian_bytes(std::uint64_t value, int count) {
  std::string bytes;
  for (int i = count - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

TEST(KeyEncodingTest, FieldsAreBigEndianWhateverTheLengthOfTheKey) {
  // Texts that end before, at and behind what a writer has room for in itself.
  for (std::size_t length = 0; length < 80; ++length) {
    const std::string text(length, 'x');
    KeyWriter key("k");
    key.text(text).u16(0x0102).u32(0x03040506).u64(0x0708090A0B0C0D0E).tag('t');
    const std::string expected = "k" + text + '\0' + big_endian_bytes(0x0102, 2) +
                                 big_endian_bytes(0x03040506, 4) +
                                 big_endian_bytes(0x0708090A0B0C0D0E, 8) + "t";
    ASSERT_EQ(key.view(), expected) << length;
    key.clear();
    ASSERT_EQ(key.view(), "") << length;
    ASSERT_EQ(key.u16(7).take(), big_endian_bytes(7, 2)) << length;
  }
}

TEST(KeyEncodingTest, FieldsAreReadBackAndNothingBehindTheEnd) {
  KeyWriter key;
  key.node(NodeId(1ULL << 63)).symbol(SymbolId(9)).time(-5).seq(Seq(12)).u16(65'535).tag('z');
  KeyReader in(key.view());
  EXPECT_EQ(in.node(), NodeId(1ULL << 63));
  EXPECT_EQ(in.symbol(), SymbolId(9));
  EXPECT_EQ(in.time(), -5);
  EXPECT_EQ(in.seq(), Seq(12));
  EXPECT_EQ(in.u16(), 65'535);
  EXPECT_FALSE(in.finished());
  EXPECT_EQ(in.tag(), 'z');
  EXPECT_TRUE(in.finished());
  EXPECT_EQ(in.u16(), 0);
  EXPECT_FALSE(in.ok());
  // Half of a field is none.
  KeyReader half(key.view().substr(0, 7));
  EXPECT_EQ(half.u64(), 0U);
  EXPECT_FALSE(half.ok());
}

TEST(KeyEncodingTest, KeysAreInTheOrderOfTimes) {
  const std::vector<Micros> times = {std::numeric_limits<Micros>::min(), -256, -1, 0, 1, 255, 256,
                                     std::numeric_limits<Micros>::max()};
  std::vector<std::string> keys;
  for (const Micros at : times) keys.push_back(KeyWriter().time(at).take());
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

}  // namespace
}  // namespace annals::storage
