#pragma once

#include <string>
#include <string_view>

/// Small archives, as gzip 1.12 and zstd 1.5.4 made them: tests must not know the libraries, whose
/// wall is ingest/.
namespace annals::tests {

inline constexpr std::string_view kSmallTable = "name,year\nGeorgia,1993\n";

/// kSmallTable as one gzip member.
inline constexpr std::string_view kSmallTableGzip =
    "1f8b0800000000000203cb4bcc4dd5a94c4d2ce2724fcd2f4acf4cd431b4b434e6020095f52a5c17000000";
/// kSmallTable as one Zstandard frame.
inline constexpr std::string_view kSmallTableZstd =
    "28b52ffd0068b900006e616d652c796561720a47656f726769612c313939330a";
/// 8 MiB of the letter a as one Zstandard frame.
inline constexpr std::string_view kBombZstd =
    "28b52ffd00684c000008610100fcff3910020200106102001061020010610200106102001061020010610200"
    "1061020010610200106102001061020010610200106102001061020010610200106102001061020010610200"
    "1061020010610200106102001061020010610200106102001061020010610200106102001061020010610200"
    "1061020010610200106102001061020010610200106102001061020010610200106102001061020010610200"
    "1061020010610200106102001061020010610200106102001061020010610200106102001061020010610200"
    "1061020010610200106102001061020010610200106102001061020010610200106102001061020010610200"
    "106103001061";

/// The bytes of one of the texts above, which are in hexadecimal.
inline std::string bytes_of(std::string_view hexadecimal) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2) {
    bytes += static_cast<char>(digit(hexadecimal[i]) * 16 + digit(hexadecimal[i + 1]));
  }
  return bytes;
}

}  // namespace annals::tests
