#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/event.h"
#include "storage/graph_index/perspective.h"
#include "storage/kv/key_value_store.h"

namespace annals::storage {

/// Where event_state() finds what decides. Errors: Corruption, IoError.
class EventSource {
 public:
  virtual ~EventSource() = default;
  /// The event as it was recorded.
  virtual Result<RecordedEvent> recorded_event(Seq seq) const = 0;
  /// The corrections and retractions that name `target`, ascending.
  virtual Result<std::vector<Seq>> changes_of(Seq target) const = 0;
};

/// An event as corrections and retractions left it.
struct EventState {
  RecordedEvent now;            ///< With the parts that corrections set; seq and recorded stay.
  bool is_retracted = false;    ///< It is as if it had not been recorded.
  std::vector<Seq> changed_by;  ///< The corrections and retractions that count, ascending.
};

/// The state of the event `seq` as it looks from `perspective`. What counts:
///  (1) of the corrections and retractions that name an event, those recorded and said by then and
///      not retracted themselves, one after the other in the order of their sequences;
///  (2) a correction of a correction changes what that one sets; a retraction of a retraction
///      undoes it;
///  (3) a correction of SAID holds whenever that was said: it is about when the event was said.
/// Whether the event itself was recorded and said by then is for the caller to ask. Recursion is
/// bounded by limits::kCorrectionDepthMax. Errors: those of `source`.
Result<EventState> event_state(Seq seq, const EventSource& source, const Perspective& perspective);

/// Does to `state` what `change`, a correction or a retraction of the event itself, makes of it. Of
/// the last one recorded that gives what event_state() gives after it for the present.
void apply_change(const RecordedEvent& change, EventState& state);

/// The value of the row that holds the present state of an event (kCorrection), so that neither
/// asking for it nor changing it anew reads the changes before; it names them, in a few bytes each.
/// LimitExceeded as encode_commit().
Result<std::string> encode_event_state(const EventState& state);
/// Corruption if `value` is none.
Result<EventState> decode_event_state(std::string_view value, Seq event);
/// What that row holds of `event`; nothing for an event that was never changed, or that is itself
/// a change. Corruption, IoError.
Result<std::optional<EventState>> read_event_state(const KeyValueStore& store, Seq event,
                                                   const KvSnapshot* snapshot = nullptr);

/// What `correction` makes of `event`, an occurrence, an assertion or a correction itself.
void apply_correction(const Correction& correction, Event& event);

/// The event that is corrected in the end: of corrections and retractions the target, its target
/// and so on; of every other event itself.
Result<Seq> root_of(Seq seq, const EventSource& source);

}  // namespace annals::storage
