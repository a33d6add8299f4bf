#pragma once

#include "adapters/http/privacy/http_erasure_feed.h"
#include "adapters/http/privacy/http_personal_data.h"
#include "app/platform/analytics_unit.h"
#include "app/platform/service_clients.h"
#include "app/platform/user_unit.h"
#include "order/app/erase_customer.h"
#include "order/http/personal_orders.h"
#include "recommendation/app/erase_customer.h"
#include "recommendation/http/personal_recommendations.h"

namespace cloudcart::app {

/// What is personal in the services of this process: erasures that they carry out, and what exports are put together from.
class PrivacyUnit {
 public:
  /// The services of this process; null for those that run elsewhere.
  struct Services {
    UserUnit* users = nullptr;
    OrderStores* orders = nullptr;
    AnalyticsUnit* analytics = nullptr;
  };

  PrivacyUnit(Ground& ground, ServiceClients& clients, http::ServiceToken token)
      : ground_(ground), clients_(clients), token_(std::move(token)) {}

  /// For the user service; to be asked once everything is connected.
  std::vector<user::AccountExport::Section> sections() {
    return {{"orders", &orders_}, {"recommendations", &recommendations_}};
  }
  void connect(Services services);
  /// What the user services of other processes ask; of a service of this process.
  http::Route orders_route();
  http::Route recommendations_route();
  void start_loops(BackgroundLoops& background, EventLoop& loop);

 private:
  /// Whoever has the data, which is known later than who asks.
  class Link final : public privacy::PersonalData {
   public:
    explicit Link(Service service) : service_(service) {}
    void set(std::unique_ptr<privacy::PersonalData> data) { data_ = std::move(data); }
    Task<Result<privacy::PersonalDataPage>> page(TenantId tenant, UserId user, std::string after,
                                                 Deadline deadline) override;

   private:
    const Service service_;
    std::unique_ptr<privacy::PersonalData> data_;
  };

  std::unique_ptr<privacy::PersonalData> remote_data(Service service);
  void follow(privacy::Holder holder, privacy::ErasureHandler& handler,
              milliseconds settling = milliseconds{0});

  Ground& ground_;
  ServiceClients& clients_;
  const http::ServiceToken token_;
  Link orders_{Service::order}, recommendations_{Service::analytics};
  std::unique_ptr<privacy::ErasureFeed> remote_feed_;
  privacy::ErasureFeed* feed_ = nullptr;
  std::unique_ptr<order::EraseCustomer> of_orders_;
  std::unique_ptr<recommendation::EraseCustomer> of_recommender_;
  std::map<privacy::Holder, std::unique_ptr<privacy::ErasureFollower>> followers_;
};

}  // namespace cloudcart::app
