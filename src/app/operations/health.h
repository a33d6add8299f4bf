#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cache/single_flight.h"
#include "core/clock.h"
#include "core/json_writer.h"
#include "http/client.h"

namespace cloudcart::app {

/// Name → well or not. Asked at each request, so they answer from memory.
using Probes = std::map<std::string, std::function<bool()>>;

/// What one server tells of itself.
struct HealthSource {
  /// A service behind a gateway.
  struct Service {
    http::Client* client = nullptr;  ///< of one that runs elsewhere; null: in this process
    Probes dependencies;             ///< of one in this process
  };

  std::string service;
  MonotonicTime started_at;
  Probes dependencies;
  std::map<std::string, Service> services;  ///< for gateways
  std::function<bool()> ready;
};

/// The answer to GET /health. Services elsewhere are asked all at the same time, and at most once a second however often
/// this is asked: everyone may. Safe between threads.
class Health {
 public:
  Health(HealthSource source, const Clock& clock) : source_(std::move(source)), clock_(clock) {}

  bool ready() const { return source_.ready(); }
  Task<JsonWriter> describe();

 private:
  enum class State : std::uint8_t { ok, degraded, down };
  struct ServiceHealth {
    State state = State::down;
    double latency_ms = 0;
    std::optional<double> uptime_seconds;
    std::optional<std::string> version;
    std::map<std::string, State> dependencies;
  };
  using Services = std::map<std::string, ServiceHealth>;

  static std::string_view to_string(State state);
  static std::map<std::string, State> look_at(const Probes& probes);
  static State state_of(const std::map<std::string, State>& parts);
  static void write_state(JsonWriter& json, std::string_view name, State state);
  static void write_service(JsonWriter& json, std::string_view name, const ServiceHealth& service);
  static std::optional<ServiceHealth> read_health(const http::Response& response);

  double uptime() const;
  double ms_since(MonotonicTime began) const;
  ServiceHealth look_here(const Probes& probes) const;
  Task<ServiceHealth> ask(http::Client& client) const;
  /// Of the services elsewhere, a second old at most when it began to be asked for.
  Task<std::shared_ptr<const Services>> remote_services();
  std::shared_ptr<const Services> known(MonotonicTime since) const;
  Task<std::shared_ptr<const Services>> ask_all();

  const HealthSource source_;
  const Clock& clock_;
  SingleFlight rounds_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Services> last_round_;          ///< guarded by mutex_
  MonotonicTime last_round_at_ = MonotonicTime::min();  ///< likewise: when it ended
};

}  // namespace cloudcart::app
