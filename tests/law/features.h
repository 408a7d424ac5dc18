#pragma once

/// What the random questions may use. A part of the language is switched on when it is there; the
/// oracle knows all of them.
namespace annals::law {

inline constexpr bool kHasDuring = true;
inline constexpr bool kHasThroughout = true;
inline constexpr bool kHasExists = true;
/// DISTINCT rows are certain if in each world one of the rows holds that they stand for.
inline constexpr bool kHasDistinct = true;
inline constexpr bool kHasSaidBy = true;
inline constexpr bool kHasKnownAt = true;
inline constexpr bool kHasChanges = true;    ///< CORRECT and RETRACT.
inline constexpr bool kHasExistence = true;  ///< Nodes that come to be and cease to be.
/// What an event of a coarse date MARKS ends one day after it begins, whenever that was. Off: such
/// events have exact dates.
inline constexpr bool kHasCoarseMarks = false;

/// A fact of ALL TIME and one of another clause exclude each other if no world has both. Off: ALL
/// TIME stands alone.
inline constexpr bool kHasAllTimeBesides = false;

/// A plan, or an event of an uncertain date, happens at its instant or never. Off: such events
/// either begin facts or end them, since Annals takes "never" for "at some time", and of several
/// ends of a fact knows the last. Where one has several effects, nothing is asked with NOT EXISTS.
/// What tells when a node exists bears on all of its facts and is no plan either.
inline constexpr bool kHasPlansThatShare = false;

}  // namespace annals::law
