#include "tests/support/long_statements.h"

#include <fmt/format.h>

namespace annals::tests {
namespace {

constexpr std::string_view kLong[] = {
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*)",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y WITH x, y WHERE x < y AND y < x "
    "RETURN x",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000)[0..0] AS y RETURN y",
    "UNWIND range(1, 100000) AS x UNWIND [y IN range(1, 100000) WHERE y < 0] AS z RETURN z",
    "UNWIND range(1, 100000) AS x RETURN reduce(a = 0, y IN range(1, 100000) | a + y) AS s",
    "UNWIND range(1, 100000) AS x RETURN any(y IN range(1, 100000) WHERE y < 0) AS s",
    "WITH reduce(t = 'ab', x IN range(1, 13) | t + t) AS t UNWIND range(1, 100000) AS x "
    "RETURN size(replace(t, 'a', 'b'))",
    "WITH reduce(t = 'ab', x IN range(1, 13) | t + t) AS t UNWIND range(1, 100000) AS x "
    "RETURN t =~ '(a|b)*c'",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN DISTINCT x % 7 AS z",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN x % 7 AS z ORDER BY z LIMIT 3",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN x % 7 AS z, stDev(y)",
    "MATCH (a:Country), (b:Country), (c:Country), (d:Country), (e:Country), (f:Country) "
    "RETURN count(*)",
    "UNWIND range(1, 100000) AS x MATCH (a:Country) OPTIONAL MATCH (a)-[:BORDERS]->(b) "
    "RETURN count(*)",
    "UNWIND range(1, 100000) AS x MATCH (a:Country) WHERE EXISTS {(a)-[:MEMBER_OF]->()} "
    "RETURN count(*)",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN x UNION RETURN 1 AS x",
    "PROFILE UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*)",
    "TIMELINE FROM '1900' TO '1999' BY DAY MATCH (a:Country), (b:Country), (c:Country) RETURN count(*)",
};

}  // namespace

std::span<const std::string_view> long_statements() { return kLong; }

std::vector<std::string> long_statement_graph() {
  std::vector<std::string> statements = {
      "DEFINE ENTITY Country",
      "DEFINE ENTITY Organisation",
      "DEFINE RELATION MEMBER_OF (Country)->(Organisation)",
      "DEFINE RELATION BORDERS (Country)->(Country)",
      "BEGIN",
      "ENTITY Country 'Georgia'",
      "ENTITY Country 'Armenia'",
  };
  for (int i = 0; i < 100; ++i) {
    statements.push_back(fmt::format("ENTITY Country 'c{}'", i));
    statements.push_back(fmt::format(
        "ASSERT (:Country 'c{}')-[:BORDERS]->(:Country 'c{}') FROM '1990'", i, (i * 7) % (i + 1)));
  }
  statements.emplace_back("COMMIT");
  return statements;
}

}  // namespace annals::tests
