#include "query/commands/created_names.h"

#include <fmt/format.h>

#include "schema/value.h"

namespace annals::query {

void CreatedNames::note_entity(SymbolId type, std::string_view name) {
  if (builder_.entities_created() == entities_seen_) return;
  entities_seen_ = builder_.entities_created();
  created_.push_back(fmt::format("{} {}", builder_.vocabulary().symbol_name(type),
                                 format_value(Value(std::string(name)))));
}

void CreatedNames::note_relation(std::string_view name) {
  if (builder_.relations_created() == relations_seen_) return;
  relations_seen_ = builder_.relations_created();
  add_relation(name);
}

void CreatedNames::add_relation(std::string_view name) {
  created_.push_back(fmt::format("relation {}", name));
}

std::string CreatedNames::text() const {
  // A role of thousands of new names would bury the line's point.
  constexpr std::size_t kNamesShown = 10;
  std::string text;
  for (std::size_t i = 0; i < created_.size() && i < kNamesShown; ++i) {
    text += (i == 0 ? ", created " : ", ") + created_[i];
  }
  if (created_.size() > kNamesShown) {
    text += fmt::format(" and {} more", created_.size() - kNamesShown);
  }
  return text;
}

}  // namespace annals::query
