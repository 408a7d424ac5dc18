#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/spirit/home/x3.hpp>

#include "query/parser/ast.h"
#include "query/parser/grammar/diagnostics.h"
#include "query/parser/grammar/lexical.h"
#include "schema/base/limits.h"

/// What all grammar files share: the one iterator and context, directives and semantic actions; the
/// tokens are in tokens.h. X3 runs without Fusion: rules have plain structs as attributes and
/// one-line actions fill them.
///
/// Recursion: rules recurse only through `expression`, which is nested(…) and so counts brackets
/// and CASE alike. (parser.cpp refuses text whose brackets nest too deep before any rule runs: at
/// once.)
///
/// Time: after the token that tells alternatives apart, `>` commits (it throws instead of letting
/// an earlier alternative try again), so that no text is read twice but for one token.
namespace annals::query::grammar {

namespace x3 = boost::spirit::x3;

using Iterator = char const*;

struct State {
  std::string_view text;
  Diagnostics diagnostics;
  Iterator last_token = nullptr;  ///< Where the last token that was read begins.
  std::size_t depth = 0;          ///< Of nested(…) within nested(…).

  std::uint32_t offset(Iterator at) const { return static_cast<std::uint32_t>(at - text.data()); }
};

/// Skips blanks and comments. Every token skips first, many tokens try the same place, and a
/// comment may be long: the last skip is remembered. Skips all at once, so that "again?" is false.
struct Blank : x3::parser<Blank> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;

  template <class AnyContext, class RuleContext, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const&, RuleContext&,
             Attribute&) const {
    if (first != from) {
      from = first;
      to = lexical::skip_blank(first, last);
    }
    first = to;
    return false;
  }

  mutable Iterator from = nullptr;
  mutable Iterator to = nullptr;
};

struct StateTag;
using SkipContext = x3::context<x3::skipper_tag, Blank const>;
using Context = x3::context<StateTag, State, SkipContext>;

template <class AnyContext>
State& state_of(const AnyContext& context) {
  return x3::get<StateTag>(context);
}

/// Hands a token's value to the rule, which may not want it.
template <class Value, class Attribute>
void deliver(Value&& value, Attribute& attribute) {
  if constexpr (!std::is_same_v<std::remove_const_t<Attribute>, x3::unused_type>) {
    attribute = std::forward<Value>(value);
  }
}

// --- Directives ------------------------------------------------------------------------------

/// group("an expression", p): what p tries at its very beginning is shown under one name.
template <class Subject>
struct Group : x3::unary_parser<Subject, Group<Subject>> {
  using Base = x3::unary_parser<Subject, Group<Subject>>;
  static constexpr bool is_pass_through_unary = true;
  static constexpr bool handles_container = Subject::handles_container;
  std::string_view what;

  constexpr Group(std::string_view name, Subject const& inner) : Base(inner), what(name) {}

  template <class AnyContext, class RuleContext, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context,
             RuleContext& rule_context, Attribute& attribute) const {
    Diagnostics& diagnostics = state_of(context).diagnostics;
    Iterator at = first;
    x3::skip_over(at, last, context);
    const Iterator outer = diagnostics.collapsed_at();
    diagnostics.expect(at, what, Expectation::kThing);
    diagnostics.collapse_at(at);
    const bool parsed = this->subject.parse(first, last, context, rule_context, attribute);
    // Restored only without an exception: after one, nothing is tried any more.
    diagnostics.collapse_at(outer);
    return parsed;
  }
};
template <class Parser>
constexpr auto group(std::string_view what, Parser const& parser) {
  return Group<Parser>{what, parser};
}

/// located(p), around a whole rule: the rule's value learns where in the text it stands. (X3's own
/// on_success sees no value in rules that have actions.)
template <class Subject>
struct Located : x3::unary_parser<Subject, Located<Subject>> {
  using Base = x3::unary_parser<Subject, Located<Subject>>;
  static constexpr bool is_pass_through_unary = true;
  static constexpr bool handles_container = Subject::handles_container;

  constexpr explicit Located(Subject const& inner) : Base(inner) {}

  template <class AnyContext, class RuleValue, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context,
             RuleValue& rule_value, Attribute& attribute) const {
    Iterator at = first;
    x3::skip_over(at, last, context);
    if (!this->subject.parse(first, last, context, rule_value, attribute)) return false;
    const State& state = state_of(context);
    rule_value.range = {state.offset(at), state.offset(first)};
    return true;
  }
};
template <class Parser>
constexpr auto located(Parser const& parser) {
  return Located<Parser>{parser};
}

/// Refuses more than `max` of some things at `at`; `limit` is the constant's name without its k.
void check_limit(std::size_t count, std::size_t max, std::string_view things,
                 std::string_view limit, Iterator at);

/// nested(p): p may stand within itself at most limits::kNestingMax times, for the stack's sake.
template <class Subject>
struct Nested : x3::unary_parser<Subject, Nested<Subject>> {
  using Base = x3::unary_parser<Subject, Nested<Subject>>;
  static constexpr bool is_pass_through_unary = true;
  static constexpr bool handles_container = Subject::handles_container;

  constexpr explicit Nested(Subject const& inner) : Base(inner) {}

  template <class AnyContext, class RuleContext, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context,
             RuleContext& rule_context, Attribute& attribute) const {
    std::size_t& depth = state_of(context).depth;
    check_limit(++depth, limits::kNestingMax, "levels of nesting", "NestingMax", first);
    const bool parsed = this->subject.parse(first, last, context, rule_context, attribute);
    // Restored only without an exception: after one, nothing is tried any more.
    --depth;
    return parsed;
  }
};
template <class Parser>
constexpr auto nested(Parser const& parser) {
  return Nested<Parser>{parser};
}

/// yields(p, v): what p reads means v.
template <class Subject, class Value>
struct Yields : x3::unary_parser<Subject, Yields<Subject, Value>> {
  using Base = x3::unary_parser<Subject, Yields<Subject, Value>>;
  using attribute_type = Value;
  static constexpr bool has_attribute = true;
  static constexpr bool handles_container = false;
  Value value;

  constexpr Yields(Subject const& inner, Value meant) : Base(inner), value(meant) {}

  template <class AnyContext, class RuleContext, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context, RuleContext&,
             Attribute& attribute) const {
    if (!this->subject.parse(first, last, context, x3::unused, x3::unused)) return false;
    deliver(value, attribute);
    return true;
  }
};
template <class Parser, class Value>
constexpr auto yields(Parser const& parser, Value value) {
  return Yields<Parser, Value>{parser, value};
}

// --- Actions ---------------------------------------------------------------------------------

/// The rule's value becomes the attribute.
struct Assign {
  template <class AnyContext>
  void operator()(AnyContext const& context) const {
    x3::_val(context) = std::move(x3::_attr(context));
  }
};
inline constexpr Assign assign{};

/// A member of the rule's value becomes the attribute.
template <auto Member>
struct Set {
  template <class AnyContext>
  void operator()(AnyContext const& context) const {
    x3::_val(context).*Member = std::move(x3::_attr(context));
  }
};
template <auto Member>
inline constexpr Set<Member> set{};

/// A member of the rule's value becomes `Value`.
template <auto Member, auto Value>
struct SetTo {
  template <class AnyContext>
  void operator()(AnyContext const& context) const {
    x3::_val(context).*Member = Value;
  }
};
template <auto Member, auto Value>
inline constexpr SetTo<Member, Value> set_to{};
template <auto Member>
inline constexpr SetTo<Member, true> flag{};

/// Throws the refusal of the token that was read last.
template <class AnyContext>
[[noreturn]] void refuse_token(AnyContext const& context, std::string message,
                               std::string hint = {}) {
  throw Refusal{ErrorCode::kInvalidArgument, state_of(context).last_token, std::move(message),
                std::move(hint)};
}

/// The attribute goes to the end of a vector, which takes a bounded number of elements.
template <auto Member>
struct Push {
  template <class AnyContext>
  void operator()(AnyContext const& context) const {
    auto& elements = x3::_val(context).*Member;
    check_limit(elements.size() + 1, limits::kListElementsMax, "elements", "ListElementsMax",
                x3::_where(context).begin());
    elements.push_back(std::move(x3::_attr(context)));
  }
};
template <auto Member>
inline constexpr Push<Member> push{};

}  // namespace annals::query::grammar
