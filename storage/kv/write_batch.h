#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/kv/family.h"

namespace annals::storage {

/// Changes that take effect together or not at all. Later changes of a key win. A value; its bytes
/// lie in one buffer, since a bulk load fills a batch with millions of them.
class WriteBatch {
 public:
  struct Entry {
    Family family;
    bool is_delete;
    std::string_view key;    ///< Valid until the batch is changed.
    std::string_view value;  ///< Empty for a delete.
  };

  void put(Family family, std::string_view key, std::string_view value) {
    add(family, false, key, value);
  }
  void erase(Family family, std::string_view key) { add(family, true, key, {}); }
  /// All changes of `other`, after those of this one.
  void append(const WriteBatch& other) {
    const std::size_t offset = buffer_.size();
    buffer_ += other.buffer_;
    spans_.reserve(spans_.size() + other.spans_.size());
    for (Span span : other.spans_) {
      span.offset += offset;
      spans_.push_back(span);
    }
  }

  /// Makes room for so many changes with so many bytes of keys and values in all.
  void reserve(std::size_t changes, std::size_t bytes) {
    spans_.reserve(changes);
    buffer_.reserve(bytes);
  }

  std::size_t size() const { return spans_.size(); }
  bool empty() const { return spans_.empty(); }
  /// What the batch takes in memory, about.
  std::size_t bytes() const { return buffer_.size() + spans_.size() * sizeof(Span); }
  /// In the order of the calls. Requires index < size().
  Entry operator[](std::size_t index) const {
    const Span& span = spans_[index];
    const std::string_view all(buffer_);
    return {span.family, span.is_delete, all.substr(span.offset, span.key_bytes),
            all.substr(span.offset + span.key_bytes, span.value_bytes)};
  }
  /// Lets the processor fetch a change that will be asked for soon, and where another one lies for
  /// which the same will be asked.
  void prefetch(std::size_t soon, std::size_t later) const {
    __builtin_prefetch(&spans_[later]);
    __builtin_prefetch(buffer_.data() + spans_[soon].offset);
  }
  void clear() {
    spans_.clear();
    buffer_.clear();
  }

 private:
  struct Span {
    std::size_t offset;
    std::uint32_t key_bytes;
    std::uint32_t value_bytes;
    Family family;
    bool is_delete;
  };

  void add(Family family, bool is_delete, std::string_view key, std::string_view value) {
    spans_.push_back({buffer_.size(), static_cast<std::uint32_t>(key.size()),
                      static_cast<std::uint32_t>(value.size()), family, is_delete});
    buffer_.append(key).append(value);
  }

  std::string buffer_;
  std::vector<Span> spans_;
};

}  // namespace annals::storage
