#include "query/commands/load.h"

#include <string>

#include <fmt/format.h>

#include "query/commands/grouped_number.h"

namespace annals::query {

namespace {

/// "12 entities, 3 relations"; empty if nothing was created.
std::string created_text(const LoadReport& report) {
  std::string text;
  const auto add = [&text](std::uint64_t count, std::string_view one, std::string_view many) {
    if (count == 0) return;
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), count == 1 ? one : many);
  };
  add(report.entities_created, "entity", "entities");
  add(report.relations_created, "relation", "relations");
  return text;
}

}  // namespace

Status load_file(const ast::Load& statement, Loader* loader, const StatementContext& context) {
  const LoadRequest& request = statement.request;
  if (loader == nullptr) {
    return Error(ErrorCode::kUnsupported, "LOAD is not possible here",
                 "the program that embeds Annals gave the session no loader");
  }
  ANNALS_TRY(const LoadReport report, loader->load(request, context.stop));
  const bool is_dry = request.dry_run;
  ANNALS_CHECK_OK(context.sink.message(
      fmt::format("{}read {} = recorded {} + duplicate {} + rejected {}",
                  is_dry ? "dry run, nothing is kept: " : "", grouped(report.read),
                  grouped(report.recorded), grouped(report.duplicate), grouped(report.rejected))));
  if (const std::string created = created_text(report); !created.empty()) {
    ANNALS_CHECK_OK(
        context.sink.message(fmt::format("{} {}", is_dry ? "would create" : "created", created)));
  }
  if (report.rejected > 0 && !report.rejects_path.empty()) {
    return context.sink.message(fmt::format("rejected rows: {}", report.rejects_path));
  }
  return {};
}

}  // namespace annals::query
