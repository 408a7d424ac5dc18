// Commits to bytes: the writing half of event_codec.h, behind the wall around Cap'n Proto.

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <capnp/message.h>
#include <fmt/format.h>
#include <kj/exception.h>

#include "schema/base/limits.h"
#include "schema/codec_format.h"
#include "schema/commit_pools.h"
#include "schema/commit_size.h"
#include "schema/event.capnp.h"
#include "schema/event_codec.h"
#include "schema/event_rules.h"

namespace annals::inline schema {

namespace {

capnp::Text::Reader to_text(std::string_view text) { return {text.data(), text.size()}; }

bool has_plain_text(const Date& date) {
  return date.begin.exact() && date.text == plain_text(date.begin);
}

/// Writes one commit. Lives no longer than its content.
class Encoder {
 public:
  explicit Encoder(const CommitContent& content) : content_(content) {}

  void write(stored::Commit::Builder out) {
    out.setFirstSymbol(content_.first_symbol);
    out.setFirstEntity(content_.first_entity);
    write_texts(content_.symbols, [&](unsigned n) { return out.initSymbols(n); });
    write_entities(out);
    auto events = out.initEvents(size_of(content_.events));
    for (unsigned i = 0; i < events.size(); ++i) write_event(content_.events[i], events[i]);
    // Last, since the events decide what is in them; dates first, since they add texts.
    const std::vector<const Date*>& dates = dates_.items();
    if (!dates.empty()) {
      auto list = out.initDates(size_of(dates));
      for (unsigned i = 0; i < list.size(); ++i) write_date(*dates[i], list[i]);
    }
    write_texts(texts_.items(), [&](unsigned n) { return out.initTexts(n); });
  }

  /// Bytes of all texts, each counted as often as it is used: what a reader will hold.
  std::uint64_t text_bytes() const { return text_bytes_; }

 private:
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
  std::uint32_t number_of(const std::optional<Date>& date) { return date ? number_of(*date) : 0; }

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

  void write_event(const Event& event, stored::Event::Builder out) {
    out.setStatus(static_cast<std::uint8_t>(event.status));
    out.setOn(number_of(event.on));
    out.setUntil(number_of(event.until));
    out.setSaid(number_of(event.said));
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
    out.setOn(number_of(correction.on));
    out.setUntil(number_of(correction.until));
    out.setSaid(number_of(correction.said));
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
