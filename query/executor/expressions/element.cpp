#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "query/executor/expressions/forms.h"

namespace annals::query::expressions {

namespace {

Error wrong_type(const RunContext& context, std::string_view what, const Datum& datum,
                 ast::SourceRange range) {
  return context.invalid(
      fmt::format("{}, not a value of type {}", what, datum_type_name(datum.type())), range);
}

class Subscript final : public Expression {
 public:
  Subscript(Operand object, Operand index, RunContext& context)
      : object_(std::move(object)), index_(std::move(index)), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    DatumVector objects;
    DatumVector indexes;
    ANNALS_CHECK_OK(object_.expression->evaluate(batch, rows, objects));
    ANNALS_CHECK_OK(index_.expression->evaluate(batch, rows, indexes));
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (objects[i].is_null() || indexes[i].is_null()) continue;
      ANNALS_TRY(results[i], element(objects[i], indexes[i]));
    }
    return {};
  }

 private:
  Result<Datum> element(const Datum& object, const Datum& index) const {
    if (const DatumMap* const map = map_in(object)) {
      const auto* key = std::get_if<std::string>(&index.data);
      if (key == nullptr) return wrong_type(context_, "a key is a text", index, index_.range);
      const auto found = map->find(*key);
      return found == map->end() ? Datum() : found->second;
    }
    const DatumList* const list = list_in(object);
    if (list == nullptr) {
      return wrong_type(context_, "lists and maps have elements", object, object_.range);
    }
    const auto* number = std::get_if<std::int64_t>(&index.data);
    if (number == nullptr) {
      return wrong_type(context_, "the number of an element is an integer", index, index_.range);
    }
    const auto size = static_cast<std::int64_t>(list->size());
    if (*number >= size || *number < -size) return Datum();
    return (*list)[static_cast<std::size_t>(*number < 0 ? *number + size : *number)];
  }

  Operand object_;
  Operand index_;
  RunContext& context_;
};

class Slice final : public Expression {
 public:
  Slice(Operand object, std::optional<Operand> from, std::optional<Operand> to, RunContext& context)
      : object_(std::move(object)), from_(std::move(from)), to_(std::move(to)), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    DatumVector objects;
    DatumVector froms;
    DatumVector tos;
    MemoryHold hold(context_.memory);
    ANNALS_CHECK_OK(object_.expression->evaluate(batch, rows, objects));
    if (from_) ANNALS_CHECK_OK(from_->expression->evaluate(batch, rows, froms));
    if (to_) ANNALS_CHECK_OK(to_->expression->evaluate(batch, rows, tos));
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool is_null =
          objects[i].is_null() || (from_ && froms[i].is_null()) || (to_ && tos[i].is_null());
      if (is_null) continue;
      const DatumList* const list = list_in(objects[i]);
      if (list == nullptr) {
        return wrong_type(context_, "a part can be taken of a list", objects[i], object_.range);
      }
      ANNALS_TRY(const std::size_t begin, from_ ? bound(*from_, froms[i], *list) : Bound(0U));
      ANNALS_TRY(const std::size_t end, to_ ? bound(*to_, tos[i], *list) : Bound(list->size()));
      DatumList part;
      if (begin < end) {
        part.assign(list->begin() + static_cast<std::ptrdiff_t>(begin),
                    list->begin() + static_cast<std::ptrdiff_t>(end));
      }
      results[i] = list_datum(std::move(part));
      ANNALS_CHECK_OK(hold.take_own(results[i]));
    }
    return {};
  }

 private:
  using Bound = Result<std::size_t>;

  /// Negative ones count from the end; beyond the list is its end.
  Bound bound(const Operand& operand, const Datum& value, const DatumList& list) const {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    if (number == nullptr) {
      return wrong_type(context_, "the bound of a part is an integer", value, operand.range);
    }
    const auto size = static_cast<std::int64_t>(list.size());
    const std::int64_t at = *number < -size ? 0 : *number < 0 ? *number + size : *number;
    return static_cast<std::size_t>(std::min(at, size));
  }

  Operand object_;
  std::optional<Operand> from_;
  std::optional<Operand> to_;
  RunContext& context_;
};

class Map final : public Expression {
 public:
  Map(std::vector<std::string> keys, std::vector<Operand> values, ast::SourceRange range,
      RunContext& context)
      : keys_(std::move(keys)), values_(std::move(values)), range_(range), context_(context) {}

  Status evaluate(const Batch& batch, std::span<const std::uint32_t> rows,
                  DatumVector& out) override {
    std::vector<DatumMap> maps(rows.size());
    DatumVector values;
    for (std::size_t k = 0; k < keys_.size(); ++k) {
      ANNALS_CHECK_OK(values_[k].expression->evaluate(batch, rows, values));
      for (std::size_t i = 0; i < rows.size(); ++i) maps[i].emplace(keys_[k], values[i]);
    }
    std::vector<Datum>& results = out.own(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      results[i] = map_datum(std::move(maps[i]));
      ANNALS_CHECK_OK(context_.check_extent(results[i], range_));
    }
    return {};
  }

 private:
  std::vector<std::string> keys_;
  std::vector<Operand> values_;
  ast::SourceRange range_;
  RunContext& context_;
};

}  // namespace

ExpressionPtr subscript(Operand object, Operand index, RunContext& context) {
  return std::make_unique<Subscript>(std::move(object), std::move(index), context);
}

ExpressionPtr slice(Operand object, std::optional<Operand> from, std::optional<Operand> to,
                    RunContext& context) {
  return std::make_unique<Slice>(std::move(object), std::move(from), std::move(to), context);
}

ExpressionPtr map(std::vector<std::string> keys, std::vector<Operand> values,
                  ast::SourceRange range, RunContext& context) {
  return std::make_unique<Map>(std::move(keys), std::move(values), range, context);
}

}  // namespace annals::query::expressions
