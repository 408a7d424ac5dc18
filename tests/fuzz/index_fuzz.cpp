// Arbitrary bytes as a page, as counts, as an event list, or as a tail row of the graph index:
// refused with a reason, or read without looking beyond them.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "schema/base/contract.h"
#include "storage/graph_index/alive_counts.h"
#include "storage/graph_index/event_list.h"
#include "storage/graph_index/spell_group.h"
#include "storage/graph_index/spell_page.h"

namespace {

using namespace annals;
using namespace annals::storage;

void read_as_page(std::string_view bytes) {
  const auto page = SpellPage::read(Family::kOut, 0, bytes);
  if (!page) {
    ANNALS_ASSERT(page.error().code == ErrorCode::kCorruption);
    return;
  }
  for (std::size_t row = 0; row < page->size(); ++row) {
    Spell spell;
    static_cast<void>(to_spell(Family::kOut, page->row(row), spell));
    Fact fact;
    static_cast<void>(to_fact(Family::kOut, NodeId::entity(1), page->row(row), fact));
  }
  for (std::uint32_t relation = 0; relation < 4; ++relation) {
    const auto [first, last] = page->rows_of(SymbolId(relation));
    ANNALS_ASSERT(first <= last && last <= page->size());
  }
}

void read_as_counts(std::string_view bytes) {
  std::vector<AliveChange> changes;
  static_cast<void>(decode_changes(bytes, changes));
  static_cast<void>(decode_directory(bytes));
}

void read_as_event_list(std::string_view bytes) {
  std::vector<Participation> entries;
  static_cast<void>(decode_event_list(EventListId::of(NodeId::entity(1)), bytes, entries));
  static_cast<void>(read_event_list_key(bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_as_page(bytes);
  read_as_counts(bytes);
  read_as_event_list(bytes);
  static_cast<void>(read_group_key(Family::kOut, bytes));
  TailRow tail;
  static_cast<void>(read_tail_row(Family::kOut, SpellName(), bytes, tail));
  return 0;
}
