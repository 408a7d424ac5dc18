#include "query/parser/grammar/expression_builder.h"

#include <algorithm>

#include <fmt/format.h>

#include "query/parser/grammar/core.h"

namespace annals::query::grammar {
namespace {

template <class T>
ast::Box<T> box(T value) {
  return std::make_unique<T>(std::move(value));
}

/// The height of the highest of an expression's parts.
struct PartsHeight {
  template <class Leaf>
  std::uint32_t operator()(const Leaf&) const {
    return 0;
  }
  std::uint32_t operator()(const ast::PropertyAccess& access) const {
    return access.object->height;
  }
  std::uint32_t operator()(const ast::Unary& unary) const { return unary.operand->height; }
  std::uint32_t operator()(const ast::ListLiteral& list) const { return highest(list.items); }
  std::uint32_t operator()(const ast::FunctionCall& call) const { return highest(call.arguments); }
  std::uint32_t operator()(const ast::Chain& chain) const {
    std::uint32_t height = chain.first->height;
    for (const ast::Chain::Link& link : chain.links)
      height = std::max(height, link.operand->height);
    return height;
  }

  std::uint32_t operator()(const ast::Case& one) const {
    return std::max({of(one.operand), highest(one.whens), highest(one.thens), of(one.otherwise)});
  }
  std::uint32_t operator()(const ast::Subscript& one) const {
    return std::max(of(one.object), of(one.index));
  }
  std::uint32_t operator()(const ast::Slice& one) const {
    return std::max({of(one.object), of(one.from), of(one.to)});
  }
  std::uint32_t operator()(const ast::MapLiteral& map) const { return highest(map.values); }
  std::uint32_t operator()(const ast::ListWalk& walk) const {
    return std::max({of(walk.initial), of(walk.list), of(walk.where), of(walk.result)});
  }

  std::uint32_t operator()(const ast::Subquery& subquery) const {
    std::uint32_t height = 0;
    const auto add = [&height](const ast::Expression& part) {
      height = std::max(height, part.height);
    };
    const auto add_all = [&add](const std::vector<ast::MapEntry>& entries) {
      for (const ast::MapEntry& entry : entries) add(entry.value);
    };
    for (const ast::PathPattern& path : subquery.match->patterns) {
      add_all(path.first.properties);
      for (const ast::PathPattern::Step& step : path.steps) {
        add_all(step.hop.properties);
        add_all(step.node.properties);
      }
    }
    const ast::Scope& scope = subquery.match->scope;
    const auto add_part = [&add](const std::optional<ast::Expression>& part) {
      if (part) add(*part);
    };
    add_part(scope.at);
    add_part(scope.known_at);
    add_part(scope.said_by);
    add_part(subquery.match->where);
    return height;
  }

  static std::uint32_t of(const ast::Box<ast::Expression>& part) {
    return part == nullptr ? 0 : part->height;
  }

  static std::uint32_t highest(const std::vector<ast::Expression>& expressions) {
    std::uint32_t height = 0;
    for (const ast::Expression& expression : expressions) {
      height = std::max(height, expression.height);
    }
    return height;
  }
};

}  // namespace

void measure(ast::Expression& expression, const char* at) {
  expression.height = 1 + std::visit(PartsHeight{}, expression.node);
  if (expression.height <= limits::kNestingMax) return;
  throw Refusal{ErrorCode::kLimitExceeded, at,
                fmt::format("this expression is a tree of more than {} levels; the limit is "
                            "NestingMax",
                            limits::kNestingMax)};
}

ast::Expression make_unary(ast::UnaryOperator op, ast::Expression operand, ast::SourceRange range,
                           const State& state) {
  ast::Expression unary{ast::Unary{op, box(std::move(operand))}, range};
  measure(unary, state.text.data() + range.begin);
  return unary;
}

ast::Expression make_property(ast::Expression object, ast::Identifier property,
                              const State& state) {
  const ast::SourceRange range{object.range.begin, property.range.end};
  ast::Expression access{
      ast::PropertyAccess{box(std::move(object)), std::move(property.name), property.range}, range};
  measure(access, state.text.data() + property.range.begin);
  return access;
}

ast::Expression make_subscript(ast::Expression object, ast::Slice brackets, bool is_slice,
                               std::uint32_t end, const State& state) {
  const ast::SourceRange range{object.range.begin, end};
  ast::Expression made;
  made.range = range;
  if (is_slice) {
    brackets.object = box(std::move(object));
    made.node = std::move(brackets);
  } else {
    made.node = ast::Subscript{box(std::move(object)), std::move(brackets.from)};
  }
  measure(made, state.text.data() + range.begin);
  return made;
}

ChainBuilder::ChainBuilder(ast::Expression first, const State& state)
    : whole_(std::move(first)), state_(state) {}

void ChainBuilder::add_link(ast::BinaryOperator op, ast::SourceRange op_range,
                            ast::Expression operand) {
  check_limit(links_.size() + 2, limits::kChainTermsMax, "operands", "ChainTermsMax",
              state_.text.data() + op_range.begin);
  links_.push_back({op, op_range, box(std::move(operand))});
}

void ChainBuilder::add_test(ast::UnaryOperator test, std::uint32_t end) {
  ast::Expression operand = take();
  const ast::SourceRange range{operand.range.begin, end};
  whole_ = make_unary(test, std::move(operand), range, state_);
}

ast::Expression ChainBuilder::take() {
  if (links_.empty()) return std::move(whole_);
  const ast::SourceRange range{whole_.range.begin, links_.back().operand->range.end};
  ast::Expression chain{ast::Chain{box(std::move(whole_)), std::move(links_)}, range};
  links_.clear();
  measure(chain, state_.text.data() + range.begin);
  return chain;
}

}  // namespace annals::query::grammar
