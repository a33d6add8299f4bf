#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/product/text_blob.h"
#include "product/domain/product_query.h"

namespace cloudcart::product {

/// A page of a list, as numbers of products.
struct ListedNumbers {
  std::vector<std::int64_t> numbers;
  std::int64_t total = 0;  ///< of all pages
  bool has_more = false;
};

/// One shop's active products, by column, with one array for each fixed order. For 100,000 products a list costs
/// from a microsecond (a page of an unfiltered order) to a few milliseconds (a search): filters are checked over
/// whole columns, words are looked for in all texts in one pass, and what is found is put in order only as far as the
/// page reaches.
///
/// Products live in slots, numbered 0, 1, …; a slot is never given to another product. Not safe between threads, except
/// that set_available() may run beside the const functions.
class ShopIndex {
 public:
  /// Puts a new product into a slot of its own and answers which.
  std::uint32_t add(std::int64_t number, const Product& product);
  /// The product of the slot is now this.
  void change(std::uint32_t slot, const Product& product);
  /// Many additions: orders are made once, by finish_adding().
  std::uint32_t add_unordered(std::int64_t number, const Product& product);
  void finish_adding();

  void set_available(std::uint32_t slot, std::int64_t available);

  ListedNumbers list(const ProductQuery& query) const;
  /// Of active products, each once.
  std::vector<std::string> categories() const;

 private:
  struct Filter;
  using Slots = std::vector<std::uint32_t>;
  static constexpr std::uint32_t no_category = ~0U;

  std::uint32_t category_number(const std::optional<std::string>& name);
  void fill(std::uint32_t slot, const Product& product);
  void insert_ordered(std::uint32_t slot);
  void remove_ordered(std::uint32_t slot);
  std::int64_t available(std::uint32_t slot) const;
  const Slots& order_of(ProductSort sort) const;
  bool comes_before(ProductSort sort, std::uint32_t a, std::uint32_t b) const;
  bool is_behind(const SortPosition& position, ProductSort sort, bool descending, std::uint32_t slot) const;

  std::optional<Filter> filter_of(const ProductQuery& query) const;
  ListedNumbers list_whole_order(const ProductQuery& query) const;
  ListedNumbers list_filtered_order(const ProductQuery& query, const Filter& filter) const;
  ListedNumbers list_found(const ProductQuery& query, Slots found) const;

  std::vector<std::int64_t> numbers_, prices_, created_, available_;
  std::vector<ProductId> ids_;
  std::vector<std::uint32_t> categories_;  ///< numbers of category_names_
  std::vector<std::uint8_t> active_;
  std::vector<std::string> sort_names_;
  TextBlob texts_;
  Slots by_name_, by_price_, by_created_;  ///< active ones, ascending
  std::size_t ordered_ = 0;                ///< slots below it are in the orders
  std::map<std::string, std::uint32_t> category_numbers_;
  std::vector<std::string> category_names_;
  std::vector<std::int64_t> category_sizes_;  ///< active products
};

}  // namespace cloudcart::product
