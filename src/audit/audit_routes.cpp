#include "audit/audit_routes.h"

#include <charconv>

#include <fmt/format.h>

#include "audit/audited_routes.h"
#include "audit/entry.h"
#include "core/text.h"
#include "http/query_reader.h"

namespace cloudcart::audit {
namespace {

using http::Request;
using http::Response;

std::string cursor_of(std::int64_t seq) {
  return base64url_encode(std::to_string(seq));
}

std::optional<std::int64_t> read_cursor(std::string_view text) {
  const auto digits = base64url_decode(text);
  if (!digits || digits->empty()) return std::nullopt;
  std::int64_t seq = 0;
  const auto [end, failure] = std::from_chars(digits->data(), digits->data() + digits->size(), seq);
  if (failure != std::errc{} || end != digits->data() + digits->size() || seq < 1) return std::nullopt;
  return seq;
}

Result<LinkQuery> read_query(const Request& request) {
  http::QueryReader query(request);
  LinkQuery wanted{.limit = query.integer("limit", 20, 1, 100)};
  if (const auto cursor = query.text("cursor", {.min = 1, .max = 512})) {
    wanted.before = read_cursor(*cursor);
    if (!wanted.before) query.add_error("cursor", "must be the next_cursor of an earlier answer");
  }
  CLOUDCART_CHECK(query.finish());
  return wanted;
}

/// Newest first.
Task<Result<Response>> list(AuditTrail& trail, Request& request) {
  CLOUDCART_CO_TRY(auto wanted, read_query(request));
  // One more than asked for tells whether there is a next page.
  ++wanted.limit;
  CLOUDCART_CO_TRY(auto links, co_await trail.read(request.caller.tenant, wanted, request.caller.deadline));
  const bool has_more = std::ssize(links) == wanted.limit;
  if (has_more) links.pop_back();
  JsonWriter json;
  json.begin_object().key("entries").begin_array();
  for (const auto& link : links) {
    json.begin_object().field("seq", link.seq).field("hash", hex_encode(link.hash));
    json.key("entry").raw(link.entry).end_object();
  }
  json.end_array();
  json.field("next_cursor", has_more ? std::optional{cursor_of(links.back().seq)} : std::nullopt);
  json.end_object();
  co_return http::data_response(200, std::move(json));
}

constexpr TextRule word_rule{.min = 1, .max = 200};
constexpr TextRule target_rule{.max = 200};

/// What a command did beside the service, for instance with a file.
Task<Result<Response>> record(AuditTrail& trail, const Clock& clock, IdGenerator& ids, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  FieldReader fields(body);
  Entry entry{.at = clock.now(),
              .actor = "service",
              .role = "service",
              .action = fields.text("action", word_rule),
              .target = fields.optional_text("target", target_rule).value_or(""),
              .address = request.remote_address,
              .request_id = id_in_trail(request, ids),
              .outcome = fields.text("outcome", word_rule)};
  CLOUDCART_CO_CHECK(fields.finish());
  CLOUDCART_CO_TRY(const auto link,
                   co_await trail.append(request.caller.tenant, to_json(entry), request.caller.deadline));
  JsonWriter json;
  json.begin_object().field("seq", link.seq).field("hash", hex_encode(link.hash)).end_object();
  co_return http::data_response(201, std::move(json));
}

}  // namespace

std::vector<http::Route> audit_routes(std::string_view service, AuditTrail& trail, const Clock& clock,
                                      IdGenerator& ids) {
  return {
      {http::Method::get, fmt::format("/api/audit/{}", service), http::Access::admin,
       [&trail](Request& request) { return list(trail, request); }},
      {http::Method::post, "/internal/audit", http::Access::service,
       [&trail, &clock, &ids](Request& request) { return record(trail, clock, ids, request); }},
  };
}

}  // namespace cloudcart::audit
