#include "schema/base/boxed.h"

#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace annals::inline schema {
namespace {

TEST(BoxedTest, CopiesAreValuesOfTheirOwn) {
  Boxed<std::string> a = std::string("a");
  Boxed<std::string> b = a;
  EXPECT_EQ(a, b);
  *b = "b";
  EXPECT_EQ(*a, "a");
  a = b;
  EXPECT_EQ(*a, "b");
  EXPECT_EQ(a, b);
}

TEST(BoxedOptionalTest, IsAsAnOptional) {
  using Text = BoxedOptional<std::string>;
  Text none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.get(), nullptr);
  EXPECT_EQ(none, Text(std::optional<std::string>()));
  Text a = std::string("a");
  Text b = a;
  EXPECT_EQ(a, b);
  EXPECT_NE(a, none);
  EXPECT_NE(none, a);
  *b = "b";
  EXPECT_EQ(*a, "a");
  a = b;
  EXPECT_EQ(*a, "b");
  EXPECT_EQ(std::optional<std::string>(a), "b");
  a = std::optional<std::string>("c");
  EXPECT_EQ(*a.get(), "c");
  a = none;
  EXPECT_FALSE(a);
  EXPECT_EQ(std::optional<std::string>(a), std::nullopt);
  b.reset();
  EXPECT_FALSE(b);
}

}  // namespace
}  // namespace annals::inline schema
