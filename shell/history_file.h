#pragma once

#include <string>

namespace annals::shell {

/// Where the shell keeps what was typed: $XDG_STATE_HOME/annals/history, by default
/// ~/.local/state/annals/history. Makes the folders (0700) and the file (0600) if they are missing.
/// Empty if there is no place: then nothing is kept.
std::string prepare_history_file();

}  // namespace annals::shell
