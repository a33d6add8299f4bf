#include "recommendation/app/product_picker.h"

#include <algorithm>
#include <span>

namespace cloudcart::recommendation {
namespace {

/// With diversity, as many times the limit is gathered to choose from.
constexpr std::size_t choice = 4;

}  // namespace

ProductPicker::ProductPicker(Assortment& assortment, TenantId tenant, const Wishes& wishes, Deadline deadline,
                             std::vector<ProductId> with)
    : assortment_(assortment),
      tenant_(std::move(tenant)),
      wishes_(wishes),
      deadline_(deadline),
      wanted_(wishes.diversity > 0 ? wishes.limit * choice : wishes.limit),
      with_(std::move(with)) {
  known_.reserve(2 * wanted_);
  picked_.reserve(wanted_);
}

Task<Status> ProductPicker::take(std::vector<Recommendation> candidates) {
  std::erase_if(candidates,
                [this](const auto& candidate) { return !seen_.insert(candidate.product).second; });
  std::span<const Recommendation> rest(candidates);
  // Most products can be bought, so the first look is for a few more than are wanted; each further one is
  // twice as far.
  auto missing = wanted_ - picked_.size();
  for (auto step = missing + missing / 2 + 2; !rest.empty() && !has_enough(); step *= 2) {
    // A candidate may bring the product that is its reason.
    const auto looked_at = rest.first(std::min({step, rest.size(), Assortment::max_lookup / 2}));
    rest = rest.subspan(looked_at.size());
    std::vector<ProductId> ids;
    ids.reserve(2 * looked_at.size());
    for (const auto& candidate : looked_at) {
      ids.push_back(candidate.product);
      if (candidate.reason.because) ids.push_back(*candidate.reason.because);
    }
    CLOUDCART_CO_CHECK(co_await look_up(std::move(ids)));
    for (const auto& candidate : looked_at) {
      const auto* product = find(candidate.product);
      if (product && fits(*product) && !has_enough()) picked_.push_back(candidate);
    }
  }
  co_return Status{};
}

Task<Status> ProductPicker::finish() {
  if (with_.empty()) co_return Status{};
  co_return co_await look_up({});
}

Task<Status> ProductPicker::look_up(std::vector<ProductId> ids) {
  while (!with_.empty() && ids.size() < Assortment::max_lookup) {
    ids.push_back(with_.back());
    with_.pop_back();
  }
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
  std::erase_if(ids, [this](ProductId id) { return find(id) != nullptr; });
  CLOUDCART_CO_TRY(auto found, co_await assortment_.find(tenant_, std::move(ids), deadline_));
  std::ranges::move(found, std::back_inserter(known_));
  std::ranges::sort(known_, {}, &AssortmentProduct::id);
  co_return Status{};
}

const AssortmentProduct* ProductPicker::find(ProductId id) const {
  const auto place = std::ranges::lower_bound(known_, id, {}, &AssortmentProduct::id);
  return place != known_.end() && place->id == id ? &*place : nullptr;
}

bool ProductPicker::fits(const AssortmentProduct& product) const {
  return product.can_be_bought() && (!wishes_.category || product.category == *wishes_.category) &&
         (!wishes_.min_price || product.price >= *wishes_.min_price) &&
         (!wishes_.max_price || product.price <= *wishes_.max_price);
}

std::vector<RecommendedProduct> ProductPicker::products() && {
  std::vector<RecommendedProduct> answer;
  answer.reserve(picked_.size());
  for (const auto& [id, score, reason] : picked_) {
    const auto* because = reason.because ? find(*reason.because) : nullptr;
    answer.push_back({*find(id), score, reason, because ? because->name : std::string{}});
  }
  return answer;
}

}  // namespace cloudcart::recommendation
