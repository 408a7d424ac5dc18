#pragma once

#include <memory>
#include <string>

#include "schema/base/clock.h"
#include "tests/bench/peers/annals_language.h"
#include "tests/bench/peers/annals_questions.h"
#include "tests/bench/peers/measure.h"

namespace annals::bench {

/// Loads facts.csv of `folder` into the new database `folder`/annals, two events a fact. For a
/// process of its own, whose memory is then that of the load.
void load_annals(const std::string& folder, std::int32_t entities);

/// Opens that database and asks for the facts of one entity. For a process of its own, likewise.
void first_answer_of_annals(const std::string& folder, std::int32_t entity, Day day,
                            bool read_only);

/// The database after the load, in this process.
class AnnalsSide {
 public:
  AnnalsSide(const std::string& folder, const World& world);

  /// By calls of the index. Not kTogether and those behind it.
  Timing ask(Question question, const Picks& picks, const Answers& answers, double seconds);
  /// In the language.
  Timing ask_in_language(Question question, const Picks& picks, const Answers& answers,
                         double seconds);

  // What follows adds events, so that answers are no longer right.

  /// A durable commit of `events` events that begin facts.
  void commit(std::size_t events);
  /// Some of them; times are those of one event.
  Timing append(std::size_t commits, std::size_t events);

  /// The same of one event each by several threads at once; the time between two commits.
  Timing append_together(std::size_t writers, std::size_t commits);

  struct Together {
    Timing commit;  ///< Of one event, durable.
    Timing read;    ///< kNeighbours, by each reader.
  };
  /// One thread commits and two ask for neighbours, all for `seconds`.
  Together read_and_append(const std::vector<Pick>& picks, double seconds);

 private:
  SystemClock clock_;
  std::unique_ptr<storage::Database> database_;
  AnnalsNumbers numbers_;
  AnnalsQuestions questions_;
  AnnalsLanguage language_;
  std::vector<std::int32_t> known_;  ///< Entities that have a node.
  std::uint64_t appended_ = 0;
};

}  // namespace annals::bench
