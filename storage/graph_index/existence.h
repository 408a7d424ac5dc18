#pragma once

#include <memory>
#include <vector>

#include "schema/base/result.h"
#include "schema/ids.h"
#include "storage/graph_index/fact.h"
#include "storage/graph_index/spell.h"

namespace annals::storage {

template <class Item>
class Cursor;
class GraphSnapshot;

/// The times in which an entity exists, from the effects that begin and end it, in any order. None:
/// nothing was said about it, and it always exists. What is said first counts: a second begin or
/// end changes nothing, and an end without a begin ends what always was (a spell without a begin
/// has the id 0 and begins at kBeginningOfTime).
std::vector<Spell> existence_of(std::vector<TimelineEffect> effects);

/// The parts of a fact in which one of its nodes exists, appended to `parts`: at most one for each
/// of `existence`, and the fact itself if that is empty.
void clip(const Fact& fact, const std::vector<Spell>& existence, std::vector<Fact>& parts);
void clip(const PropertyFact& fact, const std::vector<Spell>& existence,
          std::vector<PropertyFact>& parts);

/// The facts of `facts` while both of their nodes exist, as `snapshot` knows it, as far as they may
/// hold in `window`. Must not outlive the snapshot.
std::unique_ptr<Cursor<Fact>> while_nodes_exist(std::unique_ptr<Cursor<Fact>> facts,
                                                const GraphSnapshot& snapshot, Window window);

}  // namespace annals::storage
