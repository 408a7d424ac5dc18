#include "ingest/column_lookup.h"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "schema/base/closest.h"

namespace annals::ingest {

namespace {

constexpr std::size_t kColumnsListedMax = 20;

/// The index that "$3" means, if `name` is of that form.
std::optional<std::size_t> column_number(std::string_view name) {
  if (!name.starts_with('$')) return std::nullopt;
  std::size_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, code] = std::from_chars(name.data() + 1, end, number);
  if (code != std::errc() || stop != end || number == 0) return std::nullopt;
  return number - 1;
}

Error column_not_found(std::string_view name, const FileColumns& columns) {
  const std::size_t count = columns.names.size();
  const std::string message = fmt::format("'{}' has no column '{}'", columns.file, name);
  if (column_number(name)) {
    return Error(ErrorCode::kNotFound, message, fmt::format("it has {} columns", count));
  }
  std::string listed;
  std::size_t listed_count = 0;
  for (const std::string& column : columns.names) {
    if (column.empty()) continue;
    if (++listed_count > kColumnsListedMax) {
      listed += ", ...";
      break;
    }
    listed += fmt::format("{}'{}'", listed.empty() ? "" : ", ", column);
  }
  if (listed.empty()) {
    return Error(ErrorCode::kNotFound, message,
                 fmt::format("its columns have no names: say $1 to ${}", count));
  }
  return Error(ErrorCode::kNotFound, message,
               suggestion(name, columns.names, fmt::format("its columns: {}", listed)));
}

template <class Definitions>
std::vector<std::string> names_of(const Definitions& definitions, const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  names.reserve(definitions.size());
  for (const auto& [symbol, definition] : definitions) {
    names.push_back(vocabulary.symbol_name(symbol));
  }
  return names;
}

}  // namespace

std::string suggestion(std::string_view name, const std::vector<std::string>& known,
                       std::string otherwise) {
  const auto meant = closest(name, known);
  return meant ? fmt::format("did you mean '{}'?", *meant) : std::move(otherwise);
}

Result<std::size_t> find_column(std::string_view name, const FileColumns& columns,
                                const Place& place) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < columns.names.size() && !name.empty(); ++i) {
    if (columns.names[i] != name) continue;
    if (found) {
      return Error(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' has several columns '{}'", columns.file, name),
                   fmt::format("say which by its number: ${} or ${}", *found + 1, i + 1))
          .at(place);
    }
    found = i;
  }
  if (found) return *found;
  const auto number = column_number(name);
  if (number && *number < columns.names.size()) return *number;
  return column_not_found(name, columns).at(place);
}

Result<SymbolId> find_node_type(const ColumnMapping& mapping, const Vocabulary& vocabulary) {
  const std::string& name = mapping.entity_type;
  if (name.empty()) return SymbolId();
  const SymbolId symbol = vocabulary.find_symbol(name);
  if (symbol && (vocabulary.find_entity_type(symbol) || vocabulary.find_kind(symbol))) {
    return symbol;
  }
  std::vector<std::string> known = names_of(vocabulary.entity_types(), vocabulary);
  for (std::string& kind : names_of(vocabulary.kinds(), vocabulary)) {
    known.push_back(std::move(kind));
  }
  return Error(ErrorCode::kNotFound, fmt::format("there is no entity type or kind '{}'", name),
               suggestion(name, known, fmt::format("DEFINE ENTITY {}; defines it", name)))
      .at(mapping.place);
}

Result<const Kind*> find_kind(std::string_view name, const Vocabulary& vocabulary) {
  const SymbolId symbol = vocabulary.find_symbol(name);
  if (const Kind* kind = symbol ? vocabulary.find_kind(symbol) : nullptr) return kind;
  return Error(ErrorCode::kNotFound, fmt::format("there is no kind of event '{}'", name),
               suggestion(name, names_of(vocabulary.kinds(), vocabulary),
                          "SHOW KINDS lists them, DEFINE EVENT defines one"));
}

Result<const Relation*> find_relation(std::string_view name, const Vocabulary& vocabulary) {
  const SymbolId symbol = vocabulary.find_symbol(name);
  if (const Relation* relation = symbol ? vocabulary.find_relation(symbol) : nullptr) {
    return relation;
  }
  return Error(ErrorCode::kNotFound, fmt::format("there is no relation '{}'", name),
               suggestion(name, names_of(vocabulary.relations(), vocabulary),
                          "define it with DEFINE RELATION, or add CREATING MISSING"));
}

}  // namespace annals::ingest
