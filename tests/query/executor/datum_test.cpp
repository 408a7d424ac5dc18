#include "query/datum.h"

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "query/executor/datum_comparison.h"
#include "schema/base/result.h"

namespace annals::query {
namespace {

Datum text(const char* value) { return Datum(std::string(value)); }
Datum whole(std::int64_t value) { return Datum(value); }
Datum date(const char* value) { return Datum(*parse_date(value)); }

Datum sample_fact() {
  auto fact = std::make_shared<storage::Fact>();
  fact->begin = parse_date("1991-12-08")->begin;
  FactDatum datum{fact, "MEMBER_OF", {}};
  datum.properties.emplace_back("capacity", Value(std::string("it's")));
  return Datum(std::move(datum));
}

/// (a)-[:R]->(b), or the same fact the other way round.
Datum sample_path(bool backwards = false) {
  auto fact = std::make_shared<storage::Fact>();
  fact->source = NodeId::entity(1);
  fact->target = NodeId::entity(2);
  fact->begin = parse_date("2000-01-01")->begin;
  Path path;
  path.nodes = {{fact->source, "N", "a"}, {fact->target, "N", "b"}};
  if (backwards) std::swap(path.nodes[0], path.nodes[1]);
  path.facts.push_back({fact, "R", {}});
  return path_datum(std::move(path));
}

TEST(DatumTest, IsShownAsText) {
  EXPECT_EQ(datum_text(Datum()), "");
  EXPECT_EQ(datum_text(Datum(true)), "true");
  EXPECT_EQ(datum_text(whole(-5)), "-5");
  EXPECT_EQ(datum_text(Datum(2.0)), "2.0");
  EXPECT_EQ(datum_text(text("a'b")), "a'b");
  EXPECT_EQ(datum_text(date("2008~")), "2008~");
  EXPECT_EQ(datum_text(Datum(Period{parse_date("2008")->begin, Instant::never()})), "2008/..");
  EXPECT_EQ(datum_text(Datum(NodeDatum{NodeId::entity(1), "Country", "Georgia"})), "Georgia");
  EXPECT_EQ(datum_text(sample_fact()), "[:MEMBER_OF {capacity: 'it''s'} 1991-12-08/..]");
  EXPECT_EQ(datum_text(sample_path()), "(a)-[:R 2000-01-01/..]->(b)");
  EXPECT_EQ(datum_text(sample_path(true)), "(b)<-[:R 2000-01-01/..]-(a)");
  EXPECT_EQ(datum_text(list_datum({whole(1), text("a'b"), Datum(), list_datum({})})),
            "[1, 'a''b', null, []]");
}

TEST(DatumTest, IsShownAsJson) {
  EXPECT_EQ(datum_json(Datum()), "null");
  EXPECT_EQ(datum_json(Datum(false)), "false");
  EXPECT_EQ(datum_json(whole(7)), "7");
  EXPECT_EQ(datum_json(Datum(1.5)), "1.5");
  EXPECT_EQ(datum_json(Datum(std::numeric_limits<double>::infinity())), "null");
  EXPECT_EQ(datum_json(text("a\"b\\c\n\x01")), "\"a\\\"b\\\\c\\n\\u0001\"");
  EXPECT_EQ(datum_json(date("2008-05")), "\"2008-05\"");
  EXPECT_EQ(datum_json(list_datum({whole(1), text("x")})), "[1,\"x\"]");
  EXPECT_EQ(datum_json(sample_fact()),
            "{\"relation\":\"MEMBER_OF\",\"valid\":\"1991-12-08/..\",\"capacity\":\"it's\"}");
  EXPECT_EQ(datum_json(sample_path()),
            "{\"nodes\":[\"a\",\"b\"],"
            "\"facts\":[{\"relation\":\"R\",\"valid\":\"2000-01-01/..\"}]}");
}

TEST(DatumTest, AFactHasNoKeyOfJsonTwice) {
  FactDatum fact = std::get<FactDatum>(sample_fact().data);
  fact.properties.emplace(fact.properties.begin(), "valid", Value(std::string("x")));
  fact.properties.emplace_back("relation", Value(std::int64_t{1}));
  const std::string json =
      "{\"relation\":\"MEMBER_OF\",\"valid\":\"1991-12-08/..\",\"capacity\":\"it's\"}";
  EXPECT_EQ(datum_json(Datum(fact)), json);
  Path path = *path_in(sample_path());
  path.facts = {fact};
  EXPECT_EQ(datum_json(path_datum(path)), "{\"nodes\":[\"a\",\"b\"],\"facts\":[" + json + "]}");
}

TEST(DatumTest, BecomesAStoredValueUnlessItIsMore) {
  const Datum list = list_datum({whole(1), text("x"), Datum()});
  EXPECT_EQ(*to_value(list),
            Value(ValueList{Value(std::int64_t{1}), Value(std::string("x")), Value()}));
  EXPECT_FALSE(to_value(sample_path()));
  const Result<Value> map = to_value(list_datum({map_datum({})}));
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().message, "a map cannot be stored");
}

TEST(DatumTest, OrderIsTotalAcrossTypes) {
  const double nan = std::nan("");
  // Ascending; each lies before all that follow.
  const std::vector<Datum> ascending = {
      Datum(NodeDatum{NodeId::entity(1), {}, {}}),
      Datum(NodeDatum{NodeId::event(Seq(1)), {}, {}}),
      sample_fact(),
      list_datum({}),
      list_datum({whole(1)}),
      list_datum({whole(1), whole(0)}),
      sample_path(),
      sample_path(true),
      date("1990"),
      date("1990-02"),
      Datum(Period{Instant::exactly(0), Instant::never()}),
      text(""),
      text("A"),
      text("a"),
      text("é"),
      Datum(false),
      Datum(true),
      Datum(-std::numeric_limits<double>::infinity()),
      whole(-1),
      Datum(0.5),
      whole(1),
      Datum(9007199254740992.0),
      whole(9007199254740993),
      whole(std::numeric_limits<std::int64_t>::max()),
      Datum(9223372036854775808.0),
      Datum(nan),
      Datum(),
  };
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    EXPECT_TRUE(order(ascending[i], ascending[i]) == 0) << i;
    for (std::size_t j = i + 1; j < ascending.size(); ++j) {
      EXPECT_TRUE(order(ascending[i], ascending[j]) < 0) << i << " " << j;
      EXPECT_TRUE(order(ascending[j], ascending[i]) > 0) << i << " " << j;
      EXPECT_LE(order_prefix(ascending[i]), order_prefix(ascending[j])) << i << " " << j;
    }
  }
}

TEST(DatumTest, PrefixesTellApartWhatIsSortedByMost) {
  EXPECT_LT(order_prefix(whole(-1'000'000)), order_prefix(whole(-999'999)));
  EXPECT_LT(order_prefix(whole(1'000'000)), order_prefix(whole(1'000'001)));
  EXPECT_LT(order_prefix(Datum(-0.5)), order_prefix(Datum(-0.25)));
  EXPECT_LT(order_prefix(text("Armenia")), order_prefix(text("Austria")));
  EXPECT_LT(order_prefix(date("1999-12-31")), order_prefix(date("2000-01-01")));
  EXPECT_LT(order_prefix(date("-0001-01-01")), order_prefix(date("0001-01-01")));
  EXPECT_EQ(order_prefix(Datum(0.0)), order_prefix(Datum(-0.0)));
  EXPECT_EQ(order_prefix(whole(3)), order_prefix(Datum(3.0)));
}

TEST(DatumTest, EquivalentValuesHashAlike) {
  EXPECT_EQ(hash_datum(whole(3)), hash_datum(Datum(3.0)));
  EXPECT_EQ(hash_datum(whole(std::int64_t{1} << 60)),
            hash_datum(Datum(static_cast<double>(std::int64_t{1} << 60))));
  EXPECT_EQ(hash_datum(Datum(0.0)), hash_datum(Datum(-0.0)));
  EXPECT_EQ(hash_datum(Datum(std::nan(""))), hash_datum(Datum(-std::nan("1"))));
  EXPECT_EQ(hash_datum(list_datum({whole(1)})), hash_datum(list_datum({Datum(1.0)})));
  EXPECT_EQ(hash_datum(sample_path()), hash_datum(sample_path()));
  EXPECT_EQ(equals(sample_path(), sample_path()), Truth(true));
  EXPECT_EQ(equals(sample_path(), sample_path(true)), Truth(false));
  EXPECT_NE(hash_datum(text("1")), hash_datum(whole(1)));
}

}  // namespace
}  // namespace annals::query
