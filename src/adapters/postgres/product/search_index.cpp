#include "adapters/postgres/product/search_index.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace cloudcart::product {
namespace {

using postgres::Session;

/// Of the extension, which is the database's: services that start together make it one after the other.
constexpr std::int64_t lock_number = 7381046120540;
constexpr seconds longest_wait{300};
constexpr std::size_t gram = 3;

Task<postgres::Rows> schema_of_extension(Session& session) {
  return session.run(
      "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace"
      " WHERE extname = 'pg_trgm'");
}

Task<Status> make_index(Session& session) {
  co_await session.run("SELECT pg_advisory_xact_lock($1)", lock_number);
  auto schema = co_await schema_of_extension(session);
  if (schema.empty()) {
    // Not in the schema of the tables, which may be dropped while others use it.
    co_await session.run("CREATE EXTENSION pg_trgm WITH SCHEMA public");
    schema = co_await schema_of_extension(session);
  }
  co_await session.run({fmt::format("CREATE INDEX IF NOT EXISTS product_text_trigrams ON product_text"
                                    " USING gin (folded {}.gin_trgm_ops)",
                                    schema[0].text(0)),
                        {}});
  co_return Status{};
}

Task<Status> ensure_index(postgres::Store& store) {
  const auto deadline = Executor::current()->now() + longest_wait;
  CLOUDCART_CO_TRY(
      const auto is_there,
      co_await store.ask(deadline, {"SELECT to_regclass('product_text_trigrams') IS NOT NULL", {}}));
  if (is_there[0].boolean(0)) co_return Status{};
  co_return co_await store.write(deadline, make_index, {.unhurried = true});
}

bool is_letter_or_digit(char sign) {
  return (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9');
}

}  // namespace

void index_search(postgres::Store& store) {
  if (!sync_wait(ensure_index(store)))
    spdlog::warn(
        "searches for products read the texts of all of them: the index needs PostgreSQL's extension pg_trgm "
        "(CREATE"
        " EXTENSION pg_trgm), which is not there and cannot be made");
}

bool is_indexed(std::string_view term) {
  std::size_t in_a_row = 0;
  for (const char sign : term) {
    in_a_row = is_letter_or_digit(sign) ? in_a_row + 1 : 0;
    if (in_a_row == gram) return true;
  }
  return false;
}

}  // namespace cloudcart::product
