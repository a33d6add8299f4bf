#include <cstdio>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/print_error.h"
#include "app/platform/stores.h"
#include "audit/verify_chain.h"
#include "core/json_reader.h"
#include "core/json_writer.h"
#include "core/text.h"

namespace cloudcart::app {
namespace {

constexpr std::chrono::hours time_limit{1};
constexpr std::array audited_services{Service::user, Service::product, Service::order, Service::analytics};

struct KeptHead {
  std::string service;
  audit::Head head;
};

struct ChainVerdict {
  std::string service;
  audit::Verdict verdict;
};

Result<KeptHead> read_kept_head(const boost::json::value& value) {
  FieldReader fields(value);
  KeptHead kept{.service = fields.text("service", {.min = 1}),
                .head = {.tenant = {fields.text("tenant", {.min = 1})},
                         .seq = fields.integer("seq", 0, std::numeric_limits<std::int64_t>::max()),
                         .hash = {}}};
  const auto hex = fields.text("hash", {.min = 64, .max = 64});
  CLOUDCART_CHECK(fields.finish());
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = hex_value(hex[i]), low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0)
      return fail(ErrorCode::validation_failed, "A hash is not made of hexadecimal digits.");
    kept.head.hash += static_cast<char>(high * 16 + low);
  }
  return kept;
}

Result<std::vector<KeptHead>> read_kept_heads(const std::filesystem::path& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto refused = [&](std::string_view why) {
    return fail(ErrorCode::validation_failed,
                fmt::format("{} is not what 'cloudcart audit heads' prints: {}", path.string(), why));
  };
  const auto body = parse_json(text);
  if (!body) return refused(body.error().message);
  const auto* object = body->if_object();
  const auto* heads = object ? object->if_contains("heads") : nullptr;
  if (!heads || !heads->is_array()) return refused("it has no list of heads.");
  std::vector<KeptHead> read;
  for (const auto& value : heads->get_array()) {
    auto head = read_kept_head(value);
    if (!head) return refused(head.error().message);
    read.push_back(*std::move(head));
  }
  return read;
}

/// Before anything is opened, which would make what is not there.
Status check_for_stores(const Config& config) {
  const auto is_there = [&](Service service) {
    return std::filesystem::exists(config.data_dir / fmt::format("{}.db", to_string(service)));
  };
  if (!config.postgres.url.empty() || std::ranges::any_of(audited_services, is_there)) return {};
  return fail(ErrorCode::not_found,
              fmt::format("There are no stores in {}; is --data-dir right?", config.data_dir.string()));
}

/// The trails of a configuration, one service after the other.
class Trails {
 public:
  explicit Trails(const Config& config) : ground_(config) {}

  /// Calls `look` with each trail that there is.
  Status for_each(const std::function<Status(const std::string&, audit::AuditTrail&)>& look) {
    for (const auto service : audited_services) {
      const auto opened = open_audit_trail(ground_, service, Access::look);
      if (opened) CLOUDCART_CHECK(look(std::string{to_string(service)}, opened->trail()));
    }
    return {};
  }
  Deadline deadline() const { return ground_.clock.monotonic_now() + time_limit; }
  const TenantId& shop() const { return ground_.shop.tenant; }

 private:
  Ground ground_;
};

/// Every shop of which there is anything: a row of it, its head, or a head that was kept.
std::map<TenantId, std::vector<audit::Head>> known_heads(const std::string& service, const TenantId& shop,
                                                         const std::vector<KeptHead>& kept) {
  std::map<TenantId, std::vector<audit::Head>> known{{shop, {}}};
  for (const auto& one : kept)
    if (one.service == service) known[one.head.tenant].push_back(one.head);
  return known;
}

Status verify_service(Trails& trails, const std::string& service, audit::AuditTrail& trail,
                      const std::vector<KeptHead>& kept, std::vector<ChainVerdict>& verdicts) {
  CLOUDCART_TRY(const auto stored, sync_wait(trail.heads(trails.deadline())));
  auto known = known_heads(service, trails.shop(), kept);
  for (const auto& head : stored) known.try_emplace(head.tenant);
  for (const auto& [tenant, heads] : known) {
    const auto own = std::ranges::find(stored, tenant, &audit::Head::tenant);
    const auto head = own == stored.end() ? std::nullopt : std::optional{*own};
    CLOUDCART_TRY(auto verdict,
                  sync_wait(audit::verify_chain(trail, tenant, head, heads, trails.deadline())));
    verdicts.push_back({service, std::move(verdict)});
  }
  return {};
}

void write_head(JsonWriter& json, const std::string& service, const audit::Head& head) {
  json.field("service", service).field("tenant", head.tenant.value).field("seq", head.seq);
  json.field("hash", hex_encode(head.hash));
}

bool is_whole(const ChainVerdict& one) {
  return !one.verdict.first_fault;
}

void print(const std::vector<ChainVerdict>& verdicts) {
  JsonWriter json;
  json.begin_object().field("whole", std::ranges::all_of(verdicts, is_whole)).key("chains").begin_array();
  for (const auto& one : verdicts) {
    json.begin_object();
    write_head(json, one.service, one.verdict.head);
    json.field("fault", one.verdict.first_fault).end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", json.str());
}

int unusable(const Error& error) {
  print_error(error);
  return exit_unusable;
}

}  // namespace

int verify_audit(const Config& config, const VerifyAuditCommand& options) {
  std::vector<KeptHead> kept;
  if (options.heads) {
    auto read = read_kept_heads(*options.heads);
    if (!read) return unusable(read.error());
    kept = *std::move(read);
  }
  if (const auto there = check_for_stores(config); !there) return unusable(there.error());
  Trails trails(config);
  std::vector<ChainVerdict> verdicts;
  const auto done = trails.for_each([&](const std::string& service, audit::AuditTrail& trail) {
    return verify_service(trails, service, trail, kept, verdicts);
  });
  if (!done) return unusable(done.error());
  print(verdicts);
  return std::ranges::all_of(verdicts, is_whole) ? exit_ok : exit_failed;
}

int print_audit_heads(const Config& config) {
  if (const auto there = check_for_stores(config); !there) return unusable(there.error());
  Trails trails(config);
  JsonWriter json;
  json.begin_object().key("heads").begin_array();
  const auto done = trails.for_each([&](const std::string& service, audit::AuditTrail& trail) -> Status {
    CLOUDCART_TRY(const auto heads, sync_wait(trail.heads(trails.deadline())));
    for (const auto& head : heads) {
      json.begin_object();
      write_head(json, service, head);
      json.end_object();
    }
    return {};
  });
  if (!done) return unusable(done.error());
  json.end_array().end_object();
  fmt::print("{}\n", json.str());
  return exit_ok;
}

}  // namespace cloudcart::app
