#pragma once

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "events/event_log.h"
#include "runtime/notifier.h"

namespace cloudcart::test {

/// An event log in memory that can be told to fail. Safe between threads.
class FakeEventLog final : public events::EventLog {
 public:
  /// Positions are 10, 20, …: they need not be contiguous.
  void append(events::OrderEvent event) {
    {
      const std::scoped_lock lock(mutex_);
      records_.push_back({static_cast<std::int64_t>(10 * (records_.size() + 1)), std::move(event)});
    }
    appended_.notify_all();
  }
  /// As if it were another log.
  void clear() {
    const std::scoped_lock lock(mutex_);
    records_.clear();
  }
  /// How many records all reads together have given.
  std::size_t records_read() const {
    const std::scoped_lock lock(mutex_);
    return records_read_;
  }
  /// The next `times` reads answer unavailable.
  void fail_reads(int times) {
    const std::scoped_lock lock(mutex_);
    failures_ = times;
  }
  /// The next `times` questions about its end answer unavailable.
  void fail_ends(int times) {
    const std::scoped_lock lock(mutex_);
    end_failures_ = times;
  }

  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline) override {
    const std::scoped_lock lock(mutex_);
    if (failures_ > 0) {
      --failures_;
      co_return fail(ErrorCode::unavailable, "The log is told to fail.");
    }
    const auto first = std::ranges::upper_bound(records_, after, {}, &events::LogRecord::position);
    const auto count = std::min(limit, static_cast<std::size_t>(records_.end() - first));
    records_read_ += count;
    co_return std::vector<events::LogRecord>(first, first + static_cast<std::ptrdiff_t>(count));
  }
  Task<Result<std::int64_t>> end_position(Deadline) override {
    CLOUDCART_CO_CHECK(may_tell_end());
    co_return end();
  }
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline) override {
    CLOUDCART_CO_CHECK(may_tell_end());
    const std::scoped_lock lock(mutex_);
    co_return records_.end() - std::ranges::upper_bound(records_, after, {}, &events::LogRecord::position);
  }
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override {
    const auto ticket = appended_.ticket();
    if (end() > after) co_return true;
    co_await appended_.wait(ticket, until);
    co_return end() > after;
  }

 private:
  Status may_tell_end() {
    const std::scoped_lock lock(mutex_);
    if (end_failures_ == 0) return {};
    --end_failures_;
    return fail(ErrorCode::unavailable, "The log is told to fail.");
  }
  std::int64_t end() const {
    const std::scoped_lock lock(mutex_);
    return records_.empty() ? 0 : records_.back().position;
  }

  mutable std::mutex mutex_;
  std::vector<events::LogRecord> records_;
  std::size_t records_read_ = 0;
  int failures_ = 0;
  int end_failures_ = 0;
  Notifier appended_;
};

}  // namespace cloudcart::test
