#include "query/executor/run_context.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "query/executor/batch.h"
#include "query/parser/parser.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

std::string size_text(std::uint64_t bytes) {
  constexpr int kMebibyteBits = 20;
  const std::uint64_t mebibytes = bytes >> kMebibyteBits;
  return mebibytes > 0 ? fmt::format("{} MiB", mebibytes) : fmt::format("{} bytes", bytes);
}

}  // namespace

Status MemoryBudget::take(std::size_t bytes) {
  const std::size_t taken = taken_ += bytes;
  if (whole_ != nullptr) return whole_->take(bytes);
  if (taken <= bytes_max_) return {};
  return Error(ErrorCode::kLimitExceeded,
               fmt::format("the statement holds more than StatementMemoryBytesMax ({})",
                           size_text(bytes_max_)),
               "nothing was changed; ask for less at once: fewer groups, or a LIMIT with ORDER BY");
}

bool MemoryBudget::should_spill(std::size_t bytes) const {
  if (whole_ != nullptr) return whole_->should_spill(bytes);
  // A quarter stays for whoever comes after; a sixteenth is enough rows for a file of their own.
  constexpr std::size_t kSpareShare = 4;
  constexpr std::size_t kLeastShare = 16;
  return taken_ >= bytes_max_ - bytes_max_ / kSpareShare && bytes >= bytes_max_ / kLeastShare;
}

Status SpillBudget::take(std::uint64_t bytes) {
  taken_ += bytes;
  written_ += bytes;
  if (taken_ <= bytes_max_) return {};
  return Error(
      ErrorCode::kLimitExceeded,
      fmt::format("the statement has more than StatementSpillBytesMax ({}) in temporary files",
                  size_text(bytes_max_)),
      "nothing was changed; ask for less at once: a LIMIT with ORDER BY");
}

Result<View> PastViews::find(const storage::GraphSnapshot& present,
                             const storage::Perspective& perspective, const StopFlag& stop) {
  for (const auto& past : all_) {
    if (past->perspective == perspective) return View{past->snapshot.get(), &past->nodes, false};
  }
  ANNALS_TRY(std::unique_ptr<storage::GraphSnapshot> snapshot, present.seen_from(perspective));
  snapshot->stop_with(stop);
  const storage::GraphSnapshot& seen = *snapshot;
  all_.push_back(std::make_unique<Past>(Past{perspective, std::move(snapshot), NodeCache(seen)}));
  return View{&seen, &all_.back()->nodes, false};
}

RunContext::RunContext(RunContext& whole, RunPart its_part)
    : snapshot(whole.snapshot),
      query(whole.query),
      text(whole.text),
      parameters(whole.parameters),
      now(whole.now),
      asked_at(whole.asked_at),
      stop(whole.stop),
      nodes(snapshot),
      memory(&whole.memory),
      spill(0),  // what is made in parts is not written
      scopes(whole.scopes),
      views(whole.views.size(), View{&snapshot, &nodes, true}),
      names(whole.names),
      images(whole.images),
      part(its_part),
      own_slices(memory),
      slices(whole.slices) {}

Status RunContext::check_stop() const {
  if (!stop.requested()) return {};
  return Error(ErrorCode::kInterrupted, "stopped", "a query changes nothing: ask again");
}

Status RunContext::check_extent(const Datum& datum, ast::SourceRange range) const {
  const Extent extent = extent_of(datum);
  if (extent.depth > limits::kNestingMax) {
    return placed(Error(ErrorCode::kLimitExceeded,
                        fmt::format("a {} nests deeper than NestingMax ({})",
                                    datum_type_name(datum.type()), limits::kNestingMax),
                        "it holds lists or maps that hold others"),
                  range);
  }
  if (extent.parts <= limits::kValuePartsMax) return {};
  return placed(Error(ErrorCode::kLimitExceeded,
                      fmt::format("a {} has more than ValuePartsMax ({}) parts",
                                  datum_type_name(datum.type()), limits::kValuePartsMax),
                      "what it holds counts as often as it holds it"),
                range);
}

AskedScope RunContext::asked(ScopeId id, const Batch& batch, std::uint32_t row) const {
  AskedScope asked{id, scope(id)};
  const RowInstant& instant = query.scope(id).row;
  if (!instant.date) return asked;
  // Where an optional MATCH found nothing there is no instant, and nothing to ask about.
  const auto* const known = std::get_if<Date>(&batch.column(instant.date).values[row].data);
  if (known == nullptr) return asked;
  const Date& date = *known;
  asked.times.window = storage::Window::of(date.begin);
  asked.times.uncertain = date.uncertain;
  if (!instant.event) return asked;
  // An event seen otherwise, before it was corrected perhaps, is bound to nothing that is seen
  // here.
  const View& of_event = view(query.slot(instant.event).scope);
  const NodeId node = batch.column(instant.event).nodes[row];
  if (node.is_event() && of_event.snapshot == view(id).snapshot) {
    asked.times.event = node.event_seq();
  }
  return asked;
}

Error RunContext::placed(Error error, ast::SourceRange range) const {
  // A date's own error has a column within the date, and no line.
  if (error.place.line == 0) error.place = place_in(text, range.begin);
  return error;
}

Error RunContext::invalid(std::string message, ast::SourceRange range, std::string hint) const {
  return placed(Error(ErrorCode::kInvalidArgument, std::move(message), std::move(hint)), range);
}

}  // namespace annals::query
