#include "query/parser/grammar/lexical.h"
#include "query/parser/parser.h"

namespace annals::query {

std::optional<std::size_t> statement_end(std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* at = lexical::next_mark(text.data(), end);
  while (at != nullptr && at != end) {
    if (*at == ';') return static_cast<std::size_t>(at - text.data()) + 1;
    at = lexical::next_mark(at + 1, end);
  }
  return std::nullopt;
}

bool is_blank(std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* at = lexical::skip_blank(text.data(), end);
  while (at != end && *at == ';') at = lexical::skip_blank(at + 1, end);
  return at == end;
}

}  // namespace annals::query
