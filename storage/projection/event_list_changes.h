#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/graph_index/event_list.h"

namespace annals::storage {

/// Changes of event lists that were gathered: some 12 bytes each, since a bulk load gathers
/// millions. A value; const members are thread-safe.
class EventListChanges {
 public:
  struct Change {
    Participation entry;  ///< Comes into the list. Without a node.
    bool clears = false;  ///< Instead, all entries of entry.event go that came before.
  };

  void add(EventListId list, const Change& change);
  void clear();
  bool empty() const { return gathered_.empty(); }
  /// About how much memory they take.
  std::size_t bytes() const { return gathered_.size(); }
  /// Makes room for about as many as those.
  void reserve_like(const EventListChanges& others) {
    gathered_.reserve(others.gathered_.size() / 8 * 9);
  }

  class ByList;

 private:
  struct Place {
    EventListId list;
    std::size_t offset;  ///< Into gathered_; grows with the order of the calls.
  };

  Change change_at(const Place& place) const;

  // What changes of one event have in common, and behind it what is of each its own.
  std::string gathered_;
  std::size_t count_ = 0;
  std::size_t common_ = 0;   // where the last common part stands
  Change last_;              // which told it
  bool is_by_event_ = true;  // in the order of the calls
};

/// Gives changes list by list, in ascending order, and those of a list by event; of one event in
/// the order in which they were added. Borrows them. Takes 16 bytes of memory for each, and
/// as much again while it sorts them.
class EventListChanges::ByList {
 public:
  explicit ByList(const EventListChanges& changes);

  /// Goes to the first change of the next list; false at the end.
  bool next_list();
  EventListId list() const { return list_; }
  std::size_t count() const { return end_ - begin_; }  ///< Of the list.
  /// Whether there is a change of this list that was not gone over.
  bool valid() const { return at_ < end_; }
  const Change& change() const { return change_; }  ///< Requires valid().
  void next();                                      ///< Requires valid().

 private:
  const EventListChanges& changes_;
  std::vector<Place> places_;
  EventListId list_;
  std::size_t begin_ = 0;  // of the list, in places_
  std::size_t end_ = 0;
  std::size_t at_ = 0;
  Change change_;
};

}  // namespace annals::storage
