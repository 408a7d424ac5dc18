// Commits to bytes: the writing half of event_codec.h, behind the wall around Cap'n Proto.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <capnp/message.h>
#include <fmt/format.h>
#include <kj/exception.h>

#include "schema/base/limits.h"
#include "schema/base/packed_numbers.h"
#include "schema/codec_format.h"
#include "schema/commit_pools.h"
#include "schema/commit_size.h"
#include "schema/event.capnp.h"
#include "schema/event_codec.h"
#include "schema/event_rules.h"
#include "schema/event_table.h"

namespace annals::inline schema {

namespace {

capnp::Text::Reader to_text(std::string_view text) { return {text.data(), text.size()}; }

bool has_plain_text(const Date& date) {
  return date.begin.exact() && date.text == plain_text(date.begin);
}

/// Writes one commit. Lives no longer than its content.
class Encoder {
 public:
  explicit Encoder(const CommitContent& content)
      : content_(content), groups_(table_groups(content.events)) {}

  void write(stored::Commit::Builder out) {
    out.setFirstSymbol(content_.first_symbol);
    out.setFirstEntity(content_.first_entity);
    write_texts(content_.symbols, [&](unsigned n) { return out.initSymbols(n); });
    write_entities(out);
    write_events(out);
    // Last, since the events decide what is in them; dates first, since they add texts.
    const std::vector<const Date*>& dates = dates_.items();
    if (!dates.empty()) {
      auto list = out.initDates(size_of(dates));
      for (unsigned i = 0; i < list.size(); ++i) write_date(*dates[i], list[i]);
    }
    write_texts(texts_.items(), [&](unsigned n) { return out.initTexts(n); });
  }

  /// Nodes in tables, which take few bytes of the commit and many of what a reader makes of it.
  std::uint64_t table_nodes() const { return table_nodes_; }
  /// Bytes of all texts, each counted as often as it is used: what a reader will hold.
  std::uint64_t text_bytes() const { return text_bytes_; }

 private:
  using Numbers = std::vector<std::uint64_t>;

  /// Checked against limits.h before: it fits.
  template <class List>
  static unsigned size_of(const List& list) {
    return static_cast<unsigned>(list.size());
  }

  /// An empty list is not written, so that there is one encoding of it.
  template <class Texts, class Init>
  void write_texts(const Texts& texts, Init init) {
    if (texts.empty()) return;
    auto list = init(size_of(texts));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(texts[i]));
  }

  void write_entities(stored::Commit::Builder out) {
    if (content_.entities.empty()) return;
    auto list = out.initEntities(size_of(content_.entities));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setType(content_.entities[i].type.raw);
      list[i].setName(to_text(content_.entities[i].name));
    }
  }

  std::uint32_t number_of(const std::string& text) {
    text_bytes_ += text.size();
    return text.empty() ? 0 : texts_.number(text);
  }
  std::uint32_t number_of(const Date& date) {
    text_bytes_ += date.text.size();
    return dates_.number(&date);
  }
  std::uint32_t number_of(const Date* date) { return date != nullptr ? number_of(*date) : 0; }

  void write_date(const Date& date, stored::Date::Builder out) {
    // Unsigned subtraction is exact even from the beginning of time to its end.
    const auto width = [](const Instant& instant) {
      return static_cast<std::uint64_t>(instant.latest) -
             static_cast<std::uint64_t>(instant.earliest);
    };
    out.setEarliest(date.begin.earliest);
    out.setWidth(width(date.begin));
    if (date.is_interval) {
      out.setEndEarliest(date.end.earliest);
      out.setEndWidth(width(date.end));
    }
    if (!has_plain_text(date)) out.setText(texts_.number(date.text));
    out.setPrecision(static_cast<std::uint8_t>(date.precision));
    out.setIsInterval(date.is_interval);
    out.setUncertain(date.uncertain);
    out.setApproximate(date.approximate);
  }

  void write_events(stored::Commit::Builder out) {
    std::size_t tabled = 0;
    std::vector<bool> is_tabled(content_.events.size());
    for (const EventGroup& group : groups_) {
      tabled += group.places.size();
      for (const std::size_t place : group.places) is_tabled[place] = true;
    }
    out.setTabled(static_cast<std::uint32_t>(tabled));
    auto list =
        out.initEvents(static_cast<unsigned>(content_.events.size() - tabled + groups_.size()));
    unsigned next = 0;
    for (const EventGroup& group : groups_) write_table(group, list[next++].initTable());
    for (std::size_t i = 0; i < content_.events.size(); ++i) {
      if (!is_tabled[i]) write_event(content_.events[i], list[next++]);
    }
  }

  const Event& event_at(std::size_t place) const { return content_.events[place]; }

  void write_table(const EventGroup& group, stored::EventTable::Builder out) {
    out.setCount(size_of(group.places));
    table_nodes_ += std::uint64_t{group.places.size()} * group.nodes;
    write_columns(group, out);
    const Event& first = event_at(group.places.front());
    if (const auto* fact = std::get_if<Assertion>(&first.body)) {
      auto assertion = out.initAssertion();
      assertion.setRelation(fact->relation.raw);
      assertion.setMomentary(fact->momentary);
    } else {
      const auto& occurrence = std::get<Occurrence>(first.body);
      auto like_all = out.initOccurrence();
      like_all.setKind(occurrence.kind.raw);
      if (group.nodes > 0) {
        auto roles = like_all.initRoles(static_cast<unsigned>(group.nodes));
        unsigned place = 0;
        for (const RoleFilling& filling : occurrence.roles) {
          for (std::size_t i = 0; i < filling.nodes.size(); ++i) {
            roles.set(place++, filling.role.raw);
          }
        }
      }
    }
    write_nodes(group, out);
  }

  void write_columns(const EventGroup& group, stored::EventTable::Builder out) {
    std::array<Numbers, 8> columns;
    for (Numbers& column : columns) column.reserve(group.places.size());
    for (const std::size_t place : group.places) {
      const Event& event = event_at(place);
      columns[7].push_back(place - columns[7].size());
      columns[0].push_back(static_cast<std::uint64_t>(event.status));
      columns[1].push_back(number_of(pointer_to(event.on)));
      columns[2].push_back(number_of(event.until.get()));
      columns[3].push_back(number_of(event.said.get()));
      text_bytes_ += event.id.size();
      columns[4].push_back(event.id.empty() ? 0 : texts_.add(event.id));
      columns[5].push_back(number_of(event.source));
      columns[6].push_back(number_of(event.reason));
    }
    write_column(columns[0], [&] { return out.initStatus(); });
    write_column(columns[1], [&] { return out.initOn(); });
    write_column(columns[2], [&] { return out.initUntil(); });
    write_column(columns[3], [&] { return out.initSaid(); });
    write_column(columns[4], [&] { return out.initId(); });
    write_column(columns[5], [&] { return out.initSource(); });
    write_column(columns[6], [&] { return out.initReason(); });
    write_column(columns[7], [&] { return out.initPlaces(); });
  }

  void write_nodes(const EventGroup& group, stored::EventTable::Builder out) {
    if (group.nodes == 0) return;
    std::vector<Numbers> columns(group.nodes);
    for (Numbers& column : columns) column.reserve(group.places.size());
    for (const std::size_t place : group.places) {
      const Event& event = event_at(place);
      if (const auto* fact = std::get_if<Assertion>(&event.body)) {
        columns[0].push_back(fact->source.raw);
        columns[1].push_back(fact->target.raw);
        continue;
      }
      std::size_t column = 0;
      for (const RoleFilling& filling : std::get<Occurrence>(event.body).roles) {
        for (const NodeId node : filling.nodes) columns[column++].push_back(node.raw);
      }
    }
    auto list = out.initNodes(static_cast<unsigned>(group.nodes));
    for (unsigned i = 0; i < list.size(); ++i) {
      write_column(columns[i], [&] { return list[i]; });
    }
  }

  /// A column of zeros is not written, so that there is one encoding of it.
  template <class Init>
  static void write_column(const Numbers& numbers, Init init) {
    const std::optional<PackedForm> form = packed_form(numbers, std::nullopt);
    if (form->base == 0 && form->width == 0) return;
    stored::Column::Builder out = init();
    out.setBase(form->base);
    out.setUnit(form->unit);
    out.setWidth(form->width);
    if (form->width == 0) return;
    std::string codes;
    append_codes(packed_codes(numbers, std::nullopt, *form), form->width, codes);
    codes.append(kPackedSlackBytes, '\0');
    capnp::Data::Builder bytes = out.initCodes(static_cast<unsigned>(codes.size()));
    std::copy(codes.begin(), codes.end(), bytes.begin());
  }

  void write_event(const Event& event, stored::Event::Builder out) {
    out.setStatus(static_cast<std::uint8_t>(event.status));
    out.setOn(number_of(pointer_to(event.on)));
    out.setUntil(number_of(event.until.get()));
    out.setSaid(number_of(event.said.get()));
    text_bytes_ += event.id.size();
    if (!event.id.empty()) out.setId(texts_.add(event.id));
    out.setSource(number_of(event.source));
    out.setReason(number_of(event.reason));
    std::visit([&](const auto& body) { write_body(body, out); }, event.body);
  }

  void write_body(const Occurrence& occurrence, stored::Event::Builder event) {
    auto out = event.initOccurrence();
    out.setKind(occurrence.kind.raw);
    write_fillings(occurrence.roles, [&](unsigned n) { return out.initFillings(n); });
    write_named(occurrence.attributes, [&](unsigned n) { return out.initAttributes(n); });
  }

  template <class Init>
  static void write_fillings(const std::vector<RoleFilling>& roles, Init init) {
    std::size_t count = 0;
    for (const RoleFilling& filling : roles) count += filling.nodes.size();
    if (count == 0) return;
    auto list = init(static_cast<unsigned>(count));
    unsigned place = 0;
    for (const RoleFilling& filling : roles) {
      for (const NodeId node : filling.nodes) {
        auto one = list[place++];
        one.setRole(filling.role.raw);
        one.setNode(node.raw);
      }
    }
  }

  void write_body(const Correction& correction, stored::Event::Builder event) {
    auto out = event.initCorrection();
    out.setTarget(correction.target.raw);
    out.setParts(correction.parts);
    out.setStatus(static_cast<std::uint8_t>(correction.status));
    out.setOn(number_of(pointer_to(correction.on)));
    out.setUntil(number_of(pointer_to(correction.until)));
    out.setSaid(number_of(pointer_to(correction.said)));
    out.setSource(number_of(correction.source));
    write_fillings(correction.roles, [&](unsigned n) { return out.initFillings(n); });
    write_named(correction.attributes, [&](unsigned n) { return out.initAttributes(n); });
    if (correction.cleared.empty()) return;
    auto cleared = out.initCleared(size_of(correction.cleared));
    for (unsigned i = 0; i < cleared.size(); ++i) cleared.set(i, correction.cleared[i].raw);
  }

  static void write_body(const Retraction& retraction, stored::Event::Builder event) {
    event.initRetraction().setTarget(retraction.target.raw);
  }

  static void write_body(const Replay&, stored::Event::Builder event) { event.setReplay(); }

  void write_body(const Assertion& assertion, stored::Event::Builder event) {
    auto out = event.initAssertion();
    out.setSource(assertion.source.raw);
    out.setTarget(assertion.target.raw);
    out.setRelation(assertion.relation.raw);
    out.setMomentary(assertion.momentary);
    write_named(assertion.properties, [&](unsigned n) { return out.initProperties(n); });
  }

  void write_body(const Naming& naming, stored::Event::Builder event) {
    auto out = event.initNaming();
    out.setEntity(naming.entity.raw);
    write_texts(naming.aliases, [&](unsigned n) { return out.initAliases(n); });
    write_texts(naming.identifiers, [&](unsigned n) { return out.initIdentifiers(n); });
  }

  void write_body(const EntityType& type, stored::Event::Builder event) {
    event.initEntityType().setName(type.name.raw);
  }

  void write_body(const Relation& relation, stored::Event::Builder event) {
    auto out = event.initRelation();
    out.setName(relation.name.raw);
    out.setSourceType(relation.source_type.raw);
    out.setTargetType(relation.target_type.raw);
  }

  void write_body(const Kind& kind, stored::Event::Builder event) {
    if (kind.bounds.empty() && kind.checks.empty()) return write_plain_kind(kind, event);
    auto out = event.initKind();
    write_roles_and_effects(kind, out);
    if (!kind.bounds.empty()) {
      auto bounds = out.initBounds(size_of(kind.bounds));
      for (unsigned i = 0; i < bounds.size(); ++i) {
        write_instant(kind.bounds[i].later, bounds[i].initLater());
        write_instant(kind.bounds[i].earlier, bounds[i].initEarlier());
      }
    }
    if (!kind.checks.empty()) {
      auto checks = out.initChecks(size_of(kind.checks));
      for (unsigned i = 0; i < checks.size(); ++i) {
        write_condition(kind.checks[i].condition, checks[i].initCondition());
        checks[i].setMessage(number_of(kind.checks[i].message));
      }
    }
  }

  /// A new struct would have room for all members of today; a copy is as large as the original.
  static void write_plain_kind(const Kind& kind, stored::Event::Builder event) {
    capnp::MallocMessageBuilder message;
    write_roles_and_effects(kind, message.initRoot<stored::PlainKind>());
    capnp::SegmentArrayMessageReader plain(message.getSegmentsForOutput());
    event.setKind(plain.getRoot<stored::Kind>());
  }

  template <class KindBuilder>
  static void write_roles_and_effects(const Kind& kind, KindBuilder out) {
    out.setName(kind.name.raw);
    if (!kind.roles.empty()) {
      auto roles = out.initRoles(size_of(kind.roles));
      for (unsigned i = 0; i < roles.size(); ++i) write_role(kind.roles[i], roles[i]);
    }
    if (!kind.effects.empty()) {
      auto effects = out.initEffects(size_of(kind.effects));
      for (unsigned i = 0; i < effects.size(); ++i) write_effect(kind.effects[i], effects[i]);
    }
  }

  static void write_instant(const BoundInstant& instant, stored::BoundInstant::Builder out) {
    out.setSource(static_cast<std::uint8_t>(instant.source));
    out.setOfEnd(instant.of_end);
    out.setRole(instant.role);
  }

  void write_condition(const Condition& condition, stored::Condition::Builder out) {
    out.setOperator(static_cast<std::uint8_t>(condition.op));
    out.setRole(condition.role);
    if (condition.op == ConditionOperator::kLiteral) {
      write_value(condition.literal, out.initLiteral());
    }
    if (condition.operands.empty()) return;
    auto operands = out.initOperands(size_of(condition.operands));
    for (unsigned i = 0; i < operands.size(); ++i) {
      write_condition(condition.operands[i], operands[i]);
    }
  }

  static void write_body(const Padding& padding, stored::Event::Builder event) {
    auto out = event.initPadding();
    out.setDayDays(padding.values.day_days);
    out.setMonthMonths(padding.values.month_months);
    out.setYearYears(padding.values.year_years);
    out.setLongerPercent(padding.values.longer_percent);
  }

  static void write_role(const Role& role, stored::Role::Builder out) {
    out.setName(role.name.raw);
    out.setNodeType(role.node_type.raw);
    out.setType(static_cast<std::uint8_t>(role.type));
    out.setOptional(role.optional);
    out.setMany(role.many);
  }

  static void write_effect(const Effect& effect, stored::Effect::Builder out) {
    out.setType(static_cast<std::uint8_t>(effect.type));
    out.setSource(effect.source.role);
    out.setTarget(effect.target.role);
    out.setName(effect.name.raw);
    out.setNameRole(effect.name_role.value_or(kNoNameRole));
    if (effect.properties.empty()) return;
    auto properties = out.initProperties(size_of(effect.properties));
    for (unsigned i = 0; i < properties.size(); ++i) {
      properties[i].setName(effect.properties[i].name.raw);
      properties[i].setRole(effect.properties[i].role);
    }
  }

  static SymbolId name_of(const Attribute& attribute) { return attribute.role; }
  static SymbolId name_of(const Property& property) { return property.name; }

  template <class Named, class Init>
  void write_named(const std::vector<Named>& values, Init init) {
    if (values.empty()) return;
    auto list = init(size_of(values));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setName(name_of(values[i]).raw);
      write_value(values[i].value, list[i].initValue());
    }
  }

  void write_value(const Value& value, stored::Value::Builder out) {
    if (const auto* boolean = std::get_if<bool>(&value.data)) {
      out.setBoolean(*boolean);
    } else if (const auto* integer = std::get_if<std::int64_t>(&value.data)) {
      out.setInteger(*integer);
    } else if (const auto* number = std::get_if<double>(&value.data)) {
      // All that is not a number gets the same bits.
      out.setFloat(std::isnan(*number) ? std::numeric_limits<double>::quiet_NaN() : *number);
    } else if (const auto* text = std::get_if<std::string>(&value.data)) {
      out.setText(number_of(*text));
    } else if (const auto* date = std::get_if<Date>(&value.data)) {
      out.setDate(number_of(*date));
    } else if (const auto* values = std::get_if<ValueList>(&value.data)) {
      auto list = out.initList(size_of(*values));
      for (unsigned i = 0; i < list.size(); ++i) write_value((*values)[i], list[i]);
    }  // null is what a new value is
  }

  const CommitContent& content_;
  TextPool texts_;
  DatePool dates_;
  std::vector<EventGroup> groups_;
  std::uint64_t table_nodes_ = 0;
  std::uint64_t text_bytes_ = 0;
};

Error too_large() {
  return Error(
      ErrorCode::kLimitExceeded,
      fmt::format("the commit does not fit CommitBytesMax = {} bytes", limits::kCommitBytesMax),
      "commit in several steps");
}

}  // namespace

Status encode_commit(const CommitContent& content, std::string& out) {
  ANNALS_CHECK_OK(check_commit(content));
  const std::size_t offset = out.size();
  try {
    // One segment, whatever the estimate: the bytes must not depend on it.
    for (std::size_t words = estimate_words(content);; words *= 2) {
      capnp::MallocMessageBuilder message(static_cast<unsigned>(words));
      Encoder encoder(content);
      encoder.write(message.initRoot<stored::Commit>());
      if (encoder.text_bytes() > limits::kCommitBytesMax) return too_large();
      if (encoder.table_nodes() > kTableNodesMax) return too_large();
      const auto segments = message.getSegmentsForOutput();
      if (segments.size() > 1) continue;
      const auto bytes = segments[0].asBytes();
      if (bytes.size() > limits::kCommitBytesMax) return too_large();
      out.append(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
      return {};
    }
  } catch (const kj::Exception&) {
    // The content was checked: what remains is a message beyond Cap'n Proto's own limits.
    out.resize(offset);
    return too_large();
  }
}

}  // namespace annals::inline schema
