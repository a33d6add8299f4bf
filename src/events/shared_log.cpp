#include "events/shared_log.h"

#include <algorithm>
#include <utility>

namespace cloudcart::events {

std::vector<LogRecord> SharedEventLog::kept_beyond(std::int64_t after, std::size_t limit) const {
  const auto first = std::ranges::upper_bound(records_, after, {}, &LogRecord::position);
  const auto count = std::min(limit, static_cast<std::size_t>(records_.end() - first));
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

void SharedEventLog::keep(std::int64_t after, const std::vector<LogRecord>& records) {
  if (after != end_) {
    records_.clear();
    lines_ = 0;
    begin_ = end_ = after;
  }
  for (const auto& record : records) {
    records_.push_back(record);
    lines_ += record.event.lines.size();
    end_ = record.position;
  }
  while (records_.size() > options_.records || lines_ > options_.lines) {
    begin_ = records_.front().position;
    lines_ -= records_.front().event.lines.size();
    records_.pop_front();
  }
}

Task<Result<std::vector<LogRecord>>> SharedEventLog::read(std::int64_t after, std::size_t limit,
                                                          Deadline deadline) {
  for (;;) {
    std::optional<Notifier::Ticket> others;
    {
      const std::scoped_lock lock(mutex_);
      if (after < begin_) break;
      if (after < end_) co_return kept_beyond(after, limit);
      if (std::exchange(reading_, true)) others = read_.ticket();
    }
    if (!others) co_return co_await read_on(after, limit, deadline);
    if (!co_await read_.wait(*others, deadline))
      co_return fail(ErrorCode::deadline_exceeded, "The event log was not read in time.");
  }
  co_return co_await log_.read(after, limit, deadline);
}

Task<Result<std::vector<LogRecord>>> SharedEventLog::read_on(std::int64_t after, std::size_t limit,
                                                             Deadline deadline) {
  std::optional<Result<std::vector<LogRecord>>> records;
  std::exception_ptr defect;
  try {
    records = co_await log_.read(after, limit, deadline);
  } catch (...) {
    defect = std::current_exception();
  }
  {
    const std::scoped_lock lock(mutex_);
    reading_ = false;
    if (records && *records && !(*records)->empty()) keep(after, **records);
  }
  read_.notify_all();
  if (defect) std::rethrow_exception(defect);
  co_return *std::move(records);
}

Task<bool> SharedEventLog::wait_beyond(std::int64_t after, MonotonicTime until) {
  {
    const std::scoped_lock lock(mutex_);
    if (after < end_) co_return true;
  }
  co_return co_await log_.wait_beyond(after, until);
}

}  // namespace cloudcart::events
