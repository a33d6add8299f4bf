#pragma once

#include <map>
#include <mutex>

#include "core/clock.h"
#include "recommendation/app/model_holder.h"
#include "recommendation/ports/quality_ledger.h"
#include "runtime/leadership.h"

namespace cloudcart::recommendation {

struct ExaminePolicy {
  /// Orders examined per second at most: at some 0.2 ms each 1 % of a core. The others are learnt from unseen, and counted.
  double per_second = 50;
  /// So many in a row at most: they share their loop with those who answer requests.
  double burst = 5;
  /// An order that is older when it comes was not foretold live: it belongs to a catch-up or an import.
  seconds live_for{60};
  /// Best sellers change slowly, and finding them goes through all products.
  seconds best_sellers_for{10};
  seconds between_writes{5};
};

/// Stands before the models that learn: each order that comes live is put to its shop's model first. What was found is
/// done by the process that leads; around a change of it an order may be passed over. It is gathered by day and written
/// every few seconds and by flush(); a crash loses what came since. Learning never fails and
/// never waits for it. Safe between threads.
class ExamineOrders final : public events::Consumer {
 public:
  ExamineOrders(ModelHolder& models, QualityLedger& ledger, const Clock& clock, ExaminePolicy policy = {},
                const Leadership& leadership = sole_process())
      : models_(models),
        ledger_(ledger),
        clock_(clock),
        policy_(policy),
        leadership_(leadership),
        tokens_(policy.burst) {}

  Task<Result<std::int64_t>> position(Deadline deadline) override { return models_.position(deadline); }
  Task<Status> apply(std::vector<events::LogRecord> records, Deadline deadline) override;
  /// Writes what is gathered. What can't be written now stays for the next time.
  Task<Status> flush(Deadline deadline);

  /// Live orders since the start.
  struct Counts {
    std::int64_t examined = 0;
    std::int64_t passed_over = 0;  ///< for want of time
  };
  Counts counts() const;

 private:
  struct BestSellers {
    std::vector<ProductId> products;
    MonotonicTime until;
  };
  using Key = std::tuple<TenantId, std::chrono::sys_days, QualityTask>;

  void examine_live(const events::OrderEvent& event);
  /// Orders from then on are this process's to examine; empty while another leads.
  std::optional<Timestamp> responsible_since();
  bool take_token();
  const std::vector<ProductId>& best_sellers(const TenantId& tenant, const Model& model);

  ModelHolder& models_;
  QualityLedger& ledger_;
  const Clock& clock_;
  const ExaminePolicy policy_;
  const Leadership& leadership_;
  // Touched by apply() alone, which has one caller.
  std::map<TenantId, BestSellers> best_sellers_;
  bool led_ = true;
  Timestamp led_since_{};
  double tokens_;
  MonotonicTime refilled_at_{};
  MonotonicTime next_write_{};
  mutable std::mutex mutex_;
  std::map<Key, QualityTally> gathered_;
  Counts counts_;
};

}  // namespace cloudcart::recommendation
