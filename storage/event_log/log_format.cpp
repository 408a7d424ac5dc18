#include "storage/event_log/log_format.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "schema/base/contract.h"

namespace annals::storage {

namespace {

// Offsets of the header's fields. Numbers are little endian, as in the content behind them.
constexpr std::string_view kMagic = "ANCM";
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kFirstSeqAt = 8;
constexpr std::size_t kCountAt = 16;
constexpr std::size_t kReservedAt = 20;
constexpr std::size_t kRecordedAt = 24;
constexpr std::size_t kPreviousAt = 32;
constexpr std::size_t kHashAt = 64;
static_assert(kHashAt + sizeof(CommitHash) == kCommitHeaderBytes);

template <class Unsigned>
void put_little_endian(std::string& bytes, std::size_t at, Unsigned value) {
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    bytes[at + i] = static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
}

template <class Unsigned>
Unsigned get_little_endian(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = sizeof(Unsigned); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return static_cast<Unsigned>(value);
}

CommitHash sha256(std::string_view first, std::string_view second) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                         &EVP_MD_CTX_free);
  CommitHash hash{};
  unsigned size = 0;
  const bool done = context != nullptr &&
                    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), first.data(), first.size()) == 1 &&
                    EVP_DigestUpdate(context.get(), second.data(), second.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), hash.data(), &size) == 1;
  ANNALS_ASSERT(done && size == hash.size());
  return hash;
}

}  // namespace

std::string commit_key(Seq first_seq) {
  std::string key(sizeof(std::uint64_t), '\0');
  for (std::size_t i = 0; i < key.size(); ++i) {
    key[i] = static_cast<char>(static_cast<unsigned char>(first_seq.raw >> (56 - 8 * i)));
  }
  return key;
}

Seq seq_of_commit_key(std::string_view key) {
  if (key.size() != sizeof(std::uint64_t)) return {};
  std::uint64_t seq = 0;
  for (const char byte : key) seq = seq << 8 | static_cast<unsigned char>(byte);
  return Seq(seq);
}

std::string encode_commit_header(CommitInfo& info, std::string_view content) {
  ANNALS_ASSERT(info.first_seq && info.count > 0);
  std::string header(kCommitHeaderBytes, '\0');
  std::copy(kMagic.begin(), kMagic.end(), header.begin());
  put_little_endian(header, kVersionAt, kLogFormat);
  put_little_endian(header, kFirstSeqAt, info.first_seq.raw);
  put_little_endian(header, kCountAt, info.count);
  put_little_endian(header, kReservedAt, std::uint32_t{0});
  put_little_endian(header, kRecordedAt, static_cast<std::uint64_t>(info.recorded));
  std::copy(info.previous.begin(), info.previous.end(), header.begin() + kPreviousAt);
  info.hash = sha256(std::string_view(header).substr(0, kHashAt), content);
  std::copy(info.hash.begin(), info.hash.end(), header.begin() + kHashAt);
  return header;
}

Result<CommitInfo> decode_commit_header(std::string_view stored) {
  if (stored.size() < kCommitHeaderBytes || !stored.starts_with(kMagic)) {
    return Error(ErrorCode::kCorruption, "a commit has no header",
                 "keep the folder as it is and restore a backup");
  }
  const auto version = get_little_endian<std::uint32_t>(stored, kVersionAt);
  if (version != kLogFormat) {
    return Error(ErrorCode::kUnsupported,
                 fmt::format("the log has commits of format {}, this program knows format {}",
                             version, kLogFormat),
                 "use the program that wrote it; nothing was changed");
  }
  CommitInfo info;
  info.first_seq = Seq(get_little_endian<std::uint64_t>(stored, kFirstSeqAt));
  info.count = get_little_endian<std::uint32_t>(stored, kCountAt);
  info.recorded = static_cast<Micros>(get_little_endian<std::uint64_t>(stored, kRecordedAt));
  std::copy_n(stored.begin() + kPreviousAt, info.previous.size(), info.previous.begin());
  std::copy_n(stored.begin() + kHashAt, info.hash.size(), info.hash.begin());
  if (!info.first_seq || info.count == 0) {
    return Error(ErrorCode::kCorruption, "a commit's header has no events",
                 "keep the folder as it is and restore a backup");
  }
  return info;
}

CommitHash hash_of(std::string_view stored) {
  return sha256(stored.substr(0, kHashAt), commit_content(stored));
}

}  // namespace annals::storage
