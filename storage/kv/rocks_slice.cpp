#include "storage/kv/rocks_slice.h"

#include <rocksdb/slice.h>

namespace annals::storage {

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace annals::storage
