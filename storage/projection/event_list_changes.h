#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/graph_index/event_list.h"

namespace annals::storage {

/// Changes of event lists that were gathered: 16 bytes each, and 32 for each event, since a bulk
/// load gathers millions. A value.
class EventListChanges {
 public:
  /// The entry, of which the node does not count, comes into the list; or instead (`clears`) all
  /// entries of its event go that came before.
  void add(EventListId list, const Participation& entry, bool clears);
  /// About how much memory they take.
  std::size_t bytes() const {
    return events_.size() * sizeof(OfEvent) + (of_nodes_.size() + of_kinds_.size()) * sizeof(One);
  }
  /// Makes room for about as many as those.
  void reserve_like(const EventListChanges& others);

  class ByList;

 private:
  /// What changes of one event have in common.
  struct OfEvent {
    Seq event;
    SymbolId kind;
    Instant on;
  };
  /// What is of each its own.
  struct One {
    EventListId list;
    std::uint32_t of_event;  ///< Into events_.
    std::uint32_t role : 31;
    std::uint32_t clears : 1;
  };

  static void sort(std::vector<One>& ones, const std::vector<OfEvent>* unless_by_event);

  std::vector<OfEvent> events_;
  // Of lists of nodes and of kinds: these need no sorting by the number of a node.
  std::vector<One> of_nodes_;
  std::vector<One> of_kinds_;
  bool is_by_event_ = true;  // in the order of the calls
};

/// Gives changes list by list, in ascending order, and those of a list by event; of one event in
/// the order in which they were added. Sorting takes as much memory as they do.
class EventListChanges::ByList {
 public:
  explicit ByList(EventListChanges&& changes);

  /// Goes to the first change of the next list; false at the end.
  bool next_list();
  EventListId list() const { return list_; }
  std::size_t count() const { return end_ - begin_; }  ///< Of the list.
  /// Whether there is a change of this list that was not gone over.
  bool valid() const { return at_ < end_; }
  // Of the change, as it was added. These require valid().
  Seq event() const { return of_event().event; }
  SymbolId role() const { return SymbolId((*ones_)[at_].role); }
  bool clears() const { return (*ones_)[at_].clears != 0; }
  /// The entry, of its list and with its node.
  void append_to(std::vector<Participation>& entries) const;
  void next();

 private:
  const OfEvent& of_event() const { return changes_.events_[(*ones_)[at_].of_event]; }

  EventListChanges changes_;
  const std::vector<One>* ones_;  // those of nodes, and then those of kinds
  EventListId list_;
  std::size_t begin_ = 0;  // of the list, in ones_
  std::size_t end_ = 0;
  std::size_t at_ = 0;
};

}  // namespace annals::storage
