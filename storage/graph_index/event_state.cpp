#include "storage/graph_index/event_state.h"

#include <algorithm>
#include <utility>

#include "schema/event_codec.h"
#include "storage/graph_index/index_rows.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

SymbolId name_of(const RoleFilling& filling) { return filling.role; }
SymbolId name_of(const Attribute& attribute) { return attribute.role; }

template <class Named>
auto place_of(std::vector<Named>& list, SymbolId name) {
  return std::lower_bound(list.begin(), list.end(), name,
                          [](const Named& one, SymbolId wanted) { return name_of(one) < wanted; });
}

/// Puts each of `changes` in its place in `list`, instead of what has its name.
template <class Named>
void replace_named(const std::vector<Named>& changes, std::vector<Named>& list) {
  for (const Named& change : changes) {
    const auto place = place_of(list, name_of(change));
    if (place != list.end() && name_of(*place) == name_of(change)) {
      *place = change;
    } else {
      list.insert(place, change);
    }
  }
}

template <class Named>
void erase_named(const std::vector<SymbolId>& names, std::vector<Named>& list) {
  for (const SymbolId name : names) {
    const auto place = place_of(list, name);
    if (place != list.end() && name_of(*place) == name) list.erase(place);
  }
}

/// Two corrections of one event as one: what `later` sets wins.
void overlay(const Correction& later, Correction& earlier) {
  earlier.parts |= later.parts;
  if (later.has(Correction::kOn)) earlier.on = later.on;
  if (later.has(Correction::kUntil)) earlier.until = later.until;
  if (later.has(Correction::kSaid)) earlier.said = later.said;
  if (later.has(Correction::kStatus)) earlier.status = later.status;
  if (later.has(Correction::kSource)) earlier.source = later.source;
  erase_named(later.cleared, earlier.roles);
  erase_named(later.cleared, earlier.attributes);
  std::vector<SymbolId> filled;
  for (const RoleFilling& filling : later.roles) filled.push_back(filling.role);
  for (const Attribute& attribute : later.attributes) filled.push_back(attribute.role);
  std::vector<SymbolId>& cleared = earlier.cleared;
  const auto is_filled = [&filled](SymbolId role) {
    return std::find(filled.begin(), filled.end(), role) != filled.end();
  };
  cleared.erase(std::remove_if(cleared.begin(), cleared.end(), is_filled), cleared.end());
  cleared.insert(cleared.end(), later.cleared.begin(), later.cleared.end());
  std::sort(cleared.begin(), cleared.end());
  cleared.erase(std::unique(cleared.begin(), cleared.end()), cleared.end());
  replace_named(later.roles, earlier.roles);
  replace_named(later.attributes, earlier.attributes);
}

/// The part of `correction` that holds whenever it was said: rule (3).
Correction said_only(const Correction& correction) {
  Correction part;
  part.target = correction.target;
  if (correction.has(Correction::kSaid)) {
    part.parts = Correction::kSaid;
    part.said = correction.said;
  }
  return part;
}

}  // namespace

void apply_correction(const Correction& correction, Event& event) {
  if (auto* corrected = std::get_if<Boxed<Correction>>(&event.body)) {
    overlay(correction, **corrected);
    return;
  }
  if (correction.has(Correction::kOn)) event.on = correction.on;
  if (correction.has(Correction::kUntil)) event.until = correction.until;
  if (correction.has(Correction::kSaid)) event.said = correction.said;
  if (correction.has(Correction::kStatus)) event.status = correction.status;
  if (correction.has(Correction::kSource)) event.source = correction.source;
  auto* const occurrence = std::get_if<Occurrence>(&event.body);
  if (occurrence == nullptr) return;
  erase_named(correction.cleared, occurrence->roles);
  erase_named(correction.cleared, occurrence->attributes);
  replace_named(correction.roles, occurrence->roles);
  replace_named(correction.attributes, occurrence->attributes);
}

Result<EventState> event_state(Seq seq, const EventSource& source, const Perspective& perspective) {
  EventState state;
  ANNALS_TRY(state.now, source.recorded_event(seq));
  ANNALS_TRY(const std::vector<Seq> changes, source.changes_of(seq));
  for (const Seq change : changes) {
    if (perspective.known_at && change > perspective.known_at) break;
    ANNALS_TRY(const EventState its, event_state(change, source, perspective));
    if (its.is_retracted) continue;
    if (counts_as_said(its.now) <= perspective.said_by) {
      apply_change(its.now, state);
      continue;
    }
    const Correction* correction = correction_of(its.now.event);
    const Correction part = correction == nullptr ? Correction() : said_only(*correction);
    if (part.parts == 0) continue;
    apply_correction(part, state.now.event);
    state.changed_by.push_back(change);
  }
  return state;
}

void apply_change(const RecordedEvent& change, EventState& state) {
  const Correction* correction = correction_of(change.event);
  if (correction != nullptr) {
    apply_correction(*correction, state.now.event);
  } else {
    state.is_retracted = true;
  }
  state.changed_by.push_back(change.seq);
}

Result<std::string> encode_event_state(const EventState& state) {
  std::string value;
  RowWriter out(value);
  out.byte(state.is_retracted ? 1 : 0);
  out.signed_number(state.now.recorded);
  out.number(state.changed_by.size());
  Seq last;
  for (const Seq change : state.changed_by) {
    out.number(change.raw - last.raw);
    last = change;
  }
  CommitContent content;
  content.events.push_back(state.now.event);
  std::string event;
  ANNALS_CHECK_OK(encode_commit(content, event));
  return value.append(event);
}

Result<EventState> decode_event_state(std::string_view value, Seq event) {
  EventState state;
  state.now.seq = event;
  RowReader in(value);
  state.is_retracted = in.byte() != 0;
  state.now.recorded = in.signed_number();
  const std::uint64_t count = in.number();
  Seq last;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    last = Seq(last.raw + in.number());
    state.changed_by.push_back(last);
  }
  Result<Event> decoded = decode_event(in.rest(), 0);
  if (!in.ok() || !decoded) {
    Error error(ErrorCode::kCorruption, "the state of an event in the index cannot be read",
                "the log is not affected; a rebuild of the projection mends it");
    error.place.seq = event.raw;
    return error;
  }
  state.now.event = std::move(*decoded);
  return state;
}

Result<std::optional<EventState>> read_event_state(const KeyValueStore& store, Seq event,
                                                   const KvSnapshot* snapshot) {
  std::string value;
  ANNALS_TRY(const bool found,
             store.get(Family::kCorrection, event_state_key(event), value, snapshot));
  if (!found) return std::optional<EventState>();
  ANNALS_TRY(EventState state, decode_event_state(value, event));
  return std::optional<EventState>(std::move(state));
}

Result<Seq> root_of(Seq seq, const EventSource& source) {
  for (;;) {
    ANNALS_TRY(const RecordedEvent recorded, source.recorded_event(seq));
    const Seq target = target_of(recorded.event);
    if (!target) return seq;
    seq = target;
  }
}

}  // namespace annals::storage
