#include "storage/graph_index/spell_page.h"

#include <algorithm>

#include "schema/base/limits.h"
#include "storage/graph_index/packed_columns.h"

namespace annals::storage {

namespace {

/// No node, sequence, offset or form is so large, and a time only if it is the end of time.
constexpr std::uint64_t kNone = ~0ULL;

/// A page that was not read lately lies in memory: waiting for all of it at once takes less than
/// for each part that turns out to be needed.
void fetch(std::string_view bytes) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t i = 0; i < bytes.size(); i += kCacheLine) __builtin_prefetch(bytes.data() + i);
}

}  // namespace

Result<SpellPage> SpellPage::read(Family family, Micros block_end, std::string_view bytes) {
  fetch(bytes);
  SpellPage page;
  RowReader in(bytes);
  page.block_ = {time_of(in.number() + number_of(kBeginningOfTime)), block_end};
  const std::uint64_t head = in.number();
  page.is_last_ = (head & 1) != 0;
  const std::uint64_t runs = head >> 1;
  // Whoever goes from block to block relies on it.
  if (block_end <= page.block_.begin || runs > limits::kPageRowsMax || !in.ok()) {
    return unreadable("a page", family);
  }
  page.relations_.reserve(runs);
  for (std::uint64_t i = 0; i < runs; ++i) {
    const std::uint64_t relation = in.number();
    page.size_ += std::min<std::uint64_t>(in.number(), limits::kPageRowsMax + 1);
    if (relation > limits::kSymbolsMax) return unreadable("a page", family);
    page.relations_.push_back({SymbolId(static_cast<std::uint32_t>(relation)), page.size_});
  }
  if (page.size_ > limits::kPageRowsMax) return unreadable("a page", family);
  const auto column = [&] { return read_packed(in, page.size_, kNone); };
  page.neighbour_ = column();
  page.begin_ = column();
  page.end_ = column();
  page.begun_by_ = read_packed_along(in, page.size_, kNone);
  page.ordinal_ = column();
  page.ended_by_ = read_packed_along(in, page.size_, kNone);
  page.end_ordinal_ = column();
  page.form_ = column();
  page.encoded_last_ = column();
  if (!in.ok()) return unreadable("a page", family);
  page.encoded_ = in.rest().substr(0, in.bytes_left() - kPackedSlackBytes);
  return page;
}

std::pair<std::size_t, std::size_t> SpellPage::rows_of(SymbolId relation) const {
  if (!relation) return {0, size_};
  std::size_t first = 0;
  for (const Run& run : relations_) {
    if (run.relation == relation) return {first, run.last};
    first = run.last;
  }
  return {0, 0};
}

SpellRow SpellPage::row(std::size_t row) const {
  const auto run = std::upper_bound(
      relations_.begin(), relations_.end(), row,
      [](std::size_t wanted, const Run& candidate) { return wanted < candidate.last; });
  return row_of(run->relation, row);
}

void SpellPage::append_rows(std::span<const std::uint32_t> rows,
                            std::vector<SpellRow>& found) const {
  auto run = relations_.begin();
  for (const std::uint32_t row : rows) {
    while (row >= run->last) ++run;
    found.push_back(row_of(run->relation, row));
  }
}

void SpellPage::append_timelines(std::vector<TimelineName>& timelines) const {
  std::size_t row = 0;
  for (const Run& run : relations_) {
    NodeId last;
    for (; row < run.last; ++row) {
      const NodeId node = neighbour(row);
      if (node != last) timelines.push_back({run.relation, node});
      last = node;
    }
  }
}

SpellRow SpellPage::row_of(SymbolId relation, std::size_t row) const {
  SpellRow spell;
  const std::uint64_t begun_by = begun_by_.at(row, begin_.code(row));
  spell.name = {relation,
                neighbour(row),
                begin(row),
                {Seq(begun_by), static_cast<std::uint16_t>(ordinal_[row])}};
  spell.end = end(row);
  spell.form = static_cast<SpellForm>(std::min<std::uint64_t>(form_[row], 3));
  if (spell.form == SpellForm::kEncoded) {
    const auto offset = [this](std::size_t of) {
      return std::min<std::uint64_t>(encoded_last_[of], encoded_.size());
    };
    const std::uint64_t first = row == 0 ? 0 : offset(row - 1);
    spell.encoded = encoded_.substr(first, std::max(offset(row), first) - first);
    return spell;
  }
  const std::uint64_t ended_by = ended_by_.at(row, end_.code(row));
  if (ended_by == kNone) return spell;
  spell.ended_by = {Seq(ended_by), static_cast<std::uint16_t>(end_ordinal_[row])};
  return spell;
}

void SpellPage::select(std::size_t first, std::size_t last, const Window& window, bool copies,
                       std::vector<std::uint32_t>& rows) const {
  if (window.from == kEndOfTime) return;
  const Micros begins_from = copies ? kBeginningOfTime : block_.begin;
  const PackedNumbers::Range begins = begin_.range(number_of(begins_from), number_of(window.to));
  const PackedNumbers::Range ends = end_.range(number_of(window.from) + 1, kNone);
  const std::size_t before = rows.size();
  rows.resize(before + (last - first));
  std::uint32_t* selected = rows.data() + before;
  for (std::size_t row = first; row < last; ++row) {
    *selected = static_cast<std::uint32_t>(row);
    // Without a branch: which rows are wanted cannot be foreseen.
    const auto begins_in_time = static_cast<std::uint32_t>(begins.holds(begin_.code(row)));
    const auto ends_in_time = static_cast<std::uint32_t>(ends.holds(end_.code(row)));
    selected += begins_in_time & ends_in_time;
  }
  // What is over before it begins holds at no time, even if it begins and ends within the window.
  const auto is_empty = [this](std::uint32_t row) { return begin(row) >= end(row); };
  const auto found = rows.begin() + static_cast<std::ptrdiff_t>(before);
  const auto behind = rows.begin() + (selected - rows.data());
  rows.erase(window.from == window.to ? behind : std::remove_if(found, behind, is_empty),
             rows.end());
}

namespace {

/// And whether it is the last page of its block, which takes no room there.
void write_relations(std::span<const SpellRow* const> rows, bool is_last, RowWriter& out) {
  std::vector<std::pair<SymbolId, std::size_t>> runs;
  for (const SpellRow* row : rows) {
    if (runs.empty() || runs.back().first != row->name.relation) {
      runs.emplace_back(row->name.relation, 0);
    }
    ++runs.back().second;
  }
  out.number(runs.size() << 1 | (is_last ? 1 : 0));
  for (const auto& [relation, count] : runs) {
    out.number(relation.raw);
    out.number(count);
  }
}

}  // namespace

std::string write_page(const SpellBlockTimes& block, std::span<const SpellRow* const> rows,
                       bool is_last) {
  std::string bytes;
  RowWriter out(bytes);
  out.number(number_of(block.begin) - number_of(kBeginningOfTime));
  write_relations(rows, is_last, out);
  std::vector<std::uint64_t> column(rows.size());
  const auto fill = [&](const auto& number_in) {
    for (std::size_t i = 0; i < rows.size(); ++i) column[i] = number_in(*rows[i]);
  };
  const auto write = [&](const auto& number_in) {
    fill(number_in);
    write_packed(column, kNone, out);
  };
  const auto write_codes = [&](const auto& number_in) {
    fill(number_in);
    return write_packed_codes(column, kNone, out);
  };
  static_assert(kEndOfTime == std::numeric_limits<Micros>::max());
  const auto unless_none = [](const SpellRow& row, std::uint64_t number) {
    return row.ended_by.begun_by ? number : kNone;
  };
  write([](const SpellRow& row) { return row.name.neighbour.raw; });
  const auto begins = write_codes([](const SpellRow& row) { return number_of(row.name.begin); });
  const auto ends = write_codes([](const SpellRow& row) { return number_of(row.end); });
  fill([](const SpellRow& row) { return row.name.id.begun_by.raw; });
  write_packed_along(column, kNone, begins, out);
  write([](const SpellRow& row) { return std::uint64_t{row.name.id.ordinal}; });
  fill([&](const SpellRow& row) { return unless_none(row, row.ended_by.begun_by.raw); });
  write_packed_along(column, kNone, ends, out);
  write([&](const SpellRow& row) { return unless_none(row, row.ended_by.ordinal); });
  write([](const SpellRow& row) { return static_cast<std::uint64_t>(row.form); });
  std::uint64_t encoded = 0;
  write([&](const SpellRow& row) { return encoded += row.encoded.size(); });
  for (const SpellRow* row : rows) out.bytes(row->encoded);
  for (std::size_t i = 0; i < kPackedSlackBytes; ++i) out.byte(0);
  return bytes;
}

}  // namespace annals::storage
