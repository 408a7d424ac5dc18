#include "storage/kv/open_parts.h"

#include <future>
#include <optional>
#include <system_error>
#include <utility>

#include "schema/base/contract.h"

namespace annals::storage {

Result<OpenParts> open_parts(const std::string& path, const StoreOptions& options) {
  ANNALS_ASSERT(options.part == StorePart::kLog && !options.read_only);
  StoreOptions of_index = options;
  of_index.part = StorePart::kIndex;
  of_index.create_if_missing = false;
  const auto open_index = [&] { return open_rocks_store(path, of_index); };
  std::future<Result<std::unique_ptr<KeyValueStore>>> index;
  StoreOptions of_log = options;
  of_log.when_locked = [&] {
    try {
      index = std::async(std::launch::async, open_index);
    } catch (const std::system_error&) {
      // There is no other thread: afterwards, then.
    }
  };
  Result<std::unique_ptr<KeyValueStore>> log = open_rocks_store(path, of_log);
  std::optional<Result<std::unique_ptr<KeyValueStore>>> opened;
  if (index.valid()) opened = index.get();
  if (!log) return std::move(log).error();
  if (!opened) opened = open_index();
  return OpenParts{std::move(*log), std::move(*opened)};
}

}  // namespace annals::storage
