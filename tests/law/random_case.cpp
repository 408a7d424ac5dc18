#include "tests/law/random_case.h"

#include <algorithm>
#include <array>

#include "tests/law/features.h"

namespace annals::law {

using oracle::Clause;
using oracle::Days;
using oracle::Event;
using oracle::Form;
using oracle::History;
using oracle::Hop;
using oracle::Mode;
using oracle::Question;
using oracle::Scope;
using oracle::Valid;
using tests::pick;

namespace {

bool chance(Random& random, std::size_t percent) { return pick(random, 100) < percent; }

int number(Random& random, int from, int to) {
  return from + static_cast<int>(pick(random, static_cast<std::size_t>(to - from + 1)));
}

Days random_days(Random& random, int width_max) {
  const int first = number(random, 0, kDays - 1);
  if (chance(random, 50)) return {first, first};
  return {first, std::min(first + number(random, 1, width_max), kDays - 1)};
}

bool marks(const Event& event) {
  if (event.form == Form::kAssertedOn) return true;
  const auto& effects = oracle::kinds()[event.kind].effects;
  return event.form == Form::kOfKind && effects.front().type == oracle::EffectType::kMarks;
}

bool may_be_doubtful(const Event& event) {
  if (kHasPlansThatShare || event.form != Form::kOfKind) return true;
  const auto& effects = oracle::kinds()[event.kind].effects;
  if (effects.front().relation == oracle::kExistence) return false;
  return std::all_of(effects.begin(), effects.end(), [&](const oracle::Effect& effect) {
    return effect.type == effects.front().type;
  });
}

void set_date(Random& random, Event& event) {
  event.on = random_days(random, 4);
  if (!kHasCoarseMarks && marks(event)) event.on.last = event.on.first;
  event.uncertain = false;
  event.lasts_until.reset();
  if (event.on.first != event.on.last) return;
  event.uncertain = may_be_doubtful(event) && chance(random, 10);
  if (event.form != Form::kAssertedFrom && chance(random, 12)) {
    event.lasts_until = std::min(event.on.first + number(random, 0, 3), kDays - 1);
  }
}

Event random_event(Random& random) {
  Event event;
  // Few pairs of nodes, so that events meet.
  static constexpr std::array<std::array<int, 2>, 6> pairs = {
      {{0, 1}, {0, 1}, {0, 1}, {1, 2}, {1, 0}, {0, 2}}};
  const auto [x, y] = pairs[pick(random, pairs.size())];
  event.x = x;
  event.y = y;
  if (chance(random, 15)) {
    event.form = chance(random, 60) ? Form::kAssertedFrom : Form::kAssertedOn;
    event.relation = oracle::kRelations[pick(random, 3)];
  } else {
    const std::size_t kinds = oracle::kinds().size();
    event.kind = pick(random, kHasExistence ? kinds : kinds - oracle::kExistenceKinds);
    // The first few kinds are the common ones.
    if (chance(random, 40)) event.kind = pick(random, 4);
  }
  set_date(random, event);
  event.planned = may_be_doubtful(event) && chance(random, 12);
  if (event.form == Form::kAssertedFrom && chance(random, 60)) {
    const int first = number(random, event.on.last, kDays);
    event.to = Days{first, first + (chance(random, 50) ? number(random, 1, 2) : 0)};
    // One that surely ends as it begins is refused.
    if (event.to->last == event.on.first) ++event.to->last;
  }
  if (kHasSaidBy && chance(random, 30)) event.said = random_days(random, 3);
  return event;
}

/// A change of one of the events before it, or of a change of its date.
Event random_change(Random& random, const History& history) {
  using enum Event::Change;
  Event event;
  event.changes = pick(random, history.events.size());
  const Event& changed = history.events[event.changes];
  const Event* root = &changed;
  while (root->change != kNone) root = &history.events[root->changes];
  event.form = root->form;
  event.kind = root->kind;
  const bool is_correctable = changed.change == kNone || changed.change == kCorrectDate;
  if (!is_correctable || chance(random, 35)) {
    event.change = kRetract;
  } else if (changed.change == kCorrectDate || chance(random, 70)) {
    event.change = kCorrectDate;
    set_date(random, event);
    // The end of a bare fact is not corrected, and must come behind its begin.
    if (root->to) {
      event.on.last = std::min(event.on.last, root->to->first);
      event.on.first = std::min({event.on.first, event.on.last, root->to->last - 1});
      if (event.uncertain) event.on.last = event.on.first;
    }
  } else {
    event.change = kCorrectStatus;
    event.planned = may_be_doubtful(event) && chance(random, 40);
  }
  if (kHasSaidBy && chance(random, 50)) event.said = random_days(random, 3);
  return event;
}

std::string random_relations(Random& random) {
  static const std::array<std::string, 8> choices = {"R", "R", "S", "S", "T", "RS", "RT", "RST"};
  return choices[pick(random, choices.size())];
}

Scope random_scope(Random& random) {
  Scope scope;
  scope.days = random_days(random, 3);
  const std::size_t what = pick(random, 10);
  if (what == 0) {
    scope.valid = Valid::kAllTime;
  } else if (kHasDuring && what <= 3) {
    scope.valid = Valid::kDuring;
  } else if (kHasThroughout && what <= 6) {
    scope.valid = Valid::kThroughout;
  } else {
    scope.uncertain = scope.days.first == scope.days.last && chance(random, 5);
  }
  return scope;
}

/// One hop, or two that meet in one way or other.
std::vector<Hop> random_hops(Random& random) {
  static constexpr std::array<std::array<int, 4>, 6> shapes = {{
      {0, 1, 0, 1},  // the same pair
      {0, 1, 1, 2},
      {0, 1, 2, 1},
      {0, 1, 0, 2},
      {0, 1, 1, 0},
      {0, 1, 2, 3},
  }};
  std::vector<Hop> hops = {{0, 1, random_relations(random)}};
  if (chance(random, 35)) return hops;
  const auto& shape = shapes[pick(random, shapes.size())];
  hops.push_back({shape[2], shape[3], random_relations(random)});
  return hops;
}

int variables_of(const std::vector<Clause>& clauses) {
  int last = 0;
  for (const Clause& clause : clauses) {
    for (const Hop& hop : clause.hops) last = std::max({last, hop.from, hop.to});
  }
  return last + 1;
}

/// Whether an event that perhaps never happens has several effects, which then share that.
bool has_shared_doubt(const History& history) {
  return std::any_of(history.events.begin(), history.events.end(), [](const Event& event) {
    return event.form == Form::kOfKind && (event.planned || event.uncertain) &&
           oracle::kinds()[event.kind].effects.size() > 1;
  });
}

void add_exists(Random& random, const History& history, Question& question, int variables) {
  question.not_exists = chance(random, 60) && (kHasPlansThatShare || !has_shared_doubt(history));
  Hop hop{number(random, 0, variables - 1), number(random, 0, variables), random_relations(random)};
  if (hop.from == hop.to) hop.to = variables;
  if (chance(random, 30)) std::swap(hop.from, hop.to);
  question.exists = hop;
  // Whether something is missing at a date that is perhaps another nobody can tell.
  for (Clause& clause : question.clauses) clause.scope.uncertain = false;
}

}  // namespace

History random_history(Random& random) {
  History history;
  const std::size_t events = 2 + pick(random, 6);
  for (std::size_t i = 0; i < events; ++i) {
    const bool changes = kHasChanges && i > 0 && chance(random, 20);
    history.events.push_back(changes ? random_change(random, history) : random_event(random));
  }
  return history;
}

Question random_question(Random& random, const History& history) {
  Question question;
  if (kHasKnownAt && chance(random, 20)) {
    question.view.known = number(random, 0, static_cast<int>(history.events.size()));
  }
  if (kHasSaidBy && chance(random, 20)) question.view.said_by = number(random, 0, kDays);
  std::vector<Hop> hops = random_hops(random);
  if (hops.size() == 2 && chance(random, 30)) {
    for (const Hop& hop : hops) {
      Scope scope = random_scope(random);
      if (!kHasAllTimeBesides && scope.valid == Valid::kAllTime) scope.valid = Valid::kAt;
      question.clauses.push_back({{hop}, scope});
    }
  } else {
    question.clauses.push_back({std::move(hops), random_scope(random)});
  }
  const int variables = variables_of(question.clauses);
  if (kHasExists && chance(random, 35)) add_exists(random, history, question, variables);
  for (int variable = 0; variable < variables; ++variable) question.returned.push_back(variable);
  if (kHasDistinct && chance(random, 30)) {
    question.distinct = true;
    question.returned.resize(1 + pick(random, question.returned.size()));
  }
  if (chance(random, 15)) question.mode = chance(random, 60) ? Mode::kCertainly : Mode::kPossibly;
  return question;
}

}  // namespace annals::law
