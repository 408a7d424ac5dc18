#include "query/parser/grammar/diagnostics.h"

#include <algorithm>

#include <fmt/format.h>

#include "query/parser/grammar/hints.h"
#include "query/parser/grammar/lexical.h"
#include "query/parser/parser.h"
#include "schema/base/ascii.h"
#include "schema/base/closest.h"

namespace annals::query::grammar {
namespace {

constexpr std::size_t kExpectedShownMax = 8;
constexpr std::size_t kTokenShownMax = 24;

std::string_view token_at(const char* at, const char* end) {
  return {at, static_cast<std::size_t>(lexical::token_end(at, end) - at)};
}

/// The token at `limit` (empty at the end of the text) and those before and behind it.
struct Neighbours {
  std::string_view previous;
  std::string_view token;
  std::string_view next;
};

Neighbours neighbours_of(std::string_view text, const char* limit) {
  const char* const end = text.data() + text.size();
  Neighbours found;
  const char* at = lexical::skip_blank(text.data(), end);
  while (at < limit) {
    found.previous = token_at(at, end);
    at = lexical::skip_blank(at + found.previous.size(), end);
  }
  if (limit == end) return found;
  found.token = token_at(limit, end);
  at = lexical::skip_blank(limit + found.token.size(), end);
  if (at != end) found.next = token_at(at, end);
  return found;
}

std::string shown(const Diagnostics::Expected& expected) {
  return expected.shown == Expectation::kSymbol ? fmt::format("'{}'", expected.name)
                                                : std::string(expected.name);
}

/// Words first, then symbols, things, operators as one, the end; each as the grammar tried them.
std::vector<std::string> names_to_show(const Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const Expectation group : {Expectation::kWord, Expectation::kSymbol, Expectation::kThing,
                                  Expectation::kOperator, Expectation::kEnd}) {
    for (const Diagnostics::Expected& expected : diagnostics.expected()) {
      if (expected.shown != group) continue;
      std::string name =
          group == Expectation::kOperator ? std::string("an operator") : shown(expected);
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

/// "A", "A or B", "A, B or C"; of too many, the first and "…".
std::string enumerate(std::vector<std::string> names) {
  const bool cut = names.size() > kExpectedShownMax;
  if (cut) names.resize(kExpectedShownMax);
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += !cut && i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  if (cut) text += ", …";
  return text;
}

/// The expected keyword that the word at the failure probably means.
std::optional<std::string> meant_word(const Diagnostics& diagnostics, std::string_view word) {
  ClosestWord closest(word);
  for (const Diagnostics::Expected& expected : diagnostics.expected()) {
    const bool is_keyword = expected.name.front() >= 'A' && expected.name.front() <= 'Z';
    if (!is_keyword) continue;
    closest.consider(expected.name.substr(0, expected.name.find(' ')));
  }
  return closest.found();
}

/// Text that no grammar could read: something opens and never closes.
std::optional<Error> describe_unclosed(std::string_view token, const char* end) {
  const char* const at = token.data();
  if (lexical::is_comment_open(at, end)) {
    return Error(ErrorCode::kInvalidArgument, "this comment is never closed", "close it with */");
  }
  if (!lexical::is_quote(*at) || lexical::quoted_end(at, end) != nullptr) return std::nullopt;
  if (*at == '`') {
    return Error(ErrorCode::kInvalidArgument, "this name in backticks is never closed");
  }
  return Error(ErrorCode::kInvalidArgument, "this text is never closed",
               fmt::format("close it with {0}; a {0} within it is written twice", *at));
}

bool is_expected(const Diagnostics& diagnostics, std::string_view name) {
  const auto& all = diagnostics.expected();
  return std::any_of(all.begin(), all.end(), [name](const Diagnostics::Expected& expected) {
    return expected.name == name && expected.shown != Expectation::kHidden;
  });
}
bool is_expected(const Diagnostics& diagnostics, Expectation shown) {
  const auto& all = diagnostics.expected();
  return std::any_of(all.begin(), all.end(), [shown](const Diagnostics::Expected& expected) {
    return expected.shown == shown;
  });
}

Situation situation_of(const Diagnostics& diagnostics, const Neighbours& near) {
  Situation situation{near.previous, near.token, near.next};
  situation.statement_expected = is_expected(diagnostics, "a statement");
  situation.word_expected =
      is_expected(diagnostics, Expectation::kWord) || is_expected(diagnostics, Expectation::kEnd);
  situation.operand_expected = is_expected(diagnostics, "an expression");
  situation.operator_expected = is_expected(diagnostics, Expectation::kOperator);
  return situation;
}

/// A reserved word where a name could be: meant as a name, unless it is written as keywords are.
bool is_reserved_name(const Diagnostics& diagnostics, std::string_view token) {
  const bool as_keyword =
      std::none_of(token.begin(), token.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return !as_keyword && lexical::is_reserved(token) &&
         (is_expected(diagnostics, "an expression") || is_expected(diagnostics, "a variable") ||
          is_expected(diagnostics, "a name"));
}

std::string hint_for(const Diagnostics& diagnostics, std::string_view token) {
  if (lexical::is_word(token)) {
    const auto meant = meant_word(diagnostics, token);
    if (meant && !equals_ignoring_case(*meant, token)) {
      return fmt::format("did you mean {}?", *meant);
    }
    if (is_reserved_name(diagnostics, token)) {
      return fmt::format("{0} is a keyword; in backticks, `{0}`, it is a name", token);
    }
  }
  if (is_expected(diagnostics, "a statement")) {
    return "statements begin with MATCH, RECORD, DEFINE, ENTITY, ASSERT, LOAD, HISTORY OF, SHOW, …";
  }
  return "";
}

}  // namespace

void Diagnostics::restart(const char* at) {
  furthest_ = at;
  expected_.clear();
}

void Diagnostics::add(Expectation shown, std::string_view name) {
  const bool known = std::any_of(expected_.begin(), expected_.end(), [&](const Expected& expected) {
    return expected.shown == shown && expected.name == name;
  });
  if (!known) expected_.push_back({name, shown});
}

std::string quote_token(const char* at, const char* end) {
  const std::string_view token = token_at(at, end);
  std::string text;
  const char* from = token.data();
  for (std::size_t points = 0; from != token.data() + token.size(); ++points) {
    if (points == kTokenShownMax) return text + "…";
    const std::size_t length =
        std::max<std::size_t>(lexical::decode(from, token.data() + token.size()).length, 1);
    // No line breaks or control sequences in a message.
    text += static_cast<unsigned char>(*from) < ' ' ? " " : std::string(from, length);
    from += length;
  }
  return lexical::is_word(token) || lexical::is_digit(*at) || lexical::is_quote(*at)
             ? text
             : "'" + text + "'";
}

Error describe_failure(std::string_view text, const Diagnostics& diagnostics) {
  const char* const end = text.data() + text.size();
  const char* const at = diagnostics.furthest() == nullptr ? text.data() : diagnostics.furthest();
  const Neighbours near = neighbours_of(text, at);
  const std::string expected = enumerate(names_to_show(diagnostics));

  if (near.token.empty() || near.token == ";") {
    // The caret stands behind the last token, not behind blanks and comments.
    const char* const last =
        near.previous.empty() ? at : near.previous.data() + near.previous.size();
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("the statement ends here; expected {}", expected))
        .at(place_in(text, static_cast<std::size_t>(last - text.data())));
  }
  Place place = place_in(text, static_cast<std::size_t>(at - text.data()));
  if (auto unclosed = describe_unclosed(near.token, end)) {
    return std::move(*unclosed).at(std::move(place));
  }
  Error error(ErrorCode::kInvalidArgument,
              fmt::format("expected {}, found {}", expected, quote_token(at, end)));
  if (const auto advice = advise(situation_of(diagnostics, near))) {
    error.code = advice->code;
    if (!advice->message.empty()) error.message = advice->message;
    error.hint = advice->hint;
  } else {
    error.hint = hint_for(diagnostics, near.token);
  }
  return std::move(error).at(std::move(place));
}

Error describe_refusal(std::string_view text, Refusal refusal) {
  return Error(refusal.code, std::move(refusal.message), std::move(refusal.hint))
      .at(place_in(text, static_cast<std::size_t>(refusal.at - text.data())));
}

}  // namespace annals::query::grammar
