#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// The oracle: what Annals must answer, found the plain way over a small time line. It shares no
/// code with the database and may be slow, but it must be easy to check against the law
/// (docs/language.md, "Certain and possible"). Read in this order: history.h (what is recorded),
/// fold.h (which facts that brings about), worlds.h (what is unknown), question.h (what is asked
/// and answered).
namespace annals::oracle {

/// A day of the small time line, counted from 0.
using Day = int;

/// A date: one instant, from the start of day `first` to the start of day `last`.
struct Days {
  Day first = 0;
  Day last = 0;
  bool operator==(const Days&) const = default;
};

enum class EffectType { kBegins, kEnds, kMarks };

/// In place of a relation: the effect is on the existence of the node x alone.
inline constexpr char kExistence = '.';

/// What a kind does between the nodes x and y of its events.
struct Effect {
  EffectType type = EffectType::kBegins;
  char relation = 'R';
  bool backwards = false;  ///< From y to x.
};

struct Kind {
  std::string name;
  std::vector<Effect> effects;
};

/// The kinds that all histories use: they begin, end, do both, mark, and share their instants; the
/// last kExistenceKinds of them tell when nodes exist.
const std::vector<Kind>& kinds();
inline constexpr std::size_t kExistenceKinds = 4;

/// The kinds of bare facts stand in no list: one that begins, with an end of its own, and one that
/// holds on a day.
enum class Form { kOfKind, kAssertedFrom, kAssertedOn };

/// An event; or a change of one that was recorded before it.
struct Event {
  Form form = Form::kOfKind;
  std::size_t kind = 0;  ///< Of kOfKind: index into kinds().
  char relation = 'R';   ///< Of a bare fact.
  int x = 0;
  int y = 0;
  Days on;
  std::optional<Day> lasts_until;  ///< ON from/until: both exact, this day included.
  std::optional<Days> to;          ///< Of kAssertedFrom: until when, that instant no longer.
  bool planned = false;
  bool uncertain = false;  ///< Its date is written with a `?`.
  std::optional<Days> said;

  enum class Change { kNone, kRetract, kCorrectDate, kCorrectStatus };
  /// What is changed, and its place in the history. Corrected are `on` and `lasts_until`
  /// and `uncertain`, or `planned`.
  Change change = Change::kNone;
  std::size_t changes = 0;
};

/// In the order of recording.
struct History {
  std::vector<Event> events;
};

/// Which events count: those recorded before place `known`, and said by the start of day `said_by`.
struct View {
  std::optional<std::size_t> known;
  std::optional<Day> said_by;
};

/// Nodes and relations of the small world.
inline constexpr int kNodes = 3;
inline constexpr char kRelations[] = {'R', 'S', 'T'};

}  // namespace annals::oracle
