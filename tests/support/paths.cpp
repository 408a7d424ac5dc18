#include "tests/support/paths.h"

namespace annals::tests {

std::string source_dir() { return ANNALS_SOURCE_DIR; }
std::string shared_data() { return ANNALS_SHARED_DATA; }
std::string built_program() { return ANNALS_PROGRAM; }

}  // namespace annals::tests
