#include "tests/bench/peers/annals_language.h"

#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "schema/time/date.h"
#include "tests/bench/peers/child.h"

namespace annals::bench {

namespace {

using Cells = std::span<const query::Datum>;

std::int64_t integer(const query::Datum& cell) { return std::get<std::int64_t>(cell.data); }

/// The load names entities in order, from 1, and the lowest bit of an id says what it is of.
std::int32_t entity(const query::Datum& cell) {
  return static_cast<std::int32_t>(integer(cell) / 2 - 1);
}

/// The sum of entities, which null is for none, from that of their ids.
Answer count_and_sum(Cells cells) {
  const std::int64_t count = integer(cells[0]);
  return {count, count == 0 ? 0 : integer(cells[1]) / 2 - count};
}

/// Of "R12".
std::int32_t relation(const query::Datum& cell) {
  const std::string& name = std::get<std::string>(cell.data);
  std::int32_t number = 0;
  std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return number;
}

/// Adds up rows.
template <class AddRow>
class Rows final : public query::ResultSink {
 public:
  explicit Rows(AddRow& add) : add_(add) {}
  Status columns(std::span<const query::ResultColumn>, query::RowTags) override { return {}; }
  Status row(Cells cells, Certainty) override {
    add_(cells);
    return {};
  }
  Status message(std::string_view) override { return {}; }

 private:
  AddRow& add_;
};

query::Datum name(std::int32_t of) { return query::Datum(node_name(of)); }
query::Datum date(Day day) { return query::Datum(format_micros(midnight(day))); }

/// One statement and what its rows tell.
class Asked {
 public:
  Asked(query::Session& session, const Pick& pick) : session_(session), pick_(pick) {}

  Answer neighbours() {
    run("AT $day MATCH (:Node $a)-[f]->(b) RETURN type(f), id(b)", on_day(of_a()), [&](Cells row) {
      ++answer_.count;
      answer_.sum += fact_sum(relation(row[0]), entity(row[1]));
    });
    return answer_;
  }

  Answer hub_count() {
    return counted("AT $day MATCH (:Node $a)-->(b) RETURN count(*), sum(id(b))", on_day(of_a()));
  }

  /// Two MATCH, since the second hop may use the fact of the first.
  Answer two_hops() {
    return counted(
        "AT $day MATCH (:Node $a)-->(b) MATCH (b)-->(c) WITH DISTINCT c"
        " RETURN count(*), sum(id(c))",
        on_day(of_a()));
  }

  Answer history() {
    run("ALL TIME MATCH (:Node $a)-[f]->(b) RETURN type(f), id(b), f.valid ORDER BY f.valid",
        of_a(), [&](Cells row) {
          const Period& valid = std::get<Period>(row[2].data);
          add_to_history(answer_, {pick_.a, relation(row[0]), entity(row[1]),
                                   day_of(valid.begin.earliest), day_of(valid.end.earliest)});
        });
    return answer_;
  }

  Answer snapshot() {
    std::array<std::int64_t, kRelations + 1> counts{};
    run("AT $day MATCH ()-[f]->() RETURN type(f), count(*)", on_day({}),
        [&](Cells row) { counts[static_cast<std::size_t>(relation(row[0]))] = integer(row[1]); });
    return snapshot_answer(counts);
  }

  Answer timeline() {
    return by_year(fmt::format("TIMELINE FROM '1900-01-01' TO '2024-01-01' BY YEAR"
                               " MATCH ()-[:R{}]->() RETURN count(*)",
                               pick_.a),
                   {});
  }

  Answer path() {
    answer_.count = -1;
    run("AT $day MATCH p = shortestPath((:Node $a)-[*..6]->(:Node $b)) RETURN length(p)",
        on_day(of_both()), [&](Cells row) { answer_.count = integer(row[0]); });
    return answer_;
  }

  Answer together() {
    return by_year(
        "TIMELINE FROM '1900-01-01' TO '2024-01-01' BY YEAR"
        " MATCH (:Node $a)-->(x)<--(:Node $b) RETURN count(DISTINCT x)",
        of_both());
  }

  Answer triangles() {
    run(fmt::format("AT $day MATCH (a)-[:R{0}]->(b)-[:R{0}]->(c)-[:R{0}]->(a) RETURN count(*)",
                    pick_.a),
        on_day({}), [&](Cells row) { answer_.count = integer(row[0]); });
    return answer_;
  }

  Answer top() {
    std::int64_t rank = 0;
    run("AT $day MATCH (a)-->() RETURN id(a) AS a, count(*) AS facts ORDER BY facts DESC, a LIMIT 20",
        on_day({}), [&](Cells row) {
          answer_.count += integer(row[1]);
          answer_.sum += ++rank * entity(row[0]);
        });
    return answer_;
  }

  Answer never() {
    return counted(
        "MATCH (x)-->(:Node $a) AT $day WHERE NOT EXISTS { MATCH (x)-->(:Node $b) ALL TIME }"
        " WITH DISTINCT x RETURN count(*), sum(id(x))",
        on_day(of_both()));
  }

  Answer overlap() {
    // The last day of an interval is part of it.
    const std::string spell = fmt::format("{}/{}", format_micros(midnight(pick_.day)),
                                          format_micros(midnight(pick_.end - 1)));
    return counted(
        fmt::format("DURING $spell MATCH ()-[:R{}]->(b) RETURN count(*), sum(id(b))", pick_.a),
        {{"spell", query::Datum(spell)}});
  }

  Answer reach() {
    return counted(
        "AT $day MATCH (a:Node $a)-[*..4]->(x) WHERE x <> a WITH DISTINCT x"
        " RETURN count(*), sum(id(x))",
        on_day(of_a()));
  }

 private:
  query::Parameters of_a() const {
    query::Parameters named;
    named.emplace("a", name(pick_.a));
    return named;
  }
  query::Parameters of_both() const {
    query::Parameters named = of_a();
    named.emplace("b", name(pick_.b));
    return named;
  }
  query::Parameters on_day(query::Parameters others) const {
    others.emplace("day", date(pick_.day));
    return others;
  }

  template <class AddRow>
  void run(std::string_view text, const query::Parameters& parameters, AddRow add) {
    Rows rows(add);
    const Status done = session_.run(text, parameters, rows);
    if (!done) fail(format_error(done.error()));
  }

  /// Of one row with a count and a sum of ids.
  Answer counted(std::string_view text, const query::Parameters& parameters) {
    run(text, parameters, [&](Cells row) { answer_ = count_and_sum(row); });
    return answer_;
  }

  /// Of a row with a count for each year.
  Answer by_year(std::string_view text, const query::Parameters& parameters) {
    std::int64_t year = 0;
    run(text, parameters, [&](Cells row) {
      answer_.count += integer(row[1]);
      answer_.sum += ++year * integer(row[1]);
    });
    return answer_;
  }

  query::Session& session_;
  const Pick& pick_;
  Answer answer_;
};

}  // namespace

AnnalsLanguage::AnnalsLanguage(storage::Database& database, const Clock& clock)
    : session_(database, clock, nullptr, stop_) {}

Answer AnnalsLanguage::ask(Question question, const Pick& pick) {
  Asked asked(session_, pick);
  switch (question) {
    case Question::kNeighbours:
    case Question::kHub:
    case Question::kDeep: return asked.neighbours();
    case Question::kHubCount: return asked.hub_count();
    case Question::kTwoHops: return asked.two_hops();
    case Question::kHistory: return asked.history();
    case Question::kSnapshot: return asked.snapshot();
    case Question::kTimeline: return asked.timeline();
    case Question::kPath: return asked.path();
    case Question::kTogether: return asked.together();
    case Question::kTriangles: return asked.triangles();
    case Question::kTop: return asked.top();
    case Question::kNever: return asked.never();
    case Question::kOverlap: return asked.overlap();
    case Question::kReach: return asked.reach();
  }
  return {};
}

}  // namespace annals::bench
