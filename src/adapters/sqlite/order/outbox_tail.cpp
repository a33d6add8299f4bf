#include "adapters/sqlite/order/outbox_tail.h"

#include <algorithm>

namespace cloudcart::order {
namespace {

std::int64_t newest_position(sqlite::Store& store) {
  return store.read_at_start("the event log", [](sqlite::Connection& connection) -> Result<std::int64_t> {
    auto row = connection.prepare("SELECT max(position) FROM outbox");
    row.step();
    return row.integer(0);
  });
}

}  // namespace

OutboxTail::OutboxTail(sqlite::Store& store) : OutboxTail(store, Bounds{}) {}

OutboxTail::OutboxTail(sqlite::Store& store, Bounds bounds) : bounds_(bounds), follows_(store.writable()) {
  if (follows_) begin_ = end_ = newest_position(store);
  store.on_commit([committed = committed_] { committed->notify_all(); });
}

void OutboxTail::publish(std::int64_t position, Event event) {
  const std::scoped_lock lock(mutex_);
  lines_ += event->lines.size();
  entries_.push_back({position, std::move(event)});
  end_ = position;
  while (entries_.size() > bounds_.events || lines_ > bounds_.lines) {
    lines_ -= entries_.front().event->lines.size();
    begin_ = entries_.front().position;
    entries_.pop_front();
  }
}

void OutboxTail::pass(std::int64_t position) {
  const std::scoped_lock lock(mutex_);
  end_ = position;
  drop_all();
}

void OutboxTail::forget() {
  const std::scoped_lock lock(mutex_);
  drop_all();
}

void OutboxTail::drop_all() {
  entries_.clear();
  lines_ = 0;
  begin_ = end_;
}

std::optional<std::vector<events::LogRecord>> OutboxTail::read(std::int64_t after, std::size_t limit) const {
  std::vector<Entry> found;
  {
    const std::scoped_lock lock(mutex_);
    if (!follows_ || after < begin_) return std::nullopt;
    const auto first = std::ranges::upper_bound(entries_, after, {}, &Entry::position);
    const auto count = std::min(limit, static_cast<std::size_t>(entries_.end() - first));
    found.assign(first, first + static_cast<std::ptrdiff_t>(count));
  }
  // Copied outside of the lock: the writer must not wait for it.
  std::vector<events::LogRecord> records;
  records.reserve(found.size());
  for (const auto& [position, event] : found) records.push_back({position, *event});
  return records;
}

std::optional<std::int64_t> OutboxTail::end() const {
  const std::scoped_lock lock(mutex_);
  if (!follows_) return std::nullopt;
  return end_;
}

}  // namespace cloudcart::order
