// The program under libFuzzer: CLOUDCART_FUZZ_TARGET names the target, everything else is libFuzzer's.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <spdlog/spdlog.h>

#include "fuzz/fuzz_target.h"

namespace {

const cloudcart::fuzz::Target* target = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  spdlog::set_level(spdlog::level::off);
  const char* name = std::getenv("CLOUDCART_FUZZ_TARGET");
  target = cloudcart::fuzz::find_target(name ? name : "");
  if (target) return 0;
  std::fprintf(stderr, "CLOUDCART_FUZZ_TARGET has to name one of:");
  for (const auto& one : cloudcart::fuzz::targets())
    std::fprintf(stderr, " %.*s", static_cast<int>(one.name.size()), one.name.data());
  std::fprintf(stderr, "\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  target->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
