#pragma once

#include <map>
#include <string>
#include <utility>

#include "query/datum.h"
#include "query/executor/run_context.h"
#include "schema/base/result.h"
#include "schema/time/date.h"

namespace annals::query::expressions {

/// Reads texts that were written where a date is compared as dates, each once a run. Errors, at the
/// text: those of parse_date().
class WrittenDates {
 public:
  Result<const Datum*> read(const std::string& text, ast::SourceRange range,
                            const RunContext& context) {
    const auto known = dates_.find(text);
    if (known != dates_.end()) return &known->second;
    Result<Date> date = parse_date(text, context.padding());
    if (!date) return context.placed(std::move(date).error(), range);
    return &dates_.emplace(text, Datum(std::move(*date))).first->second;
  }

  /// `written` as it compares with `other`: itself, or the date that it says.
  Result<const Datum*> beside(const Datum& written, const Datum& other, ast::SourceRange range,
                              const RunContext& context) {
    const auto* text = std::get_if<std::string>(&written.data);
    if (text == nullptr || other.type() != DatumType::kDate) return &written;
    return read(*text, range, context);
  }

 private:
  std::map<std::string, Datum> dates_;
};

}  // namespace annals::query::expressions
