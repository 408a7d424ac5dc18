#pragma once

#include <sys/resource.h>

#include <csignal>

namespace annals::tests {

/// Lets no file of this process grow beyond `bytes`, until it goes: what a full disk does, for
/// once.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes)
      // By default the process would be killed.
      : handler_before_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    static_cast<void>(std::signal(SIGXFSZ, handler_before_));
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_before_)(int);
  rlimit before_{};
};

}  // namespace annals::tests
