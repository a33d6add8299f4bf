#include "privacy/personal_data_route.h"

#include "http/query_reader.h"

namespace cloudcart::privacy {
namespace {

Task<Result<http::Response>> answer(PersonalData& data, http::Request& request) {
  CLOUDCART_CO_TRY(const auto user, request.id_parameter<UserId>("id"));
  http::QueryReader query(request);
  auto after = query.text("after", {.max = 200}).value_or("");
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto page, co_await data.page(request.caller.tenant, user, std::move(after),
                                                       request.caller.deadline));
  JsonWriter json;
  json.begin_object().key("items").raw("[" + page.items + "]").key("next");
  page.next.empty() ? json.null() : json.value(page.next);
  json.end_object();
  co_return http::data_response(200, std::move(json));
}

}  // namespace

http::Route personal_data_route(PersonalData& data) {
  return {http::Method::get, "/internal/personal-data/{id}", http::Access::service,
          [&data](http::Request& request) { return answer(data, request); }};
}

}  // namespace cloudcart::privacy
