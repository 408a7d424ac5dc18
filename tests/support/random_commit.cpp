#include "tests/support/random_commit.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <set>
#include <utility>

namespace annals::tests {

namespace {

bool chance(Random& random, std::size_t percent) { return pick(random, 100) < percent; }

/// Fills events of one commit.
class CommitMaker {
 public:
  CommitMaker(Random& random, const KnownNumbers& known) : random_(random), known_(known) {}

  Event event() {
    Event event;
    event.body = body();
    const auto* assertion = std::get_if<Assertion>(&event.body);
    if (!target_of(event)) {
      event.status = static_cast<EventStatus>(pick(random_, 3));
      if (chance(random_, 80)) event.on = random_date(random_);
    }
    if (chance(random_, 20)) event.said = random_date(random_);
    if (assertion != nullptr && !assertion->momentary && chance(random_, 50)) {
      event.until = random_date(random_);
    }
    if (chance(random_, 30)) event.id = random_text(random_, 40);
    if (chance(random_, 60)) event.source = sources_[pick(random_, sources_.size())];
    if (chance(random_, 20)) event.reason = random_text(random_, 200);
    return event;
  }

  /// One that differs in numbers, if `other` is of nodes alone; a bulk load has long runs of them.
  Event event_like(const Event& other) {
    Event made = event();
    made.until.reset();
    made.body = other.body;
    if (auto* fact = std::get_if<Assertion>(&made.body)) {
      fact->source = node();
      fact->properties.clear();
      if (!fact->momentary && chance(random_, 50)) made.until = random_date(random_);
    } else if (auto* occurrence = std::get_if<Occurrence>(&made.body)) {
      occurrence->attributes.clear();
      for (RoleFilling& filling : occurrence->roles) filling.nodes.back() = node();
    } else {
      return event();
    }
    return made;
  }

 private:
  SymbolId symbol() {
    return SymbolId(static_cast<std::uint32_t>(1 + pick(random_, known_.symbols)));
  }
  NodeId entity() { return NodeId::entity(1 + pick(random_, known_.entities)); }
  NodeId node() {
    if (known_.before.raw <= 1 || chance(random_, 80)) return entity();
    return NodeId::event(Seq(1 + pick(random_, known_.before.raw - 1)));
  }
  std::vector<NodeId> nodes() {
    std::vector<NodeId> nodes(chance(random_, 80) ? 1 : 1 + pick(random_, 30));
    for (NodeId& one : nodes) one = node();
    return nodes;
  }
  /// Different symbols in order, up to `max`.
  std::set<SymbolId> symbols(std::size_t max) {
    std::set<SymbolId> symbols;
    for (std::size_t i = pick(random_, max + 1); i > 0; --i) symbols.insert(symbol());
    return symbols;
  }

  EventBody body() {
    const bool has_target = known_.before.raw > 1;
    switch (pick(random_, 12)) {
      case 8:
        if (has_target) return correction();
        return occurrence();
      case 9:
        if (has_target) return Retraction{target()};
        return occurrence();
      case 10: return Replay{};
      case 11: return padding();
      case 0: return assertion();
      case 1: return naming();
      case 2: return EntityType{symbol(), Seq()};
      case 3: return Relation{symbol(), Seq(), optional_symbol(), optional_symbol()};
      case 4: return kind();
      default: return occurrence();
    }
  }

  SymbolId optional_symbol() { return chance(random_, 50) ? symbol() : SymbolId(); }

  Occurrence occurrence() {
    Occurrence occurrence;
    occurrence.kind = symbol();
    for (const SymbolId role : symbols(4)) occurrence.roles.push_back({role, nodes()});
    for (const SymbolId role : symbols(4)) {
      occurrence.attributes.push_back({role, random_value(random_, 3)});
    }
    return occurrence;
  }

  Assertion assertion() {
    Assertion assertion{node(), symbol(), node(), {}, chance(random_, 30)};
    for (const SymbolId name : symbols(3)) {
      assertion.properties.push_back({name, random_value(random_, 2)});
    }
    return assertion;
  }

  Seq target() { return Seq(1 + pick(random_, known_.before.raw - 1)); }

  Correction correction() {
    Correction correction;
    correction.target = target();
    correction.parts = static_cast<std::uint8_t>(pick(random_, 32));
    if (correction.has(Correction::kOn) && chance(random_, 80)) {
      correction.on = random_date(random_);
    }
    if (correction.has(Correction::kUntil)) correction.until = random_date(random_);
    if (correction.has(Correction::kSaid)) correction.said = random_date(random_);
    if (correction.has(Correction::kStatus)) correction.status = EventStatus::kPlanned;
    if (correction.has(Correction::kSource)) correction.source = random_text(random_, 30);
    for (const SymbolId role : symbols(3)) correction.roles.push_back({role, nodes()});
    for (const SymbolId role : symbols(3)) {
      correction.attributes.push_back({role, random_value(random_, 2)});
    }
    for (const SymbolId role : symbols(3)) correction.cleared.push_back(role);
    return correction;
  }

  Naming naming() {
    Naming naming{entity(), {}, {}};
    for (auto* names : {&naming.aliases, &naming.identifiers}) {
      for (std::size_t i = pick(random_, 4); i > 0; --i) {
        names->push_back("name " + random_text(random_, 30));
      }
    }
    return naming;
  }

  Kind kind() {
    Kind kind;
    kind.name = symbol();
    for (const SymbolId name : symbols(6)) {
      const auto type = static_cast<RoleType>(pick(random_, 8));
      kind.roles.push_back({name, type, type == RoleType::kNode ? symbol() : SymbolId(),
                            chance(random_, 30), chance(random_, 30)});
    }
    for (std::size_t i = pick(random_, 4); i > 0; --i) add_effect(kind);
    for (std::size_t i = pick(random_, 3); i > 0; --i) {
      kind.bounds.push_back({instant(kind), instant(kind)});
    }
    for (std::size_t i = pick(random_, 3); i > 0; --i) {
      kind.checks.push_back({condition(kind, 4), "no " + random_text(random_, 30)});
    }
    return kind;
  }

  Padding padding() {
    const auto amount = [this] { return static_cast<std::int32_t>(pick(random_, 1'000)); };
    return {Seq(), {amount(), amount(), amount(), amount()}};
  }

  BoundInstant instant(const Kind& kind) {
    for (std::uint16_t i = 0; i < kind.roles.size(); ++i) {
      const bool is_date = kind.roles[i].type == RoleType::kDate && !kind.roles[i].many;
      if (is_date && chance(random_, 50)) return {InstantSource::kRole, i, chance(random_, 30)};
    }
    const auto source = static_cast<InstantSource>(pick(random_, 3));
    return {source, 0, source != InstantSource::kRecorded && chance(random_, 30)};
  }

  static Condition part(ConditionOperator op, std::vector<Condition> operands) {
    return {op, 0, {}, std::move(operands)};
  }

  Condition condition(const Kind& kind, int depth) {
    using enum ConditionOperator;
    if (depth == 0 || chance(random_, 20)) return part(kIsNull, {role_or_date(kind)});
    switch (pick(random_, 4)) {
      case 0: return part(kNot, {condition(kind, depth - 1)});
      case 1: {
        std::vector<Condition> operands(2 + pick(random_, 3));
        for (Condition& one : operands) one = condition(kind, depth - 1);
        return part(chance(random_, 50) ? kAnd : kOr, std::move(operands));
      }
      case 2: return part(kLess, {number(depth), number(depth)});
      default: return part(kGreaterOrEqual, {part(kOn, {}), literal(Value(random_date(random_)))});
    }
  }
  Condition role_or_date(const Kind& kind) {
    if (kind.roles.empty()) return part(ConditionOperator::kSaid, {});
    Condition role = part(ConditionOperator::kRole, {});
    role.role = static_cast<std::uint16_t>(pick(random_, kind.roles.size()));
    return role;
  }
  static Condition literal(Value value) {
    return {ConditionOperator::kLiteral, 0, std::move(value), {}};
  }
  Condition number(int depth) {
    if (depth == 0) return literal(Value(static_cast<std::int64_t>(random_())));
    const auto op = static_cast<ConditionOperator>(7 + pick(random_, 5));
    return part(op, {number(depth - 1), literal(Value(1.5))});
  }

  void add_effect(Kind& kind) {
    std::vector<std::uint16_t> node_roles{EffectEnd::kEvent};
    std::vector<std::uint16_t> value_roles;
    for (std::uint16_t i = 0; i < kind.roles.size(); ++i) {
      (kind.roles[i].holds_nodes() ? node_roles : value_roles).push_back(i);
    }
    const auto one_of = [this](const auto& list) { return list[pick(random_, list.size())]; };
    Effect effect;
    effect.type = static_cast<EffectType>(pick(random_, value_roles.empty() ? 3 : 4));
    effect.source.role = one_of(node_roles);
    effect.target.role =
        effect.type == EffectType::kSets ? one_of(value_roles) : one_of(node_roles);
    if (node_roles.size() > 1 && chance(random_, 10)) {
      Effect existence;
      existence.type = chance(random_, 50) ? EffectType::kBegins : EffectType::kEnds;
      existence.source.role = node_roles.back();
      kind.effects.push_back(existence);
    }
    effect.name = symbol();
    if (!value_roles.empty() && chance(random_, 30)) {
      effect.name = SymbolId();
      effect.name_role = one_of(value_roles);
    }
    if (!value_roles.empty() && chance(random_, 50)) {
      effect.properties.push_back({symbol(), one_of(value_roles)});
    }
    kind.effects.push_back(std::move(effect));
  }

  Random& random_;
  const KnownNumbers& known_;
  // A few, so that they repeat.
  const std::array<std::string, 3> sources_ = {random_text(random_, 20), random_text(random_, 300),
                                               "https://example.org/source"};
};

/// A micro somewhere: any, a day of recorded history, or an infinity.
Micros random_micros(Random& random) {
  switch (pick(random, 4)) {
    case 0: return static_cast<Micros>(random());
    case 1: return kMicrosPerDay * (static_cast<Micros>(pick(random, 400'000)) - 300'000);
    case 2: return chance(random, 50) ? kBeginningOfTime : kEndOfTime;
    default: return static_cast<Micros>(pick(random, std::size_t{1} << 51));
  }
}

Instant random_instant(Random& random) {
  const Micros a = random_micros(random);
  if (chance(random, 50)) return Instant::exactly(a);
  const Micros b = random_micros(random);
  return {std::min(a, b), std::max(a, b)};
}

}  // namespace

std::vector<std::uint64_t> test_seeds(std::size_t count) {
  if (const char* seed = std::getenv("ANNALS_TEST_SEED")) {
    return {std::strtoull(seed, nullptr, 10)};
  }
  std::vector<std::uint64_t> seeds(count);
  for (std::size_t i = 0; i < count; ++i) seeds[i] = i + 1;
  return seeds;
}

std::string random_text(Random& random, std::size_t bytes_max) {
  constexpr std::array<std::string_view, 8> kPieces = {
      "a", "Georgia ", "საქართველო", "'", "\n\t\\", "😀", "0123456789", "São Tomé"};
  std::string text;
  for (std::size_t left = pick(random, bytes_max + 1);;) {
    const std::string_view piece = kPieces[pick(random, kPieces.size())];
    if (piece.size() > left) return text;
    text += piece;
    left -= piece.size();
  }
}

Date random_date(Random& random) {
  if (chance(random, 40)) return date_of(Instant::exactly(random_micros(random)));
  Date date;
  date.begin = random_instant(random);
  date.end = date.begin;
  date.is_interval = chance(random, 30);
  if (date.is_interval) {
    const Instant other = random_instant(random);
    date.begin = {std::min(date.begin.earliest, other.earliest),
                  std::min(date.begin.latest, other.latest)};
    date.end = {std::max(date.end.earliest, other.earliest),
                std::max(date.end.latest, other.latest)};
  }
  date.precision = static_cast<Precision>(pick(random, 7));
  date.uncertain = chance(random, 20);
  date.approximate = chance(random, 20);
  date.text = chance(random, 50) ? format_instant(date.begin) : random_text(random, 60);
  return date;
}

Value random_value(Random& random, int depth) {
  switch (pick(random, depth > 0 ? 7 : 6)) {
    case 0: return {};
    case 1: return Value(chance(random, 50));
    case 2: return Value(static_cast<std::int64_t>(random()));
    case 3: {
      constexpr std::array<double, 6> kFloats = {
          0.0, -0.0, 1.5, -1e300, 5e-324, std::numeric_limits<double>::infinity()};
      return Value(kFloats[pick(random, kFloats.size())]);
    }
    case 4: return Value(random_text(random, 100));
    case 5: return Value(random_date(random));
    default: {
      ValueList list(pick(random, 5));
      for (Value& one : list) one = random_value(random, depth - 1);
      return Value(std::move(list));
    }
  }
}

CommitContent random_commit(Random& random, KnownNumbers& known, std::size_t events_max) {
  CommitContent content;
  content.first_symbol = static_cast<std::uint32_t>(known.symbols + 1);
  content.first_entity = known.entities + 1;
  // The first commit brings what all others may refer to.
  const std::size_t at_least = known.symbols == 0 ? 5 : 0;
  for (std::size_t i = at_least + pick(random, 3); i > 0; --i) {
    ++known.symbols;
    content.symbols.push_back("symbol " + std::to_string(known.symbols) + random_text(random, 20));
  }
  for (std::size_t i = at_least + pick(random, 3); i > 0; --i) {
    ++known.entities;
    const auto type = static_cast<std::uint32_t>(1 + pick(random, known.symbols));
    content.entities.push_back({SymbolId(type), "entity " + random_text(random, 60)});
  }
  CommitMaker maker(random, known);
  for (std::size_t i = 1 + pick(random, events_max); i > 0; --i) {
    const bool repeats = !content.events.empty() && chance(random, 60);
    content.events.push_back(
        repeats ? maker.event_like(content.events[pick(random, content.events.size())])
                : maker.event());
    ++known.before.raw;
  }
  return content;
}

}  // namespace annals::tests
