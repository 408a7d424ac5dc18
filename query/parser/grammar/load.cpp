#include "query/parser/grammar/load.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "query/parser/grammar/tokens.h"
#include "query/parser/parser.h"
#include "schema/base/ascii.h"

namespace annals::query::grammar {
namespace {

// --- Tokens --------------------------------------------------------------------------------------

/// `$1`, `$2`, ...: a column by its number.
struct ScanColumnNumber {
  using Value = std::string;
  static std::optional<Value> scan(Iterator& first, Iterator last) {
    Iterator at = first;
    if (at == last || *at != '$') return std::nullopt;
    do ++at;
    while (at != last && lexical::is_digit(*at));
    if (at - first < 2) return std::nullopt;
    if (first[1] == '0') {
      throw Refusal{ErrorCode::kInvalidArgument, first, "columns are numbered from $1"};
    }
    return std::string(std::exchange(first, at), at);
  }
};
constexpr Scanned<ScanColumnNumber> column_number{"a column's number ($1)"};

// --- Actions -------------------------------------------------------------------------------------

using EpochUnit = ColumnMapping::EpochUnit;

struct Mapping {
  ast::Identifier role;
  std::string column;
  std::string entity_type;
  bool is_value = false;
  std::optional<EpochUnit> epoch_unit;
  std::optional<char> split_by;
};

/// The word that `role` means, in capitals; nothing if it is a role: in backticks it always is.
std::optional<std::string> mapping_word(const ast::Identifier& role, LoadRequest::What what,
                                        const State& state) {
  constexpr std::array<std::string_view, 8> kWords = {"ON",      "ID",     "SOURCE", "SAID",
                                                      "BECAUSE", "STATUS", "FROM",   "TO"};
  // FROM and TO are the times of a fact; an event may have roles of these names.
  const std::size_t count = what == LoadRequest::What::kFacts ? kWords.size() : kWords.size() - 2;
  if (state.text[role.range.begin] == '`') return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    if (equals_ignoring_case(role.name, kWords[i])) return std::string(kWords[i]);
  }
  return std::nullopt;
}

constexpr auto add_mapping = [](const auto& context) {
  LoadRequest& request = x3::_val(context);
  Mapping& mapping = x3::_attr(context);
  const State& state = state_of(context);
  const Iterator at = state.text.data() + mapping.role.range.begin;
  check_limit(request.roles.size() + request.words.size() + 1, limits::kLoadColumnsMax, "columns",
              "LoadColumnsMax", at);
  const std::optional<std::string> word = mapping_word(mapping.role, request.what, state);
  if (word && !mapping.entity_type.empty()) {
    throw Refusal{ErrorCode::kInvalidArgument, at,
                  fmt::format("{} takes a column and no type", *word)};
  }
  std::vector<ColumnMapping>& mappings = word ? request.words : request.roles;
  std::string role = word ? *word : mapping.role.name;
  // A role of an event may be one of many, which several columns fill.
  const bool is_one = word || request.what == LoadRequest::What::kFacts;
  const bool given = is_one && std::any_of(mappings.begin(), mappings.end(),
                                           [&role](const auto& m) { return m.role == role; });
  if (given) {
    throw Refusal{ErrorCode::kInvalidArgument, at, fmt::format("{} is given twice", role)};
  }
  if (is_one && mapping.split_by) {
    throw Refusal{ErrorCode::kInvalidArgument, at,
                  fmt::format("{} takes one value, and SPLIT BY makes several", role)};
  }
  mappings.push_back({std::move(role), std::move(mapping.column), std::move(mapping.entity_type),
                      place_in(state.text, mapping.role.range.begin), mapping.is_value,
                      mapping.epoch_unit, mapping.split_by});
};

constexpr auto set_value = [](const auto& context) {
  std::string& text = x3::_attr(context).text;
  if (text.empty()) {
    refuse_token(context, "the value is empty", "a role that no row fills is left away");
  }
  x3::_val(context).column = std::move(text);
  x3::_val(context).is_value = true;
};

template <auto Member>
constexpr auto set_name =
    [](const auto& context) { x3::_val(context).*Member = std::move(x3::_attr(context).name); };

constexpr auto set_path = [](const auto& context) {
  LoadRequest& request = x3::_val(context);
  Text& path = x3::_attr(context);
  if (path.text.empty()) refuse_token(context, "the file has no name");
  request.path = std::move(path.text);
  request.place = place_in(state_of(context).text, path.range.begin);
};

constexpr auto set_rejects_path = [](const auto& context) {
  Text& path = x3::_attr(context);
  if (path.text.empty()) refuse_token(context, "the file has no name");
  x3::_val(context).rejects_path = std::move(path.text);
};

template <auto Member>
constexpr auto set_separator = [](const auto& context) {
  const std::string& text = x3::_attr(context).text;
  if (equals_ignoring_case(text, "TAB")) {
    x3::_val(context).*Member = '\t';
    return;
  }
  constexpr std::string_view kNever = "\"\r\n";
  if (text.size() != 1 || static_cast<unsigned char>(text[0]) >= 0x80 ||
      kNever.find(text[0]) != std::string_view::npos) {
    refuse_token(context, "a separator is one character of ASCII, and no quote or line break",
                 "for example ',', ';', '|' or 'TAB'");
  }
  x3::_val(context).*Member = text[0];
};

// --- Rules ---------------------------------------------------------------------------------------

struct Column {
  std::string name;
};
constexpr auto column_of_number = [](const auto& context) {
  x3::_val(context).name = std::move(x3::_attr(context));
};
constexpr auto column_of_text = [](const auto& context) {
  x3::_val(context).name = std::move(x3::_attr(context).text);
};
constexpr auto column_of_name = [](const auto& context) {
  x3::_val(context).name = std::move(x3::_attr(context).name);
};

constexpr x3::rule<struct ColumnId, Column> column = "a column";
constexpr x3::rule<struct MappingId, Mapping> mapping = "a role";

constexpr auto column_def =
    group("a column", column_number[column_of_number] | text_token[column_of_text] |
                          Name("a name")[column_of_name]);

constexpr auto epoch_unit =
    word("SECONDS")[set_to<&Mapping::epoch_unit, EpochUnit::kSeconds>] |
    word("MILLISECONDS")[set_to<&Mapping::epoch_unit, EpochUnit::kMilliseconds>] |
    word("MICROSECONDS")[set_to<&Mapping::epoch_unit, EpochUnit::kMicroseconds>];

// A column may be called Value: then no text follows.
constexpr auto mapped_column =
    (word("VALUE") >> text_token[set_value]) |
    (column[set_name<&Mapping::column>] >>
     -((word("IN") > epoch_unit) |
       (word("SPLIT BY") > text_token[set_separator<&Mapping::split_by>])));

constexpr auto mapping_def = Name("a role")[set<&Mapping::role>] > symbol(":") > mapped_column >
                             -(word("OF") > Name("a type")[set_name<&Mapping::entity_type>]);

constexpr auto mappings = symbol("(") > mapping[add_mapping] >
                          *(symbol(",") > mapping[add_mapping]) > symbol(")");

constexpr auto file = word("FROM") > text_token[set_path];

// A kind may be called Column: then no column follows.
constexpr auto kind = (word("COLUMN") >> column[set_name<&LoadRequest::kind_column>]) |
                      Name("a kind")[set_name<&LoadRequest::kind>];

constexpr auto option =
    once<&LoadRequest::creating_missing>("CREATING MISSING")[flag<&LoadRequest::creating_missing>] |
    (once<&LoadRequest::rejects_path>("ON ERROR REJECT TO") > text_token[set_rejects_path]) |
    once<&LoadRequest::dry_run>("DRY RUN")[flag<&LoadRequest::dry_run>] |
    (once<&LoadRequest::separator>("SEPARATOR") >
     text_token[set_separator<&LoadRequest::separator>]) |
    once<&LoadRequest::has_header>("WITH HEADER",
                                   "HEADER")[set_to<&LoadRequest::has_header, true>] |
    once<&LoadRequest::has_header>("WITHOUT HEADER",
                                   "HEADER")[set_to<&LoadRequest::has_header, false>];

using What = LoadRequest::What;

constexpr auto load_def = word("LOAD") >
                          ((word("EVENTS")[set_to<&LoadRequest::what, What::kEvents>] > file >
                            word("AS") > kind > mappings) |
                           (word("FACTS")[set_to<&LoadRequest::what, What::kFacts>] > file >
                            mappings)) > *option;

BOOST_SPIRIT_DEFINE(column, mapping)

}  // namespace

BOOST_SPIRIT_DEFINE(load)
BOOST_SPIRIT_INSTANTIATE(LoadRule, Iterator, Context)

}  // namespace annals::query::grammar
