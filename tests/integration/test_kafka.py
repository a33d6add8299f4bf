"""Kafka between the order service and those who follow its events, one service per process, two for orders."""

import os
import re
import signal

import pytest

from harness import engines
from harness.client import expect
from harness.cluster import Cluster, OwnEngines
from harness.server import Server, run
from harness.shop import Shop, restart
from harness.waiting import until

PREFIX = "shop."


@pytest.fixture(scope="module")
def followed(contract, tmp_path_factory):
    """A shop on servers of its own, to be killed and wiped."""
    folder = tmp_path_factory.mktemp("kafka")
    own = OwnEngines(folder / "engines", "postgres", "redis", "kafka")
    try:
        addresses = own.start()
        env = {"CLOUDCART_KAFKA_BROKERS": addresses["CLOUDCART_TEST_KAFKA"], "CLOUDCART_KAFKA_TOPIC_PREFIX": PREFIX}
        with Cluster(folder / "all", addresses, env) as cluster:
            yield Shop(contract, cluster).with_people(), own
    finally:
        own.stop()


def pid_of_kafka(own):
    return int((own.folder / "kafka" / "pid").read_text())


def figures_equal(shop):
    until(shop.settled_dashboard, "analytics has caught up, another relay has the lease if need be", seconds=60)
    until(
        lambda: expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data["equal"],
        "ledger and analytics are equal", seconds=60,
    )


def sell(shop, count=5):
    """Orders of a customer, some steps further; stock follows them through Kafka as well."""
    person, product = shop.customer(), shop.product(inventory_count=1_000)
    for number in range(count):
        order = shop.order(person, (product, 1))
        if number % 2:
            shop.move(order, "confirmed")
    return product, count // 2


def sold_units(shop, product):
    return expect(shop.staff.client.get(f"/api/products/{product['id']}/stock"), 200).data["sold"]


def test_orders_reach_analytics_and_stock(followed):
    shop, _ = followed
    product, confirmed = sell(shop, 20)
    figures_equal(shop)
    until(lambda: sold_units(shop, product) == confirmed, "the stock follows the orders")


def state(shop, name):
    return expect(shop.client(name).get("/health"), 200).data["dependencies"]["kafka"]["status"]


def relay_is_down(shop):
    return "down" in (state(shop, "order"), state(shop, "order-2"))


def test_health_tells_of_kafka(followed):
    shop, own = followed
    names = ("order", "order-2", "product", "analytics")
    until(lambda: all(state(shop, name) == "ok" for name in names), "all are well", seconds=30)
    os.kill(pid_of_kafka(own), signal.SIGKILL)
    try:
        sell(shop, 2)
        until(lambda: state(shop, "product") == "down" and state(shop, "analytics") == "down", "readers tell it", seconds=30)
        until(lambda: relay_is_down(shop), "the relay tells it", seconds=30)
    finally:
        own.start()
    until(lambda: all(state(shop, name) == "ok" for name in names), "all are well again", seconds=60)


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hung"])
def test_without_kafka_orders_go_on_and_everything_arrives_after(followed, fault):
    shop, own = followed
    os.kill(pid_of_kafka(own), fault)
    try:
        sold = [sell(shop) for _ in range(4)]
        until(lambda: relay_is_down(shop), "the relay tells it", seconds=30)
        sold += [sell(shop) for _ in range(2)]
        until(lambda: shop.dashboard()["freshness"]["events_behind"] > 0, "figures are not passed off as fresh", seconds=30)
    finally:
        if fault == signal.SIGSTOP:
            os.kill(pid_of_kafka(own), signal.SIGCONT)
        own.start()
    until(
        lambda: all(sold_units(shop, product) == confirmed for product, confirmed in sold),
        "the stock follows the orders", seconds=60,
    )
    figures_equal(shop)


def test_when_the_relay_dies_the_other_order_process_goes_on(followed):
    shop, _ = followed
    cluster = shop.server
    for name in ("order", "order-2"):
        cluster.servers[name].kill()
        product, confirmed = sell(shop)
        until(shop.settled_dashboard, "the other one publishes", seconds=60)
        assert sold_units(shop, product) == confirmed
        cluster.start(name)
    figures_equal(shop)


def test_a_wiped_kafka_is_filled_again(followed):
    shop, own = followed
    analytics = shop.server.servers["analytics"]
    analytics.stop()  # it will be behind
    sell(shop)
    os.kill(pid_of_kafka(own), signal.SIGKILL)
    own.forget("kafka")
    own.start()
    shop.server.start("analytics")
    product, confirmed = sell(shop)
    until(lambda: sold_units(shop, product) == confirmed, "the stock follows the orders", seconds=60)
    until(lambda: shop.dashboard()["freshness"]["events_behind"] == 0, "analytics has caught up", seconds=60)
    figures_equal(shop)


def test_everything_is_published_again_by_command(followed):
    shop, _ = followed
    before = shop.settled_dashboard()["overview"]
    done = run("events", "republish", "--data-dir", shop.server.folder / "order", env=shop.server.env)
    assert done.returncode == 0, done.stderr
    edition = int(re.search(r"as edition (\d+)", done.stdout).group(1))
    assert edition >= 2
    again = run("events", "republish", "--data-dir", shop.server.folder / "order", env=shop.server.env)
    assert f"as edition {edition + 1}" in again.stdout
    product, confirmed = sell(shop)
    until(lambda: sold_units(shop, product) == confirmed, "the stock follows the orders", seconds=60)
    figures_equal(shop)
    after = shop.dashboard()["overview"]
    assert after["total_orders"] == before["total_orders"] + 5, "nothing is counted twice"


def test_files_are_published_again_when_nobody_uses_them(contract, tmp_path):
    folder = engines.keep_in_files(tmp_path / "data")
    empty = run("events", "republish", "--data-dir", folder)
    assert empty.returncode == 2 and "no orders" in empty.stderr
    with Server(folder):
        in_use = run("events", "republish", "--data-dir", folder)
        assert in_use.returncode == 2, in_use.stderr
    done = run("events", "republish", "--data-dir", folder)
    assert done.returncode == 0 and "as edition 2" in done.stdout, done.stderr


def test_one_process_on_files_follows_through_kafka(contract, tmp_path):
    folder = engines.keep_in_files(tmp_path / "data")
    env = engines.kafka(engines.addresses(), f"{engines.MARK}_files")
    server = Server(folder, env=env)
    try:
        shop = Shop(contract, server.start()).with_people()
        product, confirmed = sell(shop)
        figures_equal(shop)
        server.kill()
        restart(shop)
        more, confirmed_more = sell(shop)
        until(lambda: sold_units(shop, more) == confirmed_more, "it goes on after a crash", seconds=60)
        assert sold_units(shop, product) == confirmed
        figures_equal(shop)
    finally:
        server.kill()
