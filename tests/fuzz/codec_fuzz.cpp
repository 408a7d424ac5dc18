// Arbitrary bytes as a commit: refused with a reason, or accepted and then written and read again
// without a change.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "schema/base/contract.h"
#include "schema/event_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(annals::decode_known_numbers(bytes));
  const auto first_event = annals::decode_event(bytes, 0);
  const auto content = annals::decode_commit(bytes);
  if (!content) {
    ANNALS_ASSERT(!content.error().message.empty());
    return 0;
  }
  std::string once;
  ANNALS_ASSERT(annals::encode_commit(*content, once));
  const auto again = annals::decode_commit(once);
  ANNALS_ASSERT(again.has_value());
  // Bytes are compared, not contents: a number that is none does not equal itself.
  std::string twice;
  ANNALS_ASSERT(annals::encode_commit(*again, twice));
  ANNALS_ASSERT(once == twice);
  ANNALS_ASSERT(content->events.empty() || first_event.has_value());
  return 0;
}
