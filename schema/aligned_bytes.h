#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace annals::inline schema {

/// The same bytes at an address that is a multiple of eight, as reading them by words requires.
/// They are copied only if they do not lie so already. Borrows `bytes` in the latter case.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::string_view bytes) : view_(bytes) {
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) == 0) return;
    copy_.resize((bytes.size() + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    std::memcpy(copy_.data(), bytes.data(), bytes.size());
    view_ = {reinterpret_cast<const char*>(copy_.data()), bytes.size()};
  }
  AlignedBytes(const AlignedBytes&) = delete;
  AlignedBytes& operator=(const AlignedBytes&) = delete;

  std::string_view view() const { return view_; }

 private:
  std::string_view view_;
  std::vector<std::uint64_t> copy_;
};

}  // namespace annals::inline schema
