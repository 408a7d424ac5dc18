#pragma once

#include <string>
#include <unordered_map>

#include "query/commands/statement_context.h"
#include "query/parser/ast.h"
#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/graph_snapshot.h"

namespace annals::query {

/// The one node that `(:Type 'name')` means: an entity by canonical name, alias or identifier, or,
/// if Type is a kind, an event by "#12" or its ID. NotFound with suggestions; InvalidArgument if
/// the pattern has no name, if it says more than a name, or if several nodes have it.
Result<NodeId> find_node(const ast::NodePattern& pattern, const storage::GraphSnapshot& snapshot,
                         const StatementContext& context);

/// What nodes are called: an entity by its canonical name, an event by its ID or "#seq". Remembers
/// what it looked up. Not thread-safe; borrows the snapshot.
class NodeNames {
 public:
  explicit NodeNames(const storage::GraphSnapshot& snapshot) : snapshot_(snapshot) {}

  Result<std::string> name_of(NodeId node);

 private:
  const storage::GraphSnapshot& snapshot_;
  std::unordered_map<NodeId, std::string> names_;
};

}  // namespace annals::query
