#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/random_commit.h"

namespace annals::tests {

/// Makes statements that nobody thought of: it cuts up those of all scenarios, and puts the pieces
/// together anew. The same random numbers give the same texts.
class StatementMutator {
 public:
  /// Reads the scenarios of the source tree.
  StatementMutator();

  std::size_t statement_count() const { return statements_.size(); }

  /// A statement of some scenario in which some tokens are left out, doubled, exchanged, or taken
  /// from elsewhere.
  std::string make(Random& random) const;
  /// The text changed likewise.
  std::string change(std::string_view text, Random& random) const;

 private:
  /// Names and numbers, texts in quotes, blanks, and everything else character by character.
  using Tokens = std::vector<std::string>;

  static Tokens tokens_of(std::string_view text);
  std::string changed(Tokens tokens, Random& random) const;

  std::vector<Tokens> statements_;
};

}  // namespace annals::tests
