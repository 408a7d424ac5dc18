#pragma once

#include <boost/unordered/unordered_flat_set.hpp>

#include "schema/vocabulary.h"

namespace annals::storage {

/// The relations of which one event may end a fact and begin the same one anew. Of all others what
/// is over can be told from what is not by its end alone. A value; const members are thread-safe.
class Renewals {
 public:
  /// Takes each definition of a kind that there ever was, before its events.
  void note(const Kind& kind);
  bool may_renew(SymbolId relation) const { return all_ || relations_.contains(relation); }

 private:
  bool all_ = false;
  boost::unordered_flat_set<SymbolId, std::hash<SymbolId>> relations_;
};

}  // namespace annals::storage
