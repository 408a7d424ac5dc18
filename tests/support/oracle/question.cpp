#include "tests/support/oracle/question.h"

#include <algorithm>
#include <functional>
#include <map>

#include "tests/support/oracle/fold.h"
#include "tests/support/oracle/worlds.h"

namespace annals::oracle {

namespace {

constexpr int kUnbound = -1;
constexpr std::size_t kVariables = 5;

using FactIndexes = std::vector<std::size_t>;

/// A way to match all clauses, and the facts of which one must (or none may) hold beside.
struct Row {
  std::vector<int> nodes;          ///< Of the variables.
  std::vector<FactIndexes> facts;  ///< For each clause.
  std::vector<FactIndexes> asked;  ///< The same for each scope: what must hold together.
  FactIndexes inner;
};

class Evaluator {
 public:
  Evaluator(const History& history, const Question& question)
      : question_(question), graph_(fold(history, question.view)) {
    for (const Clause& clause : question.clauses) {
      const auto same = std::find(scopes_.begin(), scopes_.end(), clause.scope);
      scope_of_.push_back(static_cast<std::size_t>(same - scopes_.begin()));
      if (same != scopes_.end()) continue;
      scopes_.push_back(clause.scope);
      // The instant of an AT is an unknown like those of events; of the others it is not used.
      const Days days = clause.scope.valid == Valid::kAt ? clause.scope.days : Days();
      graph_.unknowns.push_back(
          {days.first * kTicksADay, days.last * kTicksADay, clause.scope.uncertain});
      instants_.push_back(graph_.unknowns.size() - 1);
    }
  }

  std::vector<std::string> run() {
    Row row;
    row.nodes.assign(kVariables, kUnbound);
    row.facts.resize(question_.clauses.size());
    match(0, 0, row);
    std::map<std::string, std::vector<Row>> groups;
    std::vector<std::string> lines;
    for (const Row& one : rows_) {
      if (question_.distinct) {
        groups[text_of(one)].push_back(one);
      } else {
        add_line({one}, lines);
      }
    }
    for (const auto& [text, rows] : groups) add_line(rows, lines);
    std::sort(lines.begin(), lines.end());
    return lines;
  }

 private:
  /// Matches hop `hop` of clause `clause` and all that follow, in every way.
  void match(std::size_t clause, std::size_t hop, Row& row) {
    if (clause == question_.clauses.size()) {
      if (question_.exists) {
        each_fact(*question_.exists, row, [&](std::size_t fact) {
          if (may_be_found(fact)) row.inner.push_back(fact);
        });
      }
      rows_.push_back(row);
      row.inner.clear();
      std::vector<FactIndexes>& asked = rows_.back().asked;
      asked.resize(scopes_.size());
      for (std::size_t i = 0; i < row.facts.size(); ++i) {
        FactIndexes& all = asked[scope_of_[i]];
        all.insert(all.end(), row.facts[i].begin(), row.facts[i].end());
      }
      return;
    }
    if (hop == question_.clauses[clause].hops.size()) return match(clause + 1, 0, row);
    each_fact(question_.clauses[clause].hops[hop], row, [&](std::size_t fact) {
      FactIndexes& used = row.facts[clause];
      const bool is_used = std::any_of(used.begin(), used.end(), [&](std::size_t other) {
        return graph_.facts[other].id == graph_.facts[fact].id;
      });
      if (is_used) return;
      used.push_back(fact);
      match(clause, hop + 1, row);
      used.pop_back();
    });
  }

  /// Whether EXISTS finds the fact in some world. Others are no matter, not even in that they too
  /// have lasted.
  bool may_be_found(std::size_t fact) const {
    return decide(graph_, {fact}, instants_, {}, [&](const World& world) {
             return hold({fact}, scope_of_.back(), world);
           }) != Verdict::kImpossible;
  }

  /// Each fact that fits the hop, with the hop's variables bound to its ends meanwhile.
  void each_fact(const Hop& hop, Row& row, const std::function<void(std::size_t)>& visit) {
    for (std::size_t i = 0; i < graph_.facts.size(); ++i) {
      const Fact& fact = graph_.facts[i];
      if (hop.relations.find(fact.relation) == std::string::npos) continue;
      const std::vector<int> before = row.nodes;
      if (bind(row.nodes, hop.from, fact.source) && bind(row.nodes, hop.to, fact.target)) visit(i);
      row.nodes = before;
    }
  }

  static bool bind(std::vector<int>& nodes, int variable, int node) {
    int& bound = nodes[static_cast<std::size_t>(variable)];
    if (bound == kUnbound) bound = node;
    return bound == node;
  }

  std::string text_of(const Row& row) const {
    std::string text;
    for (const int variable : question_.returned) {
      if (!text.empty()) text += " | ";
      text += node_name(row.nodes[static_cast<std::size_t>(variable)]);
    }
    return text;
  }

  /// Rows that are one in the answer: possible if one of them is, certain if in each world one of
  /// those holds.
  void add_line(std::vector<Row> rows, std::vector<std::string>& lines) const {
    const std::string text = text_of(rows.front());
    std::erase_if(rows,
                  [this](const Row& row) { return verdict_of({row}) == Verdict::kImpossible; });
    if (rows.empty()) return;
    const bool is_certain =
        std::any_of(rows.begin(), rows.end(),
                    [this](const Row& row) { return verdict_of({row}) == Verdict::kCertain; }) ||
        verdict_of(rows) == Verdict::kCertain;
    if (is_certain) {
      lines.push_back(text);
    } else if (question_.mode != Mode::kCertainly) {
      lines.push_back(text + kPossibleTag);
    }
  }

  /// Whether any of the rows holds. What EXISTS looks for lasted too, once it had begun, unless
  /// that leaves no world: several spells of one relation may be folded in an order that no world
  /// has.
  Verdict verdict_of(const std::vector<Row>& rows) const {
    FactIndexes facts;
    FactIndexes lasting;
    FactIndexes all_lasting;
    for (const Row& row : rows) {
      for (std::size_t scope = 0; scope < scopes_.size(); ++scope) {
        add(row.asked[scope], facts);
        if (scopes_[scope].valid != Valid::kAllTime) add(row.asked[scope], lasting);
      }
    }
    all_lasting = lasting;
    for (const Row& row : rows) {
      add(row.inner, facts);
      if (scopes_[scope_of_.back()].valid != Valid::kAllTime) add(row.inner, all_lasting);
    }
    const auto anything = [](const World&) { return true; };
    const bool has_world =
        decide(graph_, facts, instants_, all_lasting, anything) != Verdict::kImpossible;
    return decide(graph_, facts, instants_, has_world ? all_lasting : lasting,
                  [&](const World& world) {
                    return std::any_of(rows.begin(), rows.end(),
                                       [&](const Row& row) { return holds(row, world); });
                  });
  }

  static void add(const FactIndexes& some, FactIndexes& all) {
    all.insert(all.end(), some.begin(), some.end());
  }

  bool holds(const Row& row, const World& world) const {
    for (std::size_t scope = 0; scope < scopes_.size(); ++scope) {
      if (!hold(row.asked[scope], scope, world)) return false;
    }
    if (!question_.exists) return true;
    const bool any = std::any_of(row.inner.begin(), row.inner.end(), [&](std::size_t fact) {
      return hold({fact}, scope_of_.back(), world);
    });
    return any != question_.not_exists;
  }

  bool hold(const FactIndexes& facts, std::size_t scope_index, const World& world) const {
    const Scope& scope = scopes_[scope_index];
    const auto all_at = [&](Tick tick) {
      return std::all_of(facts.begin(), facts.end(), [&](std::size_t fact) {
        return world.holds_at(graph_.facts[fact], tick);
      });
    };
    const Tick from = scope.days.first * kTicksADay;
    const Tick to = (scope.days.last + 1) * kTicksADay;
    switch (scope.valid) {
      case Valid::kAt: return all_at(world.ticks[instants_[scope_index]]);
      case Valid::kAllTime:
        // Each by itself: what has begun did hold, unless it cannot have.
        return std::all_of(facts.begin(), facts.end(), [&](std::size_t index) {
          const Fact& fact = graph_.facts[index];
          const bool is_moved = fact.begins.size() > 1;
          if (is_moved) return world.begin_of(fact) < world.end_of(fact);
          return world.begin_of(fact) != kNever && can_last(graph_, fact);
        });
      case Valid::kDuring:
        for (Tick tick = from; tick < to; ++tick) {
          if (all_at(tick)) return true;
        }
        return false;
      case Valid::kThroughout:
        for (Tick tick = from; tick < to; ++tick) {
          if (!all_at(tick)) return false;
        }
        return true;
    }
    return false;
  }

  const Question& question_;
  Graph graph_;
  std::vector<Scope> scopes_;          ///< All different.
  std::vector<std::size_t> instants_;  ///< The unknown of each scope.
  std::vector<std::size_t> scope_of_;  ///< For each clause: an index into scopes_.
  std::vector<Row> rows_;
};

}  // namespace

std::string node_name(int node) { return std::string(1, static_cast<char>('a' + node)); }

std::vector<std::string> answer(const History& history, const Question& question) {
  return Evaluator(history, question).run();
}

}  // namespace annals::oracle
