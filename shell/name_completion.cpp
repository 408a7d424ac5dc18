#include "shell/name_completion.h"

#include <algorithm>
#include <optional>
#include <string>

#include "schema/base/ascii.h"
#include "schema/vocabulary.h"

namespace annals::shell {

namespace {

constexpr std::string_view kKeywords[] = {
    "AFTER",     "ALL",      "ALSO",       "AND",      "AS",        "ASC",      "ASSERT",
    "AT",        "BECAUSE",  "BEGIN",      "BEGINS",   "BOUND",     "BY",       "CERTAINLY",
    "CHECK",     "COLUMN",   "COMMIT",     "COMPARE",  "CONTAINS",  "CORRECT",  "CREATING",
    "DAY",       "DAYS",     "DEFINE",     "DESC",     "DIFF",      "DISTINCT", "DRY",
    "DURING",    "ELSE",     "END OF",     "ENDS",     "ENTITIES",  "ENTITY",   "ERROR",
    "EVENT",     "EVENTS",   "EXPECT",     "EXPLAIN",  "FACTS",     "FALSE",    "FROM",
    "HISTORY",   "ID",       "IN",         "KINDS",    "KNOWN",     "LIKE",     "LIMIT",
    "LOAD",      "LOG",      "MARKS",      "MATCH",    "MISSING",   "MONTH",    "MONTHS",
    "NOT",       "NULL",     "OF",         "ON",       "OR",        "ORDER BY", "PADDING",
    "PERCENT",   "POSSIBLY", "PROFILE",    "RECORD",   "REJECT TO", "RELATION", "RELATIONS",
    "REPLAY",    "RETRACT",  "RETURN",     "ROLLBACK", "RUN",       "SAID",     "SEQ",
    "SET",       "SETS",     "SETTINGS",   "SHOW",     "SKIP",      "SOURCE",   "STARTS WITH",
    "STATS",     "STATUS",   "THROUGHOUT", "TIME",     "TIMELINE",  "TO",       "TRUE",
    "UNMATCHED", "VERIFY",   "WHERE",      "WHY",      "XOR",       "YEAR",     "YEARS",
};
constexpr std::string_view kDotCommands[] = {".at",   ".exit", ".help",    ".limits", ".mode",
                                             ".quit", ".read", ".rebuild", ".timer"};
constexpr std::size_t kEntitiesOffered = 50;

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool begins_with(std::string_view word, std::string_view start) {
  if (word.size() < start.size()) return false;
  return std::equal(start.begin(), start.end(), word.begin(),
                    [](char a, char b) { return to_upper(a) == to_upper(b); });
}

/// Where the quote stands that is open at the end of `text`, if one is.
std::optional<std::size_t> open_quote(std::string_view text) {
  std::optional<std::size_t> open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (open && text[at] == '\\') {
      ++at;
    } else if (open) {
      if (text[at] == text[*open]) open.reset();
    } else if (text[at] == '\'' || text[at] == '"') {
      open = at;
    }
  }
  return open;
}

/// A name as it stands between quotes.
std::string escaped(std::string_view name, char quote) {
  std::string text;
  for (const char c : name) {
    if (c == quote) text += quote;
    if (c == '\\') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

Completion NameCompletion::complete(std::string_view text) const {
  if (text.starts_with('.')) {
    Completion completion;
    completion.after = " ";
    completion.replaced_bytes = text.size();
    for (const std::string_view command : kDotCommands) {
      if (command.starts_with(text)) completion.candidates.emplace_back(command);
    }
    return completion;
  }
  if (const std::optional<std::size_t> quote = open_quote(text)) {
    return complete_entity(text, *quote);
  }
  return complete_word(text);
}

Completion NameCompletion::complete_entity(std::string_view text, std::size_t quote) const {
  Completion completion;
  completion.after = text[quote];
  const std::string_view start = text.substr(quote + 1);
  completion.replaced_bytes = start.size();
  if (start.empty()) return completion;
  const auto snapshot = database_.snapshot();
  const auto names = snapshot->similar_names(start, SymbolId(), kEntitiesOffered);
  if (!names) return completion;
  for (const std::string& name : *names) {
    // Similar names are also those with a letter wrong; Tab goes on with what was typed.
    if (begins_with(name, start)) completion.candidates.push_back(escaped(name, text[quote]));
  }
  return completion;
}

Completion NameCompletion::complete_word(std::string_view text) const {
  Completion completion;
  completion.after = " ";
  std::size_t begin = text.size();
  while (begin > 0 && is_word_character(text[begin - 1])) --begin;
  const std::string_view start = text.substr(begin);
  completion.replaced_bytes = start.size();
  if (start.empty()) return completion;
  for (const std::string_view keyword : kKeywords) {
    if (begins_with(keyword, start)) completion.candidates.emplace_back(keyword);
  }
  const auto snapshot = database_.snapshot();
  const Vocabulary& vocabulary = snapshot->vocabulary();
  for (std::size_t number = 1; number <= vocabulary.symbol_count(); ++number) {
    const std::string& name = vocabulary.symbol_name(SymbolId(static_cast<std::uint32_t>(number)));
    if (begins_with(name, start)) completion.candidates.push_back(name);
  }
  std::sort(completion.candidates.begin(), completion.candidates.end());
  const auto end = std::unique(completion.candidates.begin(), completion.candidates.end());
  completion.candidates.erase(end, completion.candidates.end());
  return completion;
}

}  // namespace annals::shell
