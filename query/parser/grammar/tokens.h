#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "query/parser/grammar/core.h"

/// The tokens of the grammar. Each skips blanks first and tells the diagnostics when it does not
/// find itself.
namespace annals::query::grammar {

/// Bases of the token parsers, with and without a value.
template <class Derived, class Value>
struct ValueToken : x3::parser<Derived> {
  using attribute_type = Value;
  static constexpr bool has_attribute = true;
  static constexpr bool handles_container = false;
};
template <class Derived>
struct PlainToken : x3::parser<Derived> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
};

/// One past the keywords `words` (separated by single blanks) at `first`, or null; tells
/// `diagnostics` how far it came.
Iterator match_words(Iterator first, Iterator last, std::string_view words, Expectation shown,
                     Diagnostics& diagnostics);

/// One past `symbol` at `first`, or null; tells `diagnostics` if not.
Iterator match_symbol(Iterator first, Iterator last, std::string_view symbol, Expectation shown,
                      Diagnostics& diagnostics);

/// One keyword or several in a row, in any case.
struct Words : PlainToken<Words> {
  std::string_view words;
  Expectation shown;

  constexpr Words(std::string_view all, Expectation how) : words(all), shown(how) {}

  template <class AnyContext, class RuleContext, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context, RuleContext&,
             Attribute&) const {
    Iterator at = first;
    x3::skip_over(at, last, context);
    State& state = state_of(context);
    Iterator const after = match_words(at, last, words, shown, state.diagnostics);
    if (after == nullptr) return false;
    state.last_token = at;
    first = after;
    return true;
  }
};
constexpr Words word(std::string_view words) { return {words, Expectation::kWord}; }

/// Refuses the word that was just read if the member that it is about to set is set already.
template <auto Member>
struct NotTwice {
  std::string_view what;

  template <class AnyContext>
  void operator()(AnyContext const& context) const {
    const auto& member = x3::_val(context).*Member;
    bool given = false;
    if constexpr (requires { member.has_value(); }) {
      given = member.has_value();
    } else if constexpr (requires { member.empty(); }) {
      given = !member.empty();
    } else {
      given = member;
    }
    if (given) refuse_token(context, std::string(what) + " is given twice");
  }
};
/// A keyword that may stand once; `what` is what is given twice otherwise.
template <auto Member>
constexpr auto once(std::string_view words, std::string_view what) {
  return word(words)[NotTwice<Member>{what}];
}
template <auto Member>
constexpr auto once(std::string_view words) {
  return once<Member>(words, words);
}

/// Punctuation, letter by letter. Try a longer symbol before one that it begins with.
struct Symbol : PlainToken<Symbol> {
  std::string_view text;
  Expectation shown;

  constexpr Symbol(std::string_view all, Expectation how) : text(all), shown(how) {}

  template <class AnyContext, class RuleContext, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context, RuleContext&,
             Attribute&) const {
    Iterator at = first;
    x3::skip_over(at, last, context);
    State& state = state_of(context);
    Iterator const after = match_symbol(at, last, text, shown, state.diagnostics);
    if (after == nullptr) return false;
    state.last_token = at;
    first = after;
    return true;
  }
};
constexpr Symbol symbol(std::string_view text) { return {text, Expectation::kSymbol}; }
constexpr Symbol operator_symbol(std::string_view text) { return {text, Expectation::kOperator}; }

/// A token that has a value: `Scan::scan(first, last)` returns it and moves `first` behind it, or
/// returns nothing; it may throw a Refusal. `what` is what people call it.
template <class Scan>
struct Scanned : ValueToken<Scanned<Scan>, typename Scan::Value> {
  std::string_view what;
  Expectation shown;

  constexpr explicit Scanned(std::string_view name, Expectation how = Expectation::kThing)
      : what(name), shown(how) {}

  template <class AnyContext, class RuleContext, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context, RuleContext&,
             Attribute& attribute) const {
    State& state = state_of(context);
    Iterator at = first;
    x3::skip_over(at, last, context);
    Iterator const begin = at;
    std::optional<typename Scan::Value> value = Scan::scan(at, last);
    if (!value) {
      state.diagnostics.expect(begin, what, shown);
      return false;
    }
    if constexpr (requires { value->range; }) {
      value->range = {state.offset(begin), state.offset(at)};
    }
    state.last_token = begin;
    first = at;
    deliver(std::move(*value), attribute);
    return true;
  }
};

/// A name: plain, even if it is a keyword, or in backticks.
struct ScanName {
  using Value = ast::Identifier;
  static std::optional<Value> scan(Iterator& first, Iterator last);
};
/// A name that is no reserved word, unless in backticks.
struct ScanVariable {
  using Value = ast::Identifier;
  static std::optional<Value> scan(Iterator& first, Iterator last);
};
/// `name =`, as it stands before a path.
struct ScanPathName {
  using Value = ast::Identifier;
  static std::optional<Value> scan(Iterator& first, Iterator last);
};
struct Text {
  std::string text;
  ast::SourceRange range;
};
struct ScanText {
  using Value = Text;
  static std::optional<Value> scan(Iterator& first, Iterator last);
};
/// An integer or a float; a minus before it, even apart, belongs to it.
struct ScanNumber {
  using Value = ast::Literal;
  static std::optional<Value> scan(Iterator& first, Iterator last);
};
/// A minus that belongs to no number.
struct ScanMinus {
  using Value = ast::UnaryOperator;
  static std::optional<Value> scan(Iterator& first, Iterator last);
};
/// `$name`
struct ScanParameter {
  using Value = ast::Parameter;
  static std::optional<Value> scan(Iterator& first, Iterator last);
};

/// Digits that count something.
struct ScanCount {
  using Value = std::uint64_t;
  static std::optional<Value> scan(Iterator& first, Iterator last);
};

/// `#12`: an event's sequence, as a text.
struct ScanEventNumber {
  using Value = Text;
  static std::optional<Value> scan(Iterator& first, Iterator last);
};

using Name = Scanned<ScanName>;
using Variable = Scanned<ScanVariable>;
inline constexpr Scanned<ScanText> text_token{"a text in quotes"};
inline constexpr Scanned<ScanNumber> number_token{"a number"};
inline constexpr Scanned<ScanMinus> minus_token{"-", Expectation::kHidden};
inline constexpr Scanned<ScanParameter> parameter_token{"a $parameter"};
inline constexpr Scanned<ScanPathName> path_name_token{"a path's name", Expectation::kHidden};
inline constexpr Scanned<ScanCount> count_token{"a number"};
inline constexpr Scanned<ScanEventNumber> event_number_token{"an event's #number"};

/// The end of the statement: the end of the text, if need be behind `;`.
struct EndOfStatement : PlainToken<EndOfStatement> {
  template <class AnyContext, class RuleContext, class Attribute>
  bool parse(Iterator& first, Iterator const& last, AnyContext const& context, RuleContext&,
             Attribute&) const {
    Iterator at = first;
    x3::skip_over(at, last, context);
    const Iterator end = at;
    while (at != last && *at == ';') x3::skip_over(++at, last, context);
    if (at != last) {
      state_of(context).diagnostics.expect(
          at, at == end ? "the end" : "the end (one statement at a time)", Expectation::kEnd);
      return false;
    }
    first = at;
    return true;
  }
};

}  // namespace annals::query::grammar
