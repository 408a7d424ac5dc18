// What jemalloc asks the program: docs/decisions/0011-the-allocator-is-jemalloc.md. All executables
// that link jemalloc have this file (CMakeLists.txt).

/// Large pages: a load and the block cache touch hundreds of megabytes at random, where page faults
/// and address translation cost more than the memory does. Two arenas, however many cores there
/// are: with more, freed memory lies scattered over more large pages than it fills. The
/// environment variable MALLOC_CONF has the last word.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always,narenas:2";
}
