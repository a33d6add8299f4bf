#include "simulation/tally.h"

#include <fmt/format.h>

namespace cloudcart::simulation {
namespace {

constexpr std::array<std::string_view, port_count> port_names{
    "order store", "order log",       "customers",    "product store", "stock store",
    "cache",       "analytics store", "service wire", "client wire"};
constexpr std::array<std::string_view, fault_count> fault_names{
    "none", "refused", "request lost", "answer lost", "repeated", "slow", "late"};

/// What a thousand seeds must have reached, each in the words of its place.
constexpr std::array<std::string_view, 61> required{
    "adjust stock: insufficient_inventory",
    "adjust stock: ok",
    "adjust stock: settled by asking again",
    "broker: published again",
    "broker: wiped and filled again",
    "cancel: invalid_transition",
    "cancel: not_found",
    "cancel: ok",
    "cancel: outcome_unknown",
    "cancel: unavailable",
    "change status: invalid_transition",
    "change status: ok",
    "change status: outcome_unknown",
    "clock: moved",
    "commit: outcome unknown",
    "commit: refused, the key is another attempt's now",
    "commit: refused, the id was closed",
    "crash: of an idle process",
    "crash: with requests under way",
    "dashboard: ok",
    "edit product: ok",
    "edit product: outcome_unknown",
    "history: not_found",
    "history: ok",
    "key: completed before",
    "key: freed after a refusal",
    "key: no longer this attempt's to free",
    "key: taken over from another attempt",
    "list orders: ok",
    "list products: ok",
    "log: an event delivered again",
    "order: committed",
    "place: deadline_exceeded",
    "place: forbidden",
    "place: idempotency_conflict",
    "place: idempotency_in_progress",
    "place: insufficient_inventory",
    "place: not_found",
    "place: ok",
    "place: outcome_unknown",
    "place: overloaded",
    "place: unavailable",
    "place: validation_failed",
    "purchase: a key in several posts at once",
    "purchase: a key of before with another body",
    "purchase: a product on two lines",
    "read order: not_found",
    "read order: ok",
    "read product: ok",
    "release: again",
    "release: of an order that holds nothing",
    "release: of what was reserved",
    "release: of what was sold",
    "reservation: asked for again",
    "reservation: came after its release",
    "shape: a process per service",
    "shape: one process",
    "shape: without faults",
    "sweep: an id closed",
    "sweep: the order is there",
    "transition: lost a race",
};

}  // namespace

std::string_view to_string(Port port) {
  return port_names[static_cast<std::size_t>(port)];
}
std::string_view to_string(Fault fault) {
  return fault_names[static_cast<std::size_t>(fault)];
}

void Tally::seen(std::string_view situation) {
  const auto found = situations_.find(situation);
  if (found != situations_.end()) {
    ++found->second;
  } else {
    situations_.emplace(situation, 1);
  }
}

void Tally::add(const Tally& other) {
  for (std::size_t port = 0; port < port_count; ++port)
    for (std::size_t fault = 0; fault < fault_count; ++fault)
      faults_[port][fault] += other.faults_[port][fault];
  for (const auto& [situation, count] : other.situations_) situations_[situation] += count;
}

std::string Tally::report() const {
  std::string text = fmt::format("{:16}", "calls");
  for (const auto name : fault_names) text += fmt::format("{:>13}", name);
  for (std::size_t port = 0; port < port_count; ++port) {
    text += fmt::format("\n{:16}", port_names[port]);
    for (const auto count : faults_[port]) text += fmt::format("{:>13}", count);
  }
  text += "\n\n";
  for (const auto& [situation, count] : situations_) text += fmt::format("{:>10}  {}\n", count, situation);
  return text;
}

std::vector<std::string> Tally::missing() const {
  std::vector<std::string> missing;
  for (const auto situation : required)
    if (!situations_.contains(situation)) missing.emplace_back(situation);
  const auto expect = [&](Port port, std::initializer_list<Fault> faults) {
    for (const auto fault : faults)
      if (faults_[static_cast<std::size_t>(port)][static_cast<std::size_t>(fault)] == 0)
        missing.push_back(fmt::format("{}: {}", to_string(port), to_string(fault)));
  };
  using enum Fault;
  for (const auto port :
       {Port::order_store, Port::product_store, Port::stock_store, Port::cache, Port::analytics_store})
    expect(port, {refused, request_lost, answer_lost, slow, late});
  for (const auto port : {Port::order_log, Port::customers}) expect(port, {refused, slow, late});
  for (const auto port : {Port::service_wire, Port::client_wire})
    expect(port, {refused, request_lost, answer_lost, slow});
  for (const auto port : {Port::stock_store, Port::cache, Port::analytics_store, Port::service_wire})
    expect(port, {repeated});
  return missing;
}

}  // namespace cloudcart::simulation
