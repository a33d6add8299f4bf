#include "privacy/erasure_json.h"

#include <limits>

#include <fmt/format.h>

#include "core/json_reader.h"

namespace cloudcart::privacy {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t most_erasures = 10'000;

Timestamp read_time(FieldReader& fields, std::string_view name) {
  const auto time = parse_rfc3339(fields.text(name, {}));
  if (!time) fields.add_error(name, "must be a time");
  return time.value_or(Timestamp{});
}

}  // namespace

void write_erasures(JsonWriter& json, const ErasureBatch& batch) {
  json.begin_object().key("erasures").begin_array();
  for (const auto& erasure : batch.erasures) {
    json.begin_object().field("seq", erasure.seq).field("tenant", erasure.tenant.value);
    json.field("user_id", erasure.user).field("requested_at", erasure.requested_at).end_object();
  }
  json.end_array().field("last", batch.last).field("highest", batch.highest).end_object();
}

Result<ErasureBatch> parse_erasures(const boost::json::value& data) {
  FieldReader fields(data);
  ErasureBatch batch;
  batch.last = fields.integer("last", 0, largest);
  // A process of an earlier version does not say it.
  batch.highest = fields.optional_integer("highest", 0, largest).value_or(largest);
  std::vector<FieldError> errors;
  if (const auto* entries = fields.array("erasures", 0, most_erasures)) {
    for (const auto& value : *entries) {
      FieldReader entry(value, fmt::format("erasures[{}].", batch.erasures.size()), errors);
      Erasure erasure{.seq = entry.integer("seq", 1, largest),
                      .tenant = {entry.text("tenant", {.min = 1})},
                      .user = entry.id<UserId>("user_id"),
                      .requested_at = read_time(entry, "requested_at")};
      batch.erasures.push_back(std::move(erasure));
    }
  }
  CLOUDCART_CHECK(fields.finish());
  if (!errors.empty()) return fail(Error::validation(std::move(errors)));
  return batch;
}

void write_report(JsonWriter& json, const ErasureReport& report) {
  json.begin_object().field("tenant", report.tenant.value).field("user_id", report.user);
  json.field("holder", to_string(report.holder)).field("is_done", report.erased.is_done);
  json.field("open_orders", report.erased.open_orders).field("at", report.at).end_object();
}

Result<ErasureReport> parse_report(const boost::json::value& body) {
  FieldReader fields(body);
  ErasureReport report;
  report.tenant.value = fields.text("tenant", {.min = 1});
  report.user = fields.id<UserId>("user_id");
  const auto holder = parse_holder(fields.text("holder", {}));
  if (!holder) fields.add_error("holder", "must be one of user, order, analytics");
  report.holder = holder.value_or(Holder::user);
  report.erased.is_done = fields.optional_boolean("is_done").value_or(false);
  report.erased.open_orders = fields.integer("open_orders", 0, largest);
  report.at = read_time(fields, "at");
  CLOUDCART_CHECK(fields.finish());
  return report;
}

}  // namespace cloudcart::privacy
