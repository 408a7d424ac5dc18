#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/base/packed_numbers.h"
#include "schema/base/result.h"
#include "storage/graph_index/packed_columns.h"
#include "storage/graph_index/spell_row.h"

namespace annals::storage {

/// What a page says of the block that it is part of.
struct SpellBlockTimes {
  Micros begin = kBeginningOfTime;
  Micros end = kEndOfTime;  ///< Of the last block kEndOfTime.

  /// Whether the block holds the spell: it begins within, or is alive when the block begins. One
  /// that is over before it begins lies where it begins.
  bool holds(Micros spell_begin, Micros spell_end) const {
    return spell_begin < end && (spell_begin >= begin || spell_end > begin);
  }
  bool operator==(const SpellBlockTimes&) const = default;
};

/// Some rows of one block, in order of their names, column by column. A view of encoded bytes,
/// which must outlive it. Layout: docs/graph_index_format.md.
class SpellPage {
 public:
  /// Corruption, naming the family. `block_end` stands in the key.
  static Result<SpellPage> read(Family family, Micros block_end, std::string_view bytes);

  const SpellBlockTimes& block() const { return block_; }
  bool is_last() const { return is_last_; }  ///< Of its block.
  std::size_t size() const { return size_; }

  /// [first, last): the rows of the relation; zero: all.
  std::pair<std::size_t, std::size_t> rows_of(SymbolId relation) const;

  // Each requires row < size().
  NodeId neighbour(std::size_t row) const { return NodeId(neighbour_[row]); }
  Micros begin(std::size_t row) const { return time_of(begin_[row]); }
  Micros end(std::size_t row) const { return time_of(end_[row]); }
  SpellRow row(std::size_t row) const;

  /// Appends the rows of [first, last) that may hold in the window to `rows`. Without `copies` only
  /// those that begin in the block.
  void select(std::size_t first, std::size_t last, const Window& window, bool copies,
              std::vector<std::uint32_t>& rows) const;
  /// Appends these rows, which come in ascending order, to `found`.
  void append_rows(std::span<const std::uint32_t> rows, std::vector<SpellRow>& found) const;

  /// Appends the timelines that the rows belong to, in order, each once.
  void append_timelines(std::vector<TimelineName>& timelines) const;

 private:
  struct Run {
    SymbolId relation;
    std::size_t last = 0;  // behind its last row
  };

  SpellRow row_of(SymbolId relation, std::size_t row) const;

  SpellBlockTimes block_;
  bool is_last_ = true;
  std::size_t size_ = 0;
  std::vector<Run> relations_;
  PackedNumbers neighbour_, begin_, end_, ordinal_, end_ordinal_, form_;
  PackedAlong begun_by_;        // along the codes of begin_
  PackedAlong ended_by_;        // along those of end_
  PackedNumbers encoded_last_;  // behind the row's encoded bytes
  std::string_view encoded_;
};

/// `is_last`: of its block. Requires that the rows are in order and that there is at most one of
/// each name.
std::string write_page(const SpellBlockTimes& block, std::span<const SpellRow* const> rows,
                       bool is_last);

}  // namespace annals::storage
