#pragma once

#include <memory>

#include "query/query_engine.h"
#include "storage/database.h"
#include "tests/bench/peers/annals_names.h"
#include "tests/bench/peers/world.h"

namespace annals::bench {

/// The questions in the language, as a program asks them: text in, with the names of entities and
/// dates as parameters, and rows out, through one session that keeps its plans. All that a session
/// does is measured. Rows tell nodes by id() and relations by type(). Must die before the database.
class AnnalsLanguage {
 public:
  AnnalsLanguage(storage::Database& database, const Clock& clock);

  Answer ask(Question question, const Pick& pick);

 private:
  StopFlag stop_;
  query::Session session_;
};

}  // namespace annals::bench
