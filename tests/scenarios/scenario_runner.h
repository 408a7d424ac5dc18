#pragma once

#include <memory>
#include <string>
#include <vector>

#include "query/query_engine.h"
#include "storage/database.h"
#include "tests/support/manual_clock.h"
#include "tests/support/scenario.h"
#include "tests/support/temp_folder.h"

namespace annals::tests {

/// What happens after every step, so that each scenario also shows that answers do not depend on
/// what is still in memory or on how the projection came about.
enum class Between { kNothing, kRestart, kRebuild };

/// Runs scenarios on a database in a folder of its own. Failures are GoogleTest failures that name
/// the file and line.
class ScenarioRunner {
 public:
  explicit ScenarioRunner(std::string name);
  ~ScenarioRunner();

  void run(const std::vector<Step>& steps, Between between);

 private:
  void open();
  void close();
  void run_step(const Step& step);
  void run_statement(const Step& step);
  void run_query(const Step& step);
  void run_error(const Step& step);
  void set_now(const Step& step);
  void run_script(const Step& step);
  void rebuild();

  std::string name_;
  TempFolder folder_;
  TempFolder files_;
  ManualClock clock_;
  StopFlag stop_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<query::Loader> loader_;
  std::unique_ptr<query::Session> session_;
};

}  // namespace annals::tests
