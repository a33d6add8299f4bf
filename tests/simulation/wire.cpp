#include "simulation/wire.h"

#include "simulation/node.h"

namespace cloudcart::simulation {

MonotonicTime Wire::arrival(bool slow) {
  auto& random = context_.random();
  const auto time = slow ? random.between(50, 15'000) : random.percent(50) ? random.between(0, 3) : 0;
  return context_.scheduler.monotonic_now() + milliseconds{time};
}

Process* Wire::living_process(Node& node) {
  return node.is_up() ? &node.process() : nullptr;
}

void Wire::report(std::exception_ptr failure) {
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::exception& exception) {
    context_.violate("no defects", fmt::format("an exception left a use case: {}", exception.what()));
  }
}

}  // namespace cloudcart::simulation
