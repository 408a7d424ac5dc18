#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"

namespace annals::query::grammar {

/// How an expectation is shown.
enum class Expectation : std::uint8_t {
  kWord,      ///< A keyword, as it is.
  kSymbol,    ///< Punctuation, in quotes.
  kThing,     ///< "an expression", "a name".
  kOperator,  ///< All together as "an operator".
  kEnd,       ///< The end of the statement: shown last.
  kHidden,    ///< Not at all: a thing that contains it is. A misspelt word is compared with it.
};

/// What could have stood at the furthest place that the grammar reached. Alternatives that failed
/// earlier do not count: there the text was fine. Keeps views of names: they must be literals.
class Diagnostics {
 public:
  /// Nothing is noted before: most texts are fine, and taking notes triples the time to read them.
  /// A text that is not fine is read again.
  void start_recording() { recording_ = true; }

  /// The grammar tried `name` at `at` and did not find it.
  void expect(const char* at, std::string_view name, Expectation shown) {
    if (!recording_ || at < furthest_) return;
    if (at > furthest_) restart(at);
    add(at == collapsed_at_ ? Expectation::kHidden : shown, name);
  }

  struct Expected {
    std::string_view name;
    Expectation shown;
  };
  const char* furthest() const { return furthest_; }
  const std::vector<Expected>& expected() const { return expected_; }

  /// Where a thing is being tried: what fails exactly there is a detail of it, hence hidden.
  const char* collapsed_at() const { return collapsed_at_; }
  void collapse_at(const char* at) { collapsed_at_ = at; }

 private:
  void restart(const char* at);
  void add(Expectation shown, std::string_view name);

  bool recording_ = false;
  const char* furthest_ = nullptr;
  const char* collapsed_at_ = nullptr;
  std::vector<Expected> expected_;
};

/// Thrown inside of the grammar, and caught in parser.cpp, when it is clear what is wrong: no other
/// alternative is to be tried.
struct Refusal {
  ErrorCode code = ErrorCode::kInvalidArgument;
  const char* at = nullptr;
  std::string message;
  std::string hint = {};
};

/// The error for text that does not fit the grammar.
Error describe_failure(std::string_view text, const Diagnostics& diagnostics);

/// The error for text that was refused.
Error describe_refusal(std::string_view text, Refusal refusal);

/// What stands at `at`, short enough for a message. Requires at < end.
std::string quote_token(const char* at, const char* end);

}  // namespace annals::query::grammar
