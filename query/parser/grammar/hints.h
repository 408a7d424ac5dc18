#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/base/result.h"

namespace annals::query::grammar {

/// Where the grammar failed. Tokens are as written, or empty.
struct Situation {
  std::string_view previous;
  std::string_view token;  ///< The one that did not fit.
  std::string_view next;
  bool statement_expected = false;
  bool word_expected = false;  ///< A clause could have begun, or the statement ended.
  bool operand_expected = false;
  bool operator_expected = false;
};

/// What to say about something that people who know other languages, or a later chapter of our
/// manual, write in good faith.
struct Advice {
  ErrorCode code = ErrorCode::kInvalidArgument;  ///< kUnsupported: it is planned.
  std::string message;                           ///< Instead of "expected ...", unless empty.
  std::string hint;
};
std::optional<Advice> advise(const Situation& situation);

}  // namespace annals::query::grammar
