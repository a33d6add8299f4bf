"""Schemas of PostgreSQL that older programs made: the present one brings them up to date, whatever version they are at, and every
row is as it was."""

import pytest

from harness import databases, engines, migrations
from harness.backups import LONG, served
from harness.client import expect
from harness.lived_in import pages, settled
from harness.server import Server
from harness.shop import PASSWORD, Shop
from harness.waiting import until

STORES = ("user", "product", "order", "analytics", "recommendation")
STEPS = max(len(migrations.of("postgres", store)) for store in STORES)
URL, SCHEMA_PREFIX = "CLOUDCART_POSTGRES_URL", "CLOUDCART_POSTGRES_SCHEMA_PREFIX"
# Lists of everything: who asks, where, what.
LISTS = (("admin", "/api/users/all", "users"), ("staff", "/api/products", "products"), ("staff", "/api/orders", "orders"))


@pytest.fixture(scope="module")
def lived(contract, tmp_path_factory):
    """A shop with something in most tables, stopped; its people; and what it answers."""
    folder = tmp_path_factory.mktemp("lived") / "data"
    with Server(folder) as server:
        shop = Shop(contract, server).with_people()
        product = shop.product(name="Téapot ☕ 100 %_", sku="TEA-1", category_name="Kitchen")
        buyer = shop.customer()
        for status in ("pending", "confirmed", "shipped", "delivered", "cancelled"):
            shop.order_in(status, buyer, product)
        expect(shop.staff.client.post(f"/api/products/{product['id']}/stock", {"reason": "Counted", "change": -7}), 200)
        shop.settled_dashboard()
        shop.buyer, shop.bought = buyer, product
        shop.answers = answers(shop)
    return shop


def answers(shop):
    found = {path: pages(getattr(shop, role).client, path, what) for role, path, what in LISTS}
    for order in found["/api/orders"]:
        path = f"/api/orders/{order['id']}/events"
        found[path] = expect(shop.staff.client.get(path), 200).data
    stock = f"/api/products/{shop.bought['id']}/stock"
    found[stock] = expect(shop.staff.client.get(stock), 200).data
    # A search, because what it reads has been rebuilt on the way.
    for words in ("téapot", "100 %_"):
        found[words] = expect(shop.staff.client.get("/api/products", params={"search": words}), 200).data["products"]
        assert len(found[words]) == 1
    return settled(found)


def schema_at(env, source, store, version):
    """A schema as programs made it when `version` was the newest, with the rows of `source` as far as it has them."""
    schema, names = f"{env[SCHEMA_PREFIX]}_{store}", f"{source}_{store}"
    known = migrations.of("postgres", store)
    databases.ask(env[URL], f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.schema_migration(version integer PRIMARY KEY, name text"
                            " NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())")
    for number, one in enumerate(known):
        if one.version > version:
            break
        databases.ask(env[URL], f"SET search_path TO {schema}; BEGIN; {one.sql}; INSERT INTO schema_migration(version, name, checksum)"
                                f" VALUES({one.version}, '{one.name}', '{one.checksum}'); COMMIT")
        if number == 0:
            # Later migrations find rows.
            for table in databases.ask(env[URL], f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}'").split():
                if table != "schema_migration":
                    take_rows(env, f"{names}.{table}", f"{schema}.{table}")


def take_rows(env, source, target):
    schema, table = target.split(".")
    columns = databases.ask(env[URL], "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
                                      f" FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name = '{table}'")
    # One row that a migration itself writes is replaced by that of the source.
    databases.ask(env[URL], f"DELETE FROM {target}; INSERT INTO {target}({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {source}")
    identity = databases.ask(env[URL], "SELECT column_name FROM information_schema.columns WHERE is_identity = 'YES'"
                                       f" AND table_schema = '{schema}' AND table_name = '{table}'")
    if identity:
        databases.ask(env[URL], f"SELECT setval(pg_get_serial_sequence('{target}', '{identity}'), max({identity})) FROM {target}")


@pytest.mark.parametrize("step", range(STEPS))
def test_a_schema_of_any_version_is_brought_up_to_date(contract, lived, tmp_path, step):
    """All stores at their migration number `step`, or at their newest."""
    folder = tmp_path / "data"
    env = engines.settings(folder)
    source = engines.settings(lived.server.data_dir)[SCHEMA_PREFIX]
    for store in STORES:
        known = migrations.of("postgres", store)
        schema_at(env, source, store, known[min(step, len(known) - 1)].version)
    folder.mkdir()
    (folder / "jwt.secret").write_bytes((lived.server.data_dir / "jwt.secret").read_bytes())
    (folder / "jwt.secret").chmod(0o600)
    with served(contract, folder, lived) as shop:
        shop.bought = lived.bought
        assert answers(shop) == lived.answers
        shop.sign_in(lived.buyer.email, PASSWORD)
        shop.order(shop.customer(), (lived.bought, 1))
        shop.settled_dashboard()
        until(lambda: expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data["equal"],
              "figures agree with the ledger", seconds=LONG)
    for store in STORES:
        applied = databases.ask(env[URL], f"SELECT version FROM {env[SCHEMA_PREFIX]}_{store}.schema_migration ORDER BY version")
        assert [int(word) for word in applied.split()] == [one.version for one in migrations.of("postgres", store)]


@pytest.mark.parametrize("store", STORES)
def test_a_schema_of_a_newer_program_is_refused(lived, tmp_path, store):
    folder = tmp_path / "data"
    env = engines.settings(folder)
    source = engines.settings(lived.server.data_dir)[SCHEMA_PREFIX]
    newest = migrations.of("postgres", store)[-1].version
    for one in STORES:
        schema_at(env, source, one, migrations.of("postgres", one)[-1].version)
    databases.ask(env[URL], f"INSERT INTO {env[SCHEMA_PREFIX]}_{store}.schema_migration(version, name, checksum)"
                            f" VALUES({newest + 1}, 'later', 'x')")
    server = Server(folder)
    server.launch()
    assert server.wait(LONG) == 2
    assert f"was written by a newer CloudCart (schema {newest + 1}, this one knows {newest})" in server.printed()
