#include "promotion/domain/table.h"

namespace cloudcart::promotion {
namespace {

constexpr auto integer = ValueType::integer;
constexpr auto boolean = ValueType::boolean;
constexpr auto text = ValueType::text;
constexpr auto bytes = ValueType::bytes;
constexpr auto id = ValueType::id;

constexpr Column optional(std::string_view name, ValueType type) {
  return {.name = name, .type = type, .nullable = true};
}
constexpr Column summed(std::string_view name) {
  return {.name = name, .type = integer, .summed = true};
}

/// What the staff did there. The chain goes on from its head.
std::vector<Table> audit_tables(std::string_view store, std::string_view rows, std::string_view heads) {
  return {
      {store,
       rows,
       2,
       {{"tenant", text}, {"seq", integer}, {"entry", text}, {"previous", bytes}, {"hash", bytes}}},
      {store, heads, 1, {{"tenant", text}, {"seq", integer}, {"hash", bytes}}},
  };
}

std::vector<Table> user_tables() {
  return {
      {"user",
       "account",
       2,
       {{"tenant", text},
        {"id", id},
        {"email", text},
        {"email_key", text},
        {"first_name", text},
        {"last_name", text},
        {"role", text},
        {"is_active", boolean},
        {"password_hash", text},
        {"rights_since", integer},
        {"created_at", integer},
        {"updated_at", integer}}},
      {"user",
       "session",
       2,
       {{"tenant", text},
        {"id", id},
        {"user_id", id},
        {"created_at", integer},
        {"access_expires_at", integer},
        {"expires_at", integer},
        {"token_number", integer}}},
      {"user",
       "refresh_token",
       2,
       {{"tenant", text}, {"hash", bytes}, {"session_id", id}, {"number", integer}}},
      {"user",
       "sign_in_code",
       2,
       {{"tenant", text}, {"hash", bytes}, {"user_id", id}, {"purpose", text}, {"expires_at", integer}}},
      {"user",
       "revocation",
       1,
       {{"seq", integer},
        {"tenant", text},
        optional("session_id", id),
        optional("user_id", id),
        optional("not_before", integer),
        {"expires_at", integer}}},
      // Numbers of the feed are never given twice, also when the newest of them has expired and is gone.
      {"user", "revocation_counter", 0, {{"seq", integer}}},
      {"user",
       "erasure",
       1,
       {{"seq", integer},
        {"tenant", text},
        {"user_id", id},
        {"requested_at", integer},
        {"by_owner", boolean},
        {"receipt", bytes}}},
      {"user",
       "erasure_report",
       2,
       {{"seq", integer},
        {"holder", text},
        {"reported_at", integer},
        {"is_done", boolean},
        summed("open_orders")}},
  };
}

std::vector<Table> product_tables() {
  return {
      // Numbers stay: stock, movements and the lines of reservations know products by them.
      {"product",
       "product",
       1,
       {{"number", integer},
        {"tenant", text},
        {"id", id},
        {"name", text},
        optional("description", text),
        {"price", integer},
        optional("category", text),
        optional("image_url", text),
        optional("sku", text),
        {"is_active", boolean},
        {"created_at", integer},
        {"updated_at", integer}}},
  };
}

std::vector<Table> stock_tables() {
  return {
      {"product",
       "stock",
       1,
       {{"product", integer}, summed("available"), summed("reserved"), summed("sold"), summed("movements")}},
      {"product",
       "stock_movement",
       2,
       {{"product", integer},
        {"sequence", integer},
        {"kind", text},
        summed("delta"),
        optional("order_id", id),
        optional("reason", text),
        optional("actor", id),
        {"moved_at", integer}}},
      {"product",
       "stock_adjustment_key",
       3,
       {{"tenant", text},
        {"user_id", id},
        {"key", text},
        {"request", text},
        {"available", integer},
        {"reserved", integer},
        {"sold", integer},
        optional("movement", integer),
        {"expires_at", integer}}},
      {"product",
       "reservation",
       2,
       {{"tenant", text},
        {"order_id", id},
        {"state", text},
        {"created_at", integer},
        {"updated_at", integer},
        {"order_known", boolean},
        {"lines", text}}},
      // Caches that were filled before the move hold numbers of changes up to it; later changes have higher ones.
      {"product", "change_base", 0, {{"base", integer}}},
      {"product", "followed_log", 0, {{"position", integer}}},
  };
}

std::vector<Table> order_tables() {
  return {
      {"order",
       "orders",
       2,
       {{"tenant", text},
        {"id", id},
        {"user_id", id},
        {"kind", text},
        {"status", text},
        {"payment_status", text},
        summed("total"),
        {"currency", text},
        {"shipping_address", text},
        {"created_at", integer},
        {"updated_at", integer},
        optional("cancelled_at", integer),
        {"version", integer}}},
      {"order",
       "order_line",
       3,
       {{"tenant", text},
        {"order_id", id},
        {"line", integer},
        {"product_id", id},
        {"product_name", text},
        {"category_name", text},
        summed("quantity"),
        {"price", integer},
        summed("subtotal")}},
      // Positions stay, so that whoever has followed the log goes on where he was.
      {"order",
       "order_event",
       1,
       {{"position", integer},
        {"tenant", text},
        {"order_id", id},
        {"version", integer},
        {"event_id", id},
        {"status", text},
        {"occurred_at", integer},
        {"traceparent", text},
        {"has_lines", boolean}}},
      {"order", "log_compaction", 0, {{"position", integer}}},
      {"order", "closed_order", 2, {{"tenant", text}, {"order_id", id}, {"closed_at", integer}}},
      {"order",
       "idempotency_key",
       4,
       {{"tenant", text},
        {"user_id", id},
        {"route", text},
        {"key", text},
        {"fingerprint", bytes},
        {"order_id", id},
        {"expires_at", integer}}},
  };
}

std::vector<Table> alert_tables() {
  return {
      {"analytics",
       "alert_rule",
       2,
       {{"tenant", text},
        {"alert_id", id},
        {"name", text},
        {"metric", text},
        {"selections", text},
        {"window_minutes", integer},
        {"cool_down_minutes", integer},
        {"way", integer},
        {"level", integer},
        {"clear_level", integer},
        optional("baseline_window", integer),
        optional("minimum_baseline", integer),
        {"enabled", boolean},
        optional("webhook_url", text),
        optional("webhook_secret", text),
        {"version", integer},
        {"created_at", integer},
        {"updated_at", integer},
        {"firing", boolean},
        optional("changed_at", integer),
        optional("fired_at", integer),
        optional("incident", id),
        {"changes", integer}}},
      {"analytics",
       "alert_event",
       1,
       {{"number", integer},
        {"tenant", text},
        {"event_id", id},
        {"alert_id", id},
        {"alert_name", text},
        {"change", integer},
        {"reason", integer},
        {"incident", id},
        {"metric", text},
        optional("value", integer),
        optional("baseline", integer),
        {"way", integer},
        {"level", integer},
        {"clear_level", integer},
        optional("baseline_window", integer),
        optional("minimum_baseline", integer),
        {"window_minutes", integer},
        {"at", integer},
        {"position", integer},
        optional("delivery", integer),
        {"attempts", integer},
        optional("next_attempt_at", integer),
        optional("last_attempt_at", integer),
        {"last_error", text}}},
  };
}

std::vector<Table> experiment_tables() {
  return {
      {"recommendation",
       "experiment",
       1,
       {{"number", integer},
        {"tenant", text},
        {"experiment_id", id},
        {"name", text},
        {"placement", text},
        {"kind", integer},
        {"status", integer},
        {"bucket_key", bytes},
        {"seal_key", bytes},
        optional("starts_at", integer),
        optional("ends_at", integer),
        {"window_days", integer},
        {"metric", integer},
        {"expected_lift", integer},
        {"negligible_lift", integer},
        {"created_at", integer},
        optional("started_at", integer),
        optional("stopped_at", integer),
        optional("stop_reason", integer),
        summed("subjects"),
        {"variants", text},
        {"guardrails", text}}},
      {"recommendation",
       "subject",
       3,
       {{"experiment", integer},
        {"subject_id", id},
        {"is_customer", boolean},
        {"variant", integer},
        {"first_seen_at", integer},
        summed("impressions"),
        summed("orders"),
        summed("revenue"),
        summed("clicks"),
        {"bought_lines", integer},
        {"click_revenue", integer},
        {"first_clicks", integer},
        {"first_bought_lines", integer},
        {"first_click_revenue", integer},
        {"second_clicks", integer},
        {"second_bought_lines", integer},
        {"second_click_revenue", integer},
        optional("preferred_click", integer),
        optional("preferred_buy", integer)}},
  };
}

std::vector<Table> feedback_tables() {
  return {
      {"recommendation",
       "clicked_product",
       3,
       {{"experiment", integer},
        {"subject_id", id},
        {"product_id", id},
        {"team", integer},
        {"clicked_at", integer}}},
      {"recommendation",
       "counted_order",
       3,
       {{"experiment", integer},
        {"subject_id", id},
        {"order_id", id},
        summed("revenue"),
        {"bought_lines", integer},
        {"click_revenue", integer},
        {"first_bought_lines", integer},
        {"first_click_revenue", integer},
        {"second_bought_lines", integer},
        {"second_click_revenue", integer}}},
      {"recommendation",
       "seen_impression",
       3,
       {{"answered_at", integer},
        {"nonce", integer},
        {"experiment", integer},
        {"clicked_low", integer},
        {"clicked_high", integer}}},
      {"recommendation",
       "quality",
       3,
       {{"tenant", text},
        {"day", integer},
        {"task", text},
        summed("cases"),
        summed("hits"),
        {"gain", ValueType::real},
        {"baseline_hits", integer},
        {"baseline_gain", ValueType::real},
        {"discordant", integer}}},
      // Up to where orders are in those sums; nothing before the first experiment.
      {"recommendation", "progress", 0, {optional("position", integer)}},
  };
}

std::vector<Table> all_tables() {
  auto all = user_tables();
  for (auto&& more : {product_tables(), stock_tables(), order_tables(), alert_tables(), experiment_tables(),
                      feedback_tables(), audit_tables("user", "user_audit", "user_audit_head"),
                      audit_tables("product", "product_audit", "product_audit_head"),
                      audit_tables("order", "order_audit", "order_audit_head"),
                      audit_tables("analytics", "analytics_audit", "analytics_audit_head")})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

std::span<const Table> tables() {
  static const std::vector<Table> all = all_tables();
  return all;
}

}  // namespace cloudcart::promotion
