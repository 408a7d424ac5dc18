#include "ingest/event_details.h"

#include <array>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "ingest/column_lookup.h"
#include "schema/base/limits.h"
#include "schema/time/date.h"

namespace annals::ingest {

using storage::CommitBuilder;

namespace {

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

Result<EventStatus> parse_status(std::string_view text) {
  const std::vector<std::string> kNames = {"happened", "planned", "cancelled"};
  const std::string lower = in_lower_case(text);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (lower == kNames[i]) return static_cast<EventStatus>(i);
  }
  return Error(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a status of an event", text),
               suggestion(lower, kNames, "an event is happened, planned or cancelled"));
}

static_assert(static_cast<int>(EventStatus::kHappened) == 0);
static_assert(static_cast<int>(EventStatus::kPlanned) == 1);
static_assert(static_cast<int>(EventStatus::kCancelled) == 2);

std::string text_of(const Record& record, std::optional<std::size_t> column) {
  return column ? std::string(record.fields[*column]) : std::string();
}

}  // namespace

EventDetails::Column* EventDetails::column_of(std::string_view word) {
  if (word == "ON") return &on_;
  if (word == "FROM") return &from_;
  if (word == "TO") return &to_;
  if (word == "SAID") return &said_;
  if (word == "ID") return &id_;
  if (word == "SOURCE") return &source_;
  if (word == "BECAUSE") return &because_;
  if (word == "STATUS") return &status_;
  return nullptr;
}

Result<EventDetails> EventDetails::create(const LoadRequest& request, const FileColumns& columns) {
  EventDetails details;
  const auto refuse = [](const ColumnMapping& mapping, std::string message, std::string hint) {
    return Error(ErrorCode::kInvalidArgument, std::move(message), std::move(hint))
        .at(mapping.place);
  };
  for (const ColumnMapping& mapping : request.words) {
    Column* const column = details.column_of(mapping.role);
    const bool is_of_facts = mapping.role == "FROM" || mapping.role == "TO";
    if (column == nullptr || (is_of_facts && request.what == LoadRequest::What::kEvents)) {
      return refuse(mapping, fmt::format("an event has no '{}'", mapping.role),
                    "it has ON, SAID, ID, SOURCE, BECAUSE, STATUS and its roles; a fact also FROM "
                    "and TO");
    }
    if (column->has_value()) {
      return refuse(mapping, fmt::format("{} is given twice", mapping.role), {});
    }
    ANNALS_TRY(*column, find_column(mapping.column, columns, mapping.place));
    const bool is_both = details.on_ && (details.from_ || details.to_);
    if (is_both) {
      return refuse(mapping, "a fact is of one day (ON) or of a period (FROM, TO), not both",
                    "leave ON or FROM and TO away");
    }
  }
  return details;
}

RowResult<std::optional<Date>> EventDetails::read_date(const Record& record,
                                                       const FileColumns& columns, Column column,
                                                       const ApproximationPadding& padding) const {
  if (!column || record.fields[*column].empty()) return std::optional<Date>();
  Result<Date> date = parse_date(record.fields[*column], padding);
  if (!date) return field_problem(record, columns, *column, std::move(date).error());
  return std::optional<Date>(std::move(*date));
}

RowResult<Event> EventDetails::read(const Record& record, const FileColumns& columns,
                                    const ApproximationPadding& padding) const {
  Event event;
  // An open side of a period: it always held, or has not ended.
  const auto is_open = [&record](Column side) { return side && record.fields[*side] == ".."; };
  if (is_open(from_)) {
    event.on = date_of(Instant::exactly(kBeginningOfTime));
  } else {
    ANNALS_TRY(event.on, read_date(record, columns, on_ ? on_ : from_, padding));
  }
  if (!is_open(to_)) {
    ANNALS_TRY(event.until, read_date(record, columns, to_, padding));
  }
  ANNALS_TRY(event.said, read_date(record, columns, said_, padding));
  event.id = text_of(record, id_);
  event.source = text_of(record, source_);
  event.reason = text_of(record, because_);
  if (event.id.size() > limits::kNameBytesMax) {
    return field_problem(record, columns, *id_,
                         Error(ErrorCode::kLimitExceeded,
                               fmt::format("an ID of {} bytes is longer than NameBytesMax = {}",
                                           event.id.size(), limits::kNameBytesMax)));
  }
  // The builder refuses this too, but then the row's entities would exist already.
  if (from_ || to_) {
    Status times = storage::check_fact_times(from_ ? event.on : std::nullopt, event.until);
    const bool is_about_from = from_ && event.on && event.on->is_interval;
    if (!times) {
      return field_problem(record, columns, is_about_from || !to_ ? *from_ : *to_,
                           std::move(times).error());
    }
  }
  if (status_ && !record.fields[*status_].empty()) {
    Result<EventStatus> status = parse_status(record.fields[*status_]);
    if (!status) return field_problem(record, columns, *status_, std::move(status).error());
    event.status = *status;
  }
  return event;
}

std::uint64_t EventDetails::content_hash(const Event& event, std::uint64_t before) {
  std::uint64_t hash = Rehearsal::combined(before, static_cast<std::uint64_t>(event.status));
  const std::string none;
  for (const Date* date : dates_of(event)) {
    hash = Rehearsal::combined(hash, Rehearsal::hash(date != nullptr ? date->text : none));
  }
  for (const std::string* text : {&event.source, &event.reason}) {
    hash = Rehearsal::combined(hash, Rehearsal::hash(*text));
  }
  return hash;
}

RowResult<bool> EventDetails::is_repeated(const Record& record, const FileColumns& columns,
                                          const Rehearsal* rehearsal, const Event& event,
                                          std::uint64_t content) const {
  if (rehearsal == nullptr || event.id.empty()) return false;
  const auto earlier = rehearsal->earlier_event(event.id);
  if (!earlier) return false;
  if (earlier->content == content) return true;
  return id_conflict(record, columns);
}

RowResult<CommitBuilder::Added> EventDetails::add(const Record& record, const FileColumns& columns,
                                                  Event&& event, CommitBuilder& builder,
                                                  Rehearsal* rehearsal,
                                                  std::uint64_t content) const {
  const std::string id = event.id;
  const auto* occurrence = std::get_if<Occurrence>(&event.body);
  const SymbolId kind = occurrence != nullptr ? occurrence->kind : SymbolId();
  // The mapper has checked them, before it created what the row names.
  constexpr auto kChecked = CommitBuilder::Conditions::kChecked;
  Result<CommitBuilder::Added> added = builder.add(std::move(event), kChecked);
  if (!added) {
    Error error = std::move(added).error();
    const bool is_about_id = error.code == ErrorCode::kConflict && !id.empty();
    // What is tried out has no number that could be looked up.
    const bool is_recorded = error.place.seq + builder.event_count() < builder.next_seq().raw;
    if (is_about_id && rehearsal != nullptr && !is_recorded) return id_conflict(record, columns);
    if (is_about_id) return field_problem(record, columns, *id_, std::move(error));
    return whole_row_problem(record, columns, std::move(error));
  }
  const bool is_noted = rehearsal != nullptr && !id.empty();
  if (is_noted && *added == CommitBuilder::Added::kRecorded) {
    rehearsal->note_event(id, content, kind);
  }
  return *added;
}

RowProblem EventDetails::id_conflict(const Record& record, const FileColumns& columns) const {
  return field_problem(record, columns, *id_,
                       Error(ErrorCode::kConflict,
                             fmt::format("the ID '{}' is that of an event before, which has "
                                         "another content",
                                         record.fields[*id_]),
                             "give each event an ID of its own"));
}

bool is_id_taken(const std::string& id, CommitBuilder& builder) {
  // "#12" would be read as a sequence; the builder's add() finds such an ID all the same.
  return !id.empty() && !id.starts_with('#') && builder.event_node(id).has_value();
}

}  // namespace annals::ingest
