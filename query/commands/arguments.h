#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"
#include "schema/event.h"
#include "storage/commit_builder.h"

namespace annals::query {

/// Reading what was written as an argument of a command: literals and parameters. Errors are
/// InvalidArgument at the argument, and for a date at the character that is wrong in it.

Result<Value> value_of(const ast::Expression& expression, const StatementContext& context);

/// A text; `what` names the argument in the error ("the name of an entity").
Result<std::string> text_of(const ast::Expression& expression, std::string_view what,
                            const StatementContext& context);

/// A date, or nothing for null. `word` names the argument in the error ("ON").
Result<std::optional<Date>> date_of(const ast::Expression& expression, std::string_view word,
                                    const Vocabulary& vocabulary, const StatementContext& context);

/// `text` as a date that was written at `expression`.
Result<Date> written_date(const std::string& text, const ast::Expression& expression,
                          const Vocabulary& vocabulary, const StatementContext& context);

/// ON, SAID, ID, SOURCE, BECAUSE and STATUS as an event without a body. FROM and TO become `on` and
/// `until`.
Result<Event> event_of(const ast::RecordingDetails& details, const Vocabulary& vocabulary,
                       const StatementContext& context);

/// EXPECT SEQ, if it is given: Conflict unless that is the last event before this commit.
Status check_expected(const ast::RecordingDetails& details, const StatementContext& context,
                      const storage::CommitBuilder& builder);

/// `'an id'` or `'#12'`, as the target of a change.
Result<Seq> event_named(const ast::Expression& expression, const StatementContext& context,
                        storage::CommitBuilder& builder);

}  // namespace annals::query
