#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace annals::inline schema {

/// Finds the candidate that a misspelt word most probably means, for "did you mean ...?". The
/// distance is that of optimal string alignment (a letter added, lost or changed, two neighbours
/// swapped, each costs one), in code points without regard to case. Words of up to two letters
/// allow none (only case may differ), up to four one, longer ones two. Of equally close ones the
/// first considered wins. Takes time proportional to the shorter of the two words a candidate.
class ClosestWord {
 public:
  explicit ClosestWord(std::string_view word);

  void consider(std::string_view candidate);
  /// The closest so far, as it was given.
  const std::optional<std::string>& found() const { return found_; }

 private:
  std::u32string word_;
  std::size_t allowed_;  // The distance that the next candidate may have.
  bool done_ = false;    // Nothing can be closer.
  std::optional<std::string> found_;
};

/// The closest of `candidates`, anything that iterates over texts.
template <class Candidates>
std::optional<std::string> closest(std::string_view word, const Candidates& candidates) {
  ClosestWord closest_word(word);
  for (const auto& candidate : candidates) closest_word.consider(candidate);
  return closest_word.found();
}

}  // namespace annals::inline schema
