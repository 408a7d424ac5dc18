#pragma once

#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/event.h"
#include "storage/graph_index/fact.h"
#include "storage/kv/family.h"

/// Keys and values of the index families other than facts. The layout of each is described in
/// docs/graph_index_format.md; whoever writes and whoever reads a row both go through here.
namespace annals::storage {

// --- kEntity: 'e' node -> entity; 't' type node -> nothing -------------------------------------
std::string entity_key(NodeId entity);
std::string typed_entity_prefix(SymbolId type);
std::string typed_entity_key(SymbolId type, NodeId entity);
/// The node at the end of a key of either sort.
NodeId entity_of_key(std::string_view key);
std::string encode_entity(const Entity& entity);
Status decode_entity(std::string_view value, Entity& entity);

// --- kName: 'n' name_key NUL node -> type; 'l' likeness_key NUL node -> type -------------------
std::string name_prefix(std::string_view name);  ///< Of all entities with exactly this name.
std::string name_row_key(std::string_view name, NodeId entity);
std::string likeness_start(std::string_view name);  ///< Of all names that are alike or go on.
std::string likeness_row_key(std::string_view name, NodeId entity);
/// Of a row of either sort.
NodeId named_entity(std::string_view key);
std::string encode_symbol(SymbolId symbol);
SymbolId decode_symbol(std::string_view value);

// --- kEventId: the ID -> sequence --------------------------------------------------------------
std::string encode_seq(Seq seq);
Seq decode_seq(std::string_view value);

// --- kDefinition: 's' number -> name; 'd' sort [name] seq -> the defining event; 'r' seq
// ----------
std::string symbol_key(SymbolId symbol);
std::string symbol_prefix();
std::string definition_key(const EventBody& definition, Seq defined);
std::string definition_prefix();
std::string replay_key(Seq replay);
std::string replay_prefix();

// --- kCorrection: target seq -> nothing; event 0 -> its present state --------------------------
std::string correction_key(Seq target, Seq change);
/// Of an event that changes nothing itself: how it stands with what was corrected and retracted.
std::string event_state_key(Seq event);
std::string correction_prefix(Seq target);

// --- kMeta --------------------------------------------------------------------------------------
inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kProgressKey = "progress";
/// Of a count by symbol, of types ('t'), kinds ('k') or relations ('r').
std::string count_key(char letter, SymbolId symbol);
std::string count_prefix(char letter);
/// The generation of the tail of a node's group in kOut or kIn, if it is above 0.
std::string generation_key(Family family, NodeId node);
std::string generation_prefix(Family family);
/// There while the index is being thrown away: what else there is of it counts for nothing.
inline constexpr std::string_view kClearingKey = "clearing";
/// There from when it has been thrown away until it is made anew as far as it was: whoever cannot
/// make the rest of it must not take it for all there is.
inline constexpr std::string_view kFillingKey = "filling";
/// The end of what was known to be on disk of the log: a log that has no such end has lost it, or
/// is another one. What else the index knows may be of commits that a power cut took back.
inline constexpr std::string_view kDurableKey = "durable";
/// Version of the layout of all rows of the index. A change of layout is a new version, and an
/// older index is rebuilt from the log.
inline constexpr std::uint64_t kIndexFormat = 10;

}  // namespace annals::storage
