#include "query/executor/fact_images.h"

#include <chrono>
#include <new>
#include <system_error>
#include <utility>

namespace annals::query {

FactImages::~FactImages() { stop_making_.request(); }

void FactImages::forget_state() {
  reads_ = 0;
  out_ = {};
  in_ = {};
  // What is made belongs to nobody any more: take_made() throws it away.
  if (made_.valid()) stop_making_.request();
}

void FactImages::forget() {
  const std::lock_guard lock(mutex_);
  forget_state();
  if (made_.valid()) made_.wait();
}

void FactImages::begin_statement(std::size_t bytes_max) {
  if (bytes_max == bytes_max_) return;
  const std::lock_guard lock(mutex_);
  bytes_max_ = bytes_max;
  forget_state();
}

void FactImages::wait() const {
  const std::lock_guard lock(mutex_);
  if (made_.valid()) made_.wait();
}

std::size_t FactImages::bytes_left() const {
  std::size_t taken = 0;
  for (const Image& image : {out_.image, in_.image}) taken += image == nullptr ? 0 : image->bytes();
  return bytes_max_ - taken;
}

Result<std::shared_ptr<const FactImage>> FactImages::find(const storage::GraphSnapshot& snapshot,
                                                          storage::Direction direction, NodeId node,
                                                          const StopFlag& stop) {
  /// What reading one node costs, in facts read one after the other: two or three microseconds at
  /// least, and a quarter of one for a fact of a scan.
  constexpr std::uint64_t kNodeCost = 10;
  if (!snapshot.perspective().is_present() || snapshot.vocabulary().has_existence()) return Image();
  const std::lock_guard lock(mutex_);
  if (state_ != snapshot.last_seq()) {
    state_ = snapshot.last_seq();
    forget_state();
  }
  take_made();
  Kept& wanted = kept(direction);
  if (wanted.image != nullptr || wanted.is_given_up) return wanted.image;
  const std::uint64_t facts = snapshot.statistics().facts;
  if (node && ++reads_ > kReadsFree) wanted.spent += kNodeCost;
  // A scan is about to cost as much as all facts, if it goes on to the end.
  const bool is_worth_it = wanted.spent + (node ? 0 : 1) > facts;
  // One at a time, since they share the memory.
  if (!is_worth_it || made_.valid()) return Image();
  if (node && facts >= sizes_.made_beside) {
    make_beside(snapshot, direction);
    return Image();
  }
  ANNALS_TRY(wanted.image, FactImage::read(snapshot, direction, bytes_left(), stop));
  wanted.is_given_up = wanted.image == nullptr;
  return wanted.image;
}

void FactImages::make_beside(const storage::GraphSnapshot& snapshot, storage::Direction direction) {
  Kept& wanted = kept(direction);
  auto own = snapshot.seen_from(snapshot.perspective());
  if (!own) {
    wanted.is_given_up = true;
    return;
  }
  stop_making_.clear();
  auto make = [this, direction, bytes_max = bytes_left(),
               state = std::shared_ptr<storage::GraphSnapshot>(std::move(*own))]() mutable {
    // The task lives on until its image is taken, and would hold the state.
    const std::shared_ptr<storage::GraphSnapshot> read = std::move(state);
    return FactImage::read(*read, direction, bytes_max, stop_making_);
  };
  try {
    made_ = worker_.run(std::move(make));
    wanted.is_being_made = true;
  } catch (const std::system_error&) {
    wanted.is_given_up = true;  // no thread is to be had
  }
}

void FactImages::take_made() {
  if (!made_.valid() || made_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    return;
  }
  Image image;
  try {
    // Whoever reads the index meets the error that there is, and tells it.
    if (Result<Image> read = made_.get()) image = std::move(*read);
  } catch (const std::bad_alloc&) {
    // As if it were too large.
  }
  for (Kept* const one : {&out_, &in_}) {
    if (!std::exchange(one->is_being_made, false)) continue;
    one->is_given_up = image == nullptr;
    one->image = std::move(image);
  }
}

void FactImages::note_read(const storage::GraphSnapshot& snapshot, storage::Direction direction,
                           std::uint64_t facts) {
  const std::lock_guard lock(mutex_);
  if (state_ == snapshot.last_seq()) kept(direction).spent += facts;
}

bool FactImages::is_for_two_threads(const storage::GraphSnapshot& snapshot,
                                    storage::Direction direction) const {
  const std::lock_guard lock(mutex_);
  const FactImage* const image = (direction == storage::Direction::kOut ? out_ : in_).image.get();
  return image != nullptr && state_ == snapshot.last_seq() &&
         image->all().size() >= sizes_.scanned_by_two;
}

}  // namespace annals::query
