#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/oracle/history.h"
#include "tests/support/oracle/question.h"

/// Histories and questions of the oracle as statements of Annals.
namespace annals::law {

/// What stands before a history: types, relations, the oracle's kinds, nodes. Each statement is one
/// event, so that the event at place i of any history has the number first_seq() + i. Kinds that it
/// does not use are defined without what they do, so that most know no event that ends and begins.
std::vector<std::string> definitions(const oracle::History& history);
std::uint64_t first_seq();

/// Day 0 of the oracle is this day of January 2000. Days may lie anywhere before and after.
inline constexpr int kFirstDay = 5;

/// "2000-01-05", or "[2000-01-05..2000-01-07]".
std::string date_text(const oracle::Days& days, bool uncertain = false);

/// Without the ";".
std::string statement_of(const oracle::History& history, std::size_t place);
std::string statement_of(const oracle::Question& question);

/// All of it, to be pasted.
std::string script_of(const oracle::History& history, const oracle::Question& question);

}  // namespace annals::law
