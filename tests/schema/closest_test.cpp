#include "schema/base/closest.h"

#include <random>
#include <set>
#include <vector>

#include <gmock/gmock.h>

namespace annals {
namespace {

using ::testing::Optional;

std::optional<std::string> closest_of(std::string_view word, std::vector<std::string> candidates) {
  return closest(word, candidates);
}

TEST(Closest, FindsTheWordWithALetterAddedLostChangedOrSwapped) {
  const std::vector<std::string> words = {"MATCH", "RETURN", "WHERE"};
  EXPECT_THAT(closest("MACTH", words), Optional(std::string("MATCH")));
  EXPECT_THAT(closest("MATH", words), Optional(std::string("MATCH")));
  EXPECT_THAT(closest("RETRUNN", words), Optional(std::string("RETURN")));
  EXPECT_THAT(closest("WHETE", words), Optional(std::string("WHERE")));
  EXPECT_EQ(closest("SELECT", words), std::nullopt);
}

TEST(Closest, DoesNotMindCaseInAnyScript) {
  EXPECT_THAT(closest_of("gerogia", {"Georgia"}), Optional(std::string("Georgia")));
  EXPECT_THAT(closest_of("ГРУЗЯИ", {"Грузия"}), Optional(std::string("Грузия")));
  EXPECT_THAT(closest_of("france", {"FRANCE"}), Optional(std::string("FRANCE")));
}

TEST(Closest, ShortWordsAllowLess) {
  EXPECT_EQ(closest_of("OM", {"ON"}), std::nullopt);
  EXPECT_THAT(closest_of("on", {"ON"}), Optional(std::string("ON")));
  EXPECT_THAT(closest_of("CSI", {"CIS"}), Optional(std::string("CIS")));
  EXPECT_EQ(closest_of("abc", {"xbz"}), std::nullopt);
  EXPECT_EQ(closest_of("", {"a", ""}), std::nullopt);
}

TEST(Closest, PrefersTheNearestAndThenTheFirst) {
  EXPECT_THAT(closest_of("Moldava", {"Moldavia", "Moldova"}), Optional(std::string("Moldavia")));
  EXPECT_THAT(closest_of("Belaruss", {"Belaro", "Belarus"}), Optional(std::string("Belarus")));
  EXPECT_THAT(closest_of("armenia", {"Armenie", "Armenia"}), Optional(std::string("Armenia")));
}

TEST(Closest, TakesAnyBytesAndAnyLength) {
  EXPECT_THAT(closest_of("a\xFF"
                         "bcd",
                         {"a\xFF"
                          "bdc"}),
              Optional(std::string("a\xFF"
                                   "bdc")));
  const std::string endless(100'000, 'x');
  EXPECT_EQ(closest_of(endless, {endless}), std::nullopt);
  EXPECT_EQ(closest_of("word", {endless}), std::nullopt);
}

/// The plain definition, cell by cell.
std::size_t plain_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                             cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

TEST(Closest, AgreesWithThePlainDefinitionOfDistance) {
  std::mt19937 random(7);
  const auto word = [&random](std::size_t least, std::size_t most) {
    std::string text(least + random() % (most - least + 1), 'a');
    for (char& c : text) c = static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = word(5, 9);
    const std::string b = word(3, 11);
    EXPECT_EQ(closest_of(a, {b}).has_value(), plain_distance(a, b) <= 2) << a << " " << b;
  }
}

}  // namespace
}  // namespace annals
