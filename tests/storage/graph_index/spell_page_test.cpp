#include "storage/graph_index/spell_page.h"

#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/graph_index/packed_columns.h"

namespace annals::storage {
namespace {

constexpr std::uint64_t kNone = ~0ULL;
constexpr const char* kGoldenPage =
    "000502020301010a080242140118818080cea6a5b280808001010200020701180100010200"
    "810b01028100010201000304010003046162630000000000000000";
constexpr const char* kGoldenEmptyPage = "000180808000808000808080800000000000000000";
/// Of numbers that lie on a line, but for one or two.
constexpr const char* kGoldenAlong = "808080a01f826402399ee7790000000000000000";

void expect_back(const std::vector<std::uint64_t>& numbers) {
  std::string bytes;
  RowWriter out(bytes);
  write_packed(numbers, kNone, out);
  bytes.append(kPackedSlackBytes, '\0');
  RowReader in(bytes);
  const PackedNumbers column = read_packed(in, numbers.size(), kNone);
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(in.bytes_left(), kPackedSlackBytes);
  for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(column[i], numbers[i]) << "row " << i;
}

TEST(PackedNumbersTest, GivesBackWhatWasWritten) {
  expect_back({});
  expect_back({0});
  expect_back({kNone});
  expect_back({kNone, kNone, 5, kNone});
  expect_back({kNone - 1, 0, kNone});
  expect_back({1ULL << 63, 0, 7});
  expect_back({86'400, 2 * 86'400, 0, kNone});
  // Whole days, before 1970 as well; the ends of time are none.
  constexpr Micros kDay = kMicrosPerDay;
  expect_back({number_of(-70'000 * kDay)});
  expect_back({number_of(-3 * kDay), number_of(0), number_of(4 * kDay), kNone});
  expect_back({number_of(kDay), number_of(15 * kDay), number_of(8 * kDay + 1)});
  expect_back({number_of(kBeginningOfTime), number_of(kDay), number_of(kEndOfTime)});
  std::mt19937_64 random(7);
  // Multiples of units of every size, some of them powers of two.
  for (int width = 1; width <= 64; ++width) {
    const std::uint64_t unit = std::max<std::uint64_t>(random() >> (64 - width), 1)
                               << (random() % 2 * (64 - width) / 2);
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < 50; ++i) numbers.push_back(unit * (random() % 9) + 3);
    expect_back(numbers);
  }
  for (int width = 1; width <= 64; ++width) {
    std::vector<std::uint64_t> numbers(1 + random() % 200);
    for (std::uint64_t& number : numbers) number = random() >> (64 - width);
    expect_back(numbers);
  }
}

TEST(PackedNumbersTest, DaysTakeSixteenBits) {
  std::vector<std::uint64_t> days;
  for (std::uint64_t day = 0; day < 1'000; ++day)
    days.push_back((1ULL << 63) + day * 65 * 86'400'000'000);
  std::string bytes;
  RowWriter out(bytes);
  write_packed(days, kNone, out);
  EXPECT_LE(bytes.size(), 2'000U + 30U);
}

std::string along(const std::vector<std::uint64_t>& numbers,
                  const std::vector<std::uint64_t>& others) {
  std::string bytes;
  RowWriter out(bytes);
  write_packed_along(numbers, kNone, others, out);
  bytes.append(kPackedSlackBytes, '\0');
  return bytes;
}

void expect_back_along(const std::vector<std::uint64_t>& numbers,
                       const std::vector<std::uint64_t>& others) {
  const std::string bytes = along(numbers, others);
  RowReader in(bytes);
  const PackedAlong column = read_packed_along(in, numbers.size(), kNone);
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(in.bytes_left(), kPackedSlackBytes);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    ASSERT_EQ(column.at(i, others[i]), numbers[i]) << "row " << i << " of " << numbers.size();
  }
}

TEST(PackedAlongTest, GivesBackWhatWasWritten) {
  expect_back_along({}, {});
  expect_back_along({5}, {0});
  expect_back_along({kNone, kNone}, {1, 2});
  expect_back_along({7, 1, kNone}, {1, 2, 3});
  expect_back_along({1ULL << 63, 0}, {0, 1ULL << 62});
  std::mt19937_64 random(23);
  for (int round = 0; round < 500; ++round) {
    const std::size_t count = 1 + random() % 300;
    const std::uint64_t scale = 1ULL << random() % 40;
    const std::uint64_t unit = random() % 2 == 0 ? 1 : 1 + random() % 1'000;
    const std::uint64_t noise = 1 + random() % 50;
    std::vector<std::uint64_t> others(count);
    std::vector<std::uint64_t> numbers(count);
    for (std::size_t i = 0; i < count; ++i) {
      others[i] = random() % (1ULL << random() % 40);
      // From nearly zero on, where the line may lie below it.
      numbers[i] = unit * (others[i] * scale / 1'024 + random() % noise);
      if (random() % 10 == 0) numbers[i] = kNone;
    }
    expect_back_along(numbers, others);
  }
}

TEST(PackedAlongTest, WhatGrowsWithTheOtherColumnTakesLess) {
  std::mt19937_64 random(29);
  std::vector<std::uint64_t> days;
  std::vector<std::uint64_t> seqs;
  std::vector<std::uint64_t> shuffled;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    days.push_back(random() % 45'000);
    seqs.push_back(1 + days.back() * 44 + random() % 44);
    shuffled.push_back(1 + random() % 2'000'000);
  }
  EXPECT_LE(along(seqs, days).size(), 1'000U);
  EXPECT_GE(along(shuffled, days).size(), 2'500U);
}

std::vector<SpellRow> some_rows(std::mt19937_64& random, std::size_t count) {
  std::vector<SpellRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    SpellRow row;
    row.name = {SymbolId(static_cast<std::uint32_t>(1 + i * 3 / count)),
                NodeId::entity(1 + i),
                static_cast<Micros>(random() % 40'000) * kMicrosPerDay,
                {Seq(1 + random() % 100'000), static_cast<std::uint16_t>(random() % 3)}};
    row.form = static_cast<SpellForm>(random() % 4);
    if (row.form == SpellForm::kEncoded) row.encoded = std::string(random() % 9, 'x');
    if (random() % 2 == 0)
      row.end = row.name.begin + static_cast<Micros>(random() % 9) * kMicrosPerDay;
    const bool is_ended =
        row.form != SpellForm::kEncoded && row.end != kEndOfTime && random() % 2 == 0;
    if (is_ended)
      row.ended_by = {Seq(1 + random() % 100'000), static_cast<std::uint16_t>(random() % 2)};
    rows.push_back(row);
  }
  return rows;
}

std::string page_of(const std::vector<SpellRow>& rows, const SpellBlockTimes& block,
                    bool is_last = true) {
  std::vector<const SpellRow*> pointers;
  for (const SpellRow& row : rows) pointers.push_back(&row);
  return write_page(block, pointers, is_last);
}

TEST(SpellPageTest, GivesBackWhatWasWritten) {
  std::mt19937_64 random(11);
  for (const std::size_t count : {0, 1, 2, 3, 100, 1'024}) {
    const std::vector<SpellRow> rows = some_rows(random, count);
    const SpellBlockTimes block = {count % 2 == 0 ? kBeginningOfTime : -5, 1'000};
    const bool is_last = count != 3;
    const std::string bytes = page_of(rows, block, is_last);
    const Result<SpellPage> page = SpellPage::read(Family::kOut, block.end, bytes);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->block(), block);
    EXPECT_EQ(page->is_last(), is_last);
    ASSERT_EQ(page->size(), count);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(page->row(i), rows[i]) << i;
  }
}

TEST(SpellPageTest, SelectsWhatMayHold) {
  std::mt19937_64 random(31);
  for (int round = 0; round < 300; ++round) {
    std::vector<SpellRow> rows = some_rows(random, random() % 60);
    if (round % 3 == 0) {
      for (SpellRow& row : rows) row.end = kEndOfTime;
    }
    const SpellBlockTimes block = {20'000 * kMicrosPerDay, kEndOfTime};
    // Where it is decided: at the begins and ends of rows, and a moment before and after.
    const auto some_time = [&]() -> Micros {
      if (random() % 8 == 0) return random() % 2 == 0 ? kBeginningOfTime : kEndOfTime;
      if (rows.empty()) return 0;
      const SpellRow& row = rows[random() % rows.size()];
      const Micros time = random() % 2 == 0 ? row.name.begin : row.end;
      return time == kEndOfTime ? time : time - 1 + static_cast<Micros>(random() % 3);
    };
    const std::string bytes = page_of(rows, block);
    const Result<SpellPage> page = SpellPage::read(Family::kOut, block.end, bytes);
    ASSERT_TRUE(page);
    Window window{some_time(), some_time()};
    if (window.from > window.to || round % 2 == 0) window.to = window.from;
    const bool copies = random() % 2 == 0;
    std::vector<std::uint32_t> wanted = {7};
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      const bool is_copy = rows[row].name.begin < block.begin;
      if (rows[row].may_hold(window) && (copies || !is_copy)) wanted.push_back(row);
    }
    std::vector<std::uint32_t> selected = {7};
    page->select(0, rows.size(), window, copies, selected);
    ASSERT_EQ(selected, wanted) << "round " << round;
    std::vector<SpellRow> found;
    page->append_rows(std::span(selected).subspan(1), found);
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], rows[wanted[i + 1]]);
  }
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

/// A page as this format has it. If it has other bytes now, older databases must be rebuilt: raise
/// kIndexFormat, and then change what stands here.
TEST(SpellPageTest, HasTheBytesThatItsFormatSays) {
  std::vector<SpellRow> rows(3);
  rows[0].name = {SymbolId(2), NodeId::entity(5), 10 * kMicrosPerDay, {Seq(7), 0}};
  rows[1].name = {SymbolId(2), NodeId::entity(9), 12 * kMicrosPerDay, {Seq(9), 1}};
  rows[1].end = 20 * kMicrosPerDay;
  rows[1].ended_by = {Seq(11), 0};
  rows[2].name = {SymbolId(3), NodeId::entity(5), 11 * kMicrosPerDay, {Seq(8), 0}};
  rows[2].form = SpellForm::kEncoded;
  rows[2].encoded = "abc";
  EXPECT_EQ(hex(page_of(rows, {kBeginningOfTime, 30 * kMicrosPerDay})), kGoldenPage);
  EXPECT_EQ(hex(page_of({}, SpellBlockTimes())), kGoldenEmptyPage);
}

TEST(PackedAlongTest, HasTheBytesThatItsFormatSays) {
  std::vector<std::uint64_t> numbers;
  std::vector<std::uint64_t> others;
  for (std::uint64_t i = 0; i < 16; ++i) {
    others.push_back(i * 5 % 16);
    numbers.push_back(100 + 1'000 * others.back() + 2 * (i % 3));
  }
  numbers[3] = kNone;
  EXPECT_EQ(hex(along(numbers, others)), kGoldenAlong);
}

TEST(SpellPageTest, DamagedBytesAreCorruptOrSomeOtherPage) {
  std::mt19937_64 random(13);
  const std::string whole = page_of(some_rows(random, 50), SpellBlockTimes());
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes = whole.substr(0, i % 3 == 0 ? random() % whole.size() : whole.size());
    for (std::size_t hits = random() % 4; hits > 0 && !bytes.empty(); --hits) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const Result<SpellPage> page = SpellPage::read(Family::kOut, 0, bytes);
    if (!page) {
      EXPECT_EQ(page.error().code, ErrorCode::kCorruption);
      continue;
    }
    std::size_t encoded = 0;
    for (std::size_t row = 0; row < page->size(); ++row) encoded += page->row(row).encoded.size();
    EXPECT_LE(encoded, bytes.size() * page->size());
  }
}

}  // namespace
}  // namespace annals::storage
