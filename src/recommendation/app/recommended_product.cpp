#include "recommendation/app/recommended_product.h"

namespace cloudcart::recommendation {

std::string reason_text(const RecommendedProduct& recommended) {
  const auto& because = recommended.because_name;
  switch (recommended.reason.kind) {
    case ReasonKind::bought_together:
      return because.empty() ? "Often bought together" : "Bought together with " + because;
    case ReasonKind::bought_before:
      return "You bought it before";
    case ReasonKind::goes_with_purchases:
      return because.empty() ? "Goes with what you bought" : "Goes with " + because + ", which you bought";
    case ReasonKind::trending:
      return "Selling well now";
    case ReasonKind::popular:
      return "A best seller";
  }
  return {};
}

}  // namespace cloudcart::recommendation
