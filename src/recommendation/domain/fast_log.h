#pragma once

#include <bit>
#include <cstdint>

namespace cloudcart::recommendation {

/// The natural logarithm of a positive, normal float to within 4e-6, in a few instructions and without a branch:
/// exponent and a polynomial for the rest. An answer takes thousands of them.
inline float fast_log(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const auto exponent = static_cast<float>(static_cast<std::int32_t>(bits >> 23) - 127);
  // In [1, 2); ln of it by a polynomial around 1.5 (Chebyshev nodes, degree 7).
  const auto m = std::bit_cast<float>((bits & 0x007FFFFFU) | 0x3F800000U) - 1.5F;
  float p = 0.0100092896F;
  p = p * m - 0.0174050234F;
  p = p * m + 0.0260695873F;
  p = p * m - 0.0489324161F;
  p = p * m + 0.0987790351F;
  p = p * m - 0.222245083F;
  p = p * m + 0.66666656F;
  p = p * m + 0.405465287F;
  return exponent * 0.693147180559945F + p;
}

}  // namespace cloudcart::recommendation
