#include "adapters/sqlite/product/shop_index.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <ranges>
#include <tuple>

#include "product/domain/search_text.h"

namespace cloudcart::product {
namespace {

/// Where a page of a list of `size` begins and ends.
struct PageBounds {
  PageBounds(const ProductQuery& query, std::int64_t size)
      : begin(std::min(query.offset, size)), end(std::min(begin + query.limit, size)) {}
  std::int64_t begin, end;
};

}  // namespace

/// The filters that look at columns.
struct ShopIndex::Filter {
  std::optional<std::uint32_t> category;
  std::optional<std::int64_t> min_price, max_price;

  bool is_empty() const { return !category && !min_price && !max_price; }
  bool passes(std::uint32_t in_category, std::int64_t price) const {
    return (!category || in_category == *category) && (!min_price || price >= *min_price) &&
           (!max_price || price <= *max_price);
  }
};

std::uint32_t ShopIndex::category_number(const std::optional<std::string>& name) {
  if (!name) return no_category;
  const auto [place, is_new] =
      category_numbers_.emplace(*name, static_cast<std::uint32_t>(category_names_.size()));
  if (is_new) {
    category_names_.push_back(*name);
    category_sizes_.push_back(0);
  }
  return place->second;
}

void ShopIndex::fill(std::uint32_t slot, const Product& product) {
  prices_[slot] = product.price.minor_units();
  created_[slot] = to_unix_ms(product.created_at);
  available_[slot] = product.inventory_count;
  ids_[slot] = product.id;
  categories_[slot] = category_number(product.category_name);
  active_[slot] = product.is_active;
  if (!product.is_active) {
    sort_names_[slot].clear();
    texts_.remove(slot);
    return;
  }
  sort_names_[slot] = name_sort_key(product.name);
  texts_.set(slot, search_text(product));
  if (categories_[slot] != no_category) ++category_sizes_[categories_[slot]];
}

std::uint32_t ShopIndex::add_unordered(std::int64_t number, const Product& product) {
  const auto slot = static_cast<std::uint32_t>(numbers_.size());
  numbers_.push_back(number);
  for (auto* column : {&prices_, &created_, &available_}) column->push_back(0);
  ids_.emplace_back();
  categories_.push_back(no_category);
  active_.push_back(0);
  sort_names_.emplace_back();
  fill(slot, product);
  return slot;
}

void ShopIndex::finish_adding() {
  Slots added;
  for (auto slot = static_cast<std::uint32_t>(ordered_); slot < numbers_.size(); ++slot)
    if (active_[slot]) added.push_back(slot);
  ordered_ = numbers_.size();
  const auto merge_into = [&](Slots& order, ProductSort sort) {
    const auto before = [this, sort](std::uint32_t a, std::uint32_t b) { return comes_before(sort, a, b); };
    std::ranges::sort(added, before);
    Slots merged;
    merged.reserve(order.size() + added.size());
    std::ranges::merge(order, added, std::back_inserter(merged), before);
    order = std::move(merged);
  };
  merge_into(by_name_, ProductSort::name);
  merge_into(by_price_, ProductSort::price);
  merge_into(by_created_, ProductSort::created_at);
}

std::uint32_t ShopIndex::add(std::int64_t number, const Product& product) {
  const auto slot = add_unordered(number, product);
  ordered_ = numbers_.size();
  if (active_[slot]) insert_ordered(slot);
  return slot;
}

void ShopIndex::change(std::uint32_t slot, const Product& product) {
  if (active_[slot]) {
    remove_ordered(slot);
    if (categories_[slot] != no_category) --category_sizes_[categories_[slot]];
  }
  fill(slot, product);
  if (active_[slot]) insert_ordered(slot);
}

void ShopIndex::insert_ordered(std::uint32_t slot) {
  const auto insert = [&](Slots& order, ProductSort sort) {
    const auto before = [this, sort](std::uint32_t a, std::uint32_t b) { return comes_before(sort, a, b); };
    order.insert(std::ranges::lower_bound(order, slot, before), slot);
  };
  insert(by_name_, ProductSort::name);
  insert(by_price_, ProductSort::price);
  insert(by_created_, ProductSort::created_at);
}

void ShopIndex::remove_ordered(std::uint32_t slot) {
  const auto remove = [&](Slots& order, ProductSort sort) {
    const auto before = [this, sort](std::uint32_t a, std::uint32_t b) { return comes_before(sort, a, b); };
    order.erase(std::ranges::lower_bound(order, slot, before));
  };
  remove(by_name_, ProductSort::name);
  remove(by_price_, ProductSort::price);
  remove(by_created_, ProductSort::created_at);
}

void ShopIndex::set_available(std::uint32_t slot, std::int64_t available) {
  std::atomic_ref(available_[slot]).store(available, std::memory_order_relaxed);
}

std::int64_t ShopIndex::available(std::uint32_t slot) const {
  // atomic_ref to const comes with C++26.
  return std::atomic_ref(const_cast<std::int64_t&>(available_[slot])).load(std::memory_order_relaxed);
}

const ShopIndex::Slots& ShopIndex::order_of(ProductSort sort) const {
  if (sort == ProductSort::name) return by_name_;
  return sort == ProductSort::price ? by_price_ : by_created_;
}

bool ShopIndex::comes_before(ProductSort sort, std::uint32_t a, std::uint32_t b) const {
  if (sort == ProductSort::name) return std::tie(sort_names_[a], ids_[a]) < std::tie(sort_names_[b], ids_[b]);
  const auto& keys = sort == ProductSort::price ? prices_ : created_;
  return std::tie(keys[a], ids_[a]) < std::tie(keys[b], ids_[b]);
}

bool ShopIndex::is_behind(const SortPosition& position, ProductSort sort, bool descending,
                          std::uint32_t slot) const {
  const auto compare = [&](const auto& key) {
    using Key = std::decay_t<decltype(key)>;
    const auto* wanted = std::get_if<Key>(&position.key);
    if (!wanted) return false;
    return descending ? std::tie(key, ids_[slot]) < std::tie(*wanted, position.id)
                      : std::tie(key, ids_[slot]) > std::tie(*wanted, position.id);
  };
  if (sort == ProductSort::name) return compare(sort_names_[slot]);
  return compare(sort == ProductSort::price ? prices_[slot] : created_[slot]);
}

/// Nullopt when nothing can match.
std::optional<ShopIndex::Filter> ShopIndex::filter_of(const ProductQuery& query) const {
  Filter filter;
  if (query.category) {
    const auto known = category_numbers_.find(*query.category);
    if (known == category_numbers_.end()) return std::nullopt;
    filter.category = known->second;
  }
  if (query.min_price) filter.min_price = query.min_price->minor_units();
  if (query.max_price) filter.max_price = query.max_price->minor_units();
  return filter;
}

ListedNumbers ShopIndex::list(const ProductQuery& query) const {
  const auto filter = filter_of(query);
  if (!filter) return {};
  const bool is_fixed_order = query.sort != ProductSort::inventory_count;
  if (query.terms.empty() && is_fixed_order)
    return filter->is_empty() ? list_whole_order(query) : list_filtered_order(query, *filter);
  auto found = query.terms.empty() ? by_created_ : texts_.search(query.terms);
  std::erase_if(found, [&](std::uint32_t slot) { return !filter->passes(categories_[slot], prices_[slot]); });
  return list_found(query, std::move(found));
}

/// Nothing is left out: the page is a piece of the order.
ListedNumbers ShopIndex::list_whole_order(const ProductQuery& query) const {
  const auto& order = order_of(query.sort);
  const auto page_of = [&](auto&& slots) {
    auto behind = std::ranges::begin(slots);
    if (query.after)
      behind = std::ranges::partition_point(slots, [&](std::uint32_t slot) {
        return !is_behind(*query.after, query.sort, query.descending, slot);
      });
    const auto left = std::ranges::end(slots) - behind;
    const PageBounds page(query, left);
    ListedNumbers listed{.total = std::ssize(order), .has_more = page.end < left};
    for (auto at = page.begin; at < page.end; ++at) listed.numbers.push_back(numbers_[behind[at]]);
    return listed;
  };
  return query.descending ? page_of(order | std::views::reverse) : page_of(order);
}

/// The order is gone through from its beginning; what the filter passes is counted, and taken where the page is.
ListedNumbers ShopIndex::list_filtered_order(const ProductQuery& query, const Filter& filter) const {
  ListedNumbers listed;
  std::int64_t behind = 0;
  const auto go_through = [&](auto&& slots) {
    for (const auto slot : slots) {
      if (!filter.passes(categories_[slot], prices_[slot])) continue;
      ++listed.total;
      if (query.after && !is_behind(*query.after, query.sort, query.descending, slot)) continue;
      const auto at = behind++;
      if (at >= query.offset && at < query.offset + query.limit) listed.numbers.push_back(numbers_[slot]);
    }
  };
  query.descending ? go_through(order_of(query.sort) | std::views::reverse)
                   : go_through(order_of(query.sort));
  listed.has_more = behind > query.offset + query.limit;
  return listed;
}

/// What was found is put in order as far as the page reaches. Keys are copied first: stock may move meanwhile, and an
/// order needs keys that stand still.
ListedNumbers ShopIndex::list_found(const ProductQuery& query, Slots found) const {
  ListedNumbers listed{.total = std::ssize(found)};
  const auto page_of = [&](auto key_of) {
    using Key = decltype(key_of(0U));
    struct Candidate {
      Key key;
      std::uint32_t slot;
    };
    const auto before = [&](const Candidate& a, const Candidate& b) {
      if (a.key != b.key) return query.descending ? a.key > b.key : a.key < b.key;
      return query.descending ? ids_[a.slot] > ids_[b.slot] : ids_[a.slot] < ids_[b.slot];
    };
    std::vector<Candidate> candidates;
    candidates.reserve(found.size());
    for (const auto slot : found) candidates.push_back({key_of(slot), slot});
    if (query.after) {
      std::erase_if(candidates, [&](const Candidate& candidate) {
        const SortPosition position{
            std::conditional_t<std::is_integral_v<Key>, std::int64_t, std::string>(candidate.key),
            ids_[candidate.slot]};
        return query.descending ? position >= *query.after : position <= *query.after;
      });
    }
    const PageBounds page(query, std::ssize(candidates));
    const auto begin = candidates.begin() + page.begin, end = candidates.begin() + page.end;
    if (page.begin > 0 && begin != candidates.end()) std::ranges::nth_element(candidates, begin, before);
    std::ranges::partial_sort(begin, end, candidates.end(), before);
    listed.has_more = end != candidates.end();
    for (auto at = begin; at != end; ++at) listed.numbers.push_back(numbers_[at->slot]);
  };
  switch (query.sort) {
    case ProductSort::name:
      page_of([this](std::uint32_t slot) { return std::string_view{sort_names_[slot]}; });
      break;
    case ProductSort::price:
      page_of([this](std::uint32_t slot) { return prices_[slot]; });
      break;
    case ProductSort::created_at:
      page_of([this](std::uint32_t slot) { return created_[slot]; });
      break;
    case ProductSort::inventory_count:
      page_of([this](std::uint32_t slot) { return available(slot); });
      break;
  }
  return listed;
}

std::vector<std::string> ShopIndex::categories() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < category_names_.size(); ++i)
    if (category_sizes_[i] > 0) names.push_back(category_names_[i]);
  return names;
}

}  // namespace cloudcart::product
