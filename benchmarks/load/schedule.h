#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cloudcart::load {

/// When requests of a constant rate are due, in nanoseconds of the monotonic clock. Each is reckoned from the
/// start, so that nothing adds up: neither rounding nor lateness moves a later one.
class Schedule {
 public:
  Schedule(std::int64_t start, double per_second) : start_(start), period_(1e9 / per_second) {}

  std::int64_t next() const {
    return start_ + static_cast<std::int64_t>(period_ * static_cast<double>(taken_));
  }
  std::int64_t take() {
    const auto due = next();
    ++taken_;
    return due;
  }

 private:
  std::int64_t start_;
  double period_;
  std::uint64_t taken_ = 0;
};

/// Requests that are due and wait for a free connection, by the moment each was due. Bounded: what comes when it
/// is full is dropped, and the caller counts that.
class WaitingLine {
 public:
  explicit WaitingLine(std::size_t capacity) : slots_(capacity) {}

  bool push(std::int64_t due) {
    if (size_ == slots_.size()) return false;
    slots_[(first_ + size_) % slots_.size()] = due;
    ++size_;
    return true;
  }
  std::optional<std::int64_t> pop() {
    if (size_ == 0) return std::nullopt;
    const auto due = slots_[first_];
    first_ = (first_ + 1) % slots_.size();
    --size_;
    return due;
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  std::vector<std::int64_t> slots_;
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace cloudcart::load
