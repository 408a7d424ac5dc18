#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "storage/commit_builder.h"

namespace annals::query {

/// Watches what one statement brings into being beside its event, to say so. Borrows the builder.
class CreatedNames {
 public:
  explicit CreatedNames(const storage::CommitBuilder& builder)
      : builder_(builder),
        entities_seen_(builder.entities_created()),
        relations_seen_(builder.relations_created()) {}

  /// Call after each name was looked up: notes it if that created an entity of `type`.
  void note_entity(SymbolId type, std::string_view name);
  /// Likewise for the name of a relation.
  void note_relation(std::string_view name);
  /// A relation that the statement itself defined.
  void add_relation(std::string_view name);

  /// "" or ", created Country 'Narnia', relation KNOWS".
  std::string text() const;

 private:
  const storage::CommitBuilder& builder_;
  std::uint64_t entities_seen_;
  std::uint64_t relations_seen_;
  std::vector<std::string> created_;
};

}  // namespace annals::query
