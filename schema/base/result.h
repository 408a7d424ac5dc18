#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

namespace annals::inline schema {

/// Why something failed, coarsely enough that a caller can decide what to do about it.
enum class ErrorCode : std::uint8_t {
  kNotFound,         ///< A name, an event or a file that does not exist.
  kInvalidArgument,  ///< Input that cannot be understood or breaks a rule: change the input.
  kConflict,         ///< Input that contradicts what is recorded, or a database in use elsewhere.
  kCorruption,       ///< Stored bytes that are not what was written: stop, keep the files.
  kIoError,          ///< The operating system refused: disk full, permission, missing folder.
  kLimitExceeded,    ///< A limit of limits.h was passed; the message names it.
  kUnsupported,      ///< Understood, and not something this version does.
  kInterrupted,      ///< The user or a deadline stopped it; nothing half-done remains.
};

/// The code as users see it, for example "invalid argument".
std::string_view error_code_name(ErrorCode code);

/// Where an error is. Empty or zero members are unknown. Lines and columns count from 1; columns
/// count Unicode code points.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string source_line;  ///< The text of that line, for the caret.
  std::uint64_t seq = 0;    ///< Sequence of the event concerned.
};

/// A failure as a value. `message` says what is wrong in one sentence without a full stop; `hint`
/// what is safe and what to do next, if there is something to say.
struct Error {
  ErrorCode code = ErrorCode::kInvalidArgument;
  std::string message;
  Place place;
  std::string hint;

  Error(ErrorCode error_code, std::string text) : code(error_code), message(std::move(text)) {}
  Error(ErrorCode error_code, std::string text, std::string next)
      : code(error_code), message(std::move(text)), hint(std::move(next)) {}

  /// The same error with its place filled in.
  Error&& at(Place where) && {
    place = std::move(where);
    return std::move(*this);
  }
};

/// Several lines for a person: "error: MESSAGE", the place with the source line and a caret when
/// they are known, and the hint. No trailing newline.
std::string format_error(const Error& error);

/// A value or an Error; never neither. Ignoring one is a compiler warning, hence an error here.
/// A thin name over tl::expected (libexpected-dev), whose members it has.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  // Not defaulted: `return {}` would then write zeros over the room for an Error, 160 bytes, each
  // time that something succeeds.
  // NOLINTNEXTLINE(modernize-use-equals-default)
  Result() requires std::is_default_constructible_v<tl::expected<T, Error>> {}
  // Implicit on purpose: `return Error(...)` is how every function here fails.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(tl::expected<T, Error> other) : tl::expected<T, Error>(std::move(other)) {}
};

/// Success without a value.
using Status = Result<void>;

}  // namespace annals::inline schema

#define ANNALS_CONCAT_INNER(a, b) a##b
#define ANNALS_CONCAT(a, b) ANNALS_CONCAT_INNER(a, b)

/// Evaluates `expression` (a Result); on failure returns its Error from the calling function.
#define ANNALS_CHECK_OK(expression)                        \
  do {                                                     \
    if (auto annals_status = (expression); !annals_status) \
      return std::move(annals_status).error();             \
  } while (false)

/// `ANNALS_TRY(auto x, f());` declares x from the value of f(), or returns its Error.
#define ANNALS_TRY(declaration, expression) \
  ANNALS_TRY_INNER(ANNALS_CONCAT(annals_result_, __LINE__), declaration, expression)
#define ANNALS_TRY_INNER(temporary, declaration, expression) \
  auto temporary = (expression);                             \
  if (!temporary) return std::move(temporary).error();       \
  declaration = std::move(*temporary)
