// Bytes to commits: the reading half of event_codec.h, behind the wall around Cap'n Proto. Refusals
// travel as exceptions within this file, beside those of Cap'n Proto, and end at its functions.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <capnp/message.h>
#include <fmt/format.h>
#include <kj/exception.h>

#include "schema/aligned_bytes.h"
#include "schema/base/limits.h"
#include "schema/base/packed_numbers.h"
#include "schema/codec_format.h"
#include "schema/event.capnp.h"
#include "schema/event_codec.h"
#include "schema/event_rules.h"

namespace annals::inline schema {

namespace {

struct Refusal {
  Error error;
};

[[noreturn]] void refuse(std::string message) {
  throw Refusal{Error(ErrorCode::kCorruption, std::move(message))};
}

[[noreturn]] void refuse_newer(std::string_view what) {
  throw Refusal{
      Error(ErrorCode::kUnsupported,
            fmt::format("the log holds {} that this version of Annals does not know", what),
            "open it with the version that wrote it, or a newer one")};
}

std::string_view to_view(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

/// The words of a commit. Borrows `bytes`.
kj::ArrayPtr<const capnp::word> words_of(const AlignedBytes& bytes) {
  const std::size_t size = bytes.view().size();
  if (size == 0 || size % sizeof(capnp::word) != 0) {
    refuse("its length is not a positive number of 8-byte words");
  }
  if (size > limits::kCommitBytesMax) refuse("it is longer than CommitBytesMax");
  return {reinterpret_cast<const capnp::word*>(bytes.view().data()), size / sizeof(capnp::word)};
}

capnp::ReaderOptions reader_options(std::size_t words) {
  capnp::ReaderOptions options;
  // Everything is read once (Decoder reads shared texts and dates once, too); more is an attack by
  // pointers that share their targets.
  options.traversalLimitInWords = 8 * std::uint64_t{words} + 64;
  // A list of values takes two levels, and lists may nest to kNestingMax.
  options.nestingLimit = 2 * static_cast<int>(limits::kNestingMax) + 16;
  return options;
}

/// Reads one commit, or one event of it. What it returns was not checked yet.
class Decoder {
 public:
  explicit Decoder(stored::Commit::Reader commit)
      : commit_(commit), stored_texts_(commit.getTexts()), stored_dates_(commit.getDates()) {}

  CommitContent read_all() {
    CommitContent content;
    content.first_symbol = commit_.getFirstSymbol();
    content.first_entity = commit_.getFirstEntity();
    content.symbols = read_texts(commit_.getSymbols());
    const auto entities = commit_.getEntities();
    content.entities.reserve(entities.size());
    for (const auto one : entities) {
      content.entities.push_back({SymbolId(one.getType()), read_text(one.getName())});
    }
    read_pools();
    content.events.resize(count_events());
    std::vector<bool> is_tabled(content.events.size());
    std::size_t next = 0;
    for (const auto one : commit_.getEvents()) {
      if (one.isTable()) {
        if (next > 0) refuse("a table stands behind an event");
        read_rows(read_table(one.getTable()), content.events, is_tabled);
        continue;
      }
      while (next < is_tabled.size() && is_tabled[next]) ++next;
      if (next == is_tabled.size()) refuse("two events stand at one place");
      read_event(one, content.events[next++]);
    }
    return content;
  }

  /// The event at `index`; requires index < count_events().
  Event read_one(std::size_t index) {
    Event event;
    const auto events = commit_.getEvents();
    std::size_t single = index;  // among the events that stand in no table
    unsigned tables = 0;
    for (; commit_.getTabled() > 0 && tables < events.size() && events[tables].isTable();
         ++tables) {
      const auto stored = events[tables].getTable();
      const std::size_t count = stored.getCount();
      const PackedNumbers places = read_column(stored.getPlaces(), count);
      const std::size_t row = first_row_at(places, count, index);
      if (row < count && places[row] + row == index) {
        read_event(read_table(stored), row, event);
        return event;
      }
      single -= std::min(single, row);
    }
    if (single >= events.size() - tables) refuse("an event is at no place");
    read_event(events[tables + static_cast<unsigned>(single)], event);
    return event;
  }

  std::size_t count_events() {
    const auto events = commit_.getEvents();
    if (events.size() > limits::kCommitEventsMax) refuse("it has more than CommitEventsMax events");
    if (commit_.getTabled() == 0) {
      // Tables would be met where there are none to be; they are refused there.
      return events.size();
    }
    std::uint64_t single = 0;
    std::uint64_t tabled = 0;
    std::uint64_t nodes = 0;
    for (const auto one : events) {
      if (!one.isTable()) {
        ++single;
        continue;
      }
      const auto table = one.getTable();
      tabled += table.getCount();
      nodes += std::uint64_t{table.getCount()} * table.getNodes().size();
      if (table.getCount() == 0) refuse("a table has no events");
      if (tabled > limits::kCommitEventsMax || nodes > kTableNodesMax) {
        refuse("its tables are larger than a commit may be");
      }
    }
    if (tabled != commit_.getTabled()) refuse("its tables have another number of events");
    if (single + tabled > limits::kCommitEventsMax) {
      refuse("it has more than CommitEventsMax events");
    }
    return single + tabled;
  }

  void read_event(stored::Event::Reader in, Event& event) {
    event.status = static_cast<EventStatus>(in.getStatus());
    read_optional_date(in.getOn(), event.on);
    read_optional_date(in.getUntil(), event.until);
    read_optional_date(in.getSaid(), event.said);
    event.id = text(in.getId());
    event.source = text(in.getSource());
    event.reason = text(in.getReason());
    switch (in.which()) {
      case stored::Event::OCCURRENCE:
        return read_body(in.getOccurrence(), event.body.emplace<Occurrence>());
      case stored::Event::ASSERTION:
        return read_body(in.getAssertion(), event.body.emplace<Assertion>());
      case stored::Event::NAMING: return read_body(in.getNaming(), event.body.emplace<Naming>());
      case stored::Event::ENTITY_TYPE:
        event.body = EntityType{SymbolId(in.getEntityType().getName()), Seq()};
        return;
      case stored::Event::RELATION:
        return read_body(in.getRelation(), event.body.emplace<Relation>());
      case stored::Event::KIND: return read_body(in.getKind(), *event.body.emplace<Boxed<Kind>>());
      case stored::Event::CORRECTION:
        return read_body(in.getCorrection(), *event.body.emplace<Boxed<Correction>>());
      case stored::Event::RETRACTION:
        event.body = Retraction{Seq(in.getRetraction().getTarget())};
        return;
      case stored::Event::REPLAY: event.body = Replay{}; return;
      case stored::Event::PADDING: return read_body(in.getPadding(), event.body.emplace<Padding>());
      case stored::Event::TABLE: refuse("a table stands where none is counted");
    }
    refuse_newer("an event of a sort");
  }

 private:
  /// A table whose columns can be read at any row below `count`.
  struct Table {
    std::size_t count = 0;
    PackedNumbers places, status, on, until, said, id, source, reason;
    std::vector<PackedNumbers> nodes;
    bool is_of_facts = false;
    SymbolId name;                // kind or relation
    std::vector<SymbolId> roles;  // of each of nodes; none in a table of facts
    bool momentary = false;
  };

  Table read_table(stored::EventTable::Reader in) {
    Table table;
    table.count = in.getCount();
    table.places = read_column(in.getPlaces(), table.count);
    table.status = read_column(in.getStatus(), table.count);
    table.on = read_column(in.getOn(), table.count);
    table.until = read_column(in.getUntil(), table.count);
    table.said = read_column(in.getSaid(), table.count);
    table.id = read_column(in.getId(), table.count);
    table.source = read_column(in.getSource(), table.count);
    table.reason = read_column(in.getReason(), table.count);
    table.nodes.reserve(in.getNodes().size());
    for (const auto one : in.getNodes()) table.nodes.push_back(read_column(one, table.count));
    switch (in.which()) {
      case stored::EventTable::OCCURRENCE: {
        table.name = SymbolId(in.getOccurrence().getKind());
        for (const auto role : in.getOccurrence().getRoles()) table.roles.emplace_back(role);
        if (table.roles.size() != table.nodes.size()) {
          refuse("a table has not as many roles as nodes");
        }
        return table;
      }
      case stored::EventTable::ASSERTION: {
        table.is_of_facts = true;
        table.name = SymbolId(in.getAssertion().getRelation());
        table.momentary = in.getAssertion().getMomentary();
        if (table.nodes.size() != 2) refuse("a table of facts has no two nodes");
        return table;
      }
    }
    refuse_newer("a table of a sort");
  }

  /// All rows of a table to their places.
  void read_rows(const Table& table, std::vector<Event>& events, std::vector<bool>& is_tabled) {
    for (std::size_t row = 0; row < table.count; ++row) {
      const std::uint64_t place = table.places[row] + row;
      if (place >= events.size() || is_tabled[place]) refuse("two events stand at one place");
      is_tabled[place] = true;
      read_event(table, row, events[place]);
    }
  }

  /// The first row whose place is not before `index`.
  static std::size_t first_row_at(const PackedNumbers& places, std::size_t count,
                                  std::size_t index) {
    std::size_t first = 0;
    while (count > 0) {
      const std::size_t half = count / 2;
      if (places[first + half] + first + half < index) {
        first += half + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    return first;
  }

  static PackedNumbers read_column(stored::Column::Reader in, std::size_t count) {
    PackedForm form;
    form.base = in.getBase();
    form.unit = in.getUnit();
    form.width = in.getWidth();
    if (!PackedNumbers::is_valid_width(form.width)) refuse("a column has codes of a wrong width");
    if (form.width == 0) return {form, 0, nullptr};
    const auto codes = in.getCodes();
    if (codes.size() != packed_bytes(count, form.width) + kPackedSlackBytes) {
      refuse("a column is not as long as its table");
    }
    return {form, 0, reinterpret_cast<const char*>(codes.begin())};
  }

  /// Numbers of 32 bits: what does not fit is the number of nothing.
  static std::uint32_t short_number(std::uint64_t number) {
    if (number > std::numeric_limits<std::uint32_t>::max()) refuse("a number is out of range");
    return static_cast<std::uint32_t>(number);
  }

  void read_event(const Table& table, std::size_t row, Event& event) {
    const std::uint64_t status = table.status[row];
    if (status > std::numeric_limits<std::uint8_t>::max()) refuse("a status is unknown");
    event.status = static_cast<EventStatus>(status);
    read_optional_date(short_number(table.on[row]), event.on);
    read_optional_date(short_number(table.until[row]), event.until);
    read_optional_date(short_number(table.said[row]), event.said);
    event.id = text(short_number(table.id[row]));
    event.source = text(short_number(table.source[row]));
    event.reason = text(short_number(table.reason[row]));
    if (table.is_of_facts) {
      auto& assertion = event.body.emplace<Assertion>();
      assertion.source = NodeId(table.nodes[0][row]);
      assertion.target = NodeId(table.nodes[1][row]);
      assertion.relation = table.name;
      assertion.momentary = table.momentary;
      return;
    }
    auto& occurrence = event.body.emplace<Occurrence>();
    occurrence.kind = table.name;
    for (std::size_t i = 0; i < table.roles.size(); ++i) {
      const bool is_first = i == 0 || table.roles[i] != table.roles[i - 1];
      if (is_first) occurrence.roles.push_back({table.roles[i], {}});
      occurrence.roles.back().nodes.emplace_back(table.nodes[i][row]);
    }
  }

  /// Reads all shared texts and dates, once each. Without it every use reads its own.
  void read_pools() {
    texts_.reserve(stored_texts_.size());
    for (const auto one : stored_texts_) texts_.push_back(to_view(one));
    dates_.reserve(stored_dates_.size());
    for (const auto one : stored_dates_) dates_.push_back(read_date(one));
    has_pools_ = true;
  }

  /// A few shared texts can stand for any number of bytes: what is handed out is counted.
  void count(std::size_t bytes) {
    text_bytes_ += bytes;
    if (text_bytes_ > limits::kCommitBytesMax) refuse("its texts are longer than CommitBytesMax");
  }

  std::string read_text(capnp::Text::Reader in) {
    count(in.size());
    return std::string(to_view(in));
  }
  std::vector<std::string> read_texts(capnp::List<capnp::Text>::Reader in) {
    std::vector<std::string> texts;
    texts.reserve(in.size());
    for (const auto one : in) texts.push_back(read_text(one));
    return texts;
  }

  std::string_view text(std::uint32_t number) {
    if (number == 0) return {};
    if (number > stored_texts_.size()) refuse("a text is missing");
    const std::string_view found =
        has_pools_ ? texts_[number - 1] : to_view(stored_texts_[number - 1]);
    count(found.size());
    return found;
  }

  Date date(std::uint32_t number) {
    if (number == 0 || number > stored_dates_.size()) refuse("a date is missing");
    if (!has_pools_) return read_date(stored_dates_[number - 1]);
    count(dates_[number - 1].text.size());
    return dates_[number - 1];
  }
  template <class Optional>
  void read_optional_date(std::uint32_t number, Optional& to) {
    if (number != 0) to = date(number);
  }

  static Instant read_instant(Micros earliest, std::uint64_t width) {
    // In unsigned arithmetic, as it was written; a sum that wraps is out of order and refused so.
    return {earliest, static_cast<Micros>(static_cast<std::uint64_t>(earliest) + width)};
  }

  Date read_date(stored::Date::Reader in) {
    Date date;
    date.begin = read_instant(in.getEarliest(), in.getWidth());
    date.end = date.begin;
    date.is_interval = in.getIsInterval();
    if (date.is_interval) date.end = read_instant(in.getEndEarliest(), in.getEndWidth());
    date.precision = static_cast<Precision>(in.getPrecision());
    date.uncertain = in.getUncertain();
    date.approximate = in.getApproximate();
    if (in.getText() != 0) {
      date.text = text(in.getText());
    } else if (date.begin.exact()) {
      date.text = plain_text(date.begin);
    } else {
      refuse("an inexact date has no text");
    }
    return date;
  }

  void read_body(stored::Event::Occurrence::Reader in, Occurrence& occurrence) {
    occurrence.kind = SymbolId(in.getKind());
    read_fillings(in.getFillings(), occurrence.roles);
    read_named(in.getAttributes(), occurrence.attributes);
  }

  static void read_fillings(capnp::List<stored::Filling>::Reader fillings,
                            std::vector<RoleFilling>& roles) {
    roles.reserve(count_roles(fillings));
    std::uint32_t last = 0;
    for (const auto one : fillings) {
      if (roles.empty() || one.getRole() != last) {
        last = one.getRole();
        roles.push_back({SymbolId(last), {}});
      }
      roles.back().nodes.emplace_back(one.getNode());
    }
  }

  void read_body(stored::Correction::Reader in, Correction& correction) {
    correction.target = Seq(in.getTarget());
    correction.parts = in.getParts();
    correction.status = static_cast<EventStatus>(in.getStatus());
    read_optional_date(in.getOn(), correction.on);
    read_optional_date(in.getUntil(), correction.until);
    read_optional_date(in.getSaid(), correction.said);
    correction.source = text(in.getSource());
    read_fillings(in.getFillings(), correction.roles);
    read_named(in.getAttributes(), correction.attributes);
    for (const auto role : in.getCleared()) correction.cleared.emplace_back(role);
  }

  static std::size_t count_roles(capnp::List<stored::Filling>::Reader fillings) {
    std::size_t count = 0;
    std::uint32_t last = 0;
    for (const auto one : fillings) {
      if (count == 0 || one.getRole() != last) ++count;
      last = one.getRole();
    }
    return count;
  }

  void read_body(stored::Assertion::Reader in, Assertion& assertion) {
    assertion.source = NodeId(in.getSource());
    assertion.target = NodeId(in.getTarget());
    assertion.relation = SymbolId(in.getRelation());
    assertion.momentary = in.getMomentary();
    read_named(in.getProperties(), assertion.properties);
  }

  void read_body(stored::Naming::Reader in, Naming& naming) {
    naming.entity = NodeId(in.getEntity());
    naming.aliases = read_texts(in.getAliases());
    naming.identifiers = read_texts(in.getIdentifiers());
  }

  static void read_body(stored::Relation::Reader in, Relation& relation) {
    relation.name = SymbolId(in.getName());
    relation.source_type = SymbolId(in.getSourceType());
    relation.target_type = SymbolId(in.getTargetType());
  }

  void read_body(stored::Kind::Reader in, Kind& kind) {
    kind.name = SymbolId(in.getName());
    for (const auto one : in.getRoles()) {
      Role& role = kind.roles.emplace_back();
      role.name = SymbolId(one.getName());
      role.type = static_cast<RoleType>(one.getType());
      role.node_type = SymbolId(one.getNodeType());
      role.optional = one.getOptional();
      role.many = one.getMany();
    }
    for (const auto one : in.getEffects()) read_effect(one, kind.effects.emplace_back());
    for (const auto one : in.getBounds()) {
      kind.bounds.push_back({read_instant(one.getLater()), read_instant(one.getEarlier())});
    }
    for (const auto one : in.getChecks()) {
      Check& check = kind.checks.emplace_back();
      std::size_t parts = 0;
      read_condition(one.getCondition(), 1, parts, check.condition);
      check.message = text(one.getMessage());
    }
  }

  static BoundInstant read_instant(stored::BoundInstant::Reader in) {
    return {static_cast<InstantSource>(in.getSource()), in.getRole(), in.getOfEnd()};
  }

  void read_condition(stored::Condition::Reader in, std::uint32_t depth, std::size_t& parts,
                      Condition& condition) {
    if (depth > limits::kNestingMax) refuse("a condition nests deeper than NestingMax");
    parts += in.getOperands().size();
    if (parts > limits::kConditionPartsMax) {
      refuse("a condition has more than ConditionPartsMax parts");
    }
    condition.op = static_cast<ConditionOperator>(in.getOperator());
    condition.role = in.getRole();
    condition.literal = read_value(in.getLiteral(), 0);
    condition.operands.reserve(in.getOperands().size());
    for (const auto one : in.getOperands()) {
      read_condition(one, depth + 1, parts, condition.operands.emplace_back());
    }
  }

  static void read_body(stored::Padding::Reader in, Padding& padding) {
    padding.values = {in.getDayDays(), in.getMonthMonths(), in.getYearYears(),
                      in.getLongerPercent()};
  }

  static void read_effect(stored::Effect::Reader in, Effect& effect) {
    effect.type = static_cast<EffectType>(in.getType());
    effect.source.role = in.getSource();
    effect.target.role = in.getTarget();
    effect.name = SymbolId(in.getName());
    if (in.getNameRole() != kNoNameRole) effect.name_role = in.getNameRole();
    for (const auto one : in.getProperties()) {
      effect.properties.push_back({SymbolId(one.getName()), one.getRole()});
    }
  }

  template <class Named>
  void read_named(capnp::List<stored::NamedValue>::Reader in, std::vector<Named>& values) {
    values.reserve(in.size());
    for (const auto one : in) {
      values.push_back({SymbolId(one.getName()), read_value(one.getValue(), 0)});
    }
  }

  Value read_value(stored::Value::Reader in, std::uint32_t depth) {
    switch (in.which()) {
      case stored::Value::NULL_: return {};
      case stored::Value::BOOLEAN: return Value(in.getBoolean());
      case stored::Value::INTEGER: return Value(in.getInteger());
      case stored::Value::FLOAT: return Value(in.getFloat());
      case stored::Value::TEXT: return Value(std::string(text(in.getText())));
      case stored::Value::DATE: return Value(date(in.getDate()));
      case stored::Value::LIST: return read_list(in.getList(), depth + 1);
    }
    refuse_newer("a value of a type");
  }

  Value read_list(capnp::List<stored::Value>::Reader in, std::uint32_t depth) {
    if (depth > limits::kNestingMax) refuse("its lists nest deeper than NestingMax");
    ValueList values;
    values.reserve(in.size());
    for (const auto one : in) values.push_back(read_value(one, depth));
    return Value(std::move(values));
  }

  stored::Commit::Reader commit_;
  capnp::List<capnp::Text>::Reader stored_texts_;
  capnp::List<stored::Date>::Reader stored_dates_;
  bool has_pools_ = false;
  std::vector<std::string_view> texts_;
  std::vector<Date> dates_;
  std::uint64_t text_bytes_ = 0;
};

Error damaged(std::string_view what) {
  return Error(ErrorCode::kCorruption, fmt::format("the commit cannot be read: {}", what),
               "keep the files; VERIFY LOG says how far the log is sound");
}

/// Calls `read` with a decoder of `bytes` and turns whatever is thrown into an Error.
template <class T, class Read>
Result<T> decode(std::string_view bytes, Read read) {
  try {
    const AlignedBytes aligned(bytes);
    const kj::ArrayPtr<const capnp::word> segments[] = {words_of(aligned)};
    capnp::SegmentArrayMessageReader message(segments, reader_options(segments[0].size()));
    return read(message.getRoot<stored::Commit>());
  } catch (const Refusal& refusal) {
    if (refusal.error.code != ErrorCode::kCorruption) return refusal.error;
    return damaged(refusal.error.message);
  } catch (const kj::Exception&) {
    // Its text speaks of pointers and segments and names no place: of no use to anyone here.
    return damaged("it is not a well-formed Cap'n Proto message");
  }
}

}  // namespace

Result<CommitContent> decode_commit(std::string_view bytes) {
  ANNALS_TRY(CommitContent content, decode<CommitContent>(bytes, [](stored::Commit::Reader commit) {
               return Decoder(commit).read_all();
             }));
  if (const Status status = check_commit(content); !status) return damaged(status.error().message);
  return content;
}

Result<KnownNumbers> decode_known_numbers(std::string_view bytes) {
  return decode<KnownNumbers>(bytes, [](stored::Commit::Reader commit) -> Result<KnownNumbers> {
    const std::uint64_t symbols =
        commit.getFirstSymbol() + std::uint64_t{commit.getSymbols().size()};
    const std::uint64_t entities = commit.getFirstEntity() + commit.getEntities().size();
    if (symbols == 0 || entities == 0) refuse("its symbols or entities are numbered from 0");
    return KnownNumbers{symbols - 1, entities - 1, Seq()};
  });
}

Result<Event> decode_event(std::string_view bytes, std::size_t index) {
  ANNALS_TRY(Event event, decode<Event>(bytes, [&](stored::Commit::Reader commit) -> Result<Event> {
               Decoder decoder(commit);
               const std::size_t count = decoder.count_events();
               if (index >= count) {
                 return Error(ErrorCode::kNotFound,
                              fmt::format("the commit has {} events, not {}", count, index + 1));
               }
               return decoder.read_one(index);
             }));
  if (const Status status = check_event(event); !status) return damaged(status.error().message);
  return event;
}

}  // namespace annals::inline schema
