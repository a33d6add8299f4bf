#include "app/platform/privacy_unit.h"

#include <fmt/format.h>

#include "privacy/personal_data_route.h"

namespace cloudcart::app {

Task<Result<privacy::PersonalDataPage>> PrivacyUnit::Link::page(TenantId tenant, UserId user,
                                                                std::string after, Deadline deadline) {
  if (!data_) {
    co_return fail(
        ErrorCode::unavailable,
        fmt::format("The user service is not told where the {0} service is; start it with --upstream-{0}.",
                    to_string(service_)));
  }
  co_return co_await data_->page(std::move(tenant), user, std::move(after), deadline);
}

std::unique_ptr<privacy::PersonalData> PrivacyUnit::remote_data(Service service) {
  auto* client = clients_.find(service);
  return client ? std::make_unique<privacy::HttpPersonalData>(*client, token_) : nullptr;
}

void PrivacyUnit::connect(Services services) {
  if (services.users) {
    feed_ = &services.users->app.erasure_feed;
    follow(privacy::Holder::user, services.users->app.forget_account);
  } else if (services.orders || services.analytics) {
    remote_feed_ = std::make_unique<privacy::HttpErasureFeed>(
        clients_.to(Service::user, services.orders ? Service::order : Service::analytics), token_);
    feed_ = remote_feed_.get();
  }
  if (services.orders) {
    of_orders_ = std::make_unique<order::EraseCustomer>(services.orders->customer_erasure());
    follow(privacy::Holder::order, *of_orders_, ground_.config.settling());
    orders_.set(std::make_unique<order::PersonalOrders>(services.orders->orders()));
  } else if (services.users) {
    orders_.set(remote_data(Service::order));
  }
  if (services.analytics) {
    auto& analytics = *services.analytics;
    of_recommender_ = std::make_unique<recommendation::EraseCustomer>(
        analytics.erased, analytics.recommendations, analytics.stores->subjects(), ground_.clock,
        ground_.config.settling());
    follow(privacy::Holder::analytics, *of_recommender_, ground_.config.settling());
    recommendations_.set(std::make_unique<recommendation::PersonalRecommendations>(
        analytics.stores->subjects(), &analytics.recommendations));
  } else if (services.users) {
    recommendations_.set(remote_data(Service::analytics));
  }
}

void PrivacyUnit::follow(privacy::Holder holder, privacy::ErasureHandler& handler, milliseconds settling) {
  followers_[holder] = std::make_unique<privacy::ErasureFollower>(
      holder, *feed_, handler, ground_.clock,
      privacy::ErasurePace{.retry = ground_.config.privacy.retry, .settling = settling});
}

http::Route PrivacyUnit::orders_route() {
  return privacy::personal_data_route(orders_);
}
http::Route PrivacyUnit::recommendations_route() {
  return privacy::personal_data_route(recommendations_);
}

void PrivacyUnit::start_loops(BackgroundLoops& background, EventLoop& loop) {
  for (const auto& [holder, follower] : followers_)
    background.start(fmt::format("erasures of the {} service", to_string(holder)), loop,
                     [&loop_of = *follower](BackgroundLoops::StopFlag stop) { return loop_of.run(stop); });
}

}  // namespace cloudcart::app
