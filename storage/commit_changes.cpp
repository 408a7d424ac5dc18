// What CommitBuilder knows of corrections, retractions and replays.

#include <fmt/format.h>

#include "schema/base/limits.h"
#include "storage/commit_builder.h"
#include "storage/event_conditions.h"

namespace annals::storage {

namespace {

std::string number_text(Seq seq) { return fmt::format("#{}", seq.raw); }

Error cannot_change(Seq target, std::string_view why, std::string_view hint) {
  return Error(ErrorCode::kInvalidArgument, fmt::format("{} {}", number_text(target), why),
               std::string(hint));
}

}  // namespace

Result<RecordedEvent> CommitBuilder::recorded_event(Seq seq) const {
  if (seq < next_seq_) return logged_event(seq);
  return RecordedEvent{seq, 0, content_.events[seq.raw - next_seq_.raw]};
}

Result<std::vector<Seq>> CommitBuilder::changes_of(Seq target) const {
  ANNALS_TRY(std::vector<Seq> changes, base_->changes_of(target));
  const auto added = changes_.find(target);
  if (added != changes_.end()) {
    changes.insert(changes.end(), added->second.begin(), added->second.end());
  }
  return changes;
}

Result<EventState> CommitBuilder::event_state(Seq seq) const {
  if (!seq || seq >= next_seq()) {
    return Error(ErrorCode::kNotFound, fmt::format("there is no event {}", number_text(seq)),
                 fmt::format("the last one is {}", number_text(Seq(next_seq().raw - 1))));
  }
  const auto changed = states_.find(seq);
  if (changed != states_.end()) return changed->second;
  if (seq > base_->last_seq() || !has_all_states_) {
    return storage::event_state(seq, *this, Perspective());
  }
  ANNALS_TRY(EventState state, base_->event_state(seq));
  // A change may have been changed itself since.
  if (!target_of(state.now.event) || changes_.empty()) return state;
  return storage::event_state(seq, *this, Perspective());
}

Status CommitBuilder::expect_last(Seq expected) const {
  const Seq last(next_seq_.raw - 1);
  if (last == expected) return {};
  return Error(ErrorCode::kConflict,
               fmt::format("the last event is {}, and {} was expected", number_text(last),
                           number_text(expected)),
               "nothing was recorded; look at what was recorded since, and decide anew");
}

Status CommitBuilder::check_parts(const Correction& correction, const Event& target) const {
  const auto* assertion = std::get_if<Assertion>(&target.body);
  const bool lasts = assertion != nullptr && !assertion->momentary;
  const bool is_correction = correction_of(target) != nullptr;
  if (correction.has(Correction::kUntil) && !lasts && !is_correction) {
    return cannot_change(
        correction.target, "has no end of its own to correct",
        "only what ASSERT records FROM a day has TO; correct ON, or the event that ends it");
  }
  const bool changes_roles =
      !correction.roles.empty() || !correction.attributes.empty() || !correction.cleared.empty();
  if (changes_roles && assertion != nullptr) {
    return cannot_change(correction.target, "is a bare fact and has no roles",
                         "RETRACT it, and ASSERT the right one");
  }
  if (correction.parts == 0 && !changes_roles) {
    return cannot_change(correction.target, "would stay as it is", "say what to SET");
  }
  return {};
}

Result<CommitBuilder::Added> CommitBuilder::correct(Correction correction, Event details) {
  const Seq target = correction.target;
  ANNALS_TRY(EventState state, event_state(target));
  const EventBody& body = state.now.event.body;
  if (std::holds_alternative<Retraction>(body)) {
    return cannot_change(target, "is a retraction, which says nothing that could be corrected",
                         "RETRACT it, and what it retracted counts again");
  }
  const bool can_be = std::holds_alternative<Occurrence>(body) ||
                      std::holds_alternative<Assertion>(body) ||
                      correction_of(state.now.event) != nullptr;
  if (!can_be) {
    return cannot_change(target, "is no event that can be corrected",
                         "define it anew; names of an entity stay");
  }
  ANNALS_CHECK_OK(check_parts(correction, state.now.event));
  details.body = std::move(correction);
  return change(std::move(details), target, std::move(state));
}

Result<CommitBuilder::Added> CommitBuilder::retract(Seq target, Event details) {
  ANNALS_TRY(EventState state, event_state(target));
  const EventBody& body = state.now.event.body;
  const bool can_be = std::holds_alternative<Occurrence>(body) ||
                      std::holds_alternative<Assertion>(body) || target_of(state.now.event);
  if (!can_be) {
    return cannot_change(target, "is no event that can be retracted",
                         "definitions and names of entities stay; define anew what is wrong");
  }
  details.body = Retraction{target};
  if (state.is_retracted && details.id.empty()) return Added::kDuplicate;
  return change(std::move(details), target, std::move(state));
}

Result<CommitBuilder::Added> CommitBuilder::replay(Event details) {
  details.body = Replay{};
  const Seq seq = next_seq();
  ANNALS_TRY(const Added added, add(std::move(details)));
  if (added == Added::kRecorded) own_vocabulary().note_replay(seq);
  return added;
}

/// Adds the correction or retraction of `target`, which is in `state`, looks at what it makes of
/// the event in the end, and takes it back if that breaks a rule.
Result<CommitBuilder::Added> CommitBuilder::change(Event event, Seq target, EventState state) {
  const Seq seq = next_seq();
  ANNALS_TRY(const Added added, add(std::move(event)));
  if (added == Added::kDuplicate) return added;
  changes_[target].push_back(seq);
  Seq root = target;
  for (std::size_t depth = 0;; ++depth) {
    if (depth == limits::kCorrectionDepthMax) {
      take_back(seq, target);
      return Error(ErrorCode::kLimitExceeded,
                   fmt::format("corrections of corrections go deeper than CorrectionDepthMax = {}",
                               limits::kCorrectionDepthMax),
                   "correct the event itself");
    }
    ANNALS_TRY(const RecordedEvent recorded, recorded_event(root));
    const Seq changed = target_of(recorded.event);
    if (!changed) break;
    root = changed;
  }
  if (root == target) {
    apply_change(RecordedEvent{seq, 0, content_.events.back()}, state);
  } else {
    ANNALS_TRY(state, storage::event_state(root, *this, Perspective()));
  }
  const auto* occurrence = std::get_if<Occurrence>(&state.now.event.body);
  const Kind* kind =
      occurrence == nullptr ? nullptr : vocabulary_->find_kind_of(occurrence->kind, root);
  Status sound;
  if (!state.is_retracted) sound = check_content(state.now.event, kind);
  if (sound && !state.is_retracted && kind != nullptr) {
    const bool is_recorded = root < next_seq_;
    const Micros recorded = is_recorded ? state.now.recorded : log_.next_recorded();
    sound = check_event_conditions(state.now.event, *kind, *vocabulary_, recorded);
  }
  if (sound) {
    // Whole events, which may be large: past a bound they are worked out anew instead.
    constexpr std::size_t kStatesMax = 2'000;
    if (states_.size() == kStatesMax) forget_states();
    if (has_all_states_) states_[root] = std::move(state);
    return added;
  }
  take_back(seq, target);
  return std::move(sound).error();
}

void CommitBuilder::take_back(Seq change, Seq target) {
  ids_.erase(content_.events.back().id);
  content_.events.pop_back();
  std::vector<Seq>& of_target = changes_[target];
  if (!of_target.empty() && of_target.back() == change) of_target.pop_back();
}

}  // namespace annals::storage
