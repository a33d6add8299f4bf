#include "http/admission_lines.h"

#include <algorithm>

namespace cloudcart::http {
namespace {

/// A loop that was held up for an interval has not looked at its lines meanwhile: that alone is no sign of overload.
constexpr unsigned looks_at_a_standing_line = 8;

/// A request that is read within this time found its loop free.
constexpr milliseconds found_free{1};

/// The longest one is how late the next request of the highest priority may be read.
constexpr milliseconds shortest_slice{1}, longest_slice{5};

/// By which room changes at a time.
constexpr double widened = 1.5, most_narrowed = 0.5, most_fitted = 1.25;

}  // namespace

AdmissionLines::AdmissionLines(const Options& options) {
  for (std::size_t i = 0; i < priority_count; ++i) lines_[i].options = options[i];
}

bool AdmissionLines::empty() const {
  return std::ranges::all_of(lines_, [](const Line& line) { return line.waiting.empty(); });
}

/// Whether there is nothing to choose between: then a request need not wait for others to be read first.
bool AdmissionLines::is_calm(MonotonicTime since, MonotonicTime now) const {
  return now - since <= found_free && std::ranges::all_of(lines_, [](const Line& line) {
           return line.waiting.empty() && !line.is_shedding;
         });
}

void AdmissionLines::admit(Line& line) {
  ++line.under_way;
  ++line.given_out;
}

void AdmissionLines::count(Line& line, MonotonicTime now) {
  const auto passed = now - line.counts_from;
  if (passed < line.options.interval) return;
  line.given_out_before = line.given_out * (line.options.interval / std::chrono::duration<double>(passed));
  line.given_out = 0;
  line.counts_from = now;
}

void AdmissionLines::begin_shedding(Line& line, MonotonicTime now) {
  line.is_shedding = true;
  line.last_refusal = now;
  set_room(line, now,
           std::max(line.given_out, line.given_out_before) *
               (line.options.target / std::chrono::duration<double>(line.options.interval)));
}

void AdmissionLines::set_room(Line& line, MonotonicTime now, double room) {
  // One at least, or a line that got nothing for a while would never get anything again.
  line.room = std::clamp(room, 1.0, std::max(1.0, static_cast<double>(line.options.most_waiting)));
  line.fitted_at = now;
  line.longest_wait = {};
  line.ran_empty = line.lacked_room = false;
}

void AdmissionLines::fit_room(Line& line, MonotonicTime now) {
  if (now - line.fitted_at < line.options.target) return;
  auto longest = line.longest_wait;
  if (!line.waiting.empty()) longest = std::max(longest, now - line.waiting.front()->entered);
  double room = line.room;
  if (line.ran_empty && line.lacked_room) {
    room = room * widened + 1;
  } else if (longest > MonotonicTime::duration{0}) {
    const double most = line.lacked_room ? most_fitted : 1;
    room *= std::clamp(line.options.target / std::chrono::duration<double>(longest), most_narrowed, most);
  }
  set_room(line, now, room);
}

std::size_t AdmissionLines::room(const Line& line) {
  return line.is_shedding ? static_cast<std::size_t>(line.room) : line.options.most_waiting;
}

MonotonicTime::duration AdmissionLines::slice(MonotonicTime::duration read_for) const {
  if (std::ranges::none_of(lines_, &Line::is_shedding)) return shortest_slice;
  return std::clamp<MonotonicTime::duration>(read_for, shortest_slice, longest_slice);
}

AdmissionLines::Verdict AdmissionLines::arrive(Waiter& waiter, MonotonicTime now) {
  if (waiter.priority == Priority::vital) {
    ++line(Priority::vital).under_way;
    return Verdict::admitted;
  }
  auto& own = line(waiter.priority);
  count(own, now);
  if (own.waiting.empty()) {
    if (own.under_way < own.options.most_under_way && is_calm(waiter.since, now)) {
      admit(own);
      return Verdict::admitted;
    }
    own.stands_since = now;
    own.looks = 0;
  }
  if (own.options.most_under_way == 0 || own.waiting.size() >= room(own)) {
    own.last_refusal = now;
    own.lacked_room = true;
    return Verdict::no_room;
  }
  waiter.entered = now;
  own.waiting.push_back(&waiter);
  return Verdict::waits;
}

void AdmissionLines::look(MonotonicTime now) {
  for (auto& line : lines_) {
    count(line, now);
    if (line.is_shedding) {
      fit_room(line, now);
      if (now - line.last_refusal <= line.options.interval) continue;
      line.is_shedding = false;
      line.stands_since = now;
      line.looks = 0;
    } else if (!line.waiting.empty() && ++line.looks >= looks_at_a_standing_line &&
               now - line.stands_since >= line.options.interval) {
      begin_shedding(line, now);
    }
  }
}

std::optional<AdmissionLines::Verdict> AdmissionLines::refusal(const Line& line, const Waiter& waiter,
                                                               MonotonicTime now) {
  if (now > waiter.deadline) return Verdict::expired;
  // Twice the target: who had room came when the line was a target long.
  if (line.is_shedding && now - waiter.entered > 2 * line.options.target) return Verdict::too_late;
  return std::nullopt;
}

AdmissionLines::Waiter* AdmissionLines::leave(Line& line, MonotonicTime now) {
  auto* first = line.waiting.front();
  line.waiting.pop_front();
  line.longest_wait = std::max(line.longest_wait, now - first->entered);
  line.ran_empty = line.ran_empty || line.waiting.empty();
  return first;
}

std::optional<AdmissionLines::Departure> AdmissionLines::next(MonotonicTime now) {
  for (auto& line : lines_) {
    if (line.waiting.empty()) continue;
    if (const auto why = refusal(line, *line.waiting.front(), now)) {
      line.last_refusal = now;
      return Departure{leave(line, now), *why};
    }
  }
  for (auto& line : lines_) {
    if (line.waiting.empty() || line.under_way >= line.options.most_under_way) continue;
    admit(line);
    return Departure{leave(line, now), Verdict::admitted};
  }
  return std::nullopt;
}

}  // namespace cloudcart::http
