#include "http/admission_lines.h"

#include <algorithm>

namespace cloudcart::http {
namespace {

/// A loop that was held up for an interval has not looked at its lines meanwhile: that alone is no sign of overload.
constexpr unsigned looks_at_a_standing_line = 8;

/// A request that is read within this time found its loop free.
constexpr milliseconds found_free{1};

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

std::size_t AdmissionLines::room(const Line& line, MonotonicTime::duration waited) {
  if (!line.is_shedding) return line.options.most_waiting;
  // Not to nothing: where reading itself is late, everybody has waited, and to refuse them all would help nobody.
  const auto left = std::max(line.options.target - waited, line.options.target / 4);
  const auto in_target = std::max(line.given_out, line.given_out_before) *
                         (left / std::chrono::duration<double>(line.options.interval));
  // One at least, or a line that got nothing for an interval would never get anything again.
  return std::clamp<std::size_t>(static_cast<std::size_t>(in_target), 1, line.options.most_waiting);
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
  if (own.options.most_under_way == 0 || own.waiting.size() >= room(own, now - waiter.since)) {
    own.last_refusal = now;
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
      if (now - line.last_refusal <= line.options.interval) continue;
      line.is_shedding = false;
      line.stands_since = now;
      line.looks = 0;
    } else if (!line.waiting.empty() && ++line.looks >= looks_at_a_standing_line &&
               now - line.stands_since >= line.options.interval) {
      line.is_shedding = true;
      line.last_refusal = now;
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

std::optional<AdmissionLines::Departure> AdmissionLines::next(MonotonicTime now) {
  const auto leave = [](Line& line) {
    auto* first = line.waiting.front();
    line.waiting.pop_front();
    return first;
  };
  for (auto& line : lines_) {
    if (line.waiting.empty()) continue;
    if (const auto why = refusal(line, *line.waiting.front(), now)) {
      line.last_refusal = now;
      return Departure{leave(line), *why};
    }
  }
  for (auto& line : lines_) {
    if (line.waiting.empty() || line.under_way >= line.options.most_under_way) continue;
    admit(line);
    return Departure{leave(line), Verdict::admitted};
  }
  return std::nullopt;
}

}  // namespace cloudcart::http
