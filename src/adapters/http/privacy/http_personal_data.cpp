#include "adapters/http/privacy/http_personal_data.h"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "core/json_reader.h"

namespace cloudcart::privacy {
namespace {

constexpr std::size_t most_items = 10'000;

}  // namespace

Task<Result<PersonalDataPage>> HttpPersonalData::page(TenantId tenant, UserId user, std::string after,
                                                      Deadline deadline) {
  auto target = fmt::format("/internal/personal-data/{}", user.to_string());
  if (!after.empty()) target += "?after=" + after;
  const auto data = co_await service_.get(std::move(tenant), std::move(target), deadline);
  if (!data) co_return fail(http::ServiceCaller::for_caller(data.error(), {}));
  FieldReader fields(*data);
  PersonalDataPage page{.items = {}, .next = fields.optional_text("next", {.max = 200}).value_or("")};
  if (const auto* items = fields.array("items", 0, most_items)) {
    for (const auto& item : *items) {
      if (!page.items.empty()) page.items += ',';
      page.items += boost::json::serialize(item);
    }
  }
  if (!fields.ok()) co_return fail(ErrorCode::unavailable, "A service's answer is not understood.");
  co_return page;
}

}  // namespace cloudcart::privacy
