#include "storage/log_anchor.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "storage/graph_index/index_rows.h"

namespace annals::storage {

namespace {

/// The row: the sequence, then the hash.
std::string encode(const LogEnd& end) {
  std::string value = encode_seq(end.last);
  value.append(end.hash.begin(), end.hash.end());
  return value;
}

bool decode(std::string_view value, LogEnd& end) {
  constexpr std::size_t kSeqBytes = sizeof(std::uint64_t);
  if (value.size() != kSeqBytes + end.hash.size()) return false;
  end.last = decode_seq(value.substr(0, kSeqBytes));
  std::copy(value.begin() + kSeqBytes, value.end(), end.hash.begin());
  return true;
}

}  // namespace

Status LogAnchor::check(const KeyValueStore& index, const EventLog& log) {
  std::string value;
  const Result<bool> found = index.get(Family::kMeta, kDurableKey, value);
  // An index that cannot be read is made anew, if the log is whole.
  if (!found || !*found || !decode(value, noted_)) return {};
  if (noted_.last > log.last_seq()) {
    return Error(ErrorCode::kCorruption,
                 fmt::format("the log ends at #{} and the graph index knows #{}",
                             log.last_seq().raw, noted_.last.raw),
                 "events that were acknowledged are missing: keep the folder as it is and restore "
                 "a backup");
  }
  ANNALS_TRY(const bool is_same, log.has_end(noted_));
  if (is_same) return {};
  return Error(ErrorCode::kCorruption,
               fmt::format("the log is not the one that the graph index was made from: #{} is in "
                           "another commit",
                           noted_.last.raw),
               "if the log was put there on purpose, delete the folder 'index' beside it, which is "
               "then made anew; if not, restore a backup");
}

void LogAnchor::note(const EventLog& log, WriteBatch& batch) {
  const LogEnd durable = log.durable_end();
  if (noted_ == durable) return;
  noted_ = durable;
  batch.put(Family::kMeta, kDurableKey, encode(durable));
}

}  // namespace annals::storage
