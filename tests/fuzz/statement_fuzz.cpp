#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/statement_target.h"

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
