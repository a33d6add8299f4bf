#include "app/operations/health.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/operations/version.h"
#include "core/json_reader.h"
#include "runtime/await_all.h"

namespace cloudcart::app {
namespace {

constexpr seconds probe_limit{2};
constexpr seconds round_good_for{1};
/// Of another service's answer.
constexpr std::size_t most_dependencies = 32;
constexpr TextRule word_rule{.min = 1, .max = 100};

}  // namespace

std::string_view Health::to_string(State state) {
  switch (state) {
    case State::ok:
      return "ok";
    case State::degraded:
      return "degraded";
    case State::down:
      return "down";
  }
  return "";
}

std::map<std::string, Health::State> Health::look_at(const Probes& probes) {
  std::map<std::string, State> states;
  for (const auto& [name, is_well] : probes) states.emplace(name, is_well() ? State::ok : State::down);
  return states;
}

Health::State Health::state_of(const std::map<std::string, State>& parts) {
  const bool all_well = std::ranges::all_of(parts, [](const auto& part) { return part.second == State::ok; });
  return all_well ? State::ok : State::degraded;
}

double Health::ms_since(MonotonicTime began) const {
  const auto took = std::chrono::duration<double, std::milli>(clock_.monotonic_now() - began).count();
  return std::round(took * 1000) / 1000;
}

double Health::uptime() const {
  return std::chrono::duration<double>(clock_.monotonic_now() - source_.started_at).count();
}

Health::ServiceHealth Health::look_here(const Probes& probes) const {
  const auto began = clock_.monotonic_now();
  auto dependencies = look_at(probes);
  const auto state = state_of(dependencies);
  return {.state = state,
          .latency_ms = ms_since(began),
          .uptime_seconds = uptime(),
          .version = std::string{version},
          .dependencies = std::move(dependencies)};
}

/// What a service tells of itself; nullopt when that is not understood: then it is not the service that should be there.
std::optional<Health::ServiceHealth> Health::read_health(const http::Response& response) {
  const auto body = response.status == 200 ? parse_json(response.body) : fail(ErrorCode::unavailable, "");
  const auto* answer = body ? body->if_object() : nullptr;
  const auto* data = answer ? answer->if_contains("data") : nullptr;
  if (!data || !data->is_object()) return std::nullopt;
  FieldReader fields(*data);
  const auto state_at = [](FieldReader& reader) {
    const auto word = reader.text("status", word_rule);
    for (const auto state : {State::ok, State::degraded, State::down})
      if (word == to_string(state)) return state;
    reader.add_error("status", "must be ok, degraded or down");
    return State::down;
  };
  ServiceHealth health{
      .state = state_at(fields),
      .uptime_seconds = fields.optional_number("uptime_seconds", 0, std::numeric_limits<double>::max()),
      .version = fields.optional_text("version", word_rule),
      .dependencies = {}};
  if (const auto* parts = data->as_object().if_contains("dependencies"); parts && parts->is_object()) {
    for (const auto& [name, part] : parts->get_object()) {
      if (health.dependencies.size() == most_dependencies) break;
      FieldReader reader(part);
      health.dependencies.emplace(name, state_at(reader));
      if (!reader.ok()) return std::nullopt;
    }
  }
  if (!fields.ok()) return std::nullopt;
  return health;
}

Task<Health::ServiceHealth> Health::ask(http::Client& client) const {
  const auto began = clock_.monotonic_now();
  const auto answer =
      co_await client.send({.method = http::Method::get, .target = "/health"}, began + probe_limit);
  auto health = answer ? read_health(*answer) : std::nullopt;
  if (!health) co_return ServiceHealth{};
  health->latency_ms = ms_since(began);
  co_return *std::move(health);
}

std::shared_ptr<const Health::Services> Health::known(MonotonicTime since) const {
  const std::scoped_lock lock(mutex_);
  return last_round_ && last_round_at_ >= since ? last_round_ : nullptr;
}

Task<std::shared_ptr<const Health::Services>> Health::remote_services() {
  const auto since = clock_.monotonic_now() - round_good_for;
  for (;;) {
    if (auto services = known(since)) co_return services;
    const auto turn = co_await rounds_.enter({});
    if (turn.leads()) co_return co_await ask_all();
  }
}

Task<std::shared_ptr<const Health::Services>> Health::ask_all() {
  std::vector<std::string> names;
  std::vector<Task<ServiceHealth>> questions;
  for (const auto& [name, service] : source_.services) {
    if (!service.client) continue;
    names.push_back(name);
    questions.push_back(ask(*service.client));
  }
  auto answers = co_await await_all(std::move(questions));
  auto services = std::make_shared<Services>();
  for (std::size_t i = 0; i < names.size(); ++i) services->emplace(names[i], std::move(answers[i]));
  const std::scoped_lock lock(mutex_);
  last_round_ = services;
  last_round_at_ = clock_.monotonic_now();
  co_return services;
}

void Health::write_state(JsonWriter& json, std::string_view name, State state) {
  json.key(name).begin_object().field("status", to_string(state)).end_object();
}

void Health::write_service(JsonWriter& json, std::string_view name, const ServiceHealth& service) {
  if (service.state == State::down) return write_state(json, name, service.state);
  json.key(name).begin_object().field("status", to_string(service.state));
  json.field("latency_ms", service.latency_ms);
  if (service.uptime_seconds) json.field("uptime_seconds", *service.uptime_seconds);
  if (service.version) json.field("version", *service.version);
  json.key("dependencies").begin_object();
  for (const auto& [part, state] : service.dependencies) write_state(json, part, state);
  json.end_object().end_object();
}

Task<JsonWriter> Health::describe() {
  const auto dependencies = look_at(source_.dependencies);
  Services services;
  if (!source_.services.empty()) services = *co_await remote_services();
  for (const auto& [name, service] : source_.services)
    if (!service.client) services.emplace(name, look_here(service.dependencies));
  const bool all_well =
      state_of(dependencies) == State::ok &&
      std::ranges::all_of(services, [](const auto& service) { return service.second.state == State::ok; });

  JsonWriter json;
  json.begin_object().field("status", to_string(all_well ? State::ok : State::degraded));
  json.field("service", source_.service).field("version", version).field("uptime_seconds", uptime());
  json.key("dependencies").begin_object();
  for (const auto& [name, state] : dependencies) write_state(json, name, state);
  json.end_object();
  if (!services.empty()) {
    json.key("services").begin_object();
    for (const auto& [name, service] : services) write_service(json, name, service);
    json.end_object();
  }
  json.end_object();
  co_return json;
}

}  // namespace cloudcart::app
