#include "query/executor/end_facts.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "schema/base/limits.h"

namespace annals::query {

namespace {

/// Asking the index once, or reading one of its blocks, takes about as long as reading so many
/// facts of one node, or longer.
constexpr std::uint64_t kFactsOfAsking = 64;

NodeId other_node(const storage::FactScan& scan, const storage::Fact& fact) {
  return scan.direction == storage::Direction::kOut ? fact.target : fact.source;
}

/// What they take in memory, texts included.
std::size_t bytes_of(std::span<const storage::Fact> facts) {
  std::size_t bytes = facts.size() * sizeof(storage::Fact);
  for (const storage::Fact& fact : facts) {
    bytes += fact.earlier_ends.size() * sizeof(Seq);
    for (const Property& property : fact.properties) {
      const auto* const text = std::get_if<std::string>(&property.value.data);
      bytes += sizeof(Property) + (text == nullptr ? 0 : text->size());
    }
  }
  return bytes;
}

/// The same facts as seen from the neighbour.
storage::FactScan reversed(const storage::FactScan& scan) {
  storage::FactScan back = scan;
  const bool is_out = scan.direction == storage::Direction::kOut;
  back.direction = is_out ? storage::Direction::kIn : storage::Direction::kOut;
  std::swap(back.node, back.neighbour);
  return back;
}

}  // namespace

Result<std::optional<std::span<const storage::Fact>>> EndFacts::find(
    const storage::GraphSnapshot& snapshot, const storage::FactScan& scan) {
  using Found = std::optional<std::span<const storage::Fact>>;
  const storage::FactScan back = reversed(scan);
  // Both count what they were asked, whichever answers.
  End* const ends[] = {&end_of(snapshot, scan, ends_[0]), &end_of(snapshot, back, ends_[1])};
  const NodeId others[] = {scan.neighbour, scan.node};
  for (std::size_t i = 0; i < std::size(ends); ++i) {
    End& end = *ends[i];
    const std::uint64_t spent = end.asked + snapshot.blocks_read() - end.blocks_before;
    if (spent >= end.read_when_spent) ANNALS_CHECK_OK(read(snapshot, spent, end));
    if (end.is_read) return Found(with(end, others[i]));
  }
  return Found();
}

/// The end of the scan's node, as of now asked once more.
EndFacts::End& EndFacts::end_of(const storage::GraphSnapshot& snapshot,
                                const storage::FactScan& scan, std::vector<End>& ends) {
  auto known = std::find_if(ends.begin(), ends.end(), [&scan](const End& end) {
    return end.scan.direction == scan.direction && end.scan.relation == scan.relation;
  });
  if (known == ends.end()) known = ends.emplace(ends.end());
  if (known->scan.node != scan.node || known->scan.window != scan.window) {
    let_go(*known);
    *known = {};
    known->scan = scan;
    known->scan.neighbour = NodeId();
    known->blocks_before = snapshot.blocks_read();
  }
  ++known->asked;
  return *known;
}

/// Reads all facts at the node, unless there are too many for what was spent so far.
Status EndFacts::read(const storage::GraphSnapshot& snapshot, std::uint64_t spent, End& end) {
  constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  // Of the statement's memory. Others need it more: this only saves time.
  constexpr std::size_t kShare = 16;
  const std::size_t bytes_max = memory_.bytes_max() / kShare;
  end.read_when_spent = 2 * spent;
  const auto rows = snapshot.facts(end.scan);
  std::vector<storage::Fact> page;
  do {
    if (stop_.requested()) {
      return Error(ErrorCode::kInterrupted, "stopped", "a query changes nothing: ask again");
    }
    ANNALS_CHECK_OK(rows->next(page, limits::kBatchRows));
    const std::size_t bytes = bytes_of(page);
    end.bytes += bytes;
    if (!memory_.take(bytes) || end.bytes > bytes_max) {
      end.read_when_spent = kNever;
      let_go(end);
      return {};
    }
    if (end.facts.size() + page.size() > spent * kFactsOfAsking) {
      let_go(end);
      return {};
    }
    end.facts.insert(end.facts.end(), std::make_move_iterator(page.begin()),
                     std::make_move_iterator(page.end()));
  } while (!page.empty());
  std::stable_sort(end.facts.begin(), end.facts.end(),
                   [&end](const storage::Fact& a, const storage::Fact& b) {
                     return other_node(end.scan, a) < other_node(end.scan, b);
                   });
  end.is_read = true;
  end.read_when_spent = kNever;
  return {};
}

std::span<const storage::Fact> EndFacts::with(const End& end, NodeId other) const {
  const auto first = std::partition_point(
      end.facts.begin(), end.facts.end(),
      [&](const storage::Fact& fact) { return other_node(end.scan, fact) < other; });
  const auto last = std::find_if(first, end.facts.end(), [&](const storage::Fact& fact) {
    return other_node(end.scan, fact) != other;
  });
  return {first, last};
}

/// Of its facts.
void EndFacts::let_go(End& end) {
  memory_.give_back(end.bytes);
  end.bytes = 0;
  end.facts = {};
}

EndFacts::~EndFacts() {
  for (std::vector<End>& ends : ends_) {
    for (End& end : ends) let_go(end);
  }
}

}  // namespace annals::query
