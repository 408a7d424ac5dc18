#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace annals::inline schema {

/// A value that lies apart from whatever holds it, so that the holder is small: for one that is
/// large and seldom there. Copies and compares as the value does. Of one that was moved from
/// nothing may be asked; it may be assigned to and destroyed.
template <class T>
class Boxed {
 public:
  Boxed() : value_(std::make_unique<T>()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): it stands where the value is wanted
  Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Boxed(const Boxed& other) : value_(std::make_unique<T>(*other)) {}
  Boxed(Boxed&& other) noexcept = default;
  Boxed& operator=(const Boxed& other) {
    if (this != &other) value_ = std::make_unique<T>(*other);
    return *this;
  }
  Boxed& operator=(Boxed&& other) noexcept = default;
  ~Boxed() = default;

  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  // NOLINTNEXTLINE(google-explicit-constructor): likewise
  operator const T&() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  bool operator==(const Boxed& other) const { return **this == *other; }

 private:
  std::unique_ptr<T> value_;
};

/// An optional value that lies apart, for one that is large and seldom there. Otherwise as
/// std::optional, which it can be made of and which it turns into.
template <class T>
class BoxedOptional {
 public:
  BoxedOptional() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): as of std::optional
  BoxedOptional(T value) : value_(std::make_unique<T>(std::move(value))) {}
  // NOLINTNEXTLINE(google-explicit-constructor): one stands for the other
  BoxedOptional(std::optional<T> value)
      : value_(value ? std::make_unique<T>(*std::move(value)) : nullptr) {}
  BoxedOptional(const BoxedOptional& other)
      : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  BoxedOptional(BoxedOptional&& other) noexcept = default;
  BoxedOptional& operator=(const BoxedOptional& other) {
    if (this != &other) *this = BoxedOptional(other);
    return *this;
  }
  BoxedOptional& operator=(BoxedOptional&& other) noexcept = default;
  ~BoxedOptional() = default;

  explicit operator bool() const { return value_ != nullptr; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  const T* get() const { return value_.get(); }  ///< Null if there is none.
  void reset() { value_.reset(); }
  // NOLINTNEXTLINE(google-explicit-constructor): likewise
  operator std::optional<T>() const { return *this ? std::optional<T>(*value_) : std::nullopt; }
  bool operator==(const BoxedOptional& other) const {
    return *this && other ? **this == *other : !*this && !other;
  }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace annals::inline schema
