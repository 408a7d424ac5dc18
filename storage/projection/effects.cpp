#include "storage/projection/effects.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "schema/base/limits.h"

namespace annals::storage {

namespace {

Instant shifted(Instant instant, Micros by) {
  return {shift(instant.earliest, by), shift(instant.latest, by)};
}

Error misfit(Seq seq, std::string_view what) {
  Error error(ErrorCode::kCorruption, fmt::format("event #{} {}", seq.raw, what),
              "VERIFY LOG says whether the log is damaged");
  error.place.seq = seq.raw;
  return error;
}

/// Collects the effects of one occurrence.
class Expander {
 public:
  Expander(const RecordedEvent& recorded, const Vocabulary& vocabulary, Seq known_at)
      : recorded_(recorded),
        itself_(NodeId::event(recorded.seq)),
        known_at_(known_at),
        occurrence_(std::get<Occurrence>(recorded.event.body)),
        vocabulary_(vocabulary),
        time_(event_time(recorded)) {}

  Result<std::vector<PlacedEffect>> run() {
    const Kind* kind = vocabulary_.find_kind_of(occurrence_.kind, recorded_.seq, known_at_);
    if (kind == nullptr) return misfit(recorded_.seq, "is of a kind that is not defined");
    kind_ = kind;
    for (const Effect& effect : kind->effects) {
      if (effect.type == EffectType::kSets) {
        ANNALS_CHECK_OK(add_setting(effect));
      } else if (effect.is_of_existence()) {
        ANNALS_CHECK_OK(add_existence(effect));
      } else {
        ANNALS_CHECK_OK(add_relation(effect));
      }
    }
    return std::move(placed_);
  }

 private:
  std::span<const NodeId> nodes_of(EffectEnd end) const {
    if (end.is_event()) return {&itself_, 1};
    const SymbolId name = kind_->roles[end.role].name;
    for (const RoleFilling& filling : occurrence_.roles) {
      if (filling.role == name) return filling.nodes;
    }
    return {};
  }

  const Value* value_of(std::uint16_t role) const {
    const SymbolId name = kind_->roles[role].name;
    for (const Attribute& attribute : occurrence_.attributes) {
      if (attribute.role == name) return &attribute.value;
    }
    return nullptr;
  }

  /// Zero if the role that names the relation or property is empty.
  Result<SymbolId> name_of(const Effect& effect) const {
    if (!effect.name_role) return effect.name;
    const Value* value = value_of(*effect.name_role);
    if (value == nullptr) return SymbolId();
    const auto* text = std::get_if<std::string>(&value->data);
    const SymbolId name = text == nullptr ? SymbolId() : vocabulary_.find_symbol(*text);
    if (!name) return misfit(recorded_.seq, "names a relation or property that has no number");
    return name;
  }

  TimelineEffect timed(const Effect& effect) const {
    TimelineEffect timed;
    timed.id = {recorded_.seq, static_cast<std::uint16_t>(placed_.size())};
    timed.known = recorded_.seq;
    timed.type = effect.type;
    timed.at = effect.type == EffectType::kEnds ? time_.end : time_.begin;
    timed.doubtful = time_.doubtful;
    if (effect.type == EffectType::kMarks) {
      timed.own_end = time_.lasts ? time_.end : shifted(time_.begin, time_.mark_length);
    }
    if (effect.type == EffectType::kSets && time_.lasts) timed.own_end = time_.end;
    return timed;
  }

  Status add(TimelineKey timeline, TimelineEffect effect) {
    if (placed_.size() >= limits::kEventFactsMax) {
      return misfit(recorded_.seq, "brings about more facts than EventFactsMax");
    }
    placed_.push_back({timeline, std::move(effect)});
    return {};
  }

  Status add_relation(const Effect& effect) {
    ANNALS_TRY(const SymbolId name, name_of(effect));
    if (!name) return {};
    std::vector<Property> properties;
    for (const EffectProperty& property : effect.properties) {
      const Value* value = value_of(property.role);
      if (value != nullptr) properties.push_back({property.name, *value});
    }
    std::sort(properties.begin(), properties.end(),
              [](const Property& a, const Property& b) { return a.name < b.name; });
    for (const NodeId source : nodes_of(effect.source)) {
      for (const NodeId target : nodes_of(effect.target)) {
        TimelineEffect one = timed(effect);
        one.properties = properties;
        ANNALS_CHECK_OK(add({Family::kOut, source, name, target}, std::move(one)));
      }
    }
    return {};
  }

  Status add_existence(const Effect& effect) {
    for (const NodeId node : nodes_of(effect.source)) {
      ANNALS_CHECK_OK(add({Family::kExistence, node, SymbolId(), NodeId()}, timed(effect)));
    }
    return {};
  }

  Status add_setting(const Effect& effect) {
    ANNALS_TRY(const SymbolId name, name_of(effect));
    const Value* value = value_of(effect.target.role);
    if (!name || value == nullptr) return {};
    for (const NodeId subject : nodes_of(effect.source)) {
      TimelineEffect one = timed(effect);
      one.properties = {{name, *value}};
      ANNALS_CHECK_OK(add({Family::kProperty, subject, name, NodeId()}, std::move(one)));
    }
    return {};
  }

  const RecordedEvent& recorded_;
  const NodeId itself_;
  Seq known_at_;
  const Occurrence& occurrence_;
  const Vocabulary& vocabulary_;
  EventTime time_;
  const Kind* kind_ = nullptr;
  std::vector<PlacedEffect> placed_;
};

PlacedEffect effect_of(const RecordedEvent& recorded, const Assertion& assertion) {
  const EventTime time = event_time(recorded);
  PlacedEffect placed;
  placed.timeline = {Family::kOut, assertion.source, assertion.relation, assertion.target};
  TimelineEffect& effect = placed.effect;
  effect.id = {recorded.seq, 0};
  effect.known = recorded.seq;
  effect.type = assertion.momentary ? EffectType::kMarks : EffectType::kBegins;
  effect.at = time.begin;
  effect.doubtful = time.doubtful;
  effect.asserted = true;
  effect.properties = assertion.properties;
  if (assertion.momentary) {
    effect.own_end = time.lasts ? time.end : shifted(time.begin, time.mark_length);
  } else if (const auto& until = recorded.event.until) {
    effect.own_end = until->begin;
    if (until->uncertain) effect.own_end.latest = kEndOfTime;
  }
  return placed;
}

}  // namespace

bool stands_alone(const PlacedEffect& placed) {
  return placed.effect.type == EffectType::kMarks || placed.timeline.family == Family::kExistence;
}

Result<std::vector<PlacedEffect>> effects_of(const RecordedEvent& recorded,
                                             const Vocabulary& vocabulary, Seq known_at) {
  if (recorded.event.status == EventStatus::kCancelled) return std::vector<PlacedEffect>();
  if (const auto* assertion = std::get_if<Assertion>(&recorded.event.body)) {
    std::vector<PlacedEffect> one;
    one.push_back(effect_of(recorded, *assertion));
    return one;
  }
  if (!std::holds_alternative<Occurrence>(recorded.event.body)) return std::vector<PlacedEffect>();
  return Expander(recorded, vocabulary, known_at).run();
}

}  // namespace annals::storage
