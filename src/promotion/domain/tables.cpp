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
       {{"tenant", text}, {"hash", bytes}, {"user_id", id}, {"expires_at", integer}}},
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

std::vector<Table> all_tables() {
  auto all = user_tables();
  for (auto&& more : {product_tables(), order_tables()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

std::span<const Table> tables() {
  static const std::vector<Table> all = all_tables();
  return all;
}

}  // namespace cloudcart::promotion
