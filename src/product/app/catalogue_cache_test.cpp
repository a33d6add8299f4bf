#include "product/app/catalogue_cache.h"

#include <gtest/gtest.h>

#include "adapters/memory/cache/memory_cache.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"

namespace cloudcart::product {
namespace {

const TenantId shop{"main"}, other_shop{"other"};
const ProductId teapot = ProductId::parse("01932c08-11aa-7b2c-8d4e-5f6071829301").value();
constexpr auto no_deadline = Deadline::max();

/// A cache that does not answer.
class DeadCache final : public Cache {
 public:
  Task<Result<std::vector<std::optional<CacheEntry>>>> get(std::vector<std::string>, Deadline) override {
    co_return fail(ErrorCode::unavailable, "gone");
  }
  Task<Status> put_if_newer(std::string, CacheEntry, milliseconds, Deadline) override {
    co_return fail(ErrorCode::unavailable, "gone");
  }
  Task<Status> erase(std::vector<std::string>, Version, Deadline) override {
    co_return fail(ErrorCode::unavailable, "gone");
  }
};

class CatalogueCacheTest : public testing::Test {
 protected:
  /// A load that answers `text`, as of change `as_of`, after `length`.
  CatalogueCache::Load load(std::string text, ChangeNumber as_of, milliseconds length = milliseconds{0}) {
    return [this, text, as_of, length] { return run_load(text, as_of, length); };
  }
  Task<Result<AsOf<std::string>>> run_load(std::string text, ChangeNumber as_of, milliseconds length) {
    ++loads;
    if (length.count() > 0) co_await sleep_until(Executor::current()->now() + length);
    co_return AsOf{std::move(text), as_of};
  }
  template <class T>
  T wait(Task<T> task) {
    std::optional<T> value;
    start(std::move(task), [&](auto outcome) { value = std::get<0>(std::move(outcome)); });
    executor.run_until([&] { return value.has_value(); });
    return *std::move(value);
  }
  std::string product(CatalogueCache::Load how) {
    return *wait(catalogue.product(shop, teapot, std::move(how), no_deadline));
  }
  std::string listing(std::string name, CatalogueCache::Load how, TenantId tenant = shop) {
    return *wait(catalogue.listing(tenant, std::move(name), std::move(how), no_deadline));
  }
  void forget(ChangeNumber number, TenantId tenant = shop, std::vector<ProductId> ids = {teapot}) {
    bool done = false;
    start(catalogue.forget(tenant, std::move(ids), number, no_deadline), [&](auto) { done = true; });
    executor.run_until([&] { return done; });
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  test::FakeClock clock;
  MemoryCache memory{clock};
  CatalogueCache catalogue{memory, seconds{60}};
  int loads = 0;
};

TEST_F(CatalogueCacheTest, LoadsOnceAndThenAnswersFromTheCache) {
  EXPECT_EQ(product(load("first", 1)), "first");
  EXPECT_EQ(product(load("second", 1)), "first");
  EXPECT_EQ(loads, 1);
}

TEST_F(CatalogueCacheTest, AChangeIsVisibleAtOnce) {
  product(load("before", 1));
  forget(2);
  EXPECT_EQ(product(load("after", 2)), "after");
}

TEST_F(CatalogueCacheTest, ASlowReaderDoesNotBringBackWhatWasThereBefore) {
  std::string slow;
  start(catalogue.product(shop, teapot, load("before", 1, seconds{1}), no_deadline),
        [&](auto outcome) { slow = *std::get<0>(outcome); });
  executor.run_until([&] { return loads == 1; });
  forget(2);
  executor.run_until([&] { return slow == "before"; });
  EXPECT_EQ(product(load("after", 2)), "after");
}

TEST_F(CatalogueCacheTest, WhoAsksAfterAChangeIsNotServedByALoadThatBeganBefore) {
  std::vector<std::string> answers;
  const auto ask = [&](CatalogueCache::Load how) {
    start(catalogue.product(shop, teapot, std::move(how), no_deadline),
          [&](auto outcome) { answers.push_back(*std::get<0>(outcome)); });
  };
  ask(load("before", 1, seconds{1}));
  executor.run_until([&] { return loads == 1; });
  forget(2);
  ask(load("after", 2));
  executor.run_until([&] { return answers.size() == 2; });
  EXPECT_EQ(answers, (std::vector<std::string>{"before", "after"}));
}

TEST_F(CatalogueCacheTest, ManyWhoMissLoadOnce) {
  int answered = 0;
  for (int i = 0; i < 50; ++i)
    start(catalogue.product(shop, teapot, load("teapot", 1, seconds{1}), no_deadline),
          [&](auto) { ++answered; });
  executor.run_until([&] { return answered == 50; });
  EXPECT_EQ(loads, 1);
}

TEST_F(CatalogueCacheTest, AListingHoldsUntilAnyProductOfTheShopChanges) {
  listing("page 1", load("one", 1));
  listing("page 2", load("two", 1));
  EXPECT_EQ(listing("page 1", load("wrong", 1)), "one");
  EXPECT_EQ(listing("page 2", load("wrong", 1)), "two");
  forget(2, other_shop);
  EXPECT_EQ(listing("page 1", load("wrong", 2)), "one") << "another shop's change is none";
  forget(3, shop, {});
  EXPECT_EQ(listing("page 1", load("one'", 3)), "one'");
  EXPECT_EQ(listing("page 2", load("two'", 3)), "two'");
}

TEST_F(CatalogueCacheTest, AListingOfBeforeAChangeIsNotServedAfterIt) {
  std::string slow;
  start(catalogue.listing(shop, "page 1", load("before", 1, seconds{1}), no_deadline),
        [&](auto outcome) { slow = *std::get<0>(outcome); });
  executor.run_until([&] { return loads == 1; });
  forget(2);
  executor.run_until([&] { return slow == "before"; });
  EXPECT_EQ(listing("page 1", load("after", 2)), "after");
}

TEST_F(CatalogueCacheTest, WithoutTheCacheEverythingIsLoaded) {
  DeadCache dead;
  CatalogueCache uncached{dead, seconds{60}};
  for (const auto* text : {"first", "second"}) {
    EXPECT_EQ(*wait(uncached.product(shop, teapot, load(text, 1), no_deadline)), text);
    EXPECT_EQ(*wait(uncached.listing(shop, "page", load(text, 1), no_deadline)), text);
    EXPECT_EQ(wait(uncached.summaries(shop, {teapot}, no_deadline)),
              (std::vector<std::optional<ProductSummary>>(1)));
  }
}

TEST_F(CatalogueCacheTest, AnErrorIsNotKept) {
  const CatalogueCache::Load failing = []() -> Task<Result<AsOf<std::string>>> {
    co_return fail(Error::not_found("Product"));
  };
  EXPECT_FALSE(wait(catalogue.product(shop, teapot, failing, no_deadline)));
  EXPECT_EQ(product(load("there", 1)), "there");
}

}  // namespace
}  // namespace cloudcart::product
