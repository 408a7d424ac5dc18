#include "query/executor/batch.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "schema/base/contract.h"
#include "schema/base/limits.h"

namespace annals::query {

namespace {

constexpr std::size_t kFirstPage = 16;
constexpr std::size_t kPageMax = 512;

constexpr auto kAllRows = [] {
  std::array<std::uint32_t, limits::kBatchRows> rows{};
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}();

template <class Values>
void append_rows(Values& values, const Values& input, std::span<const std::uint32_t> rows) {
  values.reserve(values.size() + rows.size());
  for (const std::uint32_t row : rows) values.push_back(input[row]);
}

}  // namespace

storage::Fact& FactStore::add() {
  if (pages_.empty() || pages_.back().size() == pages_.back().capacity()) {
    const std::size_t size =
        pages_.empty() ? kFirstPage : std::min(2 * pages_.back().size(), kPageMax);
    pages_.emplace_back().reserve(size);
  }
  return pages_.back().emplace_back();
}

void FactStore::add_page(std::vector<storage::Fact>& facts) {
  pages_.push_back(std::move(facts));
  facts.clear();
  if (spare_.empty()) return;
  facts.swap(spare_.back());
  spare_.pop_back();
}

void FactStore::clear() {
  // A batch is made of few pages, or of many small ones that cost little to make again.
  constexpr std::size_t kSpareMax = 4;
  for (std::vector<storage::Fact>& page : pages_) {
    if (spare_.size() == kSpareMax) break;
    page.clear();
    spare_.push_back(std::move(page));
  }
  pages_.clear();
}

void Batch::clear_all() {
  for (Column& column : columns_) {
    column.nodes.clear();
    column.facts.clear();
    column.values.clear();
  }
  size_ = 0;
  all_ = true;
  doubts_.clear();
  pins_.clear();
  is_clear_ = true;
}

void Batch::join_pins() {
  if (pins_.size() < 2) return;
  auto all = std::make_shared<std::vector<std::shared_ptr<const void>>>(std::move(pins_));
  pins_.assign(1, std::move(all));
}

std::span<const std::uint32_t> Batch::rows() const {
  if (!all_) return selection_;
  ANNALS_ASSERT(size_ <= limits::kBatchRows);
  return std::span(kAllRows).first(size_);
}

void Batch::select(std::vector<std::uint32_t> rows) {
  is_clear_ = false;
  selection_ = std::move(rows);
  all_ = selection_.size() == size_;
}

const DoubtPtr& Batch::doubt(std::uint32_t row) const {
  static const DoubtPtr none;
  return row < doubts_.size() ? doubts_[row] : none;
}

void Batch::set_doubt(std::uint32_t row, DoubtPtr doubt) {
  if (row >= doubts_.size()) {
    if (doubt == nullptr) return;
    doubts_.resize(row + 1);
    is_clear_ = false;
  }
  doubts_[row] = std::move(doubt);
}

void Batch::append(const Batch& input, std::span<const std::uint32_t> rows,
                   std::span<const SlotInfo> infos, std::span<const SlotId> slots) {
  is_clear_ = false;
  append_columns(input, rows, infos, slots);
  if (!input.doubts_.empty()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      set_doubt(static_cast<std::uint32_t>(size_ + i), input.doubt(rows[i]));
    }
  }
  size_ += rows.size();
}

void Batch::append_columns(const Batch& input, std::span<const std::uint32_t> rows,
                           std::span<const SlotInfo> infos, std::span<const SlotId> slots) {
  is_clear_ = false;
  bool has_facts = false;
  for (const SlotId slot : slots) {
    Column& to = column(slot);
    const Column& from = input.column(slot);
    switch (infos[slot.raw - 1].kind) {
      case SlotKind::kNode: append_rows(to.nodes, from.nodes, rows); break;
      case SlotKind::kFact:
        append_rows(to.facts, from.facts, rows);
        has_facts = true;
        break;
      case SlotKind::kValue: append_rows(to.values, from.values, rows); break;
    }
  }
  if (!has_facts) return;
  for (const auto& owner : input.pins_) {
    if (std::find(pins_.begin(), pins_.end(), owner) == pins_.end()) pins_.push_back(owner);
  }
}

Datum datum_in(const Batch& batch, SlotId slot, SlotKind kind, std::uint32_t row) {
  switch (kind) {
    case SlotKind::kNode: {
      const NodeId node = batch.column(slot).nodes[row];
      return node ? Datum(NodeDatum{node, {}, {}}) : Datum();
    }
    case SlotKind::kFact: {
      const storage::Fact* const fact = batch.column(slot).facts[row];
      if (fact == nullptr) return {};
      return Datum(FactDatum{std::make_shared<const storage::Fact>(*fact), {}, {}});
    }
    case SlotKind::kValue: return batch.column(slot).values[row];
  }
  return {};
}

void append_datum(Batch& batch, SlotId slot, SlotKind kind, Datum value) {
  ANNALS_ASSERT(kind != SlotKind::kFact);
  if (kind == SlotKind::kValue) {
    batch.column(slot).values.push_back(std::move(value));
    return;
  }
  const auto* const node = std::get_if<NodeDatum>(&value.data);
  ANNALS_ASSERT(node != nullptr || value.is_null());
  batch.column(slot).nodes.push_back(node == nullptr ? NodeId() : node->id);
}

void append_null(Batch& batch, SlotId slot, SlotKind kind) {
  Column& column = batch.column(slot);
  switch (kind) {
    case SlotKind::kNode: column.nodes.emplace_back(); break;
    case SlotKind::kFact: column.facts.push_back(nullptr); break;
    case SlotKind::kValue: column.values.emplace_back(); break;
  }
}

}  // namespace annals::query
