#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "query/executor/query_runner.h"
#include "query/parser/ast.h"

namespace annals::query {

/// A plan that is kept, and where in its text the statement stands.
struct CachedPlan {
  std::shared_ptr<const PlannedQuery> plan;
  ast::SourceRange range;
  std::shared_ptr<const ast::Timeline> timeline = nullptr;  ///< Null: the query by itself.
};

/// The plans of the queries and timelines that were asked last, by their text: whoever asks the
/// same again, with other parameters perhaps, pays neither for parsing nor for planning. Keeps at
/// most limits::kCachedPlansMax of them, of texts up to limits::kCachedPlanBytesMax. Not
/// thread-safe.
class PlanCache {
 public:
  /// The plan of the text, perhaps a stale one; null without any. Valid until add() or clear().
  const CachedPlan* find(std::string_view text);

  /// Keeps the plan, instead of one that it had.
  void add(std::string_view text, CachedPlan plan);

  /// Forgets all, since the texts mean something else from now on.
  void clear();

 private:
  struct Entry {
    std::string text;
    CachedPlan plan;
  };
  using Entries = std::list<Entry>;

  Entries entries_;  // the one that was used last comes first
  std::unordered_map<std::string_view, Entries::iterator> by_text_;
};

}  // namespace annals::query
