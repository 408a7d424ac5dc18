#include "query/planner/functions.h"

#include <algorithm>
#include <array>

#include "schema/base/ascii.h"

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
constexpr TypeSet kTimedTextOrPath(kDate, kPeriod, kFact, kText, kPath);
constexpr TypeSet kWay(kPath);

using Id = FunctionId;

constexpr std::array kFunctions = {
    Function{Id::kCount, "count", 1, 1, {kAny}, true},
    Function{Id::kSum, "sum", 1, 1, {kNumber}, true},
    Function{Id::kAvg, "avg", 1, 1, {kNumber}, true},
    Function{Id::kMin, "min", 1, 1, {kAny}, true},
    Function{Id::kMax, "max", 1, 1, {kAny}, true},
    Function{Id::kStDev, "stDev", 1, 1, {kNumber}, true},
    Function{Id::kStDevP, "stDevP", 1, 1, {kNumber}, true},
    Function{Id::kPercentileCont, "percentileCont", 2, 2, {kNumber, kNumber}, true},
    Function{Id::kPercentileDisc, "percentileDisc", 2, 2, {kNumber, kNumber}, true},
    Function{Id::kCollect, "collect", 1, 1, {kAny}, true},

    Function{Id::kCoalesce, "coalesce", 1, Function::kMany, {kAny}, true},
    Function{Id::kToString, "toString", 1, 1, {kShown}},
    Function{Id::kToInteger, "toInteger", 1, 1, {kScalar}},
    Function{Id::kToFloat, "toFloat", 1, 1, {TypeSet(kInteger, kFloat, kText)}},
    Function{Id::kToBoolean, "toBoolean", 1, 1, {TypeSet(kBoolean, kText, kInteger)}},

    Function{Id::kSize, "size", 1, 1, {kTextOrList}},
    Function{Id::kReverse, "reverse", 1, 1, {kTextOrList}},
    Function{Id::kToLower, "toLower", 1, 1, {kString}},
    Function{Id::kToUpper, "toUpper", 1, 1, {kString}},
    Function{Id::kTrim, "trim", 1, 1, {kString}},
    Function{Id::kLTrim, "lTrim", 1, 1, {kString}},
    Function{Id::kRTrim, "rTrim", 1, 1, {kString}},
    Function{Id::kSubstring, "substring", 2, 3, {kString, kWhole, kWhole}},
    Function{Id::kLeft, "left", 2, 2, {kString, kWhole}},
    Function{Id::kRight, "right", 2, 2, {kString, kWhole}},
    Function{Id::kReplace, "replace", 3, 3, {kString, kString, kString}},
    Function{Id::kSplit, "split", 2, 2, {kString, kString}},
    Function{Id::kHead, "head", 1, 1, {kSequence}},
    Function{Id::kLast, "last", 1, 1, {kSequence}},
    Function{Id::kTail, "tail", 1, 1, {kSequence}},

    Function{Id::kRange, "range", 2, 3, {kWhole, kWhole, kWhole}},
    Function{Id::kKeys, "keys", 1, 1, {TypeSet(kMap, kFact)}},

    Function{Id::kAbs, "abs", 1, 1, {kNumber}},
    Function{Id::kSign, "sign", 1, 1, {kNumber}},
    Function{Id::kRound, "round", 1, 2, {kNumber, kWhole}},
    Function{Id::kFloor, "floor", 1, 1, {kNumber}},
    Function{Id::kCeil, "ceil", 1, 1, {kNumber}},
    Function{Id::kSqrt, "sqrt", 1, 1, {kNumber}},
    Function{Id::kExp, "exp", 1, 1, {kNumber}},
    Function{Id::kLog, "log", 1, 1, {kNumber}},
    Function{Id::kLog10, "log10", 1, 1, {kNumber}},
    Function{Id::kSin, "sin", 1, 1, {kNumber}},
    Function{Id::kCos, "cos", 1, 1, {kNumber}},
    Function{Id::kTan, "tan", 1, 1, {kNumber}},
    Function{Id::kCot, "cot", 1, 1, {kNumber}},
    Function{Id::kAsin, "asin", 1, 1, {kNumber}},
    Function{Id::kAcos, "acos", 1, 1, {kNumber}},
    Function{Id::kAtan, "atan", 1, 1, {kNumber}},
    Function{Id::kAtan2, "atan2", 2, 2, {kNumber, kNumber}},
    Function{Id::kDegrees, "degrees", 1, 1, {kNumber}},
    Function{Id::kRadians, "radians", 1, 1, {kNumber}},
    Function{Id::kPi, "pi", 0, 0, {}},
    Function{Id::kE, "e", 0, 0, {}},

    Function{Id::kLabels, "labels", 1, 1, {TypeSet(kNode)}},
    Function{Id::kType, "type", 1, 1, {TypeSet(kFact)}},
    Function{Id::kId, "id", 1, 1, {TypeSet(kNode, kFact)}},
    Function{Id::kStartNode, "startNode", 1, 1, {TypeSet(kFact)}},
    Function{Id::kEndNode, "endNode", 1, 1, {TypeSet(kFact)}},

    Function{Id::kNodes, "nodes", 1, 1, {kWay}},
    Function{Id::kRelations, "relations", 1, 1, {kWay}},
    Function{Id::kRelations, "relationships", 1, 1, {kWay}},  // as openCypher calls them
    Function{Id::kLength, "length", 1, 1, {kWay}},
    Function{Id::kTimes, "times", 1, 1, {kWay}},

    Function{Id::kDate, "date", 0, 1, {TypeSet(kText, kDate)}},
    Function{Id::kBegins, "begins", 1, 1, {kTimed}},
    Function{Id::kEnds, "ends", 1, 1, {kTimed}},
    Function{Id::kPeriod, "period", 1, 2, {kTimedTextOrPath, kTimedOrText}},
    Function{Id::kIntersect, "intersect", 2, 2, {kTimed, kTimed}},
    Function{Id::kDuration, "duration", 1, 1, {kTimed}},
    Function{Id::kCertainty, "certainty", 0, 1, {TypeSet(kFact)}},
};

}  // namespace

std::string TypeSet::description() const {
  std::vector<std::string_view> names;
  for (unsigned type = 0; type <= static_cast<unsigned>(kPath); ++type) {
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
  const auto found = std::find_if(kFunctions.begin(), kFunctions.end(), [name](const Function& f) {
    return equals_ignoring_case(f.name, name);
  });
  return found == kFunctions.end() ? nullptr : &*found;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  names.reserve(kFunctions.size());
  for (const Function& function : kFunctions) names.push_back(function.name);
  return names;
}

}  // namespace annals::query
