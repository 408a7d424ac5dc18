#include "tests/scenarios/scenario_runner.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ingest/load_runner.h"
#include "query/parser/parser.h"
#include "schema/time/date.h"
#include "tests/support/paths.h"
#include "tests/support/small_blocks.h"

namespace annals::tests {

namespace {

/// Keeps what a statement gives, as lines.
class Lines final : public query::ResultSink {
 public:
  Status columns(std::span<const query::ResultColumn>, query::RowTags tags) override {
    tagged_ = tags == query::RowTags::kTagged;
    return {};
  }

  Status row(std::span<const query::Datum> cells, Certainty certainty) override {
    std::string line;
    for (const query::Datum& cell : cells) {
      if (&cell != cells.data()) line += " | ";
      line += cell.is_null() ? "null" : query::datum_text(cell);
    }
    rows_.push_back(line);
    possible_.push_back(certainty != Certainty::kCertain);
    return {};
  }

  Status message(std::string_view text) override {
    messages_.emplace_back(text);
    return {};
  }

  /// With the last column that a table would show.
  std::vector<std::string> rows() const {
    const bool any = tagged_ && std::count(possible_.begin(), possible_.end(), true) > 0;
    std::vector<std::string> rows = rows_;
    for (std::size_t i = 0; any && i < rows.size(); ++i) {
      rows[i] += possible_[i] ? " | possible" : " | certain";
    }
    return rows;
  }
  const std::vector<std::string>& messages() const { return messages_; }

 private:
  bool tagged_ = false;
  std::vector<std::string> rows_;
  std::vector<bool> possible_;
  std::vector<std::string> messages_;
};

/// Loads files of tests/scenarios/data; what is rejected goes below `folder`.
class DataLoader final : public query::Loader {
 public:
  DataLoader(storage::Database& database, std::string folder)
      : database_(database), folder_(std::move(folder)) {}

  Result<LoadReport> load(const LoadRequest& request, const StopFlag& stop) override {
    LoadRequest here = request;
    here.path = source_dir() + "/tests/scenarios/data/" + request.path;
    if (!request.rejects_path.empty()) here.rejects_path = folder_ + "/" + request.rejects_path;
    Result<LoadReport> report = ingest::LoadRunner(database_).run(here, stop);
    if (report && !report->rejects_path.empty()) report->rejects_path = request.rejects_path;
    return report;
  }

 private:
  storage::Database& database_;
  std::string folder_;
};

std::string joined(const std::vector<std::string>& lines) {
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

}  // namespace

ScenarioRunner::ScenarioRunner(std::string name) : name_(std::move(name)) {
  clock_.set(parse_date("2024-10-16T12:00:00Z")->begin.earliest);
  open();
}

ScenarioRunner::~ScenarioRunner() { close(); }

void ScenarioRunner::open() {
  auto database = storage::Database::open(folder_.path(), tests::with_small_blocks(), clock_);
  ASSERT_TRUE(database) << format_error(database.error());
  database_ = std::move(*database);
  std::filesystem::create_directories(files_.path());
  loader_ = std::make_unique<DataLoader>(*database_, files_.path());
  session_ = std::make_unique<query::Session>(*database_, clock_, loader_.get(), stop_);
}

void ScenarioRunner::close() {
  session_.reset();
  loader_.reset();
  database_.reset();
}

void ScenarioRunner::run(const std::vector<Step>& steps, Between between) {
  for (const Step& step : steps) {
    SCOPED_TRACE(fmt::format("{}:{}", name_, step.line));
    run_step(step);
    if (testing::Test::HasFatalFailure()) return;
    // An open transaction belongs to its session: it would be gone.
    if (session_->in_transaction()) continue;
    if (between == Between::kRestart) {
      close();
      open();
    }
    // What only reads, or fails, leaves nothing to rebuild: it would take minutes in all.
    const bool only_reads = step.type == StepType::kQuery || step.type == StepType::kError;
    if (between == Between::kRebuild && !only_reads) rebuild();
    if (testing::Test::HasFatalFailure()) return;
  }
}

void ScenarioRunner::rebuild() {
  const Status rebuilt = database_->rebuild(stop_);
  ASSERT_TRUE(rebuilt) << format_error(rebuilt.error());
}

void ScenarioRunner::run_step(const Step& step) {
  switch (step.type) {
    case StepType::kStatement: return run_statement(step);
    case StepType::kQuery: return run_query(step);
    case StepType::kError: return run_error(step);
    case StepType::kRestart: close(); return open();
    case StepType::kRebuild: return rebuild();
    case StepType::kNow: return set_now(step);
    case StepType::kScript: return run_script(step);
  }
}

void ScenarioRunner::run_statement(const Step& step) {
  Lines lines;
  const Status done = session_->run(step.text, {}, lines);
  ASSERT_TRUE(done) << step.text << format_error(done.error());
  if (!step.has_expectation) return;
  EXPECT_EQ(joined(lines.messages()), joined(step.expected)) << step.text;
}

void ScenarioRunner::run_query(const Step& step) {
  Lines lines;
  const Status done = session_->run(step.text, {}, lines);
  ASSERT_TRUE(done) << step.text << format_error(done.error());
  std::vector<std::string> rows = lines.rows();
  std::vector<std::string> expected = step.expected;
  const bool sorted = std::count(step.options.begin(), step.options.end(), "sorted") > 0;
  if (sorted) {
    std::sort(rows.begin(), rows.end());
    std::sort(expected.begin(), expected.end());
  }
  EXPECT_EQ(joined(rows), joined(expected)) << step.text;
}

void ScenarioRunner::run_error(const Step& step) {
  Lines lines;
  const Status done = session_->run(step.text, {}, lines);
  ASSERT_FALSE(done) << step.text << "should fail";
  const Error& error = done.error();
  std::string wanted = fmt::format("{}", fmt::join(step.options, " "));
  const std::string code(error_code_name(error.code));
  const std::string with_place =
      fmt::format("{} {}:{}", code, error.place.line, error.place.column);
  const bool has_place = wanted.find(':') != std::string::npos;
  EXPECT_EQ(has_place ? with_place : code, wanted) << format_error(error);
  for (const std::string& part : step.expected) {
    const std::string all = error.message + '\n' + error.hint;
    EXPECT_NE(all.find(part), std::string::npos) << "'" << part << "' is not in\n" << all;
  }
}

void ScenarioRunner::set_now(const Step& step) {
  ASSERT_EQ(step.options.size(), 1U);
  const auto date = parse_date(step.options.front());
  ASSERT_TRUE(date) << format_error(date.error());
  clock_.set(date->begin.earliest);
}

void ScenarioRunner::run_script(const Step& step) {
  ASSERT_EQ(step.options.size(), 1U);
  std::ifstream in(source_dir() + "/" + step.options.front());
  std::ostringstream text;
  text << in.rdbuf();
  std::string rest = text.str();
  ASSERT_FALSE(rest.empty()) << step.options.front();
  Lines lines;
  while (const auto end = query::statement_end(rest)) {
    const Status done = session_->run(rest.substr(0, *end), {}, lines);
    ASSERT_TRUE(done) << rest.substr(0, *end) << format_error(done.error());
    rest.erase(0, *end);
  }
  EXPECT_TRUE(query::is_blank(rest)) << rest;
}

}  // namespace annals::tests
