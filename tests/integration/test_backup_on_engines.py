"""A dump of PostgreSQL that was taken while the shop was served: restored into another database, it is a shop that holds together."""

import json
import shutil

import pytest

from harness import databases, engines
from harness.backups import LONG, served
from harness.client import expect
from harness.server import Server, run
from harness.shop import Shop
from harness.trade import Trade, must_have_all
from harness.waiting import until

SCHEMA_PREFIX = "CLOUDCART_POSTGRES_SCHEMA_PREFIX"
URL = "CLOUDCART_POSTGRES_URL"


@pytest.fixture
def restored_env(tmp_path):
    """Settings of another platform on the same servers: a database, topics, keys and facts of its own."""
    with databases.database() as url:
        yield {**engines.settings(tmp_path / "restored"), URL: url, "CLOUDCART_PRODUCT_RESERVATION_TIMEOUT": "2s"}


def test_a_dump_taken_while_serving_is_a_whole_shop(contract, tmp_path, restored_env):
    with Server(tmp_path / "data") as server:
        people = Shop(contract, server).with_people()
        with Trade(people) as trade:
            orders, accounts = trade.so_far()
            settings = engines.settings(server.data_dir)
            taken = databases.dump(settings[URL], f"{settings[SCHEMA_PREFIX]}_*")
            until(lambda: len(trade.placed) > len(orders) + 5 or trade.errors, "orders go on", seconds=LONG)
    env = {**restored_env, SCHEMA_PREFIX: settings[SCHEMA_PREFIX]}
    databases.ask(env[URL], "CREATE EXTENSION pg_trgm;" + taken)
    must_be_of_one_moment(env)
    folder = tmp_path / "restored"
    folder.mkdir()
    shutil.copy2(server.data_dir / "jwt.secret", folder)
    with served(contract, folder, people, env=env) as shop:
        must_have_all(shop, orders, accounts)
        must_be_sold_as_ordered(env)
        shop.order(shop.customer(), (shop.product(), 2))
        shop.settled_dashboard()
        until(lambda: expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data["equal"],
              "figures have been made anew from the log", seconds=LONG)
        for command in (["reconcile"], ["audit", "verify"]):
            done = run(*command, "--data-dir", folder, env=env, seconds=LONG)
            assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        assert json.loads(run("reconcile", "--data-dir", folder, env=env, seconds=LONG).stdout)["equal"]


def ask(env, sql):
    return databases.ask(env[URL], sql.replace("{p}", env[SCHEMA_PREFIX]))


def must_be_of_one_moment(env):
    """As in test_backup.py, before anybody has put anything right."""
    assert ask(env, "SELECT count(*) FROM {p}_order.orders o WHERE NOT EXISTS (SELECT 1 FROM {p}_product.reservation r"
                    " WHERE r.order_id = o.id)") == "0"
    assert ask(env, "SELECT count(*) FROM {p}_product.stock_movement m WHERE kind IN ('sell', 'take_back')"
                    " AND NOT EXISTS (SELECT 1 FROM {p}_order.orders o WHERE o.id = m.order_id)") == "0"
    assert ask(env, "SELECT count(*) FROM {p}_product.stock s WHERE available + reserved + sold <> (SELECT sum(delta)"
                    " FROM {p}_product.stock_movement m WHERE m.product = s.product AND kind IN ('initial', 'adjust'))") == "0"
    end = int(ask(env, "SELECT coalesce(max(position), 0) FROM {p}_order.order_event"))
    assert 0 <= int(ask(env, "SELECT position FROM {p}_product.followed_log")) <= end


def must_be_sold_as_ordered(env):
    until(lambda: ask(
        env, "SELECT count(*) FROM {p}_product.stock s JOIN {p}_product.product p ON p.number = s.product"
             " WHERE s.reserved + s.sold <> (SELECT coalesce(sum(quantity), 0) FROM {p}_order.order_line l"
             " JOIN {p}_order.orders o ON o.tenant = l.tenant AND o.id = l.order_id"
             " WHERE l.product_id = p.id AND o.status <> 'cancelled')") == "0",
        "reservations without an order have gone back, and the log is followed", seconds=LONG)
