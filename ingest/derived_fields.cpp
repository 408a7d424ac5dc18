#include "ingest/derived_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "ingest/column_lookup.h"
#include "schema/time/date.h"

namespace annals::ingest {

namespace {

using EpochUnit = ColumnMapping::EpochUnit;

struct UnitName {
  std::string_view singular;
  Micros micros;
};
constexpr std::array<UnitName, 3> kUnits = {
    {{"second", kMicrosPerSecond}, {"millisecond", kMicrosPerSecond / 1'000}, {"microsecond", 1}}};

bool is_date_word(std::string_view word) {
  return word == "ON" || word == "FROM" || word == "TO" || word == "SAID";
}

/// The date that `text` means, as EDTF writes it.
Result<std::string> date_of_number(std::string_view text, EpochUnit unit) {
  const auto& [name, micros] = kUnits[static_cast<std::size_t>(unit)];
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code == std::errc::invalid_argument || stop != end) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is no whole number of {}s since 1970", text, name),
                 "without IN dates are as people write them: '2008-08-18'");
  }
  const bool fits =
      code == std::errc() && number > kBeginningOfTime / micros && number < kEndOfTime / micros;
  if (!fits) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("{} {}s since 1970 are beyond all dates", text, name));
  }
  return format_micros(number * micros);
}

/// Of what is the same in each row, the statement is to blame.
Status check_value(const ColumnMapping& mapping) {
  const bool is_open = mapping.column == ".." && (mapping.role == "FROM" || mapping.role == "TO");
  if (!mapping.is_value || !is_date_word(mapping.role) || is_open) return {};
  if (Result<Date> date = parse_date(mapping.column); !date) {
    return std::move(date).error().at(mapping.place);
  }
  return {};
}

}  // namespace

Status DerivedFields::add(ColumnMapping& mapping, const FileColumns& in_file,
                          FileColumns& columns) {
  Field field;
  std::string name;
  if (mapping.is_value) {
    field.text = mapping.column;
    name = fmt::format("VALUE '{}'", mapping.column);
  } else {
    ANNALS_TRY(const std::size_t column, find_column(mapping.column, in_file, mapping.place));
    if (!mapping.epoch_unit) return {};
    field.source = column;
    field.unit = *mapping.epoch_unit;
    name = fmt::format("{} in {}s", column_label(in_file.names, column),
                       kUnits[static_cast<std::size_t>(field.unit)].singular);
  }
  mapping.column = name;
  const auto derived_before =
      columns.names.begin() + static_cast<std::ptrdiff_t>(in_file.names.size());
  if (std::find(derived_before, columns.names.end(), name) != columns.names.end()) return {};
  columns.names.push_back(std::move(name));
  fields_.push_back(std::move(field));
  return {};
}

Result<DerivedFields> DerivedFields::create(LoadRequest& request, FileColumns& columns) {
  DerivedFields derived;
  const FileColumns in_file = columns;
  for (ColumnMapping& mapping : request.words) {
    if (mapping.epoch_unit && !is_date_word(mapping.role)) {
      return Error(ErrorCode::kInvalidArgument, fmt::format("{} takes no date", mapping.role),
                   "IN says what numbers count that stand for dates")
          .at(mapping.place);
    }
    ANNALS_CHECK_OK(check_value(mapping));
    ANNALS_CHECK_OK(derived.add(mapping, in_file, columns));
  }
  for (ColumnMapping& mapping : request.roles) {
    ANNALS_CHECK_OK(derived.add(mapping, in_file, columns));
  }
  if (!request.kind_column.empty()) {
    ANNALS_CHECK_OK(find_column(request.kind_column, in_file, request.place));
  }
  return derived;
}

RowStatus DerivedFields::append(Record& record, const FileColumns& columns) {
  for (Field& field : fields_) {
    std::uint32_t offset = 0;
    if (field.source) {
      const std::string_view number = record.fields[*field.source];
      offset = record.offsets[*field.source];
      field.text.clear();
      if (!number.empty()) {
        Result<std::string> date = date_of_number(number, field.unit);
        if (!date) return field_problem(record, columns, *field.source, std::move(date).error());
        field.text = std::move(*date);
      }
    }
    record.fields.emplace_back(field.text);
    record.offsets.push_back(offset);
  }
  return {};
}

}  // namespace annals::ingest
