#include "schema/utf8.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace annals {
namespace {

using namespace std::string_view_literals;

constexpr char32_t kLastCodePoint = 0x10FFFF;

bool is_surrogate(char32_t point) { return point >= 0xD800 && point <= 0xDFFF; }

/// The bytes of a code point, in as many bytes as asked for.
std::string encoded(char32_t point, std::size_t bytes) {
  if (bytes == 1) return {static_cast<char>(point)};
  std::string text(bytes, '\0');
  for (std::size_t i = bytes - 1; i > 0; --i) {
    text[i] = static_cast<char>(0x80 | (point & 0x3F));
    point >>= 6;
  }
  constexpr unsigned char kLeads[] = {0, 0, 0xC0, 0xE0, 0xF0};
  text[0] = static_cast<char>(kLeads[bytes] | point);
  return text;
}

std::size_t shortest(char32_t point) {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

TEST(Utf8Test, EveryCodePointIsValidExceptSurrogates) {
  for (char32_t point = 0; point <= kLastCodePoint; ++point) {
    const bool valid = is_utf8(encoded(point, shortest(point)));
    ASSERT_EQ(valid, !is_surrogate(point)) << std::hex << static_cast<unsigned>(point);
  }
  EXPECT_EQ(first_invalid_utf8(encoded(kLastCodePoint + 1, 4)), 0u);
}

TEST(Utf8Test, OverlongFormsAreInvalid) {
  for (char32_t point = 0; point < 0x10000; ++point) {
    for (std::size_t bytes = shortest(point) + 1; bytes <= 4; ++bytes) {
      ASSERT_EQ(first_invalid_utf8(encoded(point, bytes)), 0u)
          << std::hex << static_cast<unsigned>(point) << " in " << bytes << " bytes";
    }
  }
}

TEST(Utf8Test, TheFirstBadByteIsNamedWhereverItStands) {
  const std::string letters = "Sakartvelo, საქართველო, Georgia";
  ASSERT_TRUE(is_utf8(letters));
  for (std::size_t before = 0; before < 40; ++before) {
    const std::string text = std::string(before, 'x') + '\xFF' + letters;
    EXPECT_EQ(first_invalid_utf8(text), before);
  }
}

TEST(Utf8Test, ACutSequenceIsInvalidAtItsBegin) {
  for (const std::string_view whole : {"é"sv, "ღ"sv, "😀"sv}) {
    for (std::size_t bytes = 1; bytes < whole.size(); ++bytes) {
      const std::string cut = "ab" + std::string(whole.substr(0, bytes));
      EXPECT_EQ(first_invalid_utf8(cut), 2u);
      EXPECT_EQ(first_invalid_utf8(cut + "c"), 2u);
    }
  }
}

TEST(Utf8Test, EmptyTextAndNulAreValid) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\0b"sv));
}

TEST(Utf8Test, StrayContinuationIsInvalid) {
  EXPECT_EQ(first_invalid_utf8("a\x80"), 1u);
  EXPECT_EQ(first_invalid_utf8("\xC0\x80"), 0u);
  EXPECT_EQ(first_invalid_utf8("\xF5\x80\x80\x80"), 0u);
}

}  // namespace
}  // namespace annals
