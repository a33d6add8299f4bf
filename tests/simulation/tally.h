#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cloudcart::simulation {

/// Where faults strike: the ports of the services, and the wires between processes.
enum class Port : std::uint8_t {
  order_store,
  order_log,
  customers,
  product_store,
  stock_store,
  cache,
  analytics_store,
  service_wire,  ///< between two services
  client_wire,   ///< between a client and a service
};
constexpr std::size_t port_count = 9;
std::string_view to_string(Port port);

enum class Fault : std::uint8_t {
  none,
  refused,       ///< an error before any effect
  request_lost,  ///< no effect, and nobody can say so: outcome_unknown
  answer_lost,   ///< the effect, and outcome_unknown
  repeated,      ///< the effect asked for twice, as after a lost answer; the second answer counts
  slow,          ///< long enough for deadlines and claims to pass
  late,          ///< came up after its deadline
};
constexpr std::size_t fault_count = 7;
std::string_view to_string(Fault fault);

/// How often what happened, over many seeds. What a simulation never reaches, it does not test.
class Tally {
 public:
  void fault(Port port, Fault fault) {
    ++faults_[static_cast<std::size_t>(port)][static_cast<std::size_t>(fault)];
  }
  void seen(std::string_view situation);

  void add(const Tally& other);
  std::string report() const;
  /// Situations of the list in tally.cpp that never came up.
  std::vector<std::string> missing() const;

 private:
  std::array<std::array<std::uint64_t, fault_count>, port_count> faults_{};
  std::map<std::string, std::uint64_t, std::less<>> situations_;
};

}  // namespace cloudcart::simulation
