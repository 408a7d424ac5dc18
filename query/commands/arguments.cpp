#include "query/commands/arguments.h"

#include <utility>

#include <fmt/format.h>

#include "query/planner/constant.h"
#include "schema/time/date.h"

namespace annals::query {

namespace {

/// The byte offset of the character number `column` (from 1) of `text`.
std::size_t offset_of_column(std::string_view text, std::uint32_t column) {
  std::size_t offset = 0;
  for (std::uint32_t passed = 1; passed < column && offset < text.size(); ++passed) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) {
      ++offset;
    }
  }
  return offset;
}

/// The error of parse_date(), whose column counts within the date, at its place in the statement.
Error date_error(Error error, std::string_view date, const ast::Expression& expression,
                 const StatementContext& context) {
  const std::uint32_t column = error.place.column;
  error.place = {};
  ast::SourceRange range = expression.range;
  const std::string_view written = context.text.substr(range.begin, range.end - range.begin);
  // A literal without escapes stands in the statement as it is, between quotes.
  if (column > 0 && written.size() == date.size() + 2 && written.substr(1, date.size()) == date) {
    range.begin += static_cast<std::uint32_t>(1 + offset_of_column(date, column));
  }
  return context.placed(std::move(error), range);
}

/// Reads an optional text argument into `target`; null counts as not given.
Status read_text(const std::optional<ast::Expression>& expression, std::string_view word,
                 const StatementContext& context, std::string& target) {
  if (!expression) return {};
  ANNALS_TRY(const Value value, value_of(*expression, context));
  if (value.is_null()) return {};
  ANNALS_TRY(target, text_of(*expression, word, context));
  return {};
}

Status read_date(const std::optional<ast::Expression>& expression, std::string_view word,
                 const Vocabulary& vocabulary, const StatementContext& context,
                 std::optional<Date>& target) {
  if (!expression) return {};
  ANNALS_TRY(target, date_of(*expression, word, vocabulary, context));
  return {};
}

/// FROM or TO, whose open side `..` no single date can be: it always held, or it has not ended.
Status read_side(const std::optional<ast::Expression>& expression, std::string_view word,
                 std::optional<Date> open_side, const Vocabulary& vocabulary,
                 const StatementContext& context, std::optional<Date>& target) {
  if (!expression) return {};
  ANNALS_TRY(const Value value, value_of(*expression, context));
  const auto* const text = std::get_if<std::string>(&value.data);
  if (text == nullptr || *text != "..") {
    return read_date(expression, word, vocabulary, context, target);
  }
  target = std::move(open_side);
  return {};
}

Result<EventStatus> status_of(const ast::Identifier& word, const StatementContext& context) {
  std::string lower = word.name;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (lower == "happened") return EventStatus::kHappened;
  if (lower == "planned") return EventStatus::kPlanned;
  if (lower == "cancelled") return EventStatus::kCancelled;
  return context.placed(
      Error(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a status of an event", word.name),
            "an event is happened (as it is without STATUS), planned or cancelled"),
      word.range);
}

}  // namespace

Result<Value> value_of(const ast::Expression& expression, const StatementContext& context) {
  return context.placed(constant_value(expression, context.parameters, context.text),
                        expression.range);
}

Result<std::string> text_of(const ast::Expression& expression, std::string_view what,
                            const StatementContext& context) {
  ANNALS_TRY(Value value, value_of(expression, context));
  if (auto* text = std::get_if<std::string>(&value.data)) return std::move(*text);
  return context.placed(Error(ErrorCode::kInvalidArgument,
                              fmt::format("{} must be a text, not {}", what, format_value(value)),
                              "texts stand in single quotes: 'like this'"),
                        expression.range);
}

Result<Date> written_date(const std::string& text, const ast::Expression& expression,
                          const Vocabulary& vocabulary, const StatementContext& context) {
  Result<Date> date = parse_date(text, vocabulary.padding().values);
  if (!date) return date_error(std::move(date).error(), text, expression, context);
  return date;
}

Result<std::optional<Date>> date_of(const ast::Expression& expression, std::string_view word,
                                    const Vocabulary& vocabulary, const StatementContext& context) {
  ANNALS_TRY(Value value, value_of(expression, context));
  if (value.is_null()) return std::optional<Date>();
  if (auto* date = std::get_if<Date>(&value.data)) return std::optional<Date>(std::move(*date));
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) {
    return context.placed(Error(ErrorCode::kInvalidArgument,
                                fmt::format("{} must be a date, not {}", word, format_value(value)),
                                "dates stand in single quotes: '2008-08-18', '2008'"),
                          expression.range);
  }
  ANNALS_TRY(Date date, written_date(*text, expression, vocabulary, context));
  return std::optional<Date>(std::move(date));
}

Result<Event> event_of(const ast::RecordingDetails& details, const Vocabulary& vocabulary,
                       const StatementContext& context) {
  Event event;
  ANNALS_CHECK_OK(read_date(details.on, "ON", vocabulary, context, event.on));
  const Date since_ever = date_of(Instant::exactly(kBeginningOfTime));
  ANNALS_CHECK_OK(read_side(details.from, "FROM", since_ever, vocabulary, context, event.on));
  std::optional<Date> until;
  ANNALS_CHECK_OK(read_side(details.to, "TO", std::nullopt, vocabulary, context, until));
  event.until = std::move(until);
  std::optional<Date> said;
  ANNALS_CHECK_OK(read_date(details.said, "SAID", vocabulary, context, said));
  event.said = std::move(said);
  ANNALS_CHECK_OK(read_text(details.id, "ID", context, event.id));
  ANNALS_CHECK_OK(read_text(details.source, "SOURCE", context, event.source));
  ANNALS_CHECK_OK(read_text(details.because, "BECAUSE", context, event.reason));
  if (details.status) {
    ANNALS_TRY(event.status, status_of(*details.status, context));
  }
  return event;
}

Status check_expected(const ast::RecordingDetails& details, const StatementContext& context,
                      const storage::CommitBuilder& builder) {
  if (!details.expect) return {};
  ANNALS_TRY(const Value value, value_of(*details.expect, context));
  const auto* const seq = std::get_if<std::int64_t>(&value.data);
  if (seq == nullptr || *seq < 0) {
    return context.placed(
        Error(ErrorCode::kInvalidArgument,
              fmt::format("EXPECT SEQ takes the number of an event, not {}", format_value(value)),
              "the number of the last event that you have seen"),
        details.expect->range);
  }
  return context.placed(builder.expect_last(Seq(static_cast<std::uint64_t>(*seq))),
                        details.expect->range);
}

Result<Seq> event_named(const ast::Expression& expression, const StatementContext& context,
                        storage::CommitBuilder& builder) {
  ANNALS_TRY(const std::string name, text_of(expression, "the event", context));
  ANNALS_TRY(const NodeId node, context.placed(builder.event_node(name), expression.range));
  return node.event_seq();
}

}  // namespace annals::query
