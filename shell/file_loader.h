#pragma once

#include "query/loader.h"
#include "shell/statement_runner.h"
#include "storage/database.h"

namespace annals::shell {

/// Loads files for LOAD: shows how far it is while somebody watches, and says on the error output
/// how long it took, so that results stay the same from run to run. Borrows everything.
class FileLoader final : public query::Loader {
 public:
  FileLoader(storage::Database& database, const Outputs& outputs)
      : database_(database), outputs_(outputs) {}

  Result<LoadReport> load(const LoadRequest& request, const StopFlag& stop) override;

 private:
  storage::Database& database_;
  const Outputs& outputs_;
};

}  // namespace annals::shell
