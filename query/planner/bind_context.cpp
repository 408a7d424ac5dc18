#include "query/planner/bind_context.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "query/parser/parser.h"
#include "schema/base/closest.h"

namespace annals::query {

namespace {

std::string did_you_mean(const ClosestWord& closest) {
  return closest.found() ? fmt::format("did you mean '{}'?", *closest.found()) : std::string();
}

bool is_node_role(const Vocabulary& vocabulary, SymbolId name) {
  return std::any_of(vocabulary.kinds().begin(), vocabulary.kinds().end(),
                     [name](const auto& kind) {
                       const auto index = kind.second.role_index(name);
                       return index && kind.second.roles[*index].holds_nodes();
                     });
}

}  // namespace

Error BindContext::error(ErrorCode code, std::string message, ast::SourceRange range,
                         std::string hint) const {
  return Error(code, std::move(message), std::move(hint)).at(place_in(text, range.begin));
}

Result<SymbolId> find_label(const ast::Identifier& name, const BindContext& context) {
  const Vocabulary& vocabulary = context.vocabulary;
  const SymbolId symbol = vocabulary.find_symbol(name.name);
  if (symbol &&
      (vocabulary.find_entity_type(symbol) != nullptr || vocabulary.find_kind(symbol) != nullptr)) {
    return symbol;
  }
  ClosestWord closest(name.name);
  for (const auto& [type, definition] : vocabulary.entity_types()) {
    closest.consider(vocabulary.symbol_name(type));
  }
  for (const auto& [kind, definition] : vocabulary.kinds()) {
    closest.consider(vocabulary.symbol_name(kind));
  }
  std::string hint = did_you_mean(closest);
  if (hint.empty()) hint = "a label is an entity type or a kind of event; SHOW KINDS lists these";
  return context.error(ErrorCode::kNotFound,
                       fmt::format("there is no entity type or event kind '{}'", name.name),
                       name.range, std::move(hint));
}

Result<std::vector<SymbolId>> find_labels(const std::vector<ast::Identifier>& names,
                                          const BindContext& context) {
  std::vector<SymbolId> labels;
  for (const ast::Identifier& name : names) {
    ANNALS_TRY(const SymbolId label, find_label(name, context));
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
  }
  return labels;
}

Status find_hop_name(const ast::Identifier& name, const BindContext& context,
                     std::vector<SymbolId>& relations, std::vector<SymbolId>& roles) {
  const Vocabulary& vocabulary = context.vocabulary;
  const auto add = [](std::vector<SymbolId>& symbols, SymbolId symbol) {
    if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end()) {
      symbols.push_back(symbol);
    }
  };
  const SymbolId symbol = vocabulary.find_symbol(name.name);
  const bool is_relation = symbol && vocabulary.find_relation(symbol) != nullptr;
  const bool is_role = symbol && is_node_role(vocabulary, symbol);
  if (is_relation) add(relations, symbol);
  if (is_role) add(roles, symbol);
  if (is_relation || is_role) return {};

  ClosestWord closest(name.name);
  for (const auto& [relation, definition] : vocabulary.relations()) {
    closest.consider(vocabulary.symbol_name(relation));
  }
  for (const auto& [kind, definition] : vocabulary.kinds()) {
    for (const Role& role : definition.roles) {
      if (role.holds_nodes()) closest.consider(vocabulary.symbol_name(role.name));
    }
  }
  std::string hint = did_you_mean(closest);
  if (hint.empty()) hint = "SHOW RELATIONS lists the relations, SHOW KINDS the roles";
  return context.error(ErrorCode::kNotFound,
                       fmt::format("there is no relation or role '{}'", name.name), name.range,
                       std::move(hint));
}

}  // namespace annals::query
