#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>

#include "query/executor/fact_image.h"
#include "schema/base/limits.h"
#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "schema/base/worker_thread.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// The images that a session keeps of the state that it asked last. An image costs about what one
/// scan of all facts does, and is made when as much was spent on the state without it, by scans or
/// by looking at nodes one by one: whoever scans once, or looks at a few nodes, never pays for one.
/// Whoever scans makes it, and waits; for who looks at nodes another thread makes it, since each of
/// these questions takes microseconds. Who comes first has the memory: where both directions do not
/// fit one still may. Thread-safe but for begin_statement().
class FactImages {
 public:
  /// So many nodes of a state are looked at for free.
  static constexpr std::size_t kReadsFree = 1'000;

  /// From how many facts on something is worth another thread.
  struct Sizes {
    /// An image of fewer rows is scanned by one thread.
    std::size_t scanned_by_two = 65'536;
    /// An image of fewer is made at once: that takes a millisecond.
    std::size_t made_beside = 4'096;
  };

  FactImages() = default;
  /// For tests.
  explicit FactImages(const Sizes& sizes) : sizes_(sizes) {}
  /// Waits for what is being made, which stops soon.
  ~FactImages();
  FactImages(const FactImages&) = delete;
  FactImages& operator=(const FactImages&) = delete;

  /// Has none from here on, and nothing reads the index: that is to be another. Waits as the
  /// destructor does.
  void forget();
  /// From here on another statement asks; all images together may take `bytes_max`.
  void begin_statement(std::size_t bytes_max);

  /// For reading the facts of a node (or all, if that is zero): the image, if there is one of this
  /// state or it is worth making one at once; else null. Errors: those of FactImage::read().
  Result<std::shared_ptr<const FactImage>> find(const storage::GraphSnapshot& snapshot,
                                                storage::Direction direction, NodeId node,
                                                const StopFlag& stop);

  /// A scan of all facts without an image has read so many more; at its end all that it cost
  /// counts.
  void note_read(const storage::GraphSnapshot& snapshot, storage::Direction direction,
                 std::uint64_t facts);

  /// Whether there is an image of this state that two threads should scan.
  bool is_for_two_threads(const storage::GraphSnapshot& snapshot,
                          storage::Direction direction) const;

  /// Returns when nothing is being made. For tests.
  void wait() const;

 private:
  using Image = std::shared_ptr<const FactImage>;
  struct Kept {
    Image image;
    std::uint64_t spent = 0;     ///< On reading without it, in facts.
    bool is_given_up = false;    ///< Too large, or it could not be made.
    bool is_being_made = false;  ///< By worker_.
  };

  Kept& kept(storage::Direction direction) {
    return direction == storage::Direction::kOut ? out_ : in_;
  }
  void forget_state();
  void make_beside(const storage::GraphSnapshot& snapshot, storage::Direction direction);
  void take_made();
  std::size_t bytes_left() const;

  Sizes sizes_;
  mutable std::mutex mutex_;  // guards all below
  Seq state_;
  std::size_t reads_ = 0;  ///< Of nodes of this state.
  std::size_t bytes_max_ = limits::kFactImageBytes;
  Kept out_;
  Kept in_;
  std::future<Result<Image>> made_;  ///< Valid: worker_ makes one, perhaps of a state before.
  StopFlag stop_making_;
  WorkerThread worker_;  // last: it uses the others until it is gone
};

}  // namespace annals::query
