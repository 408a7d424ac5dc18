#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/parser/ast_expression.h"
#include "schema/vocabulary.h"

/// The part of the syntax tree that stands behind DEFINE.
namespace annals::query::ast {

struct DefineEntity {
  Identifier name;
};
/// Ends called `Entity` join any node.
struct DefineRelation {
  Identifier name;
  Identifier source_type;
  Identifier target_type;
};
struct RoleDefinition {
  Identifier name;
  Identifier type;  ///< `Country`, `Entity`, `TEXT`, `RELATION`, ...
  bool optional = false;
  bool many = false;
};
/// A name in an effect: fixed, or `$(role)`.
struct EffectName {
  std::optional<Identifier> fixed;
  std::optional<Identifier> role;
};
struct EffectDefinition {
  EffectType type = EffectType::kBegins;
  Identifier source;  ///< A role's name; `EVENT` is the event itself.
  EffectName name;    ///< Of the relation or the property; none for `BEGINS (role)`.
  Identifier target;  ///< Of SETS: the role that holds the value. None for `BEGINS (role)`.
  struct Property {
    Identifier name;
    Identifier role;
  };
  std::vector<Property> properties;
  SourceRange range;

  bool is_of_existence() const { return !name.fixed && !name.role; }
};
/// `END OF until`: a role, or `on`, `said`, `recorded`.
struct InstantName {
  Identifier name;
  bool of_end = false;
};
/// `BOUND later AFTER earlier`
struct BoundDefinition {
  InstantName later;
  InstantName earlier;
};
/// `CHECK condition ELSE 'message'`
struct CheckDefinition {
  Expression condition;
  std::string message;
};
struct DefineEvent {
  Identifier name;
  std::vector<RoleDefinition> roles;
  std::vector<EffectDefinition> effects;
  std::vector<BoundDefinition> bounds;
  std::vector<CheckDefinition> checks;
};
enum class PaddingUnit : std::uint8_t { kDays, kMonths, kYears, kPercent };
/// `DEFINE PADDING 7 DAYS, 50 PERCENT`
struct DefinePadding {
  struct Part {
    Literal amount;
    PaddingUnit unit = PaddingUnit::kDays;
    SourceRange range;
  };
  std::vector<Part> parts;
};

}  // namespace annals::query::ast
