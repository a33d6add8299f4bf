#pragma once

#include <array>
#include <memory>
#include <string>

#include "http/client.h"
#include "runtime/metrics.h"

namespace cloudcart::http {

/// Counts what is asked of an upstream, by what became of it, and how long answers take to begin.
class MeasuredClient final : public Client {
 public:
  MeasuredClient(std::unique_ptr<Client> inner, Metrics& metrics, const std::string& upstream);

  Task<Result<Response>> send(ClientRequest request, Deadline deadline) override;

 private:
  enum class Outcome : std::uint8_t { answered, server_error, unavailable, overloaded, late, unknown };
  static constexpr std::size_t outcomes = 6;
  static Outcome outcome_of(const Result<Response>& answer);

  const std::unique_ptr<Client> inner_;
  std::array<Metrics::Counter*, outcomes> counted_{};
  Metrics::Histogram& duration_;
};

}  // namespace cloudcart::http
