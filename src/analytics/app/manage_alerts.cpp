#include "analytics/app/manage_alerts.h"

#include "core/text.h"

namespace cloudcart::analytics {
namespace {

constexpr std::size_t secret_bytes = 32;
/// An edit that says of no version is made on the one that it finds; when others edit at the same time it looks
/// again.
constexpr int most_tries = 5;

std::string make_secret() {
  std::string bytes(secret_bytes, '\0');
  random_bytes(bytes.data(), bytes.size());
  return "whsec_" + base64url_encode(bytes);
}

/// The rule of a draft and, where its webhook has none yet, a new secret.
struct Drafted {
  AlertRule rule;
  std::optional<std::string> new_secret;
};

Drafted drafted(const AlertDraft& draft, AlertId id, const std::optional<Webhook>& before) {
  Drafted made{.rule = {.id = id,
                        .name = draft.name,
                        .metric = draft.metric,
                        .selections = draft.selections,
                        .window = draft.window,
                        .condition = draft.condition,
                        .cool_down = draft.cool_down,
                        .enabled = draft.enabled},
               .new_secret = {}};
  if (!draft.webhook) return made;
  auto secret = draft.webhook->secret;
  if (!secret && before) secret = before->secret;
  if (!secret) made.new_secret = secret = make_secret();
  made.rule.webhook = Webhook{draft.webhook->url, *std::move(secret)};
  return made;
}

}  // namespace

Task<Result<SavedAlert>> ManageAlerts::create(Caller caller, AlertDraft draft) {
  auto [rule, new_secret] = drafted(draft, ids_.next_id<AlertId>(), std::nullopt);
  rule.created_at = rule.updated_at = clock_.now();
  CLOUDCART_CO_CHECK(co_await alerts_.create(caller.tenant, rule, caller.deadline));
  co_return SavedAlert{{std::move(caller.tenant), std::move(rule), {}}, std::move(new_secret)};
}

Task<Result<std::vector<WatchedRule>>> ManageAlerts::list(Caller caller) {
  co_return co_await alerts_.rules(std::move(caller.tenant), caller.deadline);
}

Task<Result<WatchedRule>> ManageAlerts::get(Caller caller, AlertId id) {
  co_return co_await alerts_.find(std::move(caller.tenant), id, caller.deadline);
}

Task<Result<SavedAlert>> ManageAlerts::update(Caller caller, AlertId id, AlertDraft draft,
                                              std::optional<std::int64_t> expected) {
  for (int tries = 1;; ++tries) {
    CLOUDCART_CO_TRY(const auto before, co_await alerts_.find(caller.tenant, id, caller.deadline));
    auto [rule, new_secret] = drafted(draft, id, before.rule.webhook);
    auto after =
        co_await alerts_.update(caller.tenant, std::move(rule), expected.value_or(before.rule.version),
                                ids_.next_id<AlertEventId>(), clock_.now(), caller.deadline);
    if (after) {
      if (after->event) news_.tell(caller.tenant, *after->event);
      co_return SavedAlert{std::move(after->watched), std::move(new_secret)};
    }
    const bool lost_a_race = after.error().code == ErrorCode::conflict && !expected;
    if (!lost_a_race || tries == most_tries) co_return fail(std::move(after).error());
  }
}

Task<Status> ManageAlerts::remove(Caller caller, AlertId id) {
  CLOUDCART_CO_TRY(const auto event, co_await alerts_.remove(caller.tenant, id, ids_.next_id<AlertEventId>(),
                                                             clock_.now(), caller.deadline));
  if (event) news_.tell(caller.tenant, *event);
  co_return Status{};
}

Task<Result<AlertEventPage>> ManageAlerts::events(Caller caller, std::optional<AlertId> alert,
                                                  std::int64_t offset, std::int64_t limit) {
  co_return co_await alerts_.events(std::move(caller.tenant), alert, offset, limit, caller.deadline);
}

}  // namespace cloudcart::analytics
