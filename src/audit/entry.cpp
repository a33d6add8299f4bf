#include "audit/entry.h"

#include "core/json_writer.h"

namespace cloudcart::audit {

std::string to_json(const Entry& entry) {
  JsonWriter json;
  json.begin_object().field("at", entry.at).field("actor", entry.actor).field("role", entry.role);
  json.field("action", entry.action).field("target", entry.target).field("address", entry.address);
  json.field("request_id", entry.request_id).field("outcome", entry.outcome);
  json.key("details").raw(entry.details).end_object();
  return std::move(json).str();
}

}  // namespace cloudcart::audit
