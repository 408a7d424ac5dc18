#include "query/parser/grammar/definition.h"

#include "query/parser/grammar/expression.h"
#include "query/parser/grammar/tokens.h"

namespace annals::query::grammar {
namespace {

using ast::BoundDefinition;
using ast::CheckDefinition;
using ast::DefineEntity;
using ast::DefineEvent;
using ast::DefinePadding;
using ast::DefineRelation;
using ast::EffectDefinition;
using ast::EffectName;
using ast::InstantName;
using ast::PaddingUnit;
using ast::RoleDefinition;

using EffectProperty = EffectDefinition::Property;
using PaddingPart = DefinePadding::Part;

constexpr auto push_role = [](const auto& context) {
  auto& roles = x3::_val(context).roles;
  roles.push_back(std::move(x3::_attr(context)));
  check_limit(roles.size(), limits::kKindRolesMax, "roles", "KindRolesMax",
              x3::_where(context).begin());
};
constexpr auto push_effect = [](const auto& context) {
  auto& effects = x3::_val(context).effects;
  effects.push_back(std::move(x3::_attr(context)));
  check_limit(effects.size(), limits::kKindEffectsMax, "effects", "KindEffectsMax",
              x3::_where(context).begin());
};

constexpr auto push_bound = [](const auto& context) {
  auto& bounds = x3::_val(context).bounds;
  bounds.push_back(std::move(x3::_attr(context)));
  check_limit(bounds.size(), limits::kKindBoundsMax, "bounds", "KindBoundsMax",
              x3::_where(context).begin());
};
constexpr auto push_check = [](const auto& context) {
  auto& checks = x3::_val(context).checks;
  checks.push_back(std::move(x3::_attr(context)));
  check_limit(checks.size(), limits::kKindChecksMax, "checks", "KindChecksMax",
              x3::_where(context).begin());
};
constexpr auto set_message = [](const auto& context) {
  x3::_val(context).message = std::move(x3::_attr(context).text);
};

constexpr x3::rule<struct RoleId, RoleDefinition> role = "a role";
constexpr x3::rule<struct EffectNameId, EffectName> effect_name = "a name";
constexpr x3::rule<struct EffectPropertyId, EffectProperty> effect_property = "a property";
constexpr x3::rule<struct EffectId, EffectDefinition> effect = "an effect";
constexpr x3::rule<struct InstantId, InstantName> instant = "an instant";
constexpr x3::rule<struct BoundId, BoundDefinition> bound = "BOUND";
constexpr x3::rule<struct CheckId, CheckDefinition> check = "CHECK";
constexpr x3::rule<struct PaddingPartId, PaddingPart> padding_part = "a number";

constexpr auto role_def = Name("a role")[set<&RoleDefinition::name>] >
                          Name("a type")[set<&RoleDefinition::type>] >
                          *(symbol("?")[flag<&RoleDefinition::optional>] |
                            symbol("[]")[flag<&RoleDefinition::many>]);

constexpr auto effect_name_def =
    (symbol("$(") > Name("a role")[set<&EffectName::role>] > symbol(")")) |
    Name("a name")[set<&EffectName::fixed>];

constexpr auto effect_property_def = Name("a property")[set<&EffectProperty::name>] > symbol(":") >
                                     Name("a role")[set<&EffectProperty::role>];

constexpr auto effect_properties = symbol("{") >
                                   effect_property[push<&EffectDefinition::properties>] >
                                   *(symbol(",") >
                                     effect_property[push<&EffectDefinition::properties>]) >
                                   symbol("}");

template <EffectType Type>
constexpr auto of_type = set_to<&EffectDefinition::type, Type>;

// (source)
constexpr auto source = symbol("(") > Name("a role or EVENT")[set<&EffectDefinition::source>] >
                        symbol(")");

// -[:RELATION {property: role}]->(target)
constexpr auto relation_to = (symbol("-") >> symbol("[")) >
                             symbol(":") > effect_name[set<&EffectDefinition::name>] >
                             -effect_properties > symbol("]") > symbol("->") > symbol("(") >
                             Name("a role or EVENT")[set<&EffectDefinition::target>] > symbol(")");

// subject.property = role
constexpr auto assigned = Name("a role")[set<&EffectDefinition::source>] >
                          symbol(".") > effect_name[set<&EffectDefinition::name>] > symbol("=") >
                          Name("a role")[set<&EffectDefinition::target>];

constexpr auto effect_def =
    located(((word("BEGINS")[of_type<EffectType::kBegins>] |
              word("ENDS")[of_type<EffectType::kEnds>]) > source > -relation_to) |
            (word("MARKS")[of_type<EffectType::kMarks>] > source > relation_to) |
            (word("SETS")[of_type<EffectType::kSets>] > assigned));

constexpr auto instant_def = group("an instant", -word("END OF")[flag<&InstantName::of_end>] >>
                                                     Name("an instant")[set<&InstantName::name>]);

constexpr auto bound_def = word("BOUND") > instant[set<&BoundDefinition::later>] >
                           word("AFTER") > instant[set<&BoundDefinition::earlier>];

constexpr auto check_def = word("CHECK") > expression[set<&CheckDefinition::condition>] >
                           word("ELSE") > text_token[set_message];

template <PaddingUnit Unit>
constexpr auto of_unit = set_to<&PaddingPart::unit, Unit>;

constexpr auto padding_part_def = located(
    number_token[set<&PaddingPart::amount>] >
    (word("DAYS")[of_unit<PaddingUnit::kDays>] | word("DAY")[of_unit<PaddingUnit::kDays>] |
     word("MONTHS")[of_unit<PaddingUnit::kMonths>] | word("MONTH")[of_unit<PaddingUnit::kMonths>] |
     word("YEARS")[of_unit<PaddingUnit::kYears>] | word("YEAR")[of_unit<PaddingUnit::kYears>] |
     word("PERCENT")[of_unit<PaddingUnit::kPercent>]));

BOOST_SPIRIT_DEFINE(role, effect_name, effect_property, effect, instant, bound, check, padding_part)

constexpr auto define_entity_def = word("ENTITY") > Name("a name")[set<&DefineEntity::name>];

constexpr auto define_relation_def = word("RELATION") > Name("a name")[set<&DefineRelation::name>] >
                                     symbol("(") >
                                     Name("a type")[set<&DefineRelation::source_type>] >
                                     symbol(")") > symbol("->") > symbol("(") >
                                     Name("a type")[set<&DefineRelation::target_type>] >
                                     symbol(")");

constexpr auto define_event_def = word("EVENT") > Name("a name")[set<&DefineEvent::name>] >
                                  symbol("(") >
                                  -(role[push_role] >> *(symbol(",") > role[push_role])) >
                                  symbol(")") >
                                  *(effect[push_effect] | bound[push_bound] | check[push_check]);

constexpr auto define_padding_def = word("PADDING") > padding_part[push<&DefinePadding::parts>] >
                                    *(symbol(",") > padding_part[push<&DefinePadding::parts>]);

}  // namespace

BOOST_SPIRIT_DEFINE(define_entity, define_relation, define_event, define_padding)
BOOST_SPIRIT_INSTANTIATE(DefineEntityRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(DefineRelationRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(DefineEventRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(DefinePaddingRule, Iterator, Context)

}  // namespace annals::query::grammar
