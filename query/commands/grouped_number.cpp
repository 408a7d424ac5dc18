#include "query/commands/grouped_number.h"

namespace annals::query {

std::string grouped(std::uint64_t number) {
  constexpr std::size_t kGroupDigits = 3;
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > kGroupDigits;) {
    at -= kGroupDigits;
    digits.insert(at, 1, ',');
  }
  return digits;
}

}  // namespace annals::query
