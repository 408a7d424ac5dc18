#include "query/commands/names.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "schema/base/closest.h"

namespace annals::query {

namespace {

/// The names of all definitions in `definitions`, a map by symbol.
template <class Definitions>
void add_names(const Definitions& definitions, const Vocabulary& vocabulary,
               std::vector<std::string>& names) {
  for (const auto& [symbol, definition] : definitions) {
    names.push_back(vocabulary.symbol_name(symbol));
  }
}

/// "did you mean 'X'?", or `otherwise` if nothing is like it.
std::string suggestion(std::string_view name, const std::vector<std::string>& known,
                       std::string otherwise) {
  const auto meant = closest(name, known);
  return meant ? fmt::format("did you mean '{}'?", *meant) : std::move(otherwise);
}

}  // namespace

Result<const EntityType*> find_entity_type(const ast::Identifier& name,
                                           const Vocabulary& vocabulary,
                                           const StatementContext& context) {
  const SymbolId symbol = vocabulary.find_symbol(name.name);
  if (const EntityType* type = symbol ? vocabulary.find_entity_type(symbol) : nullptr) return type;
  std::vector<std::string> known;
  add_names(vocabulary.entity_types(), vocabulary, known);
  return context.placed(
      Error(ErrorCode::kNotFound, fmt::format("there is no entity type '{}'", name.name),
            suggestion(name.name, known, fmt::format("DEFINE ENTITY {}; defines it", name.name))),
      name.range);
}

Result<const Relation*> find_relation(const ast::Identifier& name, const Vocabulary& vocabulary,
                                      const StatementContext& context) {
  const SymbolId symbol = vocabulary.find_symbol(name.name);
  if (const Relation* relation = symbol ? vocabulary.find_relation(symbol) : nullptr) {
    return relation;
  }
  std::vector<std::string> known;
  add_names(vocabulary.relations(), vocabulary, known);
  return context.placed(
      Error(
          ErrorCode::kNotFound, fmt::format("there is no relation '{}'", name.name),
          suggestion(name.name, known,
                     fmt::format("DEFINE RELATION {} (Entity)->(Entity); defines it", name.name))),
      name.range);
}

Result<const Kind*> find_kind(const ast::Identifier& name, const Vocabulary& vocabulary,
                              const StatementContext& context) {
  const SymbolId symbol = vocabulary.find_symbol(name.name);
  if (const Kind* kind = symbol ? vocabulary.find_kind(symbol) : nullptr) return kind;
  std::vector<std::string> known;
  add_names(vocabulary.kinds(), vocabulary, known);
  return context.placed(
      Error(ErrorCode::kNotFound, fmt::format("there is no kind of event '{}'", name.name),
            suggestion(name.name, known, "SHOW KINDS lists them, DEFINE EVENT defines one")),
      name.range);
}

Result<SymbolId> find_node_type(const ast::Identifier& name, const Vocabulary& vocabulary,
                                const StatementContext& context, std::string_view others) {
  const SymbolId symbol = vocabulary.find_symbol(name.name);
  if (symbol && (vocabulary.find_entity_type(symbol) || vocabulary.find_kind(symbol))) {
    return symbol;
  }
  if (name.name == "Entity" || name.name == "Node") return SymbolId();
  std::vector<std::string> known = {"Entity"};
  add_names(vocabulary.entity_types(), vocabulary, known);
  add_names(vocabulary.kinds(), vocabulary, known);
  return context.placed(
      Error(ErrorCode::kNotFound, fmt::format("there is no entity type or kind '{}'", name.name),
            suggestion(name.name, known,
                       fmt::format("DEFINE ENTITY {}; defines it{}", name.name, others))),
      name.range);
}

Result<std::size_t> find_role(const ast::Identifier& name, const Kind& kind,
                              const Vocabulary& vocabulary, const StatementContext& context) {
  const SymbolId symbol = vocabulary.find_symbol(name.name);
  if (symbol) {
    if (const auto index = kind.role_index(symbol)) return *index;
  }
  std::vector<std::string> known;
  std::string all;
  for (const Role& role : kind.roles) {
    known.push_back(vocabulary.symbol_name(role.name));
    all += (all.empty() ? "" : ", ") + known.back();
  }
  const std::string& kind_name = vocabulary.symbol_name(kind.name);
  return context.placed(
      Error(ErrorCode::kNotFound, fmt::format("{} has no role '{}'", kind_name, name.name),
            suggestion(name.name, known,
                       all.empty() ? "it has no roles" : fmt::format("its roles: {}", all))),
      name.range);
}

}  // namespace annals::query
