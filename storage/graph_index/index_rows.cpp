#include "storage/graph_index/index_rows.h"

#include "schema/name_key.h"
#include "storage/graph_index/key_encoding.h"
#include "storage/graph_index/row_bytes.h"

namespace annals::storage {

namespace {

constexpr std::size_t kNodeBytes = 8;

NodeId node_at_end(std::string_view key) {
  if (key.size() < kNodeBytes) return {};
  return KeyReader(key.substr(key.size() - kNodeBytes)).node();
}

Error unreadable(std::string_view what) {
  return Error(ErrorCode::kCorruption, "a row of the index cannot be read: " + std::string(what),
               "the log is not affected: REPLAY COMPARE shows the extent, and a rebuild mends it");
}

void write_names(RowWriter& out, const std::vector<std::string>& names,
                 const std::vector<Seq>& known) {
  out.number(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.text(names[i]);
    out.number(known[i].raw);
  }
}

void read_names(RowReader& in, std::vector<std::string>& names, std::vector<Seq>& known) {
  names.clear();
  known.clear();
  const std::uint64_t count = in.number();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    names.emplace_back(in.text());
    known.emplace_back(in.number());
  }
}

}  // namespace

std::string entity_key(NodeId entity) { return KeyWriter().tag('e').node(entity).take(); }

std::string typed_entity_prefix(SymbolId type) { return KeyWriter().tag('t').symbol(type).take(); }

std::string typed_entity_key(SymbolId type, NodeId entity) {
  return KeyWriter().tag('t').symbol(type).node(entity).take();
}

NodeId entity_of_key(std::string_view key) { return node_at_end(key); }

std::string encode_entity(const Entity& entity) {
  std::string bytes;
  RowWriter out(bytes);
  out.number(entity.type.raw);
  out.text(entity.name);
  out.number(entity.known_from.raw);
  write_names(out, entity.aliases, entity.aliases_known);
  write_names(out, entity.identifiers, entity.identifiers_known);
  return bytes;
}

Status decode_entity(std::string_view value, Entity& entity) {
  RowReader in(value);
  entity.type = SymbolId(static_cast<std::uint32_t>(in.number()));
  entity.name = std::string(in.text());
  entity.known_from = Seq(in.number());
  read_names(in, entity.aliases, entity.aliases_known);
  read_names(in, entity.identifiers, entity.identifiers_known);
  if (!in.finished()) return unreadable("entity");
  return {};
}

std::string name_prefix(std::string_view name) {
  return KeyWriter().tag('n').text(name_key(name)).take();
}

std::string name_row_key(std::string_view name, NodeId entity) {
  return KeyWriter().tag('n').text(name_key(name)).node(entity).take();
}

std::string likeness_start(std::string_view name) { return 'l' + likeness_key(name); }

std::string likeness_row_key(std::string_view name, NodeId entity) {
  return KeyWriter().tag('l').text(likeness_key(name)).node(entity).take();
}

NodeId named_entity(std::string_view key) { return node_at_end(key); }

std::string encode_symbol(SymbolId symbol) { return KeyWriter().symbol(symbol).take(); }

SymbolId decode_symbol(std::string_view value) { return KeyReader(value).symbol(); }

std::string encode_seq(Seq seq) { return KeyWriter().seq(seq).take(); }

Seq decode_seq(std::string_view value) { return KeyReader(value).seq(); }

std::string count_key(char letter, SymbolId symbol) {
  return KeyWriter().tag('n').tag(letter).symbol(symbol).take();
}

std::string count_prefix(char letter) { return KeyWriter().tag('n').tag(letter).take(); }

std::string generation_key(Family family, NodeId node) {
  return KeyWriter(generation_prefix(family)).node(node).take();
}

std::string generation_prefix(Family family) {
  return KeyWriter().tag('g').tag(family == Family::kOut ? 'o' : 'i').take();
}

std::string symbol_key(SymbolId symbol) { return KeyWriter().tag('s').symbol(symbol).take(); }

std::string symbol_prefix() { return "s"; }

std::string definition_key(const EventBody& definition, Seq defined) {
  KeyWriter key;
  key.tag('d');
  if (const auto* type = std::get_if<EntityType>(&definition)) key.tag('e').symbol(type->name);
  if (const auto* relation = std::get_if<Relation>(&definition)) {
    key.tag('r').symbol(relation->name);
  }
  if (const auto* kind = std::get_if<Boxed<Kind>>(&definition)) {
    key.tag('k').symbol((*kind)->name);
  }
  if (std::holds_alternative<Padding>(definition)) key.tag('p');
  return key.seq(defined).take();
}

std::string definition_prefix() { return "d"; }

std::string replay_key(Seq replay) { return KeyWriter().tag('r').seq(replay).take(); }

std::string replay_prefix() { return "r"; }

std::string correction_key(Seq target, Seq change) {
  return KeyWriter().seq(target).seq(change).take();
}

std::string event_state_key(Seq event) { return correction_key(event, Seq()); }

std::string correction_prefix(Seq target) { return KeyWriter().seq(target).take(); }

}  // namespace annals::storage
