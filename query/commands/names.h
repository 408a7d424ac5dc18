#pragma once

#include <string_view>

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"
#include "schema/vocabulary.h"

namespace annals::query {

/// Looking up names that a command gives. Errors are NotFound at the name, with the closest names
/// that exist. Pointers are valid as the vocabulary's are.

Result<const EntityType*> find_entity_type(const ast::Identifier& name,
                                           const Vocabulary& vocabulary,
                                           const StatementContext& context);
Result<const Relation*> find_relation(const ast::Identifier& name, const Vocabulary& vocabulary,
                                      const StatementContext& context);
Result<const Kind*> find_kind(const ast::Identifier& name, const Vocabulary& vocabulary,
                              const StatementContext& context);

/// The number of an entity type or an event kind; zero for `Entity` and `Node`, which are any node,
/// unless something of that name is defined. `others`: what else could be meant, for the hint.
Result<SymbolId> find_node_type(const ast::Identifier& name, const Vocabulary& vocabulary,
                                const StatementContext& context, std::string_view others = {});

/// The index of a kind's role.
Result<std::size_t> find_role(const ast::Identifier& name, const Kind& kind,
                              const Vocabulary& vocabulary, const StatementContext& context);

}  // namespace annals::query
