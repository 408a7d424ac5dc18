#include "storage/commit_builder.h"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "schema/base/closest.h"
#include "schema/base/contract.h"
#include "schema/base/limits.h"
#include "schema/name_key.h"
#include "schema/utf8.h"
#include "storage/event_conditions.h"

namespace annals::storage {

namespace {

/// Names of recorded entities that are kept at hand; a bulk load meets the same ones again.
constexpr std::size_t kCachedNamesMax = 500'000;

Status check_text(std::string_view text, std::size_t bytes_max, std::string_view what,
                  std::string_view limit_name) {
  if (text.size() > bytes_max) {
    return Error(ErrorCode::kLimitExceeded, fmt::format("{} of {} bytes is longer than {} = {}",
                                                        what, text.size(), limit_name, bytes_max));
  }
  if (text.find('\0') != std::string_view::npos) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("{} holds a NUL character", what));
  }
  if (!is_utf8(text)) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("{} is not valid UTF-8", what));
  }
  return {};
}

Status check_name(std::string_view name) {
  if (name.empty()) return Error(ErrorCode::kInvalidArgument, "a name may not be empty");
  return check_text(name, limits::kNameBytesMax, "a name", "NameBytesMax");
}

}  // namespace

CommitBuilder::CommitBuilder(std::unique_lock<WriterLock> writer_lock,
                             std::unique_ptr<GraphSnapshot> base, const EventLog& log, Seq next_seq,
                             std::uint64_t next_entity)
    : writer_lock_(std::move(writer_lock)),
      base_(std::move(base)),
      log_(log),
      vocabulary_(base_->shared_vocabulary()),
      next_seq_(next_seq),
      first_new_entity_(next_entity) {
  content_.first_symbol = static_cast<std::uint32_t>(vocabulary_->symbol_count()) + 1;
  content_.first_entity = next_entity;
}

CommitBuilder::~CommitBuilder() = default;

CommitBuilder::Mark CommitBuilder::mark() const {
  Mark mark;
  mark.vocabulary_ = vocabulary_;
  mark.symbols_ = content_.symbols.size();
  mark.entities_ = content_.entities.size();
  mark.events_ = content_.events.size();
  mark.entities_created_ = entities_created_;
  mark.relations_created_ = relations_created_;
  return mark;
}

void CommitBuilder::roll_back_to(const Mark& mark) {
  vocabulary_ = mark.vocabulary_;
  content_.symbols.resize(mark.symbols_);
  for (std::size_t i = content_.events.size(); i > mark.events_; --i) {
    if (const auto* naming = std::get_if<Naming>(&content_.events[i - 1].body)) take_back(*naming);
  }
  forget_events_since(mark);
  for (std::size_t i = content_.entities.size(); i > mark.entities_; --i) {
    const NodeId id = NodeId::entity(content_.first_entity + i - 1);
    take_back_name(content_.entities[i - 1].name, id);
    new_entities_.pop_back();
  }
  content_.entities.resize(mark.entities_);
  labels_.clear();  // a number may be given to another node now
  entities_created_ = mark.entities_created_;
  relations_created_ = mark.relations_created_;
}

void CommitBuilder::forget_events_since(const Mark& mark) {
  const Seq first(next_seq_.raw + mark.events_);
  for (std::size_t i = mark.events_; i < content_.events.size(); ++i) {
    const Event& event = content_.events[i];
    ids_.erase(event.id);
    const auto changed = changes_.find(target_of(event));
    if (changed == changes_.end()) continue;
    while (!changed->second.empty() && changed->second.back() >= first) changed->second.pop_back();
    if (changed->second.empty()) changes_.erase(changed);
  }
  content_.events.resize(mark.events_);
  forget_states();
}

/// The last one that was added of its entity.
void CommitBuilder::take_back(const Naming& naming) {
  for (const auto* names : {&naming.aliases, &naming.identifiers}) {
    for (const std::string& name : *names) take_back_name(name, naming.entity);
  }
}

void CommitBuilder::take_back_name(std::string_view name, NodeId entity) {
  const auto known = names_.find(name_key(name));
  std::vector<KnownName>& called = known->second;
  const auto is_it = [entity](const KnownName& one) { return one.entity == entity; };
  called.erase(std::find_if(called.begin(), called.end(), is_it));
  if (called.empty()) names_.erase(known);
}

void CommitBuilder::forget_states() {
  states_.clear();
  has_all_states_ = changes_.empty();
}

CommitContent CommitBuilder::take_content() {
  CommitContent taken = std::move(content_);
  content_ = CommitContent();
  content_.events.reserve(taken.events.size());  // the next commit of a load is about as large
  content_.first_symbol = taken.first_symbol + static_cast<std::uint32_t>(taken.symbols.size());
  content_.first_entity = taken.first_entity + taken.entities.size();
  next_seq_ = Seq(next_seq_.raw + taken.events.size());
  return taken;
}

void CommitBuilder::rebase(std::unique_ptr<GraphSnapshot> base) {
  base_ = std::move(base);
  if (cache_.size() + names_.size() > kCachedNamesMax) {
    cache_.clear();
  }
  cache_.merge(names_);  // leaves those that both have
  for (auto& [name, known] : names_) {
    auto& cached = cache_[name];
    cached.insert(cached.end(), known.begin(), known.end());
  }
  names_.clear();
  ids_.clear();
  changes_.clear();
  forget_states();
  first_new_entity_ += new_entities_.size();
  new_entities_.clear();
}

Vocabulary& CommitBuilder::own_vocabulary() {
  // Shared with snapshots and marks: copied before the first change after each of them.
  if (vocabulary_.use_count() > 1) vocabulary_ = std::make_shared<Vocabulary>(*vocabulary_);
  return const_cast<Vocabulary&>(*vocabulary_);
}

std::string CommitBuilder::type_name(SymbolId type) const {
  return type ? vocabulary_->symbol_name(type) : "entity";
}

Result<SymbolId> CommitBuilder::symbol(std::string_view name) {
  if (const SymbolId known = vocabulary_->find_symbol(name)) return known;
  if (name.empty()) return Error(ErrorCode::kInvalidArgument, "a name may not be empty");
  ANNALS_CHECK_OK(check_text(name, limits::kSymbolBytesMax, "a name", "SymbolBytesMax"));
  if (vocabulary_->symbol_count() >= limits::kSymbolsMax) {
    return Error(ErrorCode::kLimitExceeded,
                 fmt::format("there are SymbolsMax = {} names of kinds, roles, relations, "
                             "properties and types already",
                             limits::kSymbolsMax));
  }
  content_.symbols.emplace_back(name);
  return own_vocabulary().add_symbol(name);
}

// --- Nodes -------------------------------------------------------------------------------------

Result<std::vector<CommitBuilder::KnownName>> CommitBuilder::find_entities(std::string_view name,
                                                                           SymbolId type) {
  const std::string key = name_key(name);
  std::vector<KnownName> found;
  const auto take = [&](const NameMap& map) {
    const auto known = map.find(key);
    if (known == map.end()) return;
    for (const KnownName& one : known->second) {
      if (!type || one.type == type) found.push_back(one);
    }
  };
  take(names_);
  if (type) {
    // A name belongs to one entity of a type, so that one hit is all there is.
    if (found.empty()) take(cache_);
    if (!found.empty()) return found;
  }
  ANNALS_TRY(const std::vector<NodeId> recorded, base_->find_entities(name, type));
  for (const NodeId id : recorded) {
    SymbolId its_type = type;
    if (!its_type) {
      ANNALS_TRY(its_type, base_->label(id));
    }
    found.push_back({its_type, id});
    if (!type) continue;
    if (cache_.size() >= kCachedNamesMax) cache_.clear();
    cache_[key].push_back({type, id});
  }
  return found;
}

Error CommitBuilder::unknown_entity(std::string_view name, SymbolId type) const {
  Error error(ErrorCode::kNotFound,
              fmt::format("there is no {} called '{}'", type_name(type), name));
  const auto similar = base_->similar_names(name, type, 3);
  if (similar && !similar->empty()) {
    error.hint = fmt::format("did you mean '{}'?", fmt::join(*similar, "' or '"));
  } else {
    error.hint = "register it with ENTITY, or add CREATING MISSING";
  }
  return error;
}

Result<NodeId> CommitBuilder::create_entity(std::string_view name, SymbolId type) {
  ANNALS_CHECK_OK(check_name(name));
  if (vocabulary_->find_entity_type(type) == nullptr) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("'{}' cannot be created: its type is not known", name),
                 "name an entity type, for example with OF Type");
  }
  const NodeId id = NodeId::entity(content_.first_entity + content_.entities.size());
  content_.entities.push_back({type, std::string(name)});
  new_entities_.push_back(content_.entities.back());
  names_[name_key(name)].push_back({type, id});
  ++entities_created_;
  return id;
}

Result<NodeId> CommitBuilder::entity(std::string_view name, SymbolId type, MissingNames missing) {
  ANNALS_TRY(const std::vector<KnownName> found, find_entities(name, type));
  if (found.size() == 1) return found.front().entity;
  if (found.size() > 1) {
    std::vector<std::string> types;
    types.reserve(found.size());
    for (const KnownName& one : found) types.push_back(type_name(one.type));
    return Error(
        ErrorCode::kInvalidArgument,
        fmt::format("'{}' is the name of several entities ({})", name, fmt::join(types, ", ")),
        "name its type");
  }
  if (missing == MissingNames::kCreate) return create_entity(name, type);
  return unknown_entity(name, type);
}

Result<std::optional<NodeId>> CommitBuilder::find_entity(std::string_view name, SymbolId type) {
  ANNALS_TRY(const std::vector<KnownName> found, find_entities(name, type));
  if (found.size() != 1) return std::optional<NodeId>();
  return std::optional<NodeId>(found.front().entity);
}

/// Null if it is not new.
const NewEntity* CommitBuilder::new_entity(NodeId id) const {
  if (id.is_event() || id.entity_number() < first_new_entity_) return nullptr;
  const std::uint64_t place = id.entity_number() - first_new_entity_;
  return place < new_entities_.size() ? &new_entities_[place] : nullptr;
}

Result<std::string> CommitBuilder::name_of(NodeId entity) const {
  if (const NewEntity* added = new_entity(entity)) return added->name;
  ANNALS_TRY(Entity recorded, base_->entity(entity));
  return std::move(recorded.name);
}

Result<std::vector<std::string>> CommitBuilder::new_names(NodeId entity, SymbolId type,
                                                          std::vector<std::string> names) {
  std::vector<std::string> added;
  for (std::string& name : names) {
    ANNALS_CHECK_OK(check_name(name));
    ANNALS_TRY(const std::vector<KnownName> found, find_entities(name, type));
    const bool is_another = !found.empty() && found.front().entity != entity;
    if (is_another) {
      ANNALS_TRY(const std::string other, name_of(found.front().entity));
      return Error(ErrorCode::kConflict, fmt::format("'{}' is a name of the {} '{}' already", name,
                                                     type_name(type), other));
    }
    const bool repeated = std::find(added.begin(), added.end(), name) != added.end();
    if (found.empty() && !repeated) added.push_back(std::move(name));
  }
  return added;
}

Result<CommitBuilder::Added> CommitBuilder::register_entity(SymbolId type, std::string_view name,
                                                            Naming names, Event details) {
  ANNALS_CHECK_OK(check_name(name));
  ANNALS_TRY(const std::vector<KnownName> found, find_entities(name, type));
  const bool is_new = found.empty();
  NodeId id;
  if (is_new) {
    // Names are checked first: a conflict must not leave a new entity behind.
    ANNALS_CHECK_OK(new_names(NodeId(), type, names.aliases));
    ANNALS_CHECK_OK(new_names(NodeId(), type, names.identifiers));
    ANNALS_TRY(id, create_entity(name, type));
  } else {
    id = found.front().entity;
  }
  names.entity = id;
  ANNALS_TRY(names.aliases, new_names(id, type, std::move(names.aliases)));
  ANNALS_TRY(names.identifiers, new_names(id, type, std::move(names.identifiers)));
  if (!is_new && names.aliases.empty() && names.identifiers.empty()) return Added::kDuplicate;

  details.body = names;
  ANNALS_TRY(const Added added, add(std::move(details)));
  if (added == Added::kDuplicate) return added;
  for (const auto* list : {&names.aliases, &names.identifiers}) {
    for (const std::string& one : *list) names_[name_key(one)].push_back({type, id});
  }
  return added;
}

Result<NodeId> CommitBuilder::event_node(std::string_view text) {
  if (text.starts_with('#')) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data() + 1, end, number);
    if (code == std::errc() && stop == end && number > 0 && number < next_seq().raw) {
      return NodeId::event(Seq(number));
    }
    const std::uint64_t last = next_seq().raw - 1;
    return Error(ErrorCode::kNotFound, fmt::format("there is no event {}", text),
                 last == 0 ? "nothing is recorded yet" : fmt::format("the last one is #{}", last));
  }
  const auto added = ids_.find(std::string(text));
  if (added != ids_.end()) return NodeId::event(added->second);
  ANNALS_TRY(const std::optional<Seq> recorded, base_->find_event(text));
  if (recorded) return NodeId::event(*recorded);
  return Error(ErrorCode::kNotFound, fmt::format("there is no event with the ID '{}'", text),
               "name it by its ID or as '#' and its sequence");
}

// --- Events ------------------------------------------------------------------------------------

/// Of an earlier commit.
Result<RecordedEvent> CommitBuilder::logged_event(Seq seq) const {
  if (wait_for_log_ && seq > log_.last_seq()) ANNALS_CHECK_OK(wait_for_log_());
  return log_.read(seq);
}

Result<std::optional<RecordedEvent>> CommitBuilder::find_recorded(const std::string& id) const {
  Seq seq;
  const auto added = ids_.find(id);
  if (added != ids_.end()) {
    seq = added->second;
  } else {
    ANNALS_TRY(const std::optional<Seq> recorded, base_->find_event(id));
    if (!recorded) return std::optional<RecordedEvent>();
    seq = *recorded;
  }
  if (seq >= next_seq_) {
    return std::optional<RecordedEvent>(
        RecordedEvent{seq, 0, content_.events[seq.raw - next_seq_.raw]});
  }
  ANNALS_TRY(RecordedEvent recorded, logged_event(seq));
  return std::optional<RecordedEvent>(std::move(recorded));
}

Status check_fact_times(const std::optional<Date>& from, const std::optional<Date>& to) {
  const auto not_one = [](std::string_view word, const Date& date) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("{} takes a date, not a period ({})", word, date.text),
                 "of what is not known exactly, the first and the last day it may be: "
                 "[2000-01-01..2001-12-31]");
  };
  if (from && from->is_interval) return not_one("FROM", *from);
  if (to && to->is_interval) return not_one("TO", *to);
  if (!from || !to || to->begin.latest > from->begin.earliest) return {};
  if (to->begin.latest < from->begin.earliest) {
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("the fact ends ({}) before it begins ({})", to->text, from->text),
                 "TO must not lie before FROM");
  }
  return Error(ErrorCode::kInvalidArgument,
               fmt::format("the fact ends ({}) as it begins ({})", to->text, from->text),
               "TO is when it no longer holds; ON says that it held on one day");
}

namespace {

Status check_times(const Event& event) {
  if (event.on && event.on->begin.earliest > event.on->end.latest) {
    return Error(ErrorCode::kInvalidArgument, "ON ends before it begins");
  }
  const auto* const assertion = std::get_if<Assertion>(&event.body);
  const bool lasts = assertion != nullptr && !assertion->momentary;
  return lasts ? check_fact_times(event.on, event.until) : Status();
}

/// The event with its approximate dates as they are written, whatever `~` meant at that time.
Event as_written(Event event) {
  const auto forget_bounds = [](Date& date) {
    if (date.approximate) date.begin = date.end = Instant();
  };
  if (event.on) forget_bounds(*event.on);
  for (auto* date : {&event.until, &event.said}) {
    if (*date) forget_bounds(**date);
  }
  const auto forget_in = [&forget_bounds](Value& value) {
    if (auto* date = std::get_if<Date>(&value.data)) forget_bounds(*date);
  };
  if (auto* occurrence = std::get_if<Occurrence>(&event.body)) {
    for (Attribute& attribute : occurrence->attributes) forget_in(attribute.value);
  } else if (auto* correction = std::get_if<Boxed<Correction>>(&event.body)) {
    Correction& its = **correction;
    for (auto* date : {&its.on, &its.until, &its.said}) {
      if (*date) forget_bounds(**date);
    }
    for (Attribute& attribute : its.attributes) forget_in(attribute.value);
  }
  return event;
}

bool is_same_as_written(const Event& recorded, const Event& event) {
  return recorded == event || as_written(recorded) == as_written(event);
}

}  // namespace

Status CommitBuilder::check_content(const Event& event, const Kind* kind) {
  ANNALS_CHECK_OK(check_times(event));
  if (const auto* occurrence = std::get_if<Occurrence>(&event.body)) {
    return check_occurrence(*occurrence, kind);
  }
  if (const auto* assertion = std::get_if<Assertion>(&event.body)) {
    return check_assertion(*assertion);
  }
  return {};
}

Status CommitBuilder::check_conditions(const Event& event) const {
  const auto* occurrence = std::get_if<Occurrence>(&event.body);
  const Kind* kind = occurrence == nullptr ? nullptr : vocabulary_->find_kind(occurrence->kind);
  if (kind == nullptr || (kind->bounds.empty() && kind->checks.empty())) return {};
  return check_event_conditions(event, *kind, *vocabulary_, log_.next_recorded());
}

Result<CommitBuilder::Added> CommitBuilder::add(Event&& event, Conditions conditions) {
  ANNALS_CHECK_OK(check_text(event.id, limits::kNameBytesMax, "an ID", "NameBytesMax"));
  ANNALS_CHECK_OK(check_text(event.source, limits::kTextBytesMax, "a source", "TextBytesMax"));
  ANNALS_CHECK_OK(check_text(event.reason, limits::kTextBytesMax, "a reason", "TextBytesMax"));
  const auto* occurrence = std::get_if<Occurrence>(&event.body);
  const Kind* kind = occurrence == nullptr ? nullptr : vocabulary_->find_kind(occurrence->kind);
  ANNALS_CHECK_OK(check_content(event, kind));
  if (!event.id.empty()) {
    ANNALS_TRY(const std::optional<RecordedEvent> same_id, find_recorded(event.id));
    if (same_id && is_same_as_written(same_id->event, event)) return Added::kDuplicate;
    if (same_id) {
      Error error(ErrorCode::kConflict,
                  fmt::format("the ID '{}' is that of event #{}, which has another content",
                              event.id, same_id->seq.raw),
                  "give it an ID of its own");
      error.place.seq = same_id->seq.raw;
      return error;
    }
  }
  // What is recorded already is no news, whatever its kind demands by now.
  if (conditions == Conditions::kToCheck) ANNALS_CHECK_OK(check_conditions(event));
  if (content_.events.size() >= limits::kCommitEventsMax) {
    return Error(
        ErrorCode::kLimitExceeded,
        fmt::format("a commit may hold CommitEventsMax = {} events", limits::kCommitEventsMax),
        "commit in several steps");
  }
  if (!event.id.empty()) ids_.emplace(event.id, next_seq());
  content_.events.push_back(std::move(event));
  return Added::kRecorded;
}

}  // namespace annals::storage
