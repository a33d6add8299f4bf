#include "recommendation/http/experiment_routes.h"

#include <algorithm>

#include "http/client_address.h"
#include "http/query_reader.h"
#include "recommendation/http/experiment_answers.h"
#include "recommendation/http/experiment_requests.h"

namespace cloudcart::recommendation {
namespace {

using http::Request;
using http::Response;

Response experiment_response(int status, const Experiment& experiment, std::string_view message = {}) {
  JsonWriter json;
  json.begin_object().key("experiment");
  write_experiment(json, experiment);
  json.end_object();
  return http::data_response(status, std::move(json), message);
}

Task<Result<Response>> list_experiments(ExperimentApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto experiments, co_await app.manage.list(request.caller));
  JsonWriter json;
  json.begin_object().key("experiments").begin_array();
  for (const auto& experiment : experiments) write_experiment(json, experiment);
  json.end_array().end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> create_experiment(ExperimentApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto plan, read_plan(body));
  CLOUDCART_CO_TRY(const auto created, co_await app.manage.create(request.caller, std::move(plan)));
  request.audit_target = created.id.to_string();
  co_return experiment_response(201, created, "Experiment created");
}

Task<Result<Response>> get_experiment(ExperimentApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ExperimentId>("id"));
  CLOUDCART_CO_TRY(const auto experiment, co_await app.manage.get(request.caller, id));
  co_return experiment_response(200, experiment);
}

Task<Result<Response>> delete_experiment(ExperimentApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ExperimentId>("id"));
  CLOUDCART_CO_CHECK(co_await app.manage.remove(request.caller, id));
  co_return http::message_response(200, "Experiment deleted");
}

Task<Result<Response>> start_experiment(ExperimentApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ExperimentId>("id"));
  CLOUDCART_CO_TRY(const auto started, co_await app.manage.start(request.caller, id));
  co_return experiment_response(200, started, "Experiment started");
}

Task<Result<Response>> stop_experiment(ExperimentApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ExperimentId>("id"));
  CLOUDCART_CO_TRY(const auto stopped, co_await app.manage.stop(request.caller, id));
  co_return experiment_response(200, stopped, "Experiment stopped");
}

Task<Result<Response>> report_experiment(ExperimentApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ExperimentId>("id"));
  CLOUDCART_CO_TRY(const auto report, co_await app.manage.report(request.caller, id));
  co_return http::data_response(200, report_json(report));
}

Task<Result<Response>> take_feedback(ExperimentApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto feedback, read_feedback(body));
  CLOUDCART_CO_TRY(const auto outcomes,
                   co_await app.record_feedback(request.caller, http::network_of(request.remote_address),
                                                std::move(feedback)));
  JsonWriter json;
  json.begin_object();
  json.field("counted", std::int64_t{std::ranges::count(outcomes, FeedbackOutcome::counted)});
  json.key("outcomes").begin_array();
  for (const auto outcome : outcomes) json.value(to_string(outcome));
  json.end_array().end_object();
  co_return http::data_response(200, std::move(json));
}

}  // namespace

std::vector<http::Route> experiment_routes(ExperimentApp& app) {
  using enum http::Method;
  using enum http::Access;
  const auto to = [&app](Task<Result<Response>> (*handle)(ExperimentApp&, Request&)) {
    return [&app, handle](Request& request) { return handle(app, request); };
  };
  return http::with_priority(
      http::Priority::analytics,
      {
          {get, "/api/ai/experiments", analysts, to(list_experiments)},
          {post, "/api/ai/experiments", staff, to(create_experiment),
           http::Audit{"experiment.create", {"name", "placement"}}},
          {get, "/api/ai/experiments/{id}", analysts, to(get_experiment)},
          {delete_, "/api/ai/experiments/{id}", staff, to(delete_experiment),
           http::Audit{"experiment.delete"}},
          {post, "/api/ai/experiments/{id}/start", staff, to(start_experiment),
           http::Audit{"experiment.start"}},
          {post, "/api/ai/experiments/{id}/stop", staff, to(stop_experiment), http::Audit{"experiment.stop"}},
          {get, "/api/ai/experiments/{id}/report", analysts, to(report_experiment)},
          {post, "/api/ai/feedback", anyone, to(take_feedback)},
      });
}

}  // namespace cloudcart::recommendation
