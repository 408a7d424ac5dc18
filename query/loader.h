#pragma once

#include "schema/base/result.h"
#include "schema/base/stop_flag.h"
#include "schema/load_request.h"

namespace annals::query {

/// Loads files; the shell gives one to the engine, which knows the statement and not the files.
class Loader {
 public:
  virtual ~Loader() = default;
  virtual Result<LoadReport> load(const LoadRequest& request, const StopFlag& stop) = 0;
};

}  // namespace annals::query
