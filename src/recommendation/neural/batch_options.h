#pragma once

#include <cstddef>

namespace cloudcart::recommendation::neural {

struct BatchOptions {
  std::size_t basket_products = 200;   ///< of a larger basket, as many are drawn anew at each visit
  std::size_t sampled_products = 512;  ///< candidates drawn beside a batch's own targets
  std::size_t all_products = 1024;     ///< up to so many products, all are candidates
  float dropout = 0.5F;                ///< of the hidden layer, while learning
};

}  // namespace cloudcart::recommendation::neural
