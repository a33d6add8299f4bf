#include "http/measured_client.h"

#include <string_view>

#include "runtime/executor.h"

namespace cloudcart::http {
namespace {

constexpr std::array<std::string_view, 6> words{"answered",   "server_error",      "unavailable",
                                                "overloaded", "deadline_exceeded", "outcome_unknown"};
constexpr int first_server_error = 500;

}  // namespace

MeasuredClient::MeasuredClient(std::unique_ptr<Client> inner, Metrics& metrics, const std::string& upstream)
    : inner_(std::move(inner)),
      duration_(metrics.duration("cloudcart_upstream_request_duration_seconds",
                                 "Time until an upstream's answer began, or did not come.",
                                 {{"upstream", upstream}})) {
  static_assert(words.size() == outcomes);
  for (std::size_t i = 0; i < outcomes; ++i)
    counted_[i] =
        &metrics.counter("cloudcart_upstream_requests_total", "Requests to an upstream, by their outcome.",
                         {{"upstream", upstream}, {"outcome", std::string{words[i]}}});
}

MeasuredClient::Outcome MeasuredClient::outcome_of(const Result<Response>& answer) {
  if (answer) return answer->status < first_server_error ? Outcome::answered : Outcome::server_error;
  switch (answer.error().code) {
    case ErrorCode::overloaded:
      return Outcome::overloaded;
    case ErrorCode::deadline_exceeded:
      return Outcome::late;
    case ErrorCode::outcome_unknown:
      return Outcome::unknown;
    default:
      return Outcome::unavailable;
  }
}

Task<Result<Response>> MeasuredClient::send(ClientRequest request, Deadline deadline) {
  const auto began = Executor::current()->now();
  auto answer = co_await inner_->send(std::move(request), deadline);
  duration_.observe(std::chrono::duration<double>(Executor::current()->now() - began).count());
  counted_[static_cast<std::size_t>(outcome_of(answer))]->add();
  co_return answer;
}

}  // namespace cloudcart::http
