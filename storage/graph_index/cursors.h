#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/base/limits.h"
#include "schema/base/result.h"
#include "storage/graph_index/event_list.h"
#include "storage/graph_index/graph_snapshot.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/kv/key_value_store.h"

/// Cursors over a list, rows of the index, or an event list. They borrow the store and the snapshot
/// and are not thread-safe. Errors: those of the store, and of what decodes.
namespace annals::storage {

/// Items that are all at hand, or the error that kept them from being.
template <class Item>
class ListCursor final : public Cursor<Item> {
 public:
  explicit ListCursor(std::vector<Item> items, Status status = {})
      : items_(std::move(items)), status_(std::move(status)) {}

  Status next(std::vector<Item>& batch, std::size_t count_max) override {
    batch.clear();
    ANNALS_CHECK_OK(status_);
    const std::size_t count = std::min(count_max, items_.size() - given_);
    const auto first = items_.begin() + static_cast<std::ptrdiff_t>(given_);
    batch.assign(first, first + static_cast<std::ptrdiff_t>(count));
    given_ += count;
    return {};
  }

 private:
  std::vector<Item> items_;
  Status status_;
  std::size_t given_ = 0;
};

template <class Item>
std::unique_ptr<Cursor<Item>> list_cursor(std::vector<Item> items, Status status) {
  return std::make_unique<ListCursor<Item>>(std::move(items), std::move(status));
}

/// Items that a function reads off the rows with one prefix.
template <class Item, class Decode>
class RowCursor final : public Cursor<Item> {
 public:
  RowCursor(const KeyValueStore& store, const KvSnapshot& snapshot, Family family,
            std::string prefix, Decode decode)
      : lower_(std::move(prefix)),
        upper_(after_prefix(lower_)),
        iterator_(store.iterate(family, lower_, upper_, &snapshot)),
        decode_(std::move(decode)) {}

  Status next(std::vector<Item>& batch, std::size_t count_max) override {
    batch.clear();
    for (; iterator_->valid() && batch.size() < count_max; iterator_->next()) {
      Item item{};
      ANNALS_CHECK_OK(decode_(iterator_->key(), iterator_->value(), item));
      batch.push_back(item);
    }
    if (batch.size() < count_max) return iterator_->status();
    return {};
  }

 private:
  std::string lower_;
  std::string upper_;
  std::unique_ptr<KvIterator> iterator_;
  Decode decode_;
};

template <class Item, class Decode>
std::unique_ptr<Cursor<Item>> row_cursor(const KeyValueStore& store, const KvSnapshot& snapshot,
                                         Family family, std::string prefix, Decode decode) {
  return std::make_unique<RowCursor<Item, Decode>>(store, snapshot, family, std::move(prefix),
                                                   std::move(decode));
}

/// What a function makes of the entries of an event list.
template <class Item, class Make>
class ListEntries final : public Cursor<Item> {
 public:
  ListEntries(const KeyValueStore& store, const KvSnapshot& snapshot, EventListId list, Make make)
      : rows_(store, snapshot, list), make_(std::move(make)) {}

  Status next(std::vector<Item>& batch, std::size_t count_max) override {
    batch.clear();
    while (batch.size() < count_max) {
      if (given_ == row_.size()) {
        EventListId ignored;
        given_ = 0;
        ANNALS_TRY(const bool more, rows_.next(ignored, row_));
        if (!more) return {};
      }
      const std::size_t count = std::min(count_max - batch.size(), row_.size() - given_);
      for (const std::size_t last = given_ + count; given_ < last; ++given_) {
        batch.push_back(make_(row_[given_]));
      }
    }
    return {};
  }

 private:
  EventListReader rows_;
  Make make_;
  std::vector<Participation> row_;
  std::size_t given_ = 0;
};

template <class Item, class Make>
std::unique_ptr<Cursor<Item>> list_entries(const KeyValueStore& store, const KvSnapshot& snapshot,
                                           EventListId list, Make make) {
  return std::make_unique<ListEntries<Item, Make>>(store, snapshot, list, std::move(make));
}

/// All items that are left.
template <class Item>
Status read_all(Cursor<Item>& cursor, std::vector<Item>& items) {
  std::vector<Item> batch;
  do {
    ANNALS_CHECK_OK(cursor.next(batch, limits::kBatchRows));
    items.insert(items.end(), batch.begin(), batch.end());
  } while (!batch.empty());
  return {};
}

}  // namespace annals::storage
