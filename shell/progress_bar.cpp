#include "shell/progress_bar.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "query/commands/grouped_number.h"

namespace annals::shell {

namespace {

using ingest::LoadProgress;

std::string_view phase_name(LoadProgress::Phase phase) {
  switch (phase) {
    case LoadProgress::Phase::kChecking: return "checking";
    case LoadProgress::Phase::kRecording: return "recording";
    case LoadProgress::Phase::kIndexing: return "indexing";
  }
  return "";
}

}  // namespace

std::string progress_text(const LoadProgress& progress, std::size_t width) {
  const std::string_view phase = phase_name(progress.phase);
  const std::string rows = fmt::format("{} rows", query::grouped(progress.rows));
  // Indexing has no measure, a pipe no end.
  const bool has_measure =
      progress.phase != LoadProgress::Phase::kIndexing && progress.bytes_total > 0;
  if (!has_measure) return fmt::format("{}, {}", phase, rows).substr(0, width);

  constexpr std::uint64_t kPercent = 100;
  constexpr std::size_t kBarColumns = 20;
  const double share = std::min(
      1.0, static_cast<double>(progress.bytes_read) / static_cast<double>(progress.bytes_total));
  const auto percent = static_cast<std::uint64_t>(share * static_cast<double>(kPercent));
  const std::string numbers = fmt::format("{} %, {}", percent, rows);
  const bool is_narrow = phase.size() + 1 + kBarColumns + 1 + numbers.size() > width;
  if (is_narrow) return fmt::format("{} {}", phase, numbers).substr(0, width);

  const auto filled = static_cast<std::size_t>(share * static_cast<double>(kBarColumns));
  std::string bar;
  for (std::size_t i = 0; i < kBarColumns; ++i) bar += i < filled ? "█" : "░";
  return fmt::format("{} {} {}", phase, bar, numbers);
}

ProgressBar::~ProgressBar() {
  if (is_shown_) draw({});
}

void ProgressBar::show(const LoadProgress& progress) {
  if (!style_.is_terminal) return;
  is_shown_ = true;
  draw(progress_text(progress, style_.width));
}

void ProgressBar::draw(const std::string& text) {
  // Back to the line's begin, the text, and the rest of the line erased (ECMA-48). A bar that
  // cannot be drawn is no reason to stop a load.
  static_cast<void>(output_.write("\r" + text + "\x1b[K"));
  static_cast<void>(output_.flush());
}

}  // namespace annals::shell
