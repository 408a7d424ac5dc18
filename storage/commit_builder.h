#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/base/result.h"
#include "schema/event.h"
#include "storage/event_log/event_log.h"
#include "storage/graph_index/graph_snapshot.h"
#include "storage/writer_lock.h"

namespace annals::storage {

/// Whether names that are not known are created or refused.
enum class MissingNames : std::uint8_t { kRefuse, kCreate };

/// Whether a bare fact can hold FROM one date TO another, as far as they are given: each is one
/// instant, and some time may lie between. InvalidArgument.
Status check_fact_times(const std::optional<Date>& from, const std::optional<Date>& to);

/// Gathers the events of one commit and finds the numbers for their names: of what is recorded
/// and of what this commit adds before. Knows the rules that every event must keep (roles and their
/// types, names of relations, unique IDs), so that neither RECORD nor LOAD repeats them.
///
/// Holds the database's only write lock from Database::begin() until it is committed or destroyed
/// (which forgets everything). Not thread-safe. Must die before its database. Errors carry no
/// place: the caller knows the line and column.
class CommitBuilder final : private EventSource {
 public:
  enum class Added : std::uint8_t {
    kRecorded,
    kDuplicate,  ///< An event with the same ID and the same content is recorded: nothing to do.
  };

  /// `next_seq`, `next_entity`: the numbers that the first new event and entity get.
  CommitBuilder(std::unique_lock<WriterLock> writer_lock, std::unique_ptr<GraphSnapshot> base,
                const EventLog& log, Seq next_seq, std::uint64_t next_entity);
  ~CommitBuilder() override;

  /// With what this commit defines.
  const Vocabulary& vocabulary() const { return *vocabulary_; }
  std::shared_ptr<const Vocabulary> shared_vocabulary() const { return vocabulary_; }

  /// The number of a name, giving it one if it is new. LimitExceeded, InvalidArgument (empty,
  /// not UTF-8).
  Result<SymbolId> symbol(std::string_view name);

  // --- Nodes ---

  /// The entity called `name` (canonical, alias or identifier), of `type` unless that is zero; or a
  /// new one of that type, if names may be created. NotFound with suggestions; InvalidArgument if
  /// several have the name, or one must be created and `type` is zero.
  Result<NodeId> entity(std::string_view name, SymbolId type, MissingNames missing);

  /// The same entity, or nothing if there is not exactly one.
  Result<std::optional<NodeId>> find_entity(std::string_view name, SymbolId type);

  /// `ENTITY Type 'name' ...`: a new entity, or more names for one that exists, as an event.
  /// kDuplicate if it is known with all of these names.
  Result<Added> register_entity(SymbolId type, std::string_view name, Naming names, Event details);

  /// The event that `text` names: "#12" or its ID. NotFound with a suggestion.
  Result<NodeId> event_node(std::string_view text);

  // --- Events ---

  /// Fills role number `role` of `kind` in `occurrence` with `value`: texts become nodes where the
  /// role holds nodes, dates where it holds dates; integers become floats. A list fills a `many`
  /// role. `parse_text` also reads numbers and booleans from texts, as files have them. Null leaves
  /// the role empty. InvalidArgument naming role, expected and given type; NotFound as entity().
  Status fill_role(const Kind& kind, std::size_t role, const Value& value, MissingNames missing,
                   bool parse_text, Occurrence& occurrence);

  /// Whether add() holds the event against the bounds and checks of its kind, or the caller has
  /// done so with check_conditions().
  enum class Conditions : std::uint8_t { kToCheck, kChecked };

  /// Checks what only the whole event shows (required roles, instants in order, facts within
  /// limits, status, and what its kind demands) and adds it. Conflict: the ID is that of another
  /// event.
  Result<Added> add(Event&& event, Conditions conditions = Conditions::kToCheck);

  /// Whether an occurrence that is not added yet keeps the bounds and checks of its kind. Its nodes
  /// are only compared with each other: any will do that are the same where they should be.
  /// InvalidArgument with the message of the check.
  Status check_conditions(const Event& event) const;

  // --- Changes of earlier events ---

  /// The event as it stands now, with what this commit changes. NotFound if there is none.
  Result<EventState> event_state(Seq seq) const;

  /// `CORRECT`. `details` gives id, said, source and reason of the correction itself. The target is
  /// an event of a kind, a fact or a correction. InvalidArgument if it is something else, has no
  /// such part, or would break a rule of add() then; LimitExceeded (CorrectionDepthMax).
  Result<Added> correct(Correction correction, Event details);

  /// `RETRACT`, likewise; kDuplicate if the target is retracted already.
  Result<Added> retract(Seq target, Event details);

  /// `REPLAY`: all definitions hold for everything recorded so far.
  Result<Added> replay(Event details);

  /// `EXPECT SEQ n`: Conflict unless the last event recorded before this commit is `expected`.
  Status expect_last(Seq expected) const;

  // --- Definitions ---

  /// Adds a definition. kDuplicate if it is defined exactly so. InvalidArgument if it names what
  /// is not defined or breaks a rule of vocabulary.h.
  Result<Added> define(EntityType type);
  Result<Added> define(Relation relation);
  Result<Added> define(Kind kind);
  Result<Added> define(Padding padding);

  std::size_t event_count() const { return content_.events.size(); }
  /// The sequence that the next event gets.
  Seq next_seq() const { return Seq(next_seq_.raw + content_.events.size()); }
  std::uint64_t entities_created() const { return entities_created_; }
  std::uint64_t relations_created() const { return relations_created_; }

  /// What the builder holds at one moment.
  class Mark;
  Mark mark() const;
  /// Forgets the events, entities and names that came after the mark: for a statement that fails
  /// within a transaction. Costs what it forgets.
  void roll_back_to(const Mark& mark);
  /// Forgets the events alone: entities, names and definitions stay known, so that what comes next
  /// need not make them again. For trying out, with events that give no names to entities;
  /// roll_back_to() must follow before a commit.
  void forget_events_since(const Mark& mark);

 private:
  friend class Database;

  /// An entity that is known by a name, as far as this builder has seen it.
  struct KnownName {
    SymbolId type;
    NodeId entity;
  };
  using NameMap = std::unordered_map<std::string, std::vector<KnownName>>;

  Vocabulary& own_vocabulary();
  Result<std::vector<KnownName>> find_entities(std::string_view name, SymbolId type);
  Result<NodeId> create_entity(std::string_view name, SymbolId type);
  const NewEntity* new_entity(NodeId id) const;
  Result<std::string> name_of(NodeId entity) const;
  Result<std::vector<std::string>> new_names(NodeId entity, SymbolId type,
                                             std::vector<std::string> names);
  Error unknown_entity(std::string_view name, SymbolId type) const;
  Result<NodeId> role_node(const Role& role, const std::string& text, MissingNames missing);
  Result<Value> role_value(const Role& role, const Value& value, bool parse_text,
                           MissingNames missing);
  Result<Value> relation_name(const std::string& name, MissingNames missing);
  Status check_occurrence(const Occurrence& occurrence, const Kind* kind);
  Status check_occurrence_ends(const Kind& kind, const Occurrence& occurrence);
  Status check_assertion(const Assertion& assertion);
  Status check_end(SymbolId relation, SymbolId wanted_type, NodeId node);
  Result<SymbolId> label(NodeId node);
  Status check_node_type(const Role& role, NodeId node);
  Status check_content(const Event& event, const Kind* kind);
  Status check_parts(const Correction& correction, const Event& target) const;
  Result<Added> change(Event event, Seq target, EventState state);
  void forget_states();
  void take_back(Seq change, Seq target);
  void take_back(const Naming& naming);
  void take_back_name(std::string_view name, NodeId entity);
  Result<RecordedEvent> recorded_event(Seq seq) const override;
  Result<RecordedEvent> logged_event(Seq seq) const;
  Result<std::vector<Seq>> changes_of(Seq target) const override;
  Result<std::optional<RecordedEvent>> find_recorded(const std::string& id) const;
  std::string type_name(SymbolId type) const;

  /// For Database: takes the content out; `next_seq` moves past its events.
  CommitContent take_content();
  /// For Database: names and IDs that the builder keeps because `base_` does not show them yet.
  std::size_t recent_count() const { return names_.size() + ids_.size(); }
  /// For Database, when all that was taken out is visible in `base`.
  void rebase(std::unique_ptr<GraphSnapshot> base);

  std::unique_lock<WriterLock> writer_lock_;
  std::unique_ptr<GraphSnapshot> base_;
  const EventLog& log_;
  std::function<Status()> wait_for_log_;  // by Database, while commits are on their way there
  std::shared_ptr<const Vocabulary> vocabulary_;  // shared with base_ and marks until it changes
  CommitContent content_;
  Seq next_seq_;   // of the first event in content_
  NameMap names_;  // of entities created since base_, by name_key
  NameMap cache_;  // of entities in base_, by name_key; may be emptied at any time
  std::unordered_map<std::string, Seq> ids_;           // of events added since base_
  std::unordered_map<Seq, std::vector<Seq>> changes_;  // by target, added since base_
  /// Present states of events changed since base_. All of them, or else changes_ says what to
  /// work out.
  std::unordered_map<Seq, EventState> states_;
  bool has_all_states_ = true;
  std::uint64_t first_new_entity_;               // the number of new_entities_.front()
  std::vector<NewEntity> new_entities_;          // created since base_
  std::unordered_map<NodeId, SymbolId> labels_;  // of nodes met; may be emptied at any time
  std::uint64_t entities_created_ = 0;
  std::uint64_t relations_created_ = 0;
};

/// A value; only good for the builder that it is from.
class CommitBuilder::Mark {
  friend class CommitBuilder;

  std::shared_ptr<const Vocabulary> vocabulary_;
  std::size_t symbols_ = 0;
  std::size_t entities_ = 0;
  std::size_t events_ = 0;
  std::uint64_t entities_created_ = 0;
  std::uint64_t relations_created_ = 0;
};

}  // namespace annals::storage
