#pragma once

#include <string>

/// Where things are. Only paths.cpp is compiled with the paths of this tree, so that a compiler
/// cache serves every clone for the others.
namespace annals::tests {

/// The top of the source tree.
std::string source_dir();
/// The public data sets beside the tree; the folder need not be there.
std::string shared_data();
/// The program of the same build.
std::string built_program();

}  // namespace annals::tests
