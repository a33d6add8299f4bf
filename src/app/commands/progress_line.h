#pragma once

#include <cstdint>
#include <string>

#include "core/timestamp.h"

namespace cloudcart::app {

/// One line on standard error that is written over as work goes on: "orders    [#####.....] 52 %  …". On
/// something that is no terminal, one line for each phase instead.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shown at most ten times a second.
  void show(const std::string& phase, std::uint64_t done, std::uint64_t total,
            const std::string& detail = {});
  /// Makes room for other text on standard error.
  void clear();

 private:
  const bool terminal_;
  std::string phase_;
  MonotonicTime shown_at_{};
};

}  // namespace cloudcart::app
