#include "query/executor/held_doubts.h"

#include <utility>

namespace annals::query {

Status HeldDoubts::add(const DoubtPtr& row) {
  if (row == nullptr) return {};
  // A link, what shares it counted, and its entry in links_.
  constexpr std::size_t kLinkBytes = sizeof(Doubt) + 2 * sizeof(void*) + 4 * sizeof(void*);
  std::size_t bytes = 0;
  open_.push_back(row.get());
  while (!open_.empty()) {
    const Doubt* link = open_.back();
    open_.pop_back();
    // What follows a link that is known is known, too.
    for (; link != nullptr && links_.insert(link).second; link = link->previous.get()) {
      bytes += kLinkBytes;
      if (link->rows == nullptr) continue;
      bytes += link->rows->size() * sizeof(DoubtPtr);
      for (const DoubtPtr& other : *link->rows) open_.push_back(other.get());
    }
  }
  if (bytes == 0) return {};
  taken_ += bytes;
  return budget_.take(bytes);
}

void HeldDoubts::clear() {
  links_.clear();
  budget_.give_back(std::exchange(taken_, 0));
}

}  // namespace annals::query
