#include "tests/law/shrink.h"

#include <optional>
#include <utility>
#include <vector>

namespace annals::law {

using oracle::Clause;
using oracle::Event;
using oracle::History;
using oracle::Mode;
using oracle::Question;

namespace {

/// Without the event at `place`; nothing if a change of it would be left.
std::optional<History> without(const History& history, std::size_t place) {
  History rest;
  for (std::size_t i = 0; i < history.events.size(); ++i) {
    if (i == place) continue;
    Event event = history.events[i];
    if (event.change != Event::Change::kNone) {
      if (event.changes == place) return std::nullopt;
      if (event.changes > place) --event.changes;
    }
    rest.events.push_back(event);
  }
  return rest;
}

/// Simpler ways to write one event.
std::vector<Event> simpler(const Event& event) {
  std::vector<Event> all;
  const auto add = [&](bool is_simpler, const std::function<void(Event&)>& change) {
    if (!is_simpler) return;
    all.push_back(event);
    change(all.back());
  };
  add(event.planned && event.change == Event::Change::kNone, [](Event& e) { e.planned = false; });
  add(event.uncertain, [](Event& e) { e.uncertain = false; });
  add(event.said.has_value(), [](Event& e) { e.said.reset(); });
  add(event.to.has_value(), [](Event& e) { e.to.reset(); });
  add(event.lasts_until.has_value(), [](Event& e) { e.lasts_until.reset(); });
  add(event.on.first < event.on.last, [](Event& e) { ++e.on.first; });
  add(event.on.first < event.on.last, [](Event& e) { --e.on.last; });
  return all;
}

std::vector<Question> simpler(const Question& question) {
  std::vector<Question> all;
  const auto add = [&](bool is_simpler, const std::function<void(Question&)>& change) {
    if (!is_simpler) return;
    all.push_back(question);
    change(all.back());
  };
  add(question.mode != Mode::kAll, [](Question& q) { q.mode = Mode::kAll; });
  add(question.exists.has_value(), [](Question& q) { q.exists.reset(); });
  add(question.distinct, [](Question& q) { q.distinct = false; });
  add(question.view.known.has_value(), [](Question& q) { q.view.known.reset(); });
  add(question.view.said_by.has_value(), [](Question& q) { q.view.said_by.reset(); });
  for (std::size_t i = 0; i < question.clauses.size(); ++i) {
    const Clause& clause = question.clauses[i];
    const auto& days = clause.scope.days;
    add(days.first < days.last, [&](Question& q) { ++q.clauses[i].scope.days.first; });
    add(days.first < days.last, [&](Question& q) { --q.clauses[i].scope.days.last; });
    for (std::size_t h = 0; h < clause.hops.size(); ++h) {
      const std::string& relations = clause.hops[h].relations;
      for (std::size_t r = 0; relations.size() > 1 && r < relations.size(); ++r) {
        add(true, [&](Question& q) { q.clauses[i].hops[h].relations.erase(r, 1); });
      }
    }
  }
  return all;
}

}  // namespace

Case shrink(Case failing, const std::function<bool(const Case&)>& fails) {
  const auto take = [&](Case smaller) {
    if (!fails(smaller)) return false;
    failing = std::move(smaller);
    return true;
  };
  const auto one_step = [&] {
    for (std::size_t i = failing.history.events.size(); i-- > 0;) {
      std::optional<History> rest = without(failing.history, i);
      if (rest && take({*std::move(rest), failing.question})) return true;
    }
    for (const Question& question : simpler(failing.question)) {
      if (take({failing.history, question})) return true;
    }
    for (std::size_t i = 0; i < failing.history.events.size(); ++i) {
      for (const Event& event : simpler(failing.history.events[i])) {
        Case smaller = failing;
        smaller.history.events[i] = event;
        if (take(std::move(smaller))) return true;
      }
    }
    return false;
  };
  while (one_step()) {
  }
  return failing;
}

}  // namespace annals::law
