#include "adapters/postgres/store/store_meter.h"

namespace cloudcart::postgres {

PoolMeter::PoolMeter(Metrics& metrics, const Metrics::Labels& labels, Limits limits)
    : refused_(metrics.counter("cloudcart_postgres_acquire_refused_total",
                               "Transactions that got no connection: too many waited, or for too long.",
                               labels)),
      failed_(metrics.counter("cloudcart_postgres_connect_failures_total",
                              "Connections that could not be opened.", labels)) {
  const auto show = [&](const char* state, const std::atomic<std::size_t>& count) {
    auto with_state = labels;
    with_state.emplace("state", state);
    metrics.gauge("cloudcart_postgres_connections", "Connections to the server, by what they do.", with_state,
                  [&count] { return static_cast<double>(count.load()); });
  };
  show("in_use", in_use_);
  show("idle", idle_);
  show("opening", opening_);
  metrics.gauge("cloudcart_postgres_connections_limit", "Connections that may be open at a time.", labels,
                [limits] { return static_cast<double>(limits.connections); });
  metrics.gauge("cloudcart_postgres_waiting", "Transactions that wait for a connection.", labels,
                [this] { return static_cast<double>(waiting_.load()); });
  metrics.gauge("cloudcart_postgres_waiting_limit",
                "Transactions that may wait for a connection; more are refused.", labels,
                [limits] { return static_cast<double>(limits.waiting); });
}

void PoolMeter::report(State state) {
  in_use_.store(state.in_use, std::memory_order_relaxed);
  idle_.store(state.idle, std::memory_order_relaxed);
  opening_.store(state.opening, std::memory_order_relaxed);
  waiting_.store(state.waiting, std::memory_order_relaxed);
}

StoreMeter::StoreMeter(Metrics& metrics, const std::string& store)
    : duration_(metrics.duration("cloudcart_postgres_transaction_duration_seconds",
                                 "Time of a transaction, from asking for a connection to its end.",
                                 {{"store", store}})),
      retries_(metrics.counter("cloudcart_postgres_retries_total",
                               "Transactions that were run again: a serialization failure, a deadlock, or a "
                               "connection that had gone.",
                               {{"store", store}})),
      from_replica_(metrics.counter("cloudcart_postgres_replica_reads_total",
                                    "Reads that were for the replica, by whether it answered.",
                                    {{"store", store}, {"answered", "yes"}})),
      not_from_replica_(metrics.counter("cloudcart_postgres_replica_reads_total",
                                        "Reads that were for the replica, by whether it answered.",
                                        {{"store", store}, {"answered", "no"}})) {
  constexpr std::array words{"done", "failed", "in_doubt"};
  for (std::size_t i = 0; i < words.size(); ++i)
    ended_[i] = &metrics.counter("cloudcart_postgres_transactions_total", "Transactions, by how they ended.",
                                 {{"store", store}, {"outcome", words[i]}});
}

void StoreMeter::ended(Outcome outcome, std::chrono::nanoseconds took) {
  ended_[static_cast<std::size_t>(outcome)]->add();
  duration_.observe(std::chrono::duration<double>(took).count());
}

}  // namespace cloudcart::postgres
