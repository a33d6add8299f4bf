#pragma once

#include <memory>
#include <optional>

#include "analytics/app/analytics_app.h"
#include "app/platform/in_process.h"
#include "http/pipeline.h"
#include "order/app/order_app.h"
#include "product/app/product_app.h"
#include "simulation/ports.h"
#include "simulation/wire.h"

namespace cloudcart::simulation {

class Broker;

/// What the nodes of a world have in common.
struct Ground {
  Context& context;
  Disks& disks;
  Oracle& oracle;
  Wire& wire;
  IdGenerator& ids;
  Broker* broker;  ///< null: consumers follow the order service's own log
};

/// Which services run in a process.
struct Roles {
  bool order = false, product = false, analytics = false;
};

/// A place where a process runs services, dies and starts again.
class Node {
 public:
  Node(Ground& ground, std::string name, Roles roles);
  ~Node();

  /// `orders` and `products`: the nodes with these services, perhaps this one.
  void start(Node& orders, Node& products);
  /// At this moment, as by kill -9.
  void stop();
  bool is_up() const { return life_ != nullptr; }
  Process& process();
  const std::string& name() const { return name_; }
  const Roles& roles() const { return roles_; }

  order::OrderApp& order_app();
  order::TransitionOrder any_transition();  ///< for a planted bug
  product::ProductApp& product_app();
  analytics::AnalyticsApp& analytics_app();
  /// What other nodes ask of this one, when services are apart.
  http::Pipeline& pipeline();

 private:
  struct Life;

  Ground& ground_;
  const std::string name_;
  const Roles roles_;
  std::unique_ptr<Life> life_;
};

/// A broker that keeps nothing for good: it delivers everything at least once, in any order, and may be wiped and filled
/// again from the order log.
class Broker final : public events::EventLog {
 public:
  Broker(Context& context, order::MemoryOrderState& orders) : context_(context), orders_(orders) {}

  /// The relay makes a step: some records of the order log become known here.
  void relay();
  void relay_everything();
  const std::vector<events::LogRecord>& records() const { return records_; }

  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) override;
  Task<Result<std::int64_t>> end_position(Deadline deadline) override;
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override;
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override;

 private:
  void publish_one();

  Context& context_;
  order::MemoryOrderState& orders_;
  std::size_t relayed_ = 0;
  std::vector<events::OrderEvent> in_flight_;
  std::vector<events::LogRecord> records_;
  Notifier appended_;
};

}  // namespace cloudcart::simulation
