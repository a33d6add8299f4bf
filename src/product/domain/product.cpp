#include "product/domain/product.h"

namespace cloudcart::product {
namespace {

template <class T>
bool set(const std::optional<T>& wanted, T& field) {
  if (!wanted || *wanted == field) return false;
  field = *wanted;
  return true;
}

}  // namespace

bool apply(const ProductChange& change, Timestamp now, Product& product) {
  bool changed = set(change.name, product.name);
  changed |= set(change.description, product.description);
  changed |= set(change.price, product.price);
  changed |= set(change.category_name, product.category_name);
  changed |= set(change.inventory_count, product.inventory_count);
  changed |= set(change.image_url, product.image_url);
  changed |= set(change.sku, product.sku);
  changed |= set(change.is_active, product.is_active);
  if (changed) product.updated_at = now;
  return changed;
}

Error sku_taken() {
  return {ErrorCode::conflict, "This sku is taken", {{"sku", "is taken"}}};
}

ProductSummary summary_of(const Product& product) {
  return {product.id,    product.name,      product.category_name.value_or(""),
          product.price, product.is_active, product.inventory_count};
}

}  // namespace cloudcart::product
