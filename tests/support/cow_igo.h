#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schema/base/result.h"

namespace annals::tests {

/// The Correlates of War data on who was in which intergovernmental organisation, year by year:
/// the wide table state_year, with a row for each state and year and a column for each
/// organisation.
///
/// How membership spells are derived from it:
///  - A spell is a run of years with the same status (1 full member, 2 associate, 3 observer), from
///    1 January of its first year to 1 January after its last: the data say "in this year", and we
///    take the whole year.
///  - A change of status ends one spell and begins the next; it is neither joining nor leaving.
///  - -9 is "not known". Where it follows a run, the spell ended at some time from the run's last
///    1 January on until the end of the gap; where it precedes one, likewise. Such a year is only
///    possible, and a gap never becomes "left and rejoined".
///  - A run that reaches the last year of the data (2014) is not ended: it has no end.
class CowIgo {
 public:
  static constexpr int kNotKnown = -9;

  /// Reads `path`, state_year.tsv.zst.
  static Result<CowIgo> read(const std::string& path);

  /// Writes the spells as a file for LOAD FACTS with the columns state, relation, organisation,
  /// from, to. Returns their number.
  Result<std::uint64_t> write_spells(const std::string& path) const;

  const std::vector<std::string>& organisations() const { return organisations_; }
  /// State -> year -> status of each organisation, in the order of organisations().
  using Years = std::map<int, std::vector<int>>;
  const std::map<std::string, Years>& states() const { return states_; }

  /// The relation of a status from 1 to 3.
  static std::string relation_of(int status);

 private:
  int last_year_ = 0;
  std::vector<std::string> organisations_;
  std::map<std::string, Years> states_;
};

}  // namespace annals::tests
