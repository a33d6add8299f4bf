#pragma once

#include <string>

#include "recommendation/domain/question.h"
#include "recommendation/ports/assortment.h"

namespace cloudcart::recommendation {

/// A product that can be bought now, and why it is recommended.
struct RecommendedProduct {
  AssortmentProduct product;
  double score = 0;  ///< comparable within one answer only; 0: it fills up
  Reason reason;
  std::string because_name;  ///< of reason.because, whether it can be bought or not; empty if not known
};

/// A short sentence for people: "Bought together with Red mug".
std::string reason_text(const RecommendedProduct& recommended);

}  // namespace cloudcart::recommendation
