#include "analytics/http/upkeep_routes.h"

#include <charconv>

#include "http/query_reader.h"

namespace cloudcart::analytics {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

JsonWriter letters_json(const DeadLetters::Page& found, const http::Page& page) {
  JsonWriter json;
  json.begin_object().key("dead_letters").begin_array();
  for (const auto& letter : found.letters) {
    json.begin_object().field("position", letter.position).field("reason", letter.reason);
    json.field("attempts", letter.attempts).key("event").raw(events::to_json(letter.event)).end_object();
  }
  json.end_array();
  http::write_pagination(json, page, found.total, std::nullopt);
  json.end_object();
  return json;
}

Task<Result<Response>> list_letters(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  const auto page = http::read_page(query);
  if (page.cursor) query.add_error("cursor", "is not given out by this list; read it by page");
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto found,
                   co_await app.dead_letters.list(request.caller, page.offset(), page.limit));
  co_return http::data_response(200, letters_json(found, page));
}

Task<Result<Response>> retry_letter(AnalyticsApp& app, Request& request) {
  const auto text = request.parameter("position");
  std::int64_t position = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (failure != std::errc{} || end != text.data() + text.size() || position < 1)
    co_return fail(Error::validation({{"position", "must be a position of the log: an integer from 1"}}));
  CLOUDCART_CO_CHECK(co_await app.dead_letters.retry(request.caller, position));
  co_return http::message_response(200, "Added up");
}

std::string_view to_string(RebuildAnalytics::Phase phase) {
  switch (phase) {
    case RebuildAnalytics::Phase::idle:
      return "idle";
    case RebuildAnalytics::Phase::running:
      return "running";
    case RebuildAnalytics::Phase::done:
      return "done";
  }
  return "";
}

JsonWriter progress_json(const RebuildAnalytics::Progress& progress) {
  const bool ever = progress.phase != RebuildAnalytics::Phase::idle;
  JsonWriter json;
  json.begin_object().field("phase", to_string(progress.phase));
  json.field("position", progress.position).field("end", progress.end);
  json.field("started_at", ever ? std::optional{progress.started_at} : std::nullopt);
  json.field("finished_at", progress.finished_at);
  json.key("trouble");
  progress.trouble.empty() ? json.null() : json.value(progress.trouble);
  json.end_object();
  return json;
}

Task<Result<Response>> start_rebuild(AnalyticsApp& app, Request&) {
  const bool started = app.rebuild.request();
  co_return http::data_response(202, progress_json(app.rebuild.progress()),
                                started ? "Rebuild started" : "A rebuild is running already");
}

Task<Result<Response>> show_rebuild(AnalyticsApp& app, Request&) {
  co_return http::data_response(200, progress_json(app.rebuild.progress()));
}

using Endpoint = Task<Result<Response>> (*)(AnalyticsApp&, Request&);

}  // namespace

std::vector<http::Route> upkeep_routes(AnalyticsApp& app) {
  const auto to = [&app](Endpoint endpoint) -> http::Handler {
    return [&app, endpoint](Request& request) { return endpoint(app, request); };
  };
  return {{Method::get, "/api/analytics/dead-letters", Access::analysts, to(list_letters)},
          {Method::post, "/api/analytics/dead-letters/{position}/retry", Access::staff, to(retry_letter),
           http::Audit{"dead_letter.retry"}},
          {Method::get, "/api/analytics/rebuild", Access::analysts, to(show_rebuild)},
          {Method::post, "/api/analytics/rebuild", Access::admin, to(start_rebuild),
           http::Audit{"analytics.rebuild"}},
          {Method::get, "/internal/analytics/rebuild", Access::service, to(show_rebuild)},
          {Method::post, "/internal/analytics/rebuild", Access::service, to(start_rebuild),
           http::Audit{"analytics.rebuild"}}};
}

}  // namespace cloudcart::analytics
