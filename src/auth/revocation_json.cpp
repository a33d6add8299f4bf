#include "auth/revocation_json.h"

#include <limits>

#include <fmt/format.h>

#include "core/json_reader.h"

namespace cloudcart::auth {
namespace {

constexpr std::int64_t max_seq = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t max_entries = 10'000;

Timestamp read_time(FieldReader& fields, std::string_view name) {
  const auto time = parse_rfc3339(fields.text(name, {}));
  if (!time) fields.add_error(name, "must be a time");
  return time.value_or(Timestamp{});
}

Revocation read_entry(FieldReader& fields) {
  Revocation entry;
  entry.seq = fields.integer("seq", 1, max_seq);
  entry.tenant.value = fields.text("tenant", {.min = 1});
  entry.expires_at = read_time(fields, "expires_at");
  const auto kind = fields.text("kind", {});
  if (kind == "session") {
    entry.what = SessionEnded{fields.id<SessionId>("session")};
  } else if (kind == "user") {
    const auto user = fields.id<UserId>("user_id");
    entry.what = RightsChanged{user, read_time(fields, "not_before")};
  } else {
    fields.add_error("kind", "must be session or user");
  }
  return entry;
}

}  // namespace

void write_revocations(JsonWriter& json, const RevocationBatch& batch) {
  json.begin_object().key("revocations").begin_array();
  for (const auto& entry : batch.revocations) {
    json.begin_object().field("seq", entry.seq).field("tenant", entry.tenant.value);
    if (const auto* ended = std::get_if<SessionEnded>(&entry.what)) {
      json.field("kind", "session").field("session", ended->session);
    } else {
      const auto& changed = std::get<RightsChanged>(entry.what);
      json.field("kind", "user").field("user_id", changed.user).field("not_before", changed.not_before);
    }
    json.field("expires_at", entry.expires_at).end_object();
  }
  json.end_array().field("last", batch.last).field("highest", batch.highest).end_object();
}

Result<RevocationBatch> parse_revocations(const boost::json::value& data) {
  FieldReader fields(data);
  RevocationBatch batch;
  batch.last = fields.integer("last", 0, max_seq);
  // A process of an earlier version does not say it.
  batch.highest = fields.optional_integer("highest", 0, max_seq).value_or(max_seq);
  std::vector<FieldError> errors;
  if (const auto* entries = fields.array("revocations", 0, max_entries)) {
    for (const auto& value : *entries) {
      FieldReader entry(value, fmt::format("revocations[{}].", batch.revocations.size()), errors);
      batch.revocations.push_back(read_entry(entry));
    }
  }
  CLOUDCART_CHECK(fields.finish());
  if (!errors.empty()) return fail(Error::validation(std::move(errors)));
  return batch;
}

}  // namespace cloudcart::auth
