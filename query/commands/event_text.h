#pragma once

#include <string>

#include "query/commands/node_lookup.h"
#include "schema/base/result.h"
#include "schema/event.h"
#include "schema/vocabulary.h"
#include "storage/graph_index/fact.h"

namespace annals::query {

/// Events and facts in words, for people who read a history.

/// The kind, or ASSERT, ENTITY, DEFINE, CORRECT, RETRACT, REPLAY.
std::string kind_text(const Event& event, const Vocabulary& vocabulary);

/// When it happened, as written: a date, or "from/to" of an assertion; empty if nothing is known.
std::string date_text(const Event& event);

/// happened, planned, cancelled
std::string status_text(EventStatus status);

/// What it says: "member: Georgia, organisation: CIS", "(Georgia)-[:BORDERS]->(Armenia)",
/// "Georgia, also Sakartvelo, ID iso3:GEO"; then what was said and why, if that is recorded.
Result<std::string> content_text(const Event& event, const Vocabulary& vocabulary,
                                 NodeNames& names);

/// A fact: "(Georgia)-[:MEMBER_OF {capacity: 'founder'}]->(CIS)".
Result<std::string> fact_text(const storage::Fact& fact, const Vocabulary& vocabulary,
                              NodeNames& names);

/// A fact seen from `node`, one of its ends: "MEMBER_OF -> CIS {capacity: 'founder'}" or
/// "MEMBER_OF <- Georgia".
Result<std::string> fact_text(const storage::Fact& fact, NodeId node, const Vocabulary& vocabulary,
                              NodeNames& names);

}  // namespace annals::query
