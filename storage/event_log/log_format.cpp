#include "storage/event_log/log_format.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "schema/base/contract.h"
#include "schema/base/limits.h"
#include "schema/event_table.h"

namespace annals::storage {

namespace {

// Offsets of the header's fields. Numbers are little endian, as in the content behind them.
constexpr std::string_view kMagic = "ANCM";
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kFirstSeqAt = 8;
constexpr std::size_t kCountAt = 16;
constexpr std::size_t kReservedAt = 20;  // zero
constexpr std::size_t kRecordedAt = 24;
constexpr std::size_t kPreviousAt = 32;
constexpr std::size_t kHashAt = 64;
static_assert(kHashAt + sizeof(CommitHash) == kCommitHeaderBytes);
static_assert(kCommitHeaderBytes % 8 == 0);

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

/// OpenSSL's SHA-256. Looked up once: the look-up costs more than hashing a small commit.
const EVP_MD* sha256_method() {
  // Without what a start would wait for, and never use: the library's settings, names of ciphers,
  // and texts of its errors.
  constexpr std::uint64_t kPlain = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                                   OPENSSL_INIT_NO_ADD_ALL_DIGESTS |
                                   OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS;
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> method(
      OPENSSL_init_crypto(kPlain, nullptr) == 1 ? EVP_MD_fetch(nullptr, "SHA256", nullptr)
                                                : nullptr,
      &EVP_MD_free);
  ANNALS_ASSERT(method != nullptr);
  return method.get();
}

Error no_header(std::string_view why) {
  return Error(ErrorCode::kCorruption, fmt::format("a commit has no valid header: {}", why),
               "keep the folder as it is; VERIFY LOG says how far the log is sound");
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

namespace {

bool is_of_format_three(const Kind& kind) {
  return !kind.bounds.empty() || !kind.checks.empty() ||
         std::any_of(kind.effects.begin(), kind.effects.end(),
                     [](const Effect& effect) { return effect.is_of_existence(); });
}

std::uint32_t log_format_of(const Event& event) {
  if (std::holds_alternative<Padding>(event.body)) return kLogFormatOfConditions;
  const auto* kind = std::get_if<Boxed<Kind>>(&event.body);
  if (kind != nullptr && is_of_format_three(**kind)) return kLogFormatOfConditions;
  const bool is_change = target_of(event) || std::holds_alternative<Replay>(event.body);
  return is_change ? kLogFormatOfChanges : 1;
}

}  // namespace

std::uint32_t log_format_of(const CommitContent& content) {
  if (!table_groups(content.events).empty()) return kLogFormatOfTables;
  std::uint32_t version = 1;
  for (const Event& event : content.events) version = std::max(version, log_format_of(event));
  return version;
}

void write_commit_header(CommitInfo& info, std::string& stored) {
  ANNALS_ASSERT(stored.size() > kCommitHeaderBytes);
  ANNALS_ASSERT(info.first_seq && info.first_seq.raw < kSeqMax && info.count > 0);
  ANNALS_ASSERT(info.version > 0 && info.version <= kLogFormat);
  std::copy(kMagic.begin(), kMagic.end(), stored.begin());
  put_little_endian(stored, kVersionAt, info.version);
  put_little_endian(stored, kFirstSeqAt, info.first_seq.raw);
  put_little_endian(stored, kCountAt, info.count);
  put_little_endian(stored, kReservedAt, std::uint32_t{0});
  put_little_endian(stored, kRecordedAt, static_cast<std::uint64_t>(info.recorded));
  std::copy(info.previous.begin(), info.previous.end(), stored.begin() + kPreviousAt);
  info.hash = hash_of(stored);
  std::copy(info.hash.begin(), info.hash.end(), stored.begin() + kHashAt);
}

Result<CommitInfo> read_commit_header(std::string_view stored) {
  if (stored.size() <= kCommitHeaderBytes) return no_header("it is too short");
  if (!stored.starts_with(kMagic)) return no_header("it does not begin as one");
  const auto version = get_little_endian<std::uint32_t>(stored, kVersionAt);
  if (version > kLogFormat) {
    return Error(ErrorCode::kUnsupported,
                 fmt::format("the log has commits of format {}, and this version of Annals knows "
                             "formats up to {}",
                             version, kLogFormat),
                 "open it with the version that wrote it, or a newer one; nothing was changed");
  }
  CommitInfo info;
  info.version = version;
  info.first_seq = Seq(get_little_endian<std::uint64_t>(stored, kFirstSeqAt));
  info.count = get_little_endian<std::uint32_t>(stored, kCountAt);
  info.recorded = static_cast<Micros>(get_little_endian<std::uint64_t>(stored, kRecordedAt));
  std::copy_n(stored.begin() + kPreviousAt, info.previous.size(), info.previous.begin());
  std::copy_n(stored.begin() + kHashAt, info.hash.size(), info.hash.begin());
  if (version == 0) return no_header("there is no format 0");
  if (!info.first_seq || info.first_seq.raw >= kSeqMax) return no_header("its sequence is none");
  if (info.count == 0 || info.count > limits::kCommitEventsMax) {
    return no_header("its number of events is out of range");
  }
  if (get_little_endian<std::uint32_t>(stored, kReservedAt) != 0) {
    return no_header("its reserved bytes are in use");
  }
  return info;
}

CommitHash hash_of(std::string_view stored) {
  ANNALS_ASSERT(stored.size() >= kCommitHeaderBytes);
  const std::string_view header = stored.substr(0, kHashAt);
  const std::string_view content = commit_content(stored);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  CommitHash hash{};
  unsigned size = 0;
  const bool done = context != nullptr &&
                    EVP_DigestInit_ex(context.get(), sha256_method(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), header.data(), header.size()) == 1 &&
                    EVP_DigestUpdate(context.get(), content.data(), content.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), hash.data(), &size) == 1;
  ANNALS_ASSERT(done && size == hash.size());
  return hash;
}

Error at_seq(Error error, Seq seq) {
  error.place.seq = seq.raw;
  return error;
}

}  // namespace annals::storage
