#include "storage/graph_index/event_list.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annals::storage {
namespace {

constexpr EventListId kList = EventListId::of(NodeId::entity(7));

constexpr std::string_view kGoldenRow =
    "0600ac02010007010004010501054114140601008080a7d39219060000000000000000";
/// The same with a fourth entry, so that times come in their order.
constexpr std::string_view kGoldenRowInTime =
    "0900ac02030001c70000040105010d40140042000a1201008080a7d39219060000000000000000";
constexpr std::string_view kGoldenKey = "8000000000000003000000000000012c";

std::vector<Participation> decoded(std::string_view bytes, EventListId list = kList) {
  std::vector<Participation> entries;
  const Status status = decode_event_list(list, bytes, entries);
  EXPECT_TRUE(status) << status.error().message;
  return entries;
}

SymbolId some_symbol(std::mt19937_64& random, std::uint64_t below) {
  return SymbolId(static_cast<std::uint32_t>(random() % below));
}

std::vector<Participation> some_entries(std::mt19937_64& random, std::size_t count,
                                        bool in_time = false) {
  std::vector<Participation> entries;
  std::uint64_t seq = random() % 1'000;
  for (std::size_t i = 0; i < count; ++i) {
    seq += random() % 3;
    Participation entry{Seq(seq), some_symbol(random, 5), some_symbol(random, 9), kList.node(), {}};
    entry.on.earliest = static_cast<Micros>(random() % 80'000) * kMicrosPerDay;
    entry.on.latest = entry.on.earliest + static_cast<Micros>(random() % 3) * kMicrosPerDay;
    if (in_time) {
      // Now and then one that came late, or not at midnight.
      const Micros day = static_cast<Micros>(10 * i + random() % 15) * kMicrosPerDay;
      entry.on.earliest = entry.on.latest = i % 7 == 0 ? day + 1 : day;
    } else if (i % 11 == 0) {
      entry.on = {kBeginningOfTime, kEndOfTime};
    }
    entries.push_back(entry);
  }
  return entries;
}

TEST(EventListTest, GivesBackWhatWasWritten) {
  std::mt19937_64 random(5);
  for (const std::size_t count : {1, 2, 7, 512, 767}) {
    const std::vector<Participation> entries = some_entries(random, count);
    const std::string bytes = encode_event_list(entries);
    EXPECT_EQ(decoded(bytes), entries);
    EXPECT_EQ(event_list_size(bytes), count);
  }
}

TEST(EventListTest, EventsInTheOrderOfTimeTakeLess) {
  std::mt19937_64 random(6);
  for (const std::size_t count : {2, 7, 512, 767}) {
    const std::vector<Participation> entries = some_entries(random, count, true);
    const std::string bytes = encode_event_list(entries);
    EXPECT_EQ(decoded(bytes), entries);
    std::vector<Participation> shuffled = entries;
    for (std::size_t i = 0; i < count; ++i) shuffled[i].on = entries[i * 5 % count].on;
    if (count < 100) continue;
    EXPECT_LT(bytes.size(), encode_event_list(shuffled).size());
  }
}

TEST(EventListTest, KeysTellTheirListAndComeByListAndSequence) {
  const EventListId of_kind = EventListId::of(SymbolId(3));
  EXPECT_EQ(kList.node(), NodeId::entity(7));
  EXPECT_EQ(of_kind.node(), NodeId());
  EXPECT_LT(event_list_key(kList, Seq(500)), event_list_key(kList, Seq(70'000)));
  EXPECT_LT(event_list_key(kList, Seq(~std::uint64_t{0})), event_list_key(of_kind, Seq(1)));
  const Result<EventListKey> key = read_event_list_key(event_list_key(of_kind, Seq(9)));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->list, of_kind);
  EXPECT_EQ(key->first, Seq(9));
  EXPECT_FALSE(read_event_list_key("short"));
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

/// Rows as this format has them. If they have other bytes now, older databases must be rebuilt:
/// raise kIndexFormat, and then change what stands here.
TEST(EventListTest, HasTheBytesThatItsFormatSays) {
  const Micros day = 10 * kMicrosPerDay;
  const std::vector<Participation> entries = {
      {Seq(300), SymbolId(4), SymbolId(6), kList.node(), {day, day}},
      {Seq(307), SymbolId(4), SymbolId(5), kList.node(), {3 * day, 4 * day}},
      {Seq(307), SymbolId(4), SymbolId(6), kList.node(), {3 * day, 4 * day}}};
  EXPECT_EQ(hex(encode_event_list(entries)), kGoldenRow);
  std::vector<Participation> more = entries;
  more.push_back({Seq(310), SymbolId(4), SymbolId(6), kList.node(), {4 * day, 4 * day}});
  EXPECT_EQ(hex(encode_event_list(more)), kGoldenRowInTime);
  EXPECT_EQ(hex(event_list_key(EventListId::of(SymbolId(3)), Seq(300))), kGoldenKey);
}

TEST(EventListTest, DamagedBytesAreCorruptOrSomeOtherList) {
  std::mt19937_64 random(13);
  const std::string whole = encode_event_list(some_entries(random, 50));
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes = whole.substr(0, i % 3 == 0 ? random() % whole.size() : whole.size());
    for (std::size_t hits = random() % 4; hits > 0 && !bytes.empty(); --hits) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    std::vector<Participation> entries;
    const Status status = decode_event_list(kList, bytes, entries);
    if (!status) {
      EXPECT_EQ(status.error().code, ErrorCode::kCorruption);
    }
  }
}

}  // namespace
}  // namespace annals::storage
