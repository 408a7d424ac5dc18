#include "schema/event_codec.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/base/limits.h"
#include "tests/support/random_commit.h"

namespace annals {
namespace {

using testing::HasSubstr;
using tests::Random;

std::string encoded(const CommitContent& content) {
  std::string bytes;
  const Status status = encode_commit(content, bytes);
  EXPECT_TRUE(status) << (status ? "" : format_error(status.error()));
  return bytes;
}

CommitContent decoded(std::string_view bytes) {
  auto content = decode_commit(bytes);
  EXPECT_TRUE(content) << (content ? "" : format_error(content.error()));
  return content ? std::move(*content) : CommitContent();
}

/// One event of kind 1 with the names that it needs.
CommitContent commit_of(Event event) {
  CommitContent content;
  content.symbols = {"Join", "member", "organisation", "how"};
  content.entities = {{SymbolId(1), "Georgia"}, {SymbolId(1), "CIS"}};
  content.events.push_back(std::move(event));
  return content;
}

Event join() {
  Event event;
  Occurrence occurrence;
  occurrence.kind = SymbolId(1);
  occurrence.roles = {{SymbolId(2), {NodeId::entity(1)}}, {SymbolId(3), {NodeId::entity(2)}}};
  event.body = occurrence;
  event.on = *parse_date("1993-12-03");
  event.source = "CIS executive committee";
  return event;
}

CommitContent commit_with_value(Value value) {
  Event event = join();
  std::get<Occurrence>(event.body).attributes = {{SymbolId(4), std::move(value)}};
  return commit_of(std::move(event));
}

// --- Round trips ---------------------------------------------------------------------------------

TEST(EventCodecTest, RandomCommitsComeBackAsTheyWere) {
  for (const std::uint64_t seed : tests::test_seeds(300)) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", seed));
    Random random(seed);
    KnownNumbers known{0, 0, Seq(1)};
    for (int i = 0; i < 3; ++i) {
      const CommitContent content = tests::random_commit(random, known, 20);
      const std::string bytes = encoded(content);
      EXPECT_EQ(bytes.size() % 8, 0u);
      ASSERT_EQ(decoded(bytes), content);
    }
  }
}

TEST(EventCodecTest, EventsReadAloneAreThoseReadTogether) {
  for (const std::uint64_t seed : tests::test_seeds(50)) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", seed));
    Random random(seed);
    KnownNumbers known{0, 0, Seq(1)};
    const CommitContent content = tests::random_commit(random, known, 50);
    const std::string bytes = encoded(content);
    for (std::size_t i = 0; i < content.events.size(); ++i) {
      const auto event = decode_event(bytes, i);
      ASSERT_TRUE(event) << format_error(event.error());
      EXPECT_EQ(*event, content.events[i]);
    }
    const auto beyond = decode_event(bytes, content.events.size());
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().code, ErrorCode::kNotFound);
  }
}

TEST(EventCodecTest, TheSameContentHasTheSameBytes) {
  Random random(1);
  KnownNumbers known{0, 0, Seq(1)};
  const CommitContent content = tests::random_commit(random, known, 200);
  const std::string bytes = encoded(content);
  const CommitContent copy = content;
  EXPECT_EQ(encoded(copy), bytes);
  EXPECT_EQ(encoded(decoded(bytes)), bytes);
}

TEST(EventCodecTest, BytesMayLieAnywhere) {
  const CommitContent content = commit_of(join());
  const std::string bytes = encoded(content);
  for (std::size_t offset = 0; offset < 8; ++offset) {
    const std::string shifted = std::string(offset, 'x') + bytes;
    EXPECT_EQ(decoded(std::string_view(shifted).substr(offset)), content);
  }
}

TEST(EventCodecTest, EncodingAppends) {
  std::string bytes = "12345678";
  ASSERT_TRUE(encode_commit(commit_of(join()), bytes));
  EXPECT_EQ(bytes.substr(0, 8), "12345678");
  EXPECT_EQ(bytes.substr(8), encoded(commit_of(join())));
}

TEST(EventCodecTest, KnownNumbersAreThoseAfterTheCommit) {
  CommitContent content = commit_of(join());
  content.first_symbol = 11;
  content.first_entity = 101;
  const auto known = decode_known_numbers(encoded(content));
  ASSERT_TRUE(known);
  EXPECT_EQ(known->symbols, 14u);
  EXPECT_EQ(known->entities, 102u);
}

TEST(EventCodecTest, ARepeatedSourceIsStoredOnce) {
  const auto bytes_with = [](std::size_t events) {
    Event event = join();
    event.source = std::string(10'000, 's');
    CommitContent content = commit_of(event);
    content.events.resize(events, event);
    return encoded(content).size();
  };
  EXPECT_EQ((bytes_with(7) - bytes_with(1)) / 6, 88u);
  // In a table.
  EXPECT_EQ(bytes_with(1'000), bytes_with(8));
}

TEST(EventCodecTest, ManyEventsOfOneLongSourceAreRead) {
  // The readers of Cap'n Proto count what they read; a text that all events share must not count
  // once for each.
  Event event = join();
  event.source = std::string(100'000, 's');
  CommitContent content = commit_of(event);
  content.events.resize(500, event);
  EXPECT_EQ(decoded(encoded(content)), content);
}

TEST(EventCodecTest, ACommitOfAllEventsAllowedIsRead) {
  CommitContent content = commit_of(join());
  content.events.resize(limits::kCommitEventsMax, join());
  EXPECT_EQ(decoded(encoded(content)), content);
  content.events.push_back(join());
  std::string bytes;
  EXPECT_EQ(encode_commit(content, bytes).error().code, ErrorCode::kLimitExceeded);
}

// --- Dates and values ----------------------------------------------------------------------------

TEST(EventCodecTest, DatesKeepTheirTextAndTheirBounds) {
  for (const char* text :
       {"2008-08-18", "2008-08-18T00:00Z", "2008", "1991-21", "2004/2005", "1985/..", "../1985",
        "1985/", "[..2024-12-31]", "2008?", "1985-04~", "Y-17E7", "2024-01-05T10:00:00.000001Z"}) {
    Event event = join();
    event.on = *parse_date(text);
    event.said = *parse_date("2008-08-18");
    const CommitContent content = commit_of(event);
    const CommitContent again = decoded(encoded(content));
    ASSERT_EQ(again, content) << text;
    EXPECT_EQ(again.events[0].on->text, text);
  }
}

TEST(EventCodecTest, InfinitiesAreDates) {
  for (const Instant instant : {Instant::never(), Instant::exactly(kBeginningOfTime),
                                Instant{kBeginningOfTime, kEndOfTime}}) {
    Event event = join();
    event.on = date_of(instant);
    const CommitContent content = commit_of(event);
    EXPECT_EQ(decoded(encoded(content)), content);
  }
}

Value nested_list(std::size_t levels) {
  Value value(std::int64_t{1});
  for (; levels > 0; --levels) value = Value(ValueList{std::move(value)});
  return value;
}

TEST(EventCodecTest, ListsNestToTheLimitAndNoFurther) {
  const CommitContent deepest = commit_with_value(nested_list(limits::kNestingMax));
  EXPECT_EQ(decoded(encoded(deepest)), deepest);
  std::string bytes;
  const Status status =
      encode_commit(commit_with_value(nested_list(limits::kNestingMax + 1)), bytes);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(status.error().message, HasSubstr("NestingMax"));
  EXPECT_EQ(bytes, "");
}

TEST(EventCodecTest, NotANumberHasOneEncoding) {
  const std::string bytes = encoded(commit_with_value(Value(std::nan("1"))));
  EXPECT_EQ(encoded(commit_with_value(Value(-std::nan("77")))), bytes);
  const CommitContent content = decoded(bytes);
  const Value& value = std::get<Occurrence>(content.events[0].body).attributes[0].value;
  EXPECT_TRUE(std::isnan(std::get<double>(value.data)));
}

TEST(EventCodecTest, TheSignOfZeroIsKept) {
  const CommitContent content = decoded(encoded(commit_with_value(Value(-0.0))));
  const Value& value = std::get<Occurrence>(content.events[0].body).attributes[0].value;
  EXPECT_TRUE(std::signbit(std::get<double>(value.data)));
}

// --- What is refused before it is written --------------------------------------------------------

struct Wrong {
  const char* what;
  std::function<void(CommitContent&)> make;
};

Occurrence& occurrence_of(CommitContent& content) {
  return std::get<Occurrence>(content.events[0].body);
}

Kind kind_of_one_effect() {
  Kind kind{SymbolId(1), Seq(), {{SymbolId(2), RoleType::kEntity, {}, false, false}}, {}};
  kind.roles.push_back({SymbolId(4), RoleType::kText, {}, false, false});
  Effect effect;
  effect.source.role = 0;
  effect.name = SymbolId(3);
  kind.effects.push_back(effect);
  return kind;
}

/// A wrong kind: what `make` does to a sound one.
Wrong wrong_kind(const char* what, const std::function<void(Kind&)>& make) {
  return {what, [make](CommitContent& content) {
            Kind kind = kind_of_one_effect();
            make(kind);
            content.events[0].body = kind;
          }};
}

std::vector<Wrong> wrong_occurrences() {
  return {
      {"has no kind", [](auto& c) { occurrence_of(c).kind = SymbolId(); }},
      {"roles are not sorted",
       [](auto& c) { std::swap(occurrence_of(c).roles[0], occurrence_of(c).roles[1]); }},
      {"roles are not sorted",
       [](auto& c) { occurrence_of(c).roles[1].role = occurrence_of(c).roles[0].role; }},
      {"nothing fills", [](auto& c) { occurrence_of(c).roles[0].nodes.clear(); }},
      {"node zero", [](auto& c) { occurrence_of(c).roles[0].nodes[0] = NodeId(); }},
      {"node zero", [](auto& c) { occurrence_of(c).roles[0].nodes[0] = NodeId::event(Seq()); }},
      {"attributes or properties are not sorted",
       [](auto& c) {
         occurrence_of(c).attributes = {{SymbolId(4), Value()}, {SymbolId(3), Value()}};
       }},
      {"more than KindRolesMax roles",
       [](auto& c) {
         occurrence_of(c).roles.clear();
         for (std::uint32_t i = 1; i <= limits::kKindRolesMax + 1; ++i) {
           occurrence_of(c).roles.push_back({SymbolId(i), {NodeId::entity(1)}});
         }
       }},
      {"ListElementsMax",
       [](auto& c) {
         occurrence_of(c).roles[0].nodes.assign(limits::kListElementsMax + 1, NodeId::entity(1));
       }},
  };
}

std::vector<Wrong> wrong_events() {
  return {
      {"a text is not valid UTF-8", [](auto& c) { c.events[0].source = "\xFF"; }},
      {"TextBytesMax", [](auto& c) { c.events[0].reason.assign(limits::kTextBytesMax + 1, 'r'); }},
      {"NameBytesMax", [](auto& c) { c.events[0].id.assign(limits::kNameBytesMax + 1, 'i'); }},
      {"NUL", [](auto& c) { c.events[0].id = std::string("a\0b", 3); }},
      {"end date", [](auto& c) { c.events[0].until = c.events[0].on; }},
      {"status", [](auto& c) { c.events[0].status = static_cast<EventStatus>(3); }},
      {"not in order",
       [](auto& c) {
         c.events[0].on->begin = c.events[0].on->end = {2, 1};
       }},
      {"apart from its begin", [](auto& c) { c.events[0].on->end.latest += 1; }},
      {"precision", [](auto& c) { c.events[0].on->precision = static_cast<Precision>(7); }},
      {"DateBytesMax",
       [](auto& c) { c.events[0].on->text.assign(limits::kDateBytesMax + 1, '1'); }},
      {"a fact joins node zero",
       [](auto& c) {
         c.events[0].body = Assertion{NodeId(), SymbolId(1), NodeId::entity(1), {}, false};
       }},
      {"a fact has no relation",
       [](auto& c) {
         c.events[0].body = Assertion{NodeId::entity(2), {}, NodeId::entity(1), {}, false};
       }},
      {"names are given to no entity",
       [](auto& c) {
         c.events[0].body = Naming{NodeId::event(Seq(1)), {"a"}, {}};
       }},
      {"a name is empty",
       [](auto& c) {
         c.events[0].body = Naming{NodeId::entity(1), {""}, {}};
       }},
      {"a definition has no name",
       [](auto& c) {
         c.events[0].body = EntityType{SymbolId(), Seq()};
       }},
      {"states its own sequence",
       [](auto& c) {
         c.events[0].body = EntityType{SymbolId(1), Seq(1)};
       }},
      {"a symbol is empty", [](auto& c) { c.symbols[0].clear(); }},
      {"SymbolBytesMax", [](auto& c) { c.symbols[0].assign(limits::kSymbolBytesMax + 1, 's'); }},
      {"a new entity has no type", [](auto& c) { c.entities[0].type = SymbolId(); }},
      {"out of range", [](auto& c) { c.first_symbol = 0; }},
      {"out of range", [](auto& c) { c.first_symbol = limits::kSymbolsMax; }},
      {"out of range", [](auto& c) { c.first_entity = 0; }},
      {"out of range", [](auto& c) { c.first_entity = std::numeric_limits<std::uint64_t>::max(); }},
  };
}

std::vector<Wrong> wrong_kinds() {
  return {
      wrong_kind("two roles", [](Kind& k) { k.roles[1].name = k.roles[0].name; }),
      wrong_kind("a role has no name", [](Kind& k) { k.roles[0].name = SymbolId(); }),
      wrong_kind("type of a role", [](Kind& k) { k.roles[0].type = static_cast<RoleType>(8); }),
      wrong_kind("names that type", [](Kind& k) { k.roles[0].type = RoleType::kNode; }),
      wrong_kind("names that type", [](Kind& k) { k.roles[0].node_type = SymbolId(1); }),
      wrong_kind("type of an effect",
                 [](Kind& k) { k.effects[0].type = static_cast<EffectType>(4); }),
      wrong_kind("begins at no role", [](Kind& k) { k.effects[0].source.role = 2; }),
      wrong_kind("begins at no role", [](Kind& k) { k.effects[0].source.role = 1; }),
      wrong_kind("ends at no role", [](Kind& k) { k.effects[0].target.role = 1; }),
      wrong_kind("sets no role", [](Kind& k) { k.effects[0].type = EffectType::kSets; }),
      wrong_kind("an effect has no name",
                 [](Kind& k) {
                   k.effects[0].type = EffectType::kMarks;
                   k.effects[0].name = SymbolId();
                 }),
      wrong_kind("on existence has a target",
                 [](Kind& k) {
                   k.effects[0].name = SymbolId();
                   k.effects[0].target.role = 0;
                 }),
      wrong_kind("has two names", [](Kind& k) { k.effects[0].name_role = 1; }),
      wrong_kind("named by no role",
                 [](Kind& k) {
                   k.effects[0].name = SymbolId();
                   k.effects[0].name_role = 0;
                 }),
      wrong_kind("property of an effect",
                 [](Kind& k) {
                   k.effects[0].properties = {{SymbolId(2), 0}};
                 }),
  };
}

TEST(EventCodecTest, WhatTheRulesForbidIsNotWritten) {
  for (const auto& list : {wrong_occurrences(), wrong_events(), wrong_kinds()}) {
    for (const Wrong& wrong : list) {
      CommitContent content = commit_of(join());
      wrong.make(content);
      std::string bytes = "before";
      const Status status = encode_commit(content, bytes);
      ASSERT_FALSE(status) << wrong.what;
      EXPECT_THAT(status.error().message, HasSubstr(wrong.what));
      EXPECT_EQ(bytes, "before");
    }
  }
}

TEST(EventCodecTest, SoundDefinitionsAreWritten) {
  CommitContent content = commit_of(join());
  content.events[0].body = kind_of_one_effect();
  EXPECT_EQ(decoded(encoded(content)), content);
}

TEST(EventCodecTest, ReferencesAreCheckedAgainstWhatIsKnown) {
  const KnownNumbers known{4, 2, Seq(10)};
  Event event = join();
  EXPECT_TRUE(check_references(event, known));
  auto& roles = std::get<Occurrence>(event.body).roles;
  roles[0].nodes = {NodeId::event(Seq(9))};
  EXPECT_TRUE(check_references(event, known));
  roles[0].nodes = {NodeId::event(Seq(10))};
  EXPECT_FALSE(check_references(event, known));
  roles[0].nodes = {NodeId::entity(3)};
  EXPECT_FALSE(check_references(event, known));
  event = join();
  std::get<Occurrence>(event.body).kind = SymbolId(5);
  EXPECT_FALSE(check_references(event, known));
}

// --- Hostile bytes -------------------------------------------------------------------------------

/// Whatever it says: no crash, and what is accepted can be written again.
void expect_handled(std::string_view bytes) {
  const auto content = decode_commit(bytes);
  if (!content) {
    const ErrorCode code = content.error().code;
    EXPECT_TRUE(code == ErrorCode::kCorruption || code == ErrorCode::kUnsupported);
    EXPECT_FALSE(content.error().hint.empty());
  } else {
    const std::string again = encoded(*content);
    EXPECT_EQ(encoded(decoded(again)), again);
  }
  static_cast<void>(decode_event(bytes, 0));
  static_cast<void>(decode_known_numbers(bytes));
}

std::string random_bytes_of_a_commit(Random& random) {
  KnownNumbers known{0, 0, Seq(1)};
  return encoded(tests::random_commit(random, known, 10));
}

TEST(EventCodecTest, EveryTruncationIsHandled) {
  Random random(7);
  const std::string bytes = random_bytes_of_a_commit(random);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    expect_handled(std::string_view(bytes).substr(0, size));
    // A part of a word is none.
    if (size % 8 != 0) {
      EXPECT_FALSE(decode_commit(std::string_view(bytes).substr(0, size)));
    }
  }
}

/// Events of two kinds, fifty of each, between others.
CommitContent tabled_commit(Random& random) {
  KnownNumbers known{0, 0, Seq(1)};
  CommitContent content = tests::random_commit(random, known, 5);
  Event event = join();
  const std::vector<Event> others = content.events;
  for (std::size_t i = 0; i < 50; ++i) {
    auto& roles = std::get<Occurrence>(event.body).roles;
    roles[0].nodes = {NodeId::entity(1 + tests::pick(random, known.entities))};
    roles[1].nodes = {NodeId::entity(1 + i % known.entities)};
    event.on = tests::random_date(random);
    event.id = i % 2 == 0 ? std::string() : fmt::format("id {}", i);
    event.status = i % 7 == 0 ? EventStatus::kPlanned : EventStatus::kHappened;
    content.events.push_back(event);
    Event other = event;
    std::get<Occurrence>(other.body).kind = SymbolId(2);
    content.events.insert(content.events.begin() + static_cast<std::ptrdiff_t>(
                                                       tests::pick(random, content.events.size())),
                          other);
  }
  content.events.insert(content.events.end(), others.begin(), others.end());
  return content;
}

TEST(EventCodecTest, EventsThatAreAlikeComeBackAsTheyWere) {
  Random random(9);
  const CommitContent content = tabled_commit(random);
  const std::string bytes = encoded(content);
  EXPECT_EQ(decoded(bytes), content);
  for (std::size_t i = 0; i < content.events.size(); ++i) {
    const auto event = decode_event(bytes, i);
    ASSERT_TRUE(event) << i;
    EXPECT_EQ(*event, content.events[i]) << i;
  }
  EXPECT_FALSE(decode_event(bytes, content.events.size()));
}

TEST(EventCodecTest, DamagedTablesAreHandled) {
  Random random(11);
  const std::string bytes = encoded(tabled_commit(random));
  for (int i = 0; i < 4'000; ++i) {
    std::string damaged = bytes;
    for (std::size_t hits = 1 + tests::pick(random, 3); hits > 0; --hits) {
      damaged[tests::pick(random, damaged.size())] = static_cast<char>(random());
    }
    expect_handled(damaged);
  }
}

TEST(EventCodecTest, ATableCannotFillTheMemory) {
  // Events of which everything is the same take no bytes: their number must be believed.
  CommitContent content = commit_of(join());
  content.events.resize(117, join());
  std::string bytes = encoded(content);
  std::size_t places = 0;
  for (std::size_t at = 0; at + sizeof(std::uint32_t) <= bytes.size(); at += 4) {
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data() + at, sizeof(number));
    if (number != 117) continue;
    number = 100'000'000;
    std::memcpy(bytes.data() + at, &number, sizeof(number));
    ++places;
  }
  EXPECT_EQ(places, 2U) << "in the commit and in the table";
  const auto refused = decode_commit(bytes);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("larger than a commit may be"));
}

TEST(EventCodecTest, FlippedBitsAreHandled) {
  for (const std::uint64_t seed : tests::test_seeds(20)) {
    SCOPED_TRACE(fmt::format("ANNALS_TEST_SEED={}", seed));
    Random random(seed);
    const std::string bytes = random_bytes_of_a_commit(random);
    for (int i = 0; i < 1'000; ++i) {
      std::string flipped = bytes;
      for (std::size_t flips = 1 + tests::pick(random, 3); flips > 0; --flips) {
        char& byte = flipped[tests::pick(random, flipped.size())];
        byte = static_cast<char>(byte ^ (1 << tests::pick(random, 8)));
      }
      expect_handled(flipped);
    }
  }
}

TEST(EventCodecTest, RandomBytesAreHandled) {
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(8 * (1 + tests::pick(random, 20)), '\0');
    // Mostly zeros: pointers that point somewhere near.
    for (char& byte : bytes) byte = static_cast<char>(random() % 4 == 0 ? random() : 0);
    expect_handled(bytes);
  }
}

/// Where the struct of event `index` begins in the bytes of a commit, by Cap'n Proto's encoding:
/// root pointer, two words of numbers, pointers to symbols, entities and events.
std::size_t event_at(std::string_view bytes, std::size_t index) {
  const auto word = [&](std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + 8 * at, sizeof(value));
    return value;
  };
  const auto target = [&](std::size_t at) {
    const auto offset = static_cast<std::int32_t>(word(at) & 0xFFFFFFFC) / 4;
    return static_cast<std::size_t>(static_cast<std::int64_t>(at) + 1 + offset);
  };
  const std::size_t events_pointer = target(0) + 2 + 2;
  const std::size_t tag = target(events_pointer);
  const std::size_t event_words = ((word(tag) >> 32) & 0xFFFF) + (word(tag) >> 48);
  return 8 * (tag + 1 + index * event_words);
}
constexpr std::size_t kBodyTagAt = 2;
constexpr std::size_t kSourceAt = 20;

TEST(EventCodecTest, ABodyOfALaterVersionIsNamedAsSuch) {
  std::string bytes = encoded(commit_of(join()));
  bytes[event_at(bytes, 0) + kBodyTagAt] = 99;
  for (const Error& error : {decode_commit(bytes).error(), decode_event(bytes, 0).error()}) {
    EXPECT_EQ(error.code, ErrorCode::kUnsupported);
    EXPECT_THAT(error.message, HasSubstr("does not know"));
  }
}

TEST(EventCodecTest, AMissingTextIsCorruption) {
  std::string bytes = encoded(commit_of(join()));
  bytes[event_at(bytes, 0) + kSourceAt] = 2;
  const auto content = decode_commit(bytes);
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(content.error().message, HasSubstr("a text is missing"));
}

TEST(EventCodecTest, SharedTextsCannotFillTheMemory) {
  // 300 events that point to one text of a megabyte: a small file, and 300 MB if it were believed.
  Event event = join();
  event.source.clear();
  // None are alike, which would stand in a table.
  std::get<Occurrence>(event.body).attributes = {{SymbolId(4), Value(true)}};
  CommitContent content = commit_of(event);
  content.events.resize(300, event);
  content.events[0].source.assign(limits::kTextBytesMax, 's');
  std::string bytes = encoded(content);
  for (std::size_t i = 1; i < content.events.size(); ++i) bytes[event_at(bytes, i) + kSourceAt] = 1;
  const auto refused = decode_commit(bytes);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("CommitBytesMax"));
}

}  // namespace
}  // namespace annals
