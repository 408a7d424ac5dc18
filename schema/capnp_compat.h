#pragma once

// Included by force before the codec's sources (schema/CMakeLists.txt). Cap'n Proto before 0.10
// hides operator==(const char*, StringPtr) in C++20 and relies on the compiler to reverse the other
// order; compilers that implement P2468 do not, and capnp/blob.h fails to compile.

#include <version>

#include <capnp/common.h>
#include <kj/string.h>

#if defined(__clang__)
#define ANNALS_COMPILER_HAS_P2468 (__clang_major__ >= 16)
#else
#define ANNALS_COMPILER_HAS_P2468 (__GNUC__ >= 13)
#endif

#if CAPNP_VERSION < 10000 && defined(__cpp_impl_three_way_comparison) && ANNALS_COMPILER_HAS_P2468
namespace kj {
inline bool operator==(const char* a, const StringPtr& b) { return b == StringPtr(a); }
inline bool operator!=(const char* a, const StringPtr& b) { return !(b == StringPtr(a)); }
inline bool operator==(const char* a, const String& b) { return b == StringPtr(a); }
inline bool operator!=(const char* a, const String& b) { return !(b == StringPtr(a)); }
}  // namespace kj
#endif

#undef ANNALS_COMPILER_HAS_P2468
