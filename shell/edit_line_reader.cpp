#include "shell/edit_line_reader.h"

#include <langinfo.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstring>
#include <cwchar>
#include <utility>

#include <fmt/format.h>
#include <histedit.h>

#include "shell/colours.h"
#include "shell/input_wait.h"
#include "shell/stop_signals.h"
#include "shell/text_width.h"

namespace annals::shell {

namespace {

/// Brackets the parts of a prompt that take no columns.
constexpr char kPromptEscape = '\1';
/// Candidates listed below the line; more would push it off the screen.
constexpr std::size_t kCandidatesListed = 60;

/// libedit needs a locale that knows UTF-8; in a container there often is none set.
void set_character_set() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

std::size_t common_start(const std::vector<std::string>& candidates) {
  const std::string& first = candidates.front();
  std::size_t length = first.size();
  for (const std::string& other : candidates) {
    const auto end = first.begin() + static_cast<std::ptrdiff_t>(std::min(length, other.size()));
    length = static_cast<std::size_t>(std::mismatch(first.begin(), end, other.begin()).first -
                                      first.begin());
  }
  // Not within a character.
  while (length > 0 && length < first.size() &&
         (static_cast<unsigned char>(first[length]) & 0xC0) == 0x80) {
    --length;
  }
  return length;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string listing(const std::vector<std::string>& candidates, std::size_t width) {
  std::size_t widest = 0;
  for (const std::string& candidate : candidates) {
    widest = std::max(widest, display_width(printable(candidate, false)));
  }
  constexpr std::size_t kGap = 2;
  const std::size_t columns = std::max<std::size_t>(1, width / (widest + kGap));
  const std::size_t shown = std::min(candidates.size(), kCandidatesListed);
  std::string text = "\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string candidate = printable(candidates[i], false);
    text += candidate;
    const bool ends_line = (i + 1) % columns == 0 || i + 1 == shown;
    if (ends_line) {
      text += '\n';
    } else {
      text.append(widest + kGap - display_width(candidate), ' ');
    }
  }
  if (shown < candidates.size()) {
    text += fmt::format("... and {} more\n", candidates.size() - shown);
  }
  return text;
}

}  // namespace

struct EditLineReader::State {
  State(const CompletionSource& its_completion, const StopFlag& its_stop, const Style& its_style,
        HistoryFile its_history_file)
      : completion(its_completion),
        stop(its_stop),
        style(its_style),
        history_file(std::move(its_history_file)) {}

  const CompletionSource& completion;
  const StopFlag& stop;
  Style style;
  HistoryFile history_file;
  EditLine* editor = nullptr;
  History* history = nullptr;
  std::string prompt;
  std::string before;
  bool is_interrupted = false;

  static State& of(EditLine* editor) {
    void* state = nullptr;
    el_get(editor, EL_CLIENTDATA, &state);
    return *static_cast<State*>(state);
  }

  static char* show_prompt(EditLine* editor) { return of(editor).prompt.data(); }

  /// Reads one character; -1 when interrupted, 0 at the end. libedit's own retries the read after
  /// a signal once and so would need two Ctrl-C.
  static int read_character(EditLine* editor, wchar_t* out) {
    State& state = of(editor);
    std::mbstate_t shift{};
    for (;;) {
      if (wait_for_input(STDIN_FILENO, state.stop) == InputWait::kInterrupted) {
        state.is_interrupted = true;
        return -1;
      }
      char byte = 0;
      const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return static_cast<int>(count);
      const std::size_t used = std::mbrtowc(out, &byte, 1, &shift);
      if (used == static_cast<std::size_t>(-1)) {
        shift = std::mbstate_t{};  // not UTF-8: dropped
      } else if (used != static_cast<std::size_t>(-2)) {
        return 1;
      }
    }
  }

  static unsigned char complete(EditLine* editor, int) {
    State& state = of(editor);
    const LineInfo* const line = el_line(editor);
    std::string text = state.before;
    text.append(line->buffer, line->cursor);
    const Completion found = state.completion.complete(text);
    if (found.candidates.empty()) return CC_REFRESH_BEEP;
    const std::string_view typed =
        std::string_view(text).substr(text.size() - found.replaced_bytes);
    const bool is_only_one = found.candidates.size() == 1;
    std::string start = found.candidates.front().substr(0, common_start(found.candidates));
    if (is_only_one) start += found.after;
    if (is_only_one || start.size() > typed.size()) {
      el_deletestr(editor, static_cast<int>(count_characters(typed)));
      el_insertstr(editor, start.c_str());
      return CC_REFRESH;
    }
    std::fputs(listing(found.candidates, state.style.width).c_str(), stdout);
    std::fflush(stdout);
    return CC_REDISPLAY;
  }

  void load_history() {
    HistEvent event;
    history = history_init();
    ::history(history, &event, H_SETSIZE, static_cast<int>(HistoryFile::kEntriesMax));
    ::history(history, &event, H_SETUNIQUE, 1);
    for (const std::string& entry : history_file.read()) {
      ::history(history, &event, H_ENTER, entry.c_str());
    }
  }

  void make_editor() {
    editor = el_init("annals", stdin, stdout, stderr);
    el_set(editor, EL_CLIENTDATA, this);
    el_set(editor, EL_PROMPT_ESC, show_prompt, kPromptEscape);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_SIGNAL, 0);
    el_set(editor, EL_GETCFN, read_character);
    el_set(editor, EL_HIST, ::history, history);
    el_set(editor, EL_ADDFN, "annals-complete", "Complete words and names", complete);
    el_set(editor, EL_BIND, "^I", "annals-complete", nullptr);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(editor, nullptr);  // the user's .editrc, last: it wins
  }
};

EditLineReader::EditLineReader(HistoryFile history_file, const CompletionSource& completion,
                               const StopFlag& stop, const Style& style)
    : state_(std::make_unique<State>(completion, stop, style, std::move(history_file))) {
  set_character_set();
  state_->load_history();
  state_->make_editor();
}

EditLineReader::~EditLineReader() {
  el_end(state_->editor);
  history_end(state_->history);
}

Result<InputLine> EditLineReader::read(std::string_view prompt, std::string_view before) {
  const std::string_view bold = colour(Colour::kBold, state_->style);
  const std::string_view plain = colour(Colour::kPlain, state_->style);
  state_->prompt = bold.empty()
                       ? std::string(prompt)
                       : fmt::format("{0}{1}{0}{2}{0}{3}{0}", kPromptEscape, bold, prompt, plain);
  state_->before = before;
  state_->is_interrupted = false;
  el_resize(state_->editor);
  // Before the prompt is shown and not, as el_gets() would, after it: a Ctrl-D that is typed as
  // soon as the prompt is there would reach a terminal in line mode, which swallows it.
  el_set(state_->editor, EL_PREP_TERM, 1);
  int count = 0;
  const char* const line = el_gets(state_->editor, &count);
  if (state_->is_interrupted) {
    std::fputs(ending_signal() == 0 ? "^C\n" : "\n", stdout);
    std::fflush(stdout);
    return InputLine{InputLine::Outcome::kInterrupted, {}};
  }
  if (line == nullptr || count <= 0) {
    std::fputs("\n", stdout);
    std::fflush(stdout);
    if (count < 0) {
      return Error(ErrorCode::kIoError,
                   fmt::format("the terminal cannot be read: {}", std::strerror(errno)));
    }
    return InputLine{InputLine::Outcome::kEnd, {}};
  }
  return InputLine{InputLine::Outcome::kText, std::string(line, static_cast<std::size_t>(count))};
}

void EditLineReader::remember(std::string_view statement) {
  HistEvent event;
  const std::string entry(statement);
  // Zero: the same as the one before.
  if (history(state_->history, &event, H_ENTER, entry.c_str()) <= 0) return;
  state_->history_file.append(statement);
}

}  // namespace annals::shell
