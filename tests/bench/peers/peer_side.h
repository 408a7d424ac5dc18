#pragma once

#include <string>
#include <vector>

#include "tests/bench/peers/table.h"

namespace annals::bench {

/// Where the peers' part of a run is.
struct PeerFolders {
  std::string scripts;   ///< harness.mjs and the adapters.
  std::string packages;  ///< Where npm installed them: node_modules lies here.
  std::string data;      ///< facts.csv and picks.csv; databases go here, too.
};

/// The peers there are adapters for.
std::vector<std::string> all_peers();

/// Loads, asks, starts and appends, and puts what was measured into the table; a peer that is not
/// installed, or whose load fails, is put down as missing.
void measure_peer(const std::string& peer, const PeerFolders& folders, const Size& size,
                  double seconds, Table& table);

}  // namespace annals::bench
