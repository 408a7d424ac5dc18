#pragma once

#include <cstddef>
#include <string_view>

/// What the language is made of below the grammar: blanks, comments, words, quotes. The grammar,
/// the statement splitter and the error messages share it, so that they agree about where a token
/// begins and ends. All functions take [at, end) with at <= end, never read outside of it, and
/// accept any bytes.
namespace annals::query::lexical {

/// One code point of UTF-8. A length of zero means that the bytes are not UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
};
CodePoint decode(const char* at, const char* end);

/// One past all blanks and comments at `at`. Stops before a `/*` that is never closed.
///
/// Comments are `// ...`, `-- ...` to the end of the line, and `/* ... */`. In a pattern `--` is
/// also a hop; what follows it decides: before `(` and `>` it is a hop (`(a)--(b)`, `(a)-->(b)`),
/// before anything else a comment. So a blank after `--` always makes a comment, and a comment that
/// begins with a parenthesis needs one.
const char* skip_blank(const char* at, const char* end);

/// The next bracket or `;` at or behind `at` that stands outside of quotes, backticks and comments;
/// `end` if there is none, null if something before it is never closed.
const char* next_mark(const char* at, const char* end);

/// Whether a `/*` stands at `at` (after skip_blank: one that is never closed).
bool is_comment_open(const char* at, const char* end);

/// One past the plain name (a letter or `_`, then letters, digits and `_`) at `at`; `at` if none
/// begins there. Letters are those of every script; punctuation and blanks of every script are not.
const char* name_end(const char* at, const char* end);

/// Whether `token` begins with a letter or `_`.
bool is_word(std::string_view token);

/// One past the closing quote of the text ('', "") or name (``) that opens at `at`, or null if it
/// is never closed. A doubled quote is one within the text; in '' and "" a backslash protects one
/// character too. Requires at < end and a quote there.
const char* quoted_end(const char* at, const char* end);
bool is_quote(char c);

/// One past the token at `at`: a quoted text or name (to the end if never closed), a word, a
/// number, or one character. Requires at < end.
const char* token_end(const char* at, const char* end);

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether `word`, in any case, may not be a variable without backticks: words without which an
/// expression could be read in two ways, and those that begin a clause, for better messages.
bool is_reserved(std::string_view word);

}  // namespace annals::query::lexical
