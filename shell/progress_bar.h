#pragma once

#include <cstddef>
#include <string>

#include "ingest/load_runner.h"
#include "shell/output.h"
#include "shell/terminal.h"

namespace annals::shell {

/// One line that says how far a load is: "recording ████░░░░░░ 41 %, 37,000 rows", at most `width`
/// columns wide.
std::string progress_text(const ingest::LoadProgress& progress, std::size_t width);

/// Shows that line on a terminal, over and over in the same place, and nothing elsewhere. Gone when
/// it is destroyed. Borrows the output.
class ProgressBar {
 public:
  ProgressBar(Output& output, const Style& style) : output_(output), style_(style) {}
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(const ingest::LoadProgress& progress);

 private:
  void draw(const std::string& text);

  Output& output_;
  Style style_;
  bool is_shown_ = false;
};

}  // namespace annals::shell
