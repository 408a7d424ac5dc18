#include "query/parser/grammar/hints.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "query/parser/grammar/lexical.h"
#include "schema/base/ascii.h"

namespace annals::query::grammar {
namespace {

constexpr auto kNever = ErrorCode::kInvalidArgument;
constexpr auto kPlanned = ErrorCode::kUnsupported;

// --- Words with which clauses and statements begin elsewhere -------------------------------------

struct KnownWords {
  std::string_view words;  // separated by blanks
  ErrorCode code;
  std::string_view hint;
};

constexpr std::array<KnownWords, 9> kWords = {{
    {"CREATE INSERT MERGE", kNever,
     "Annals records events: RECORD Kind {role: 'name'} ON 'date'; without a kind: "
     "ASSERT (:Type 'a')-[:RELATION]->(:Type 'b') FROM 'date'"},
    {"SET UPDATE ALTER DELETE REMOVE DETACH DROP TRUNCATE", kNever,
     "what is recorded stays: RECORD the event that changed it, or CORRECT what was wrong"},
    {"SELECT", kNever, "ask with MATCH … RETURN …"},
    {"GROUP HAVING", kNever, "rows are grouped by the items of RETURN that aggregate nothing"},
    {"BETWEEN", kNever, "write a <= x <= b"},
    {"OFFSET", kNever, "write SKIP, before LIMIT"},
    {"BEFORE", kNever, "the later instant stands first: BOUND until AFTER on"},
    {"FOREACH CALL YIELD", kNever, "it has no procedures"},
    {"EXPORT IMPORT BACKUP", kPlanned, ""},
}};

bool is_one_of(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t blank = std::min(words.find(' '), words.size());
    if (equals_ignoring_case(words.substr(0, blank), word)) return true;
    words.remove_prefix(std::min(blank + 1, words.size()));
  }
  return false;
}

std::string in_capitals(std::string_view word) {
  std::string capitals(word);
  std::transform(word.begin(), word.end(), capitals.begin(), to_upper);
  return capitals;
}

std::optional<Advice> advise_about_word(const Situation& situation) {
  for (const KnownWords& known : kWords) {
    if (!is_one_of(known.words, situation.token)) continue;
    const std::string word = in_capitals(situation.token);
    return Advice{known.code,
                  known.code == kNever ? "Annals has no " + word : word + " is not in this version",
                  std::string(known.hint)};
  }
  return std::nullopt;
}

// --- Symbols -------------------------------------------------------------------------------------

struct KnownSymbol {
  std::string_view previous;  // empty: whatever it is
  std::string_view token;
  bool Situation::*when;
  ErrorCode code;
  std::string_view message;  // empty: "expected ..." says it
  std::string_view hint;
};

constexpr auto kOperand = &Situation::operand_expected;
constexpr auto kOperator = &Situation::operator_expected;
constexpr std::string_view kStraightQuotes = "texts stand between straight quotes: 'text'";

constexpr std::array<KnownSymbol, 13> kSymbols = {{
    {"", "!", kOperator, kNever, "", "\"not equal\" is <>"},
    {"", "!", kOperand, kNever, "", "\"not\" is NOT"},
    {"=", "=", kOperand, kNever, "", "\"equal\" is one ="},
    {"", "&", kOperator, kNever, "", "\"and\" is AND"},
    {"[", ":", kOperand, kPlanned, "patterns as conditions are not in this version",
     "write EXISTS {(a)-[:R]->(b)}"},
    {"", ":", kOperator, kNever, "", "a label stands in a node of MATCH, as in (c:Country)"},
    {"", "‘", kOperand, kNever, "", kStraightQuotes},
    {"", "’", kOperand, kNever, "", kStraightQuotes},
    {"", "“", kOperand, kNever, "", kStraightQuotes},
    {"", "”", kOperand, kNever, "", kStraightQuotes},
    {"", "–", kOperator, kNever, "", "this is a dash; minus is -"},
    {"", "—", kOperator, kNever, "", "this is a dash; minus is -"},
    {"", "−", kOperator, kNever, "", "this is a typographic minus; minus is -"},
}};

std::optional<Advice> advise_about_symbol(const Situation& situation) {
  for (const KnownSymbol& known : kSymbols) {
    const bool follows =
        known.previous.empty() || equals_ignoring_case(known.previous, situation.previous);
    if (follows && known.token == situation.token && situation.*known.when) {
      return Advice{known.code, std::string(known.message), std::string(known.hint)};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Advice> advise(const Situation& situation) {
  if (situation.statement_expected && lexical::is_word(situation.token) && situation.next == "{") {
    return Advice{kNever, "",
                  fmt::format("to record an event, write RECORD {} {{…}}", situation.token)};
  }
  if (situation.statement_expected && is_one_of("WHERE", situation.token)) {
    return Advice{kNever, "", "a query begins with MATCH"};
  }
  if (situation.statement_expected || situation.word_expected) {
    if (auto advice = advise_about_word(situation)) return advice;
  }
  return advise_about_symbol(situation);
}

}  // namespace annals::query::grammar
