// The log's format is what tests/golden/ holds: what was written once is read for ever. A test that
// fails here means that databases out there can no longer be read, or that the same content has
// other bytes now; tests/golden/README.md says what to do.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "schema/event_codec.h"
#include "storage/event_log/log_format.h"
#include "tests/support/paths.h"

namespace annals::storage {
namespace {

namespace fs = std::filesystem;

fs::path source_path(const char* path) { return fs::path(tests::source_dir()) / path; }

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr Micros day(Micros days_since_1970) { return days_since_1970 * kMicrosPerDay; }

// Dates are spelt out: what the parser of dates makes of a text is no part of the format.

Date exact_date(Micros at, const char* text) {
  Date date;
  date.begin = date.end = Instant::exactly(at);
  date.text = text;
  return date;
}

Date coarse_date() {
  Date date;
  date.begin = date.end = {day(13'879), day(14'244)};
  date.precision = Precision::kYear;
  date.approximate = true;
  date.text = "2008~";
  return date;
}

Date open_interval() {
  Date date;
  date.begin = Instant::exactly(day(5'479));
  date.end = {day(5'480), kEndOfTime};
  date.precision = Precision::kMonth;
  date.is_interval = true;
  date.uncertain = true;
  date.text = "1985-01?/";
  return date;
}

Kind every_role_and_effect() {
  Kind kind{SymbolId(3), Seq(), {}, {}};
  kind.roles = {{SymbolId(4), RoleType::kNode, SymbolId(1), false, false},
                {SymbolId(5), RoleType::kEntity, {}, false, true},
                {SymbolId(6), RoleType::kText, {}, true, false},
                {SymbolId(7), RoleType::kInteger, {}, true, true},
                {SymbolId(8), RoleType::kFloat, {}, true, false},
                {SymbolId(9), RoleType::kBoolean, {}, true, false},
                {SymbolId(10), RoleType::kDate, {}, true, false},
                {SymbolId(11), RoleType::kRelation, {}, true, false}};
  Effect begins;
  begins.source = {0};
  begins.target = {1};
  begins.name = SymbolId(2);
  begins.properties = {{SymbolId(6), 2}, {SymbolId(7), 3}};
  Effect ends = begins;
  ends.type = EffectType::kEnds;
  ends.name = SymbolId();
  ends.name_role = 7;
  Effect marks;
  marks.type = EffectType::kMarks;
  marks.source = {1};
  marks.name = SymbolId(2);  // its target is the event
  Effect sets;
  sets.type = EffectType::kSets;
  sets.source = {0};
  sets.target = {4};
  sets.name = SymbolId(8);
  kind.effects = {begins, ends, marks, sets};
  return kind;
}

Occurrence every_value() {
  Occurrence occurrence;
  occurrence.kind = SymbolId(3);
  occurrence.roles = {{SymbolId(4), {NodeId::entity(1)}},
                      {SymbolId(5), {NodeId::entity(2), NodeId::event(Seq(1)), NodeId::entity(1)}}};
  const Value nested(ValueList{Value(), Value(ValueList{}), Value(ValueList{Value(true)})});
  occurrence.attributes = {
      {SymbolId(6), Value(std::string("observer"))},
      {SymbolId(7),
       Value(ValueList{Value(std::int64_t{-1}), Value(std::numeric_limits<std::int64_t>::max())})},
      {SymbolId(8), Value(-0.1)},
      {SymbolId(9), Value(false)},
      {SymbolId(10), Value(coarse_date())},
      {SymbolId(11), nested}};
  return occurrence;
}

Event event_of(EventBody body) {
  Event event;
  event.body = std::move(body);
  return event;
}

/// A first commit with every body, every value, every status and every form of date.
CommitContent golden_content() {
  CommitContent content;
  content.symbols = {"Country", "MEMBER_OF", "Join",  "member", "with", "capacity",
                     "numbers", "weight",    "valid", "თარიღი", "rel"};
  content.entities = {{SymbolId(1), "Georgia"}, {SymbolId(1), "Côte d'Ivoire"}};
  content.events = {
      event_of(EntityType{SymbolId(1), Seq()}),
      event_of(Relation{SymbolId(2), Seq(), SymbolId(1), SymbolId()}),
      event_of(every_role_and_effect()),
      event_of(Naming{NodeId::entity(1), {"საქართველო", "Sakartvelo"}, {"iso3:GEO"}}),
      event_of(every_value()),
      event_of(Assertion{NodeId::entity(1),
                         SymbolId(2),
                         NodeId::entity(2),
                         {{SymbolId(6), Value(std::string("observer"))}},
                         false}),
      event_of(Assertion{NodeId::entity(2), SymbolId(2), NodeId::event(Seq(5)), {}, true})};
  Event& occurrence = content.events[4];
  occurrence.on = exact_date(day(8'737), "1993-12-03");
  occurrence.said = exact_date(day(8'737) + 1, "1993-12-03T00:00:00.000001Z");
  occurrence.id = "ge-cis";
  occurrence.source = "CIS executive committee";
  occurrence.reason = "a text of its own";
  Event& lasting = content.events[5];
  lasting.status = EventStatus::kPlanned;
  lasting.on = exact_date(day(8'737), "1993-12-03T00:00Z");
  lasting.until = open_interval();
  lasting.source = "CIS executive committee";
  Event& momentary = content.events[6];
  momentary.status = EventStatus::kCancelled;
  momentary.on = exact_date(kEndOfTime, "..");
  return content;
}

/// The commit behind it: every body that format 2 brought, with every part.
CommitContent golden_changes() {
  CommitContent content;
  content.first_symbol = 12;
  content.first_entity = 3;
  Correction all;
  all.target = Seq(5);
  all.parts = Correction::kOn | Correction::kUntil | Correction::kSaid | Correction::kStatus |
              Correction::kSource;
  all.status = EventStatus::kPlanned;
  all.on = coarse_date();
  all.until = open_interval();
  all.said = exact_date(day(8'737), "1993-12-03");
  all.source = "a better list";
  all.roles = {{SymbolId(4), {NodeId::entity(2)}},
               {SymbolId(5), {NodeId::entity(1), NodeId::event(Seq(1))}}};
  all.attributes = {{SymbolId(6), Value(std::string("observer"))}};
  all.cleared = {SymbolId(7), SymbolId(8)};
  Correction clears_date;
  clears_date.target = Seq(8);
  clears_date.parts = Correction::kOn;
  content.events = {event_of(all), event_of(clears_date), event_of(Retraction{Seq(9)}),
                    event_of(Replay{})};
  content.events[0].id = "fix";
  content.events[0].reason = "effective date, not the announcement";
  content.events[2].said = exact_date(day(8'737), "1993-12-03");
  return content;
}

Condition part(ConditionOperator op, std::vector<Condition> operands) {
  return {op, 0, {}, std::move(operands)};
}
Condition role(std::uint16_t place) { return {ConditionOperator::kRole, place, {}, {}}; }
Condition literal(Value value) { return {ConditionOperator::kLiteral, 0, std::move(value), {}}; }

/// A truth that holds every part that a condition may have. Roles: 0 to 4 are a date, an integer,
/// a text, entities and an entity.
Condition every_condition() {
  using enum ConditionOperator;
  const auto number = [](std::int64_t value) { return literal(Value(value)); };
  const auto sum = part(kAdd, {role(1), part(kNegate, {literal(Value(-0.5))})});
  const auto product =
      part(kMultiply, {part(kDivide, {number(7), role(1)}), part(kModulo, {role(1), number(2)})});
  return part(
      kAnd,
      {part(kOr, {part(kEqual, {role(0), literal(Value(coarse_date()))}),
                  part(kNotEqual, {part(kStatus, {}), literal(Value(std::string("planned")))}),
                  part(kNot, {literal(Value(false))})}),
       part(kLess, {part(kSubtract, {sum, product}), number(1)}),
       part(kLessOrEqual, {part(kSize, {role(3)}), number(2)}),
       part(kGreater, {part(kOn, {}), part(kSaid, {})}),
       part(kGreaterOrEqual, {role(1), literal(Value())}), part(kIn, {role(4), role(3)}),
       part(kIn, {role(1), literal(Value(ValueList{Value(std::int64_t{1}), Value()}))}),
       part(kStartsWith, {role(2), literal(Value(std::string("a")))}),
       part(kEndsWith, {role(2), literal(Value(std::string("z")))}),
       part(kContains, {role(2), literal(Value(std::string()))}), part(kIsNull, {role(0)}),
       part(kIsNotNull, {role(3)})});
}

/// The commit behind that: what format 3 brought.
CommitContent golden_conditions() {
  CommitContent content;
  content.first_symbol = 12;
  content.first_entity = 3;
  content.symbols = {"until", "count", "text", "party", "host"};
  Kind kind{SymbolId(3), Seq(), {}, {}};
  kind.roles = {{SymbolId(12), RoleType::kDate, SymbolId(), true, false},
                {SymbolId(13), RoleType::kInteger, SymbolId(), false, false},
                {SymbolId(14), RoleType::kText, SymbolId(), true, false},
                {SymbolId(15), RoleType::kEntity, SymbolId(), false, true},
                {SymbolId(16), RoleType::kNode, SymbolId(1), true, false}};
  for (const EffectType type : {EffectType::kBegins, EffectType::kEnds}) {
    Effect existence;
    existence.type = type;
    existence.source.role = 4;
    kind.effects.push_back(existence);
  }
  kind.bounds = {
      {{InstantSource::kRole, 0, true}, {InstantSource::kOn, 0, true}},
      {{InstantSource::kRecorded, 0, false}, {InstantSource::kSaid, 0, false}},
  };
  kind.checks = {
      {every_condition(), "not all of it holds"},
      {part(ConditionOperator::kNotEqual, {role(1), literal(Value(std::int64_t{0}))}), "none"}};
  content.events = {event_of(kind), event_of(Padding{Seq(), {1, 2, 3, 4}})};
  content.events[1].reason = "as the archive counts";
  return content;
}

/// The commit behind that: what format 4 brought. Two tables, and an event among them.
CommitContent golden_tables() {
  CommitContent content;
  content.first_symbol = 17;
  content.first_entity = 3;
  for (std::uint32_t i = 0; i < 8; ++i) {
    Occurrence occurrence;
    occurrence.kind = SymbolId(3);
    occurrence.roles = {
        {SymbolId(4), {NodeId::entity(1 + i % 2)}},
        {SymbolId(5), {NodeId::entity(2), NodeId::event(Seq(1 + i)), NodeId::entity(1)}}};
    Event& event = content.events.emplace_back(event_of(occurrence));
    event.status = i == 3 ? EventStatus::kPlanned : EventStatus::kHappened;
    event.on = exact_date(day(8'737 + i / 3), i < 3 ? "1993-12-03" : "a later day");
    if (i % 2 == 0) event.said = exact_date(day(8'740), "1993-12-06");
    event.id = fmt::format("row-{}", i);
    event.source = i < 6 ? "a list" : "another list";
    if (i == 5) event.reason = "a text of its own";
  }
  content.events.insert(content.events.begin() + 5, event_of(Replay{}));
  for (std::uint32_t i = 0; i < 9; ++i) {
    Event& event = content.events.emplace_back(
        event_of(Assertion{NodeId::entity(1), SymbolId(2), NodeId::event(Seq(1 + i)), {}, false}));
    event.on = exact_date(day(8'737), "1993-12-03");
    if (i != 4) event.until = open_interval();
  }
  return content;
}

/// The bytes under the key of `info.first_seq`.
std::string stored_commit(CommitInfo info, const CommitContent& content) {
  std::string stored(kCommitHeaderBytes, '\0');
  EXPECT_TRUE(encode_commit(content, stored));
  info.version = log_format_of(content);
  info.count = static_cast<std::uint32_t>(content.events.size());
  write_commit_header(info, stored);
  return stored;
}

CommitInfo golden_info() {
  CommitInfo info;
  info.first_seq = Seq(1);
  info.recorded = day(19'727);
  return info;
}

/// Prints bytes as docs/event_log_format.md does: eight to a line.
std::string hex_lines(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 8 == 0) text += fmt::format("{}{:04x} ", i == 0 ? "" : "\n", i);
    text += fmt::format(" {:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return text + '\n';
}

void expect_as_ever(const char* file, const CommitInfo& wanted,
                    const CommitContent& wanted_content) {
  const fs::path path = source_path(file);
  const std::string written = stored_commit(wanted, wanted_content);
  if (std::getenv("ANNALS_WRITE_GOLDEN") != nullptr && !fs::exists(path)) {
    std::ofstream(path, std::ios::binary) << written;
  }
  const std::string golden = read_file(path);
  ASSERT_FALSE(golden.empty()) << path;
  const auto info = read_commit_header(golden);
  ASSERT_TRUE(info) << format_error(info.error());
  EXPECT_EQ(info->version, log_format_of(wanted_content));
  EXPECT_EQ(info->first_seq, wanted.first_seq);
  EXPECT_EQ(info->recorded, wanted.recorded);
  EXPECT_EQ(hash_of(golden), info->hash);
  const auto content = decode_commit(commit_content(golden));
  ASSERT_TRUE(content) << format_error(content.error());
  EXPECT_EQ(*content, wanted_content);
  EXPECT_EQ(written, golden);
}

TEST(GoldenCommitTest, VersionOneIsReadAndWrittenAsEver) {
  expect_as_ever("tests/golden/v1/commit.bin", golden_info(), golden_content());
}

TEST(GoldenCommitTest, VersionTwoIsReadAndWrittenAsEver) {
  CommitInfo info = golden_info();
  info.first_seq = Seq(8);
  info.recorded += 1;
  expect_as_ever("tests/golden/v2/commit.bin", info, golden_changes());
}

TEST(GoldenCommitTest, VersionThreeIsReadAndWrittenAsEver) {
  CommitInfo info = golden_info();
  info.first_seq = Seq(12);
  info.recorded += 2;
  expect_as_ever("tests/golden/v3/commit.bin", info, golden_conditions());
}

TEST(GoldenCommitTest, VersionFourIsReadAndWrittenAsEver) {
  CommitInfo info = golden_info();
  info.first_seq = Seq(14);
  info.recorded += 3;
  expect_as_ever("tests/golden/v4/commit.bin", info, golden_tables());
}

TEST(GoldenCommitTest, ACommitHasTheLowestVersionThatHoldsIt) {
  CommitContent content = golden_tables();
  EXPECT_EQ(log_format_of(content), 4U);
  std::swap(content.events[2], content.events[12]);
  EXPECT_EQ(log_format_of(content), 4U) << "they need not stand in a row";
  std::swap(content.events[2], content.events[12]);
  content.events.erase(content.events.begin() + 10, content.events.begin() + 12);
  content.events.erase(content.events.begin());
  EXPECT_EQ(log_format_of(content), 2U) << "seven alike are no table";
  content = {};
  Kind kind{SymbolId(1), Seq(), {}, {}};
  content.events = {event_of(kind)};
  EXPECT_EQ(log_format_of(content), 1U);
  content.events.push_back(event_of(Replay{}));
  EXPECT_EQ(log_format_of(content), 2U);
  kind.bounds = {{{InstantSource::kOn, 0, false}, {InstantSource::kSaid, 0, false}}};
  content.events.insert(content.events.begin(), event_of(kind));
  EXPECT_EQ(log_format_of(content), 3U);
  kind.bounds.clear();
  kind.checks = {{literal(Value(true)), "no"}};
  content.events = {event_of(kind)};
  EXPECT_EQ(log_format_of(content), 3U);
  kind.checks.clear();
  kind.roles = {{SymbolId(1), RoleType::kEntity, SymbolId(), false, false}};
  kind.effects.emplace_back().source.role = 0;
  content.events = {event_of(kind)};
  EXPECT_EQ(log_format_of(content), 3U) << "an effect on existence";
  content.events = {event_of(Padding{})};
  EXPECT_EQ(log_format_of(content), 3U);
}

// --- The document's example ----------------------------------------------------------------------

std::string example_commit() {
  CommitContent content;
  content.first_symbol = 8;
  content.first_entity = 12;
  content.entities = {{SymbolId(1), "Georgia"}};
  Occurrence join;
  join.kind = SymbolId(5);
  join.roles = {{SymbolId(6), {NodeId::entity(12)}}, {SymbolId(7), {NodeId::entity(3)}}};
  content.events = {event_of(join)};
  content.events[0].on = exact_date(day(8'737), "1993-12-03");
  content.events[0].source = "CIS";
  CommitInfo info;
  info.first_seq = Seq(41);
  info.recorded = day(19'727);
  for (std::size_t i = 0; i < info.previous.size(); ++i) {
    info.previous[i] = static_cast<std::uint8_t>(0xA0 + i);
  }
  return stored_commit(info, content);
}

/// The bytes of the lines "0000  41 4e ..." of a document; what stands behind two more blanks is a
/// remark.
std::string bytes_in_document(const std::string& document) {
  std::string bytes;
  std::istringstream lines(document);
  for (std::string line; std::getline(lines, line);) {
    if (line.size() < 29 || line.substr(0, 4) != fmt::format("{:04x}", bytes.size())) continue;
    for (std::size_t i = 0; i < 8; ++i) {
      bytes += static_cast<char>(std::stoi(line.substr(6 + 3 * i, 2), nullptr, 16));
    }
  }
  return bytes;
}

TEST(GoldenCommitTest, TheExampleInTheDocumentIsWhatIsWritten) {
  const std::string document = read_file(source_path("docs/event_log_format.md"));
  EXPECT_EQ(hex_lines(bytes_in_document(document)), hex_lines(example_commit()));
}

}  // namespace
}  // namespace annals::storage
