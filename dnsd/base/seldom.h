// A part of a value that most holders leave as it is by default: it costs them a pointer.
//
// Thread safety: as T. Ownership: owns the part; a copy has a part of its own.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace waypost {

template <typename T>
class Seldom {
 public:
  Seldom() = default;
  Seldom(const Seldom& other) : part_(Copy(other)) {}
  Seldom(Seldom&&) noexcept = default;
  Seldom& operator=(const Seldom& other) {
    part_ = Copy(other);
    return *this;
  }
  Seldom& operator=(Seldom&&) noexcept = default;
  ~Seldom() = default;

  const T& operator*() const {
    static const T kDefault{};
    return part_ == nullptr ? kDefault : *part_;
  }
  const T* operator->() const { return &**this; }

  /// A default value takes no memory where there was none.
  template <typename M>
  void Set(M T::*member, std::type_identity_t<M> value) {
    if (part_ == nullptr && value == M{}) return;
    if (part_ == nullptr) part_ = std::make_unique<T>();
    (*part_).*member = std::move(value);
  }

 private:
  static std::unique_ptr<T> Copy(const Seldom& other) {
    return other.part_ == nullptr ? nullptr : std::make_unique<T>(*other.part_);
  }

  std::unique_ptr<T> part_;
};

}  // namespace waypost
