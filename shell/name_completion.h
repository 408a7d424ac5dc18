#pragma once

#include "shell/completion.h"
#include "storage/database.h"

namespace annals::shell {

/// Completes keywords and, from the database as it is now, the names of kinds, roles, relations,
/// types and properties; within quotes the names of entities, and after a dot the commands of the
/// shell. Borrows the database.
class NameCompletion final : public CompletionSource {
 public:
  explicit NameCompletion(const storage::Database& database) : database_(database) {}

  Completion complete(std::string_view text) const override;

 private:
  Completion complete_entity(std::string_view text, std::size_t quote) const;
  Completion complete_word(std::string_view text) const;

  const storage::Database& database_;
};

}  // namespace annals::shell
