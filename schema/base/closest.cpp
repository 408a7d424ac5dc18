#include "schema/base/closest.h"

#include <algorithm>
#include <array>
#include <utility>

#include <utf8proc.h>

namespace annals::inline schema {
namespace {

constexpr std::size_t kDistanceMax = 2;
// Longer words are names of something; nobody mistypes them by a letter or two and needs us to say
// so, and the time per candidate stays bounded.
constexpr std::size_t kWordLettersMax = 256;

std::size_t allowed_distance(std::size_t letters) {
  return letters <= 2 ? 0 : letters <= 4 ? 1 : kDistanceMax;
}

/// Lower-case code points; a byte that is not UTF-8 counts as one of its own.
std::u32string fold(std::string_view text) {
  std::u32string folded;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto rest = static_cast<utf8proc_ssize_t>(text.size());
  while (rest > 0) {
    utf8proc_int32_t point = 0;
    utf8proc_ssize_t length = utf8proc_iterate(bytes, rest, &point);
    if (length <= 0) {
      point = *bytes;
      length = 1;
    }
    folded.push_back(static_cast<char32_t>(utf8proc_tolower(point)));
    bytes += length;
    rest -= length;
  }
  return folded;
}

/// The distance of `a` and `b` if it is at most `allowed`, else something greater. Only cells
/// within `allowed` of the diagonal are computed.
std::size_t distance(std::u32string_view a, std::u32string_view b, std::size_t allowed) {
  const std::size_t far = allowed + 1;
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > allowed) return far;
  using Row = std::array<std::size_t, kWordLettersMax + kDistanceMax + 2>;
  Row before{};    // distances of the first i - 2 letters of a to the first j of b
  Row previous{};  // of the first i - 1
  Row current{};
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = std::min(j, far);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const std::size_t from = i > allowed ? i - allowed : 1;
    const std::size_t to = std::min(b.size(), i + allowed);
    current[from - 1] = from == 1 ? std::min(i, far) : far;
    std::size_t best = current[from - 1];
    for (std::size_t j = from; j <= to; ++j) {
      const std::size_t lost = j < i + allowed ? previous[j] + 1 : far;
      const std::size_t changed = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      std::size_t cost = std::min({lost, current[j - 1] + 1, changed, far});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost = std::min(cost, before[j - 2] + 1);
      }
      current[j] = cost;
      best = std::min(best, cost);
    }
    if (best > allowed) return far;
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

ClosestWord::ClosestWord(std::string_view word) {
  if (word.size() <= kWordLettersMax) word_ = fold(word);
  done_ = word_.empty();
  allowed_ = allowed_distance(word_.size());
}

void ClosestWord::consider(std::string_view candidate) {
  // A code point has at most four bytes, so that most candidates go without being decoded.
  if (done_ || candidate.size() > 4 * (word_.size() + allowed_)) return;
  const std::u32string folded = fold(candidate);
  if (folded.size() > word_.size() + allowed_) return;
  const std::size_t cost = distance(word_, folded, allowed_);
  if (cost > allowed_) return;
  found_ = std::string(candidate);
  if (cost == 0) {
    done_ = true;
  } else {
    allowed_ = cost - 1;
  }
}

}  // namespace annals::inline schema
