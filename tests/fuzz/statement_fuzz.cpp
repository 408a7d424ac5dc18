#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/statement_mutator.h"
#include "tests/support/statement_target.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

// Statements, from the text to the rows, on a small graph.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static annals::tests::StatementTarget target;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const std::string odd = target.run(text); !odd.empty()) {
    static_cast<void>(std::fprintf(stderr, "%s\n", odd.c_str()));
    std::abort();
  }
  return 0;
}

// Bytes that change seldom leave a statement. So mostly words change, or another statement comes.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned int seed) {
  static const annals::tests::StatementMutator mutator;
  annals::tests::Random random(seed);
  const std::size_t way = annals::tests::pick(random, 8);
  if (way < 3) return LLVMFuzzerMutate(data, size, size_max);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string made = way == 3 ? mutator.make(random) : mutator.change(text, random);
  const std::size_t length = std::min(made.size(), size_max);
  std::copy_n(made.begin(), length, data);
  return length;
}
