#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/datum.h"

namespace annals::query {

enum class FunctionId : std::uint8_t {
  // Aggregates
  kCount,
  kSum,
  kAvg,
  kMin,
  kMax,
  kStDev,
  kStDevP,
  kPercentileCont,
  kPercentileDisc,
  kCollect,
  // Any value
  kCoalesce,
  kToString,
  kToInteger,
  kToFloat,
  kToBoolean,
  // Texts and lists
  kSize,
  kReverse,
  kToLower,
  kToUpper,
  kTrim,
  kLTrim,
  kRTrim,
  kSubstring,
  kLeft,
  kRight,
  kReplace,
  kSplit,
  kHead,
  kLast,
  kTail,
  kRange,
  kKeys,
  // Numbers
  kAbs,
  kSign,
  kRound,
  kFloor,
  kCeil,
  kSqrt,
  kExp,
  kLog,
  kLog10,
  kSin,
  kCos,
  kTan,
  kCot,
  kAsin,
  kAcos,
  kAtan,
  kAtan2,
  kDegrees,
  kRadians,
  kPi,
  kE,
  // Graph
  kLabels,
  kType,
  kId,
  kStartNode,
  kEndNode,
  kNodes,
  kRelations,
  kLength,
  kTimes,
  // Time
  kDate,
  kBegins,
  kEnds,
  kPeriod,
  kIntersect,
  kDuration,
  kCertainty,
};

/// A set of types that an argument may have.
class TypeSet {
 public:
  constexpr TypeSet() = default;
  template <class... Types>
  constexpr explicit TypeSet(Types... types)
      : bits_(static_cast<std::uint16_t>((0U | ... | (1U << static_cast<unsigned>(types))))) {}
  static constexpr TypeSet any() {
    TypeSet all;
    all.bits_ = 0xFFFF;
    return all;
  }

  constexpr bool contains(DatumType type) const {
    return ((bits_ >> static_cast<unsigned>(type)) & 1U) != 0;
  }
  /// "integer or float".
  std::string description() const;

 private:
  std::uint16_t bits_ = 0;
};

/// A function of the language. A null argument gives null without looking at the others, except
/// where `takes_null`; an argument of another type is an error.
struct Function {
  static constexpr std::size_t kArgumentsMax = 3;
  static constexpr std::uint8_t kMany = 0xFF;

  FunctionId id;
  std::string_view name;
  std::uint8_t arguments_min;
  std::uint8_t arguments_max;  ///< kMany: as many as limits::kListElementsMax, of types[0].
  std::array<TypeSet, kArgumentsMax> types;
  bool takes_null = false;

  bool is_aggregate() const { return id <= FunctionId::kCollect; }
};

/// The function called `name`, in whatever case, as in openCypher; null if there is none.
const Function* find_function(std::string_view name);

/// All names, for "did you mean".
std::vector<std::string_view> function_names();

}  // namespace annals::query
