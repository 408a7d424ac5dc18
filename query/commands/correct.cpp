#include "query/commands/correct.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "query/commands/arguments.h"
#include "query/commands/created_names.h"
#include "query/commands/names.h"
#include "query/commands/role_filling.h"

namespace annals::query {

namespace {

using storage::CommitBuilder;

/// What SET says of dates, status and source.
Status read_parts(const ast::RecordingDetails& set, const Vocabulary& vocabulary,
                  const StatementContext& context, Correction& correction) {
  ANNALS_TRY(Event event, event_of(set, vocabulary, context));
  const auto note = [&correction](bool is_set, Correction::Part part) {
    if (is_set) correction.parts |= part;
  };
  note(set.on || set.from, Correction::kOn);
  note(set.to.has_value(), Correction::kUntil);
  note(set.said.has_value(), Correction::kSaid);
  note(set.status.has_value(), Correction::kStatus);
  note(set.source.has_value(), Correction::kSource);
  correction.on = std::move(event.on);
  correction.until = std::move(event.until);
  correction.said = std::move(event.said);
  correction.status = event.status;
  correction.source = std::move(event.source);
  return {};
}

/// The event that is corrected in the end, through corrections of corrections.
Result<RecordedEvent> corrected_event(Seq target, const CommitBuilder& builder) {
  for (;;) {
    ANNALS_TRY(storage::EventState state, builder.event_state(target));
    target = target_of(state.now.event);
    if (!target) return std::move(state.now);
  }
}

/// Whether SET says of the times only what the event has: FROM is the begin of a bare fact that
/// lasts, and no other word for ON.
Status check_times(const ast::RecordingDetails& set, const Event& corrected, Seq target,
                   const StatementContext& context) {
  if (!set.from) return {};
  if (set.on) {
    return context.placed(Error(ErrorCode::kInvalidArgument, "ON and FROM are set at once",
                                "what lasts has FROM, what is true of one day ON"),
                          set.from->range);
  }
  const auto* assertion = std::get_if<Assertion>(&corrected.body);
  if (assertion != nullptr && !assertion->momentary) return {};
  return context.placed(
      Error(ErrorCode::kInvalidArgument, fmt::format("#{} does not last FROM a day", target.raw),
            assertion == nullptr
                ? "only what ASSERT records has FROM; correct ON"
                : "it was asserted ON a day: correct ON, or RETRACT it and ASSERT it FROM one"),
      set.from->range);
}

Status read_roles(const ast::Correct& statement, const RecordedEvent& corrected,
                  const StatementContext& context, CommitBuilder& builder, Correction& correction) {
  if (statement.roles.empty()) return {};
  ANNALS_CHECK_OK(check_keys_differ(statement.roles, context));
  const auto* const occurrence = std::get_if<Occurrence>(&corrected.event.body);
  const Kind* const found =
      occurrence == nullptr ? nullptr
                            : builder.vocabulary().find_kind_of(occurrence->kind, corrected.seq);
  if (found == nullptr) {
    return context.placed(
        Error(ErrorCode::kInvalidArgument,
              fmt::format("#{} is of no kind and has no roles", correction.target.raw),
              "of a bare fact, FROM, TO and ON can be corrected"),
        statement.roles.front().key.range);
  }
  const Kind kind = *found;
  CreatedNames created(builder);
  Occurrence filled;
  for (const ast::MapEntry& entry : statement.roles) {
    ANNALS_TRY(const std::size_t index, find_role(entry.key, kind, builder.vocabulary(), context));
    ANNALS_TRY(const Value value, value_of(entry.value, context));
    if (value.is_null()) {
      correction.cleared.push_back(kind.roles[index].name);
      continue;
    }
    ANNALS_CHECK_OK(
        fill_role(kind, entry, storage::MissingNames::kRefuse, context, builder, filled, created));
  }
  std::sort(correction.cleared.begin(), correction.cleared.end());
  correction.roles = std::move(filled.roles);
  correction.attributes = std::move(filled.attributes);
  return {};
}

/// What became of a change, in one sentence.
Result<std::string> say(CommitBuilder::Added added, std::string_view verb, Seq target,
                        const std::string& id, CommitBuilder& builder) {
  if (added == CommitBuilder::Added::kRecorded) {
    return fmt::format("recorded #{}: {} #{}", builder.next_seq().raw - 1, verb, target.raw);
  }
  if (id.empty()) return fmt::format("#{} is retracted already: nothing to do", target.raw);
  ANNALS_TRY(const NodeId recorded, builder.event_node(id));
  return fmt::format("already recorded as #{}: nothing to do", recorded.event_seq().raw);
}

}  // namespace

Result<std::string> correct_event(const ast::Correct& statement, const StatementContext& context,
                                  CommitBuilder& builder) {
  ANNALS_CHECK_OK(check_expected(statement.details, context, builder));
  Correction correction;
  ANNALS_TRY(correction.target, event_named(statement.target, context, builder));
  ANNALS_TRY(const RecordedEvent corrected,
             context.placed(corrected_event(correction.target, builder), statement.target.range));
  ANNALS_CHECK_OK(check_times(statement.set, corrected.event, correction.target, context));
  ANNALS_CHECK_OK(read_parts(statement.set, builder.vocabulary(), context, correction));
  ANNALS_CHECK_OK(read_roles(statement, corrected, context, builder, correction));
  ANNALS_TRY(Event event, event_of(statement.details, builder.vocabulary(), context));
  const Seq target = correction.target;
  const std::string id = event.id;
  ANNALS_TRY(const CommitBuilder::Added added,
             context.placed(builder.correct(std::move(correction), std::move(event)),
                            statement.target.range));
  return say(added, "corrects", target, id, builder);
}

Result<std::string> retract_event(const ast::Retract& statement, const StatementContext& context,
                                  CommitBuilder& builder) {
  ANNALS_CHECK_OK(check_expected(statement.details, context, builder));
  ANNALS_TRY(const Seq target, event_named(statement.target, context, builder));
  ANNALS_TRY(Event event, event_of(statement.details, builder.vocabulary(), context));
  const std::string id = event.id;
  ANNALS_TRY(const CommitBuilder::Added added,
             context.placed(builder.retract(target, std::move(event)), statement.target.range));
  return say(added, "retracts", target, id, builder);
}

Result<std::string> replay_definitions(const ast::Replay& statement,
                                       const StatementContext& context, CommitBuilder& builder) {
  ANNALS_CHECK_OK(check_expected(statement.details, context, builder));
  ANNALS_TRY(Event event, event_of(statement.details, builder.vocabulary(), context));
  ANNALS_CHECK_OK(builder.replay(std::move(event)));
  return fmt::format("recorded #{}: the definitions now hold for everything recorded before",
                     builder.next_seq().raw - 1);
}

}  // namespace annals::query
