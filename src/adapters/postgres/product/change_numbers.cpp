#include "adapters/postgres/product/change_numbers.h"

#include <stdexcept>

namespace cloudcart::product {
namespace {

using postgres::Query;
using postgres::Session;

/// More transactions than a server sees in its life (at 10,000 a second they take 14 years), and so few that caches which
/// compare numbers as doubles stay exact over 2,000 servers.
constexpr std::int64_t ids_of_a_server = std::int64_t{1} << 42;

#define CLOUDCART_THIS_SERVER                                    \
  "(SELECT control.system_identifier || '/' || last.timeline_id" \
  " FROM pg_control_system() AS control, pg_control_checkpoint() AS last)"

Task<Status> raise_base(Session& session) {
  // Transactions that have a number of the old base end first.
  std::vector<Query> raise;
  raise.push_back({"LOCK TABLE change_base IN ACCESS EXCLUSIVE MODE", {}});
  raise.push_back(
      postgres::query("UPDATE change_base SET base = base + CASE WHEN server = '' THEN 0 ELSE $1 END,"
                      " server = " CLOUDCART_THIS_SERVER " WHERE server <> " CLOUDCART_THIS_SERVER,
                      ids_of_a_server));
  co_await session.commit(std::move(raise));
  co_return Status{};
}

/// Those who use the base at that moment, a backup among them, are waited for.
constexpr seconds longest_wait{60};

Task<Status> follow_server(postgres::Store& store) {
  const auto deadline = Executor::current()->now() + longest_wait;
  constexpr postgres::Terms terms{.unhurried = true};
  CLOUDCART_CO_TRY(const auto same,
                   co_await store.ask(
                       deadline, {"SELECT server = " CLOUDCART_THIS_SERVER " FROM change_base", {}}, terms));
  if (same[0].boolean(0)) co_return Status{};
  co_return co_await store.write(deadline, raise_base, terms);
}

}  // namespace

Query change_number(bool is_changed) {
  return {is_changed ? "SELECT " CLOUDCART_CHANGE_OWN : "SELECT " CLOUDCART_CHANGE_NOW, {}};
}

void number_changes_upwards(postgres::Store& store) {
  const auto followed = sync_wait(follow_server(store));
  if (!followed)
    throw std::runtime_error("PostgreSQL of product does not say which server it is: " +
                             followed.error().message);
}

}  // namespace cloudcart::product
