#include "app/commands/progress_line.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace cloudcart::app {
namespace {
constexpr milliseconds interval{100};
constexpr int width = 30;
}  // namespace

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  clear();
}

void ProgressLine::clear() {
  if (terminal_ && !phase_.empty()) fmt::print(stderr, "\r\x1b[K");
}

void ProgressLine::show(const std::string& phase, std::uint64_t done, std::uint64_t total,
                        const std::string& detail) {
  const bool new_phase = phase != phase_;
  if (!terminal_) {
    if (new_phase) fmt::print(stderr, "{} ...\n", phase);
    phase_ = phase;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (!new_phase && done < total && now - shown_at_ < interval) return;
  phase_ = phase;
  shown_at_ = now;
  const double part =
      total == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const int filled = static_cast<int>(part * width);
  fmt::print(stderr, "\r\x1b[K{:<10} [{}{}] {:3.0f} %  {}", phase, std::string(filled, '#'),
             std::string(width - filled, '.'), part * 100, detail);
}

}  // namespace cloudcart::app
