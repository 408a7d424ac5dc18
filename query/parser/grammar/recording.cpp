#include "query/parser/grammar/recording.h"

#include <fmt/format.h>

#include "query/parser/grammar/expression.h"
#include "query/parser/grammar/pattern.h"
#include "query/parser/grammar/tokens.h"

namespace annals::query::grammar {
namespace {

using ast::Assert;
using ast::Correct;
using ast::Record;
using ast::RecordingDetails;
using ast::RegisterEntity;
using ast::Replay;
using ast::Retract;

// --- Details: each once, in any order ------------------------------------------------------------

/// `WORD expression`
template <auto Member>
constexpr auto detail(std::string_view keyword) {
  return once<Member>(keyword) > expression[set<Member>];
}

constexpr x3::rule<struct StatusId, ast::Identifier> status = "a status";

template <char const* Word>
constexpr auto as_status = [](const auto& context) { x3::_val(context).name = Word; };
constexpr char kHappened[] = "happened";
constexpr char kPlanned[] = "planned";
constexpr char kCancelled[] = "cancelled";

constexpr auto status_def = word("HAPPENED")[as_status<kHappened>] |
                            word("PLANNED")[as_status<kPlanned>] |
                            word("CANCELLED")[as_status<kCancelled>];

constexpr auto common_detail =
    detail<&RecordingDetails::on>("ON") | detail<&RecordingDetails::said>("SAID") |
    detail<&RecordingDetails::id>("ID") | detail<&RecordingDetails::source>("SOURCE") |
    detail<&RecordingDetails::because>("BECAUSE") |
    (once<&RecordingDetails::status>("STATUS") > status[set<&RecordingDetails::status>]) |
    once<&RecordingDetails::creating_missing>(
        "CREATING MISSING")[flag<&RecordingDetails::creating_missing>] |
    detail<&RecordingDetails::expect>("EXPECT SEQ");

constexpr x3::rule<struct EventDetailsId, RecordingDetails> event_details = "details";
constexpr x3::rule<struct FactDetailsId, RecordingDetails> fact_details = "details";
constexpr x3::rule<struct ChangeDetailsId, RecordingDetails> change_details = "details";

constexpr auto event_details_def = *common_detail;
constexpr auto change_details_def =
    *(detail<&RecordingDetails::said>("SAID") | detail<&RecordingDetails::id>("ID") |
      detail<&RecordingDetails::source>("SOURCE") | detail<&RecordingDetails::because>("BECAUSE") |
      detail<&RecordingDetails::expect>("EXPECT SEQ"));
constexpr auto fact_details_def = *(detail<&RecordingDetails::from>("FROM") |
                                    detail<&RecordingDetails::to>("TO") | common_detail);

// --- Statements ----------------------------------------------------------------------------------

constexpr auto set_roles = [](const auto& context) {
  check_keys(x3::_attr(context), state_of(context));
  x3::_val(context).roles = std::move(x3::_attr(context).entries);
};
constexpr auto set_properties = [](const auto& context) {
  check_keys(x3::_attr(context), state_of(context));
  x3::_val(context).properties = std::move(x3::_attr(context).entries);
};

constexpr auto check_fact_times = [](const auto& context) {
  const RecordingDetails& details = x3::_attr(context);
  if (!details.on || (!details.from && !details.to)) return;
  throw Refusal{ErrorCode::kInvalidArgument,
                state_of(context).text.data() + details.on->range.begin,
                "a fact holds ON a day, or FROM a date TO another, not both"};
};

/// An end of a fact is a node that exists, not a search: it needs a name.
constexpr auto check_end = [](const auto& context) {
  const ast::NodePattern& end = x3::_attr(context);
  const char* const text = state_of(context).text.data();
  if (!end.name) {
    throw Refusal{ErrorCode::kInvalidArgument, text + end.range.begin,
                  "the ends of a fact need names", "write (:Country 'Georgia')"};
  }
  if (end.labels.size() > 1 || end.negated) {
    throw Refusal{ErrorCode::kInvalidArgument, text + end.labels.back().range.begin,
                  "an end of a fact has one type"};
  }
  if (!end.properties.empty()) {
    throw Refusal{ErrorCode::kInvalidArgument, text + end.properties[0].key.range.begin,
                  "an end of a fact takes no properties: its name says which node it is"};
  }
};

constexpr auto aliases = once<&RegisterEntity::aliases>("ALSO") >
                         expression[push<&RegisterEntity::aliases>] >
                         *(symbol(",") > expression[push<&RegisterEntity::aliases>]);
constexpr auto identifiers = once<&RegisterEntity::identifiers>("ID") >
                             expression[push<&RegisterEntity::identifiers>] >
                             *(symbol(",") > expression[push<&RegisterEntity::identifiers>]);

/// A detail of the statement's own details.
template <auto Member>
struct SetDetail {
  std::string_view word;

  template <class AnyContext>
  void operator()(AnyContext const& context) const {
    auto& member = x3::_val(context).details.*Member;
    if (member) {
      throw Refusal{ErrorCode::kInvalidArgument,
                    state_of(context).text.data() + x3::_attr(context).range.begin,
                    fmt::format("{} is given twice", word)};
    }
    member = std::move(x3::_attr(context));
  }
};

constexpr auto register_entity_def =
    word("ENTITY") >
    Name("a type")[set<&RegisterEntity::type>] > name_value[set<&RegisterEntity::name>] >
    *(aliases | identifiers |
      (word("SOURCE") > expression[SetDetail<&RecordingDetails::source>{"SOURCE"}]) |
      (word("BECAUSE") > expression[SetDetail<&RecordingDetails::because>{"BECAUSE"}]));

constexpr auto record_def = word("RECORD") > Name("a kind")[set<&Record::kind>] > map[set_roles] >
                            event_details[set<&Record::details>];

constexpr auto assert_fact_def = word("ASSERT") > node[check_end][set<&Assert::source>] >
                                 symbol("-") > symbol("[") > symbol(":") >
                                 Name("a relation")[set<&Assert::relation>] > -map[set_properties] >
                                 symbol("]") >
                                 symbol("->") > node[check_end][set<&Assert::target>] >
                                 fact_details[check_fact_times][set<&Assert::details>];

// --- Changes of earlier events -------------------------------------------------------------------

/// `'an id'`, `$id` or `#12`.
constexpr auto as_event_number = [](const auto& context) {
  ast::Expression& target = x3::_val(context).target;
  target.node = ast::Literal{Value(std::move(x3::_attr(context).text))};
  target.range = x3::_attr(context).range;
};
template <class Statement>
constexpr auto target = event_number_token[as_event_number] | name_value[set<&Statement::target>];

/// Refuses the word that was just read if its part is set already.
template <auto Member>
struct SetOnce {
  std::string_view word;

  template <class AnyContext>
  void operator()(AnyContext const& context) const {
    if (x3::_val(context).set.*Member) refuse_token(context, std::string(word) + " is set twice");
  }
};
template <auto Member>
constexpr auto set_part =
    [](const auto& context) { x3::_val(context).set.*Member = std::move(x3::_attr(context)); };
template <auto Member>
constexpr auto part_word(std::string_view keyword) {
  return word(keyword)[SetOnce<Member>{keyword}];
}
template <auto Member>
constexpr auto part(std::string_view keyword) {
  return part_word<Member>(keyword) > expression[set_part<Member>];
}

constexpr x3::rule<struct RoleEntryId, ast::MapEntry> role_entry = "a role";
constexpr auto role_entry_def = (Name("a role")[set<&ast::MapEntry::key>] >> symbol(":")) >
                                expression[set<&ast::MapEntry::value>];

constexpr auto correction_part =
    role_entry[push<&Correct::roles>] | part<&RecordingDetails::on>("ON") |
    part<&RecordingDetails::from>("FROM") | part<&RecordingDetails::to>("TO") |
    part<&RecordingDetails::said>("SAID") | part<&RecordingDetails::source>("SOURCE") |
    (part_word<&RecordingDetails::status>("STATUS") > status[set_part<&RecordingDetails::status>]);

constexpr auto correct_def = word("CORRECT") > target < Correct >> word("SET") > correction_part >
                             *(symbol(",") >
                               correction_part) > change_details[set<&Correct::details>];
constexpr auto retract_def =
    word("RETRACT") > target < Retract >> change_details[set<&Retract::details>];
constexpr auto replay_def = word("REPLAY") > change_details[set<&Replay::details>];

BOOST_SPIRIT_DEFINE(status, event_details, fact_details, change_details, role_entry)

}  // namespace

BOOST_SPIRIT_DEFINE(register_entity, record, assert_fact, correct, retract, replay)
BOOST_SPIRIT_INSTANTIATE(CorrectRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(RetractRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(ReplayRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(RegisterEntityRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(RecordRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(AssertRule, Iterator, Context)

}  // namespace annals::query::grammar
