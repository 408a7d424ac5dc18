#pragma once

#include <memory>
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
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }
  bool operator==(const Boxed& other) const { return **this == *other; }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace annals::inline schema
