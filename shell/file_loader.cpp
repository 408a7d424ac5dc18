#include "shell/file_loader.h"

#include <cstdint>

#include <fmt/format.h>

#include "ingest/load_runner.h"
#include "query/commands/grouped_number.h"
#include "shell/progress_bar.h"

namespace annals::shell {

Result<LoadReport> FileLoader::load(const LoadRequest& request, const StopFlag& stop) {
  const auto run = [&] {
    ProgressBar bar(outputs_.errors, outputs_.errors_style());
    ingest::LoadRunner runner(database_,
                              [&bar](const ingest::LoadProgress& progress) { bar.show(progress); });
    return runner.run(request, stop);
  };
  ANNALS_TRY(LoadReport report, run());
  const auto rate = static_cast<std::uint64_t>(
      report.seconds > 0 ? static_cast<double>(report.read) / report.seconds : 0);
  // What is recorded must be told even if this cannot be.
  static_cast<void>(outputs_.errors.write(
      fmt::format("took {:.2f} s, {} rows a second\n", report.seconds, query::grouped(rate))));
  static_cast<void>(outputs_.errors.flush());
  return report;
}

}  // namespace annals::shell
