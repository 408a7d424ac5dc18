#include "query/planner/functions.h"

#include <algorithm>
#include <span>

namespace annals::query {

namespace {

using enum DatumType;

constexpr TypeSet kAny = TypeSet::any();
constexpr TypeSet kNumber(kInteger, kFloat);
constexpr TypeSet kWhole(kInteger);
constexpr TypeSet kString(kText);
constexpr TypeSet kTextOrList(kText, kList);
constexpr TypeSet kSequence(kList);
constexpr TypeSet kScalar(kBoolean, kInteger, kFloat, kText);
constexpr TypeSet kShown(kBoolean, kInteger, kFloat, kText, kDate, kPeriod);
constexpr TypeSet kTimed(kDate, kPeriod, kFact);
constexpr TypeSet kTimedOrText(kDate, kPeriod, kFact, kText);

std::span<const Function> table() {
  using enum FunctionId;
  static constexpr std::array functions = {
      Function{kCount, "count", 1, 1, {kAny}, true},
      Function{kSum, "sum", 1, 1, {kNumber}, true},
      Function{kAvg, "avg", 1, 1, {kNumber}, true},
      Function{kMin, "min", 1, 1, {kAny}, true},
      Function{kMax, "max", 1, 1, {kAny}, true},
      Function{kStDev, "stDev", 1, 1, {kNumber}, true},
      Function{kStDevP, "stDevP", 1, 1, {kNumber}, true},
      Function{kPercentileCont, "percentileCont", 2, 2, {kNumber, kNumber}, true},
      Function{kPercentileDisc, "percentileDisc", 2, 2, {kNumber, kNumber}, true},
      Function{kCollect, "collect", 1, 1, {kAny}, true},

      Function{kCoalesce, "coalesce", 1, Function::kMany, {kAny}, true},
      Function{kToString, "toString", 1, 1, {kShown}},
      Function{kToInteger, "toInteger", 1, 1, {kScalar}},
      Function{kToFloat, "toFloat", 1, 1, {TypeSet(kInteger, kFloat, kText)}},
      Function{kToBoolean, "toBoolean", 1, 1, {TypeSet(kBoolean, kText, kInteger)}},

      Function{kSize, "size", 1, 1, {kTextOrList}},
      Function{kReverse, "reverse", 1, 1, {kTextOrList}},
      Function{kToLower, "toLower", 1, 1, {kString}},
      Function{kToUpper, "toUpper", 1, 1, {kString}},
      Function{kTrim, "trim", 1, 1, {kString}},
      Function{kLTrim, "lTrim", 1, 1, {kString}},
      Function{kRTrim, "rTrim", 1, 1, {kString}},
      Function{kSubstring, "substring", 2, 3, {kString, kWhole, kWhole}},
      Function{kLeft, "left", 2, 2, {kString, kWhole}},
      Function{kRight, "right", 2, 2, {kString, kWhole}},
      Function{kReplace, "replace", 3, 3, {kString, kString, kString}},
      Function{kSplit, "split", 2, 2, {kString, kString}},
      Function{kHead, "head", 1, 1, {kSequence}},
      Function{kLast, "last", 1, 1, {kSequence}},
      Function{kTail, "tail", 1, 1, {kSequence}},

      Function{kRange, "range", 2, 3, {kWhole, kWhole, kWhole}},
      Function{kKeys, "keys", 1, 1, {TypeSet(kMap, kFact)}},

      Function{kAbs, "abs", 1, 1, {kNumber}},
      Function{kSign, "sign", 1, 1, {kNumber}},
      Function{kRound, "round", 1, 2, {kNumber, kWhole}},
      Function{kFloor, "floor", 1, 1, {kNumber}},
      Function{kCeil, "ceil", 1, 1, {kNumber}},
      Function{kSqrt, "sqrt", 1, 1, {kNumber}},
      Function{kExp, "exp", 1, 1, {kNumber}},
      Function{kLog, "log", 1, 1, {kNumber}},
      Function{kLog10, "log10", 1, 1, {kNumber}},
      Function{kSin, "sin", 1, 1, {kNumber}},
      Function{kCos, "cos", 1, 1, {kNumber}},
      Function{kTan, "tan", 1, 1, {kNumber}},
      Function{kCot, "cot", 1, 1, {kNumber}},
      Function{kAsin, "asin", 1, 1, {kNumber}},
      Function{kAcos, "acos", 1, 1, {kNumber}},
      Function{kAtan, "atan", 1, 1, {kNumber}},
      Function{kAtan2, "atan2", 2, 2, {kNumber, kNumber}},
      Function{kDegrees, "degrees", 1, 1, {kNumber}},
      Function{kRadians, "radians", 1, 1, {kNumber}},
      Function{kPi, "pi", 0, 0, {}},
      Function{kE, "e", 0, 0, {}},

      Function{kLabels, "labels", 1, 1, {TypeSet(kNode)}},
      Function{kType, "type", 1, 1, {TypeSet(kFact)}},
      Function{kId, "id", 1, 1, {TypeSet(kNode, kFact)}},
      Function{kStartNode, "startNode", 1, 1, {TypeSet(kFact)}},
      Function{kEndNode, "endNode", 1, 1, {TypeSet(kFact)}},

      Function{FunctionId::kDate, "date", 0, 1, {TypeSet(kText, DatumType::kDate)}},
      Function{kBegins, "begins", 1, 1, {kTimed}},
      Function{kEnds, "ends", 1, 1, {kTimed}},
      Function{FunctionId::kPeriod, "period", 1, 2, {kTimedOrText, kTimedOrText}},
      Function{kIntersect, "intersect", 2, 2, {kTimed, kTimed}},
      Function{kDuration, "duration", 1, 1, {kTimed}},
      Function{kCertainty, "certainty", 0, 1, {TypeSet(kFact)}},
  };
  return functions;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string TypeSet::description() const {
  std::vector<std::string_view> names;
  for (unsigned type = 0; type <= static_cast<unsigned>(kMap); ++type) {
    if (contains(static_cast<DatumType>(type))) {
      names.push_back(datum_type_name(static_cast<DatumType>(type)));
    }
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

const Function* find_function(std::string_view name) {
  const auto functions = table();
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [name](const Function& f) { return same_word(f.name, name); });
  return found == functions.end() ? nullptr : &*found;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  for (const Function& function : table()) names.push_back(function.name);
  return names;
}

}  // namespace annals::query
