"""A replica takes reads off PostgreSQL, and no answer tells of it: whoever writes sees it at once."""

import contextlib
import signal
import time

import pytest
import requests

from harness import tokens
from harness.client import expect
from harness.cluster import OwnEngines
from harness.server import Server
from harness.shop import Shop, at_once
from harness.standby import Standby, sql
from harness.waiting import until

LISTS = "FROM orders"
LOG = "FROM order_event WHERE position > $1 ORDER BY"


@pytest.fixture(scope="module")
def scene(contract, tmp_path_factory):
    folder = tmp_path_factory.mktemp("replica")
    own = OwnEngines(folder / "engines")
    with contextlib.ExitStack() as at_the_end:
        at_the_end.callback(own.stop)
        addresses = own.start()
        standby = Standby(own, addresses["CLOUDCART_TEST_POSTGRES"])
        at_the_end.callback(standby.remove)
        standby.start()
        env = {
            "CLOUDCART_POSTGRES_URL": addresses["CLOUDCART_TEST_POSTGRES"],
            "CLOUDCART_POSTGRES_REPLICA_URL": standby.url,
            "CLOUDCART_CACHE_REDIS": addresses["CLOUDCART_TEST_REDIS"],
        }
        server = at_the_end.enter_context(Server(folder / "data", env=env))
        shop = Shop(contract, server).with_people()
        until(lambda: replicas(shop) == ["ok", "ok"], "the replica is found")
        yield shop, standby


def replicas(shop) -> list:
    health = expect(shop.client().get("/health"), 200).data
    states = [health["dependencies"][f"{service}_replica"]["status"] for service in ("order", "product")]
    assert health["status"] == ("ok" if states == ["ok", "ok"] else "degraded"), health
    return states


def write_and_look(shop, rounds: int = 10) -> float:
    """Everybody sees at once what they have done; how long the slowest answer took."""
    person, longest = shop.customer(), 0.0

    def timed(read):
        nonlocal longest
        began = time.monotonic()
        data = expect(read(), 200).data
        longest = max(longest, time.monotonic() - began)
        return data

    def listed(**params):
        return timed(lambda: shop.staff.client.get("/api/orders", params={"limit": 1, **params}))

    before = listed()["pagination"]["total"]
    for number in range(1, rounds + 1):
        product = shop.product()
        found = timed(lambda: person.client.get("/api/products", params={"search": product["name"]}))
        assert [each["id"] for each in found["products"]] == [product["id"]]
        order = shop.order(person, (product, 1))
        newest = listed()
        assert newest["orders"][0]["id"] == order["id"]
        assert newest["pagination"]["total"] == before + number
        expect(shop.move(order, "confirmed"), 200)
        assert listed(status="confirmed")["orders"][0]["id"] == order["id"]
    totals = timed(lambda: shop.analyst.client.get("/api/analytics/reconciliation"))
    assert totals["equal"], totals
    return longest


def test_the_replica_answers_and_is_not_behind(scene):
    shop, standby = scene
    write_and_look(shop)
    assert standby.asked(LISTS) >= 2 * 20, "the page and the count of each list of orders"
    assert standby.asked("product.folded LIKE") >= 10
    assert standby.asked("WITH late AS") >= 2, "sums over all orders"


def test_many_who_write_and_look_at_once(scene):
    shop, standby = scene
    before = standby.asked(LISTS)

    def look():
        person = shop.customer()
        client, product = shop.staff.client.as_new(), shop.product()
        for _ in range(15):
            order = expect(shop.try_order(person, (product, 1)), 201).data["order"]
            first = expect(client.get("/api/orders", params={"limit": 50}), 200).data["orders"]
            assert order["id"] in [each["id"] for each in first]

    at_once([look] * 4)
    assert standby.asked(LISTS) > before


def test_who_reads_the_log_from_its_beginning_asks_the_replica(scene):
    shop, standby = scene
    # Many transactions, so that the beginning is far away.
    sql(
        shop.server.env["CLOUDCART_POSTGRES_URL"],
        "DO $$ BEGIN FOR i IN 1..1200 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$",
    )
    shop.order_in("confirmed")
    shop.settled_dashboard()
    before = standby.asked(LOG)
    shop.order_in("confirmed")
    shop.settled_dashboard()
    assert standby.asked(LOG) == before, "who follows closely asks the server"
    # The analytics service has what was read last in memory; whoever asks the order service for it has not.
    secret = (shop.server.data_dir / "jwt.secret").read_text(encoding="utf-8").strip()
    answer = requests.get(f"{shop.server.addresses['order']}/internal/events?after=0&limit=100",
                          headers={"Authorization": f"Bearer {tokens.of_a_service(secret)}"}, timeout=10)
    assert answer.status_code == 200 and answer.json()["data"]["records"], answer.text
    assert standby.asked(LOG) > before
    shop.settled_dashboard()
    assert expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data["equal"]


def test_a_replica_that_stands_still_is_left_alone(scene):
    shop, standby = scene
    standby.pause()
    try:
        assert write_and_look(shop) < 2
        until(lambda: replicas(shop) == ["down", "down"], "it is found out")
        before = standby.asked(LISTS)
        write_and_look(shop)
        assert standby.asked(LISTS) == before
    finally:
        standby.resume()
    until(lambda: replicas(shop) == ["ok", "ok"], "it has caught up")
    write_and_look(shop)
    assert standby.asked(LISTS) > before


def test_a_replica_that_hangs_is_not_waited_for(scene):
    shop, standby = scene
    standby.signal(signal.SIGSTOP)
    try:
        assert write_and_look(shop) < 2
    finally:
        standby.signal(signal.SIGCONT)
    until(lambda: replicas(shop) == ["ok", "ok"], "it answers again")


def test_a_replica_that_dies_is_not_missed(scene):
    shop, standby = scene
    standby.kill()
    assert write_and_look(shop) < 2
    until(lambda: replicas(shop) == ["down", "down"], "it is found out")
    standby.start()
    until(lambda: replicas(shop) == ["ok", "ok"], "it is asked again")
    write_and_look(shop)


def test_one_that_is_a_replica_no_more_is_not_believed(scene):
    """From then on the two go different ways, so this is the last test."""
    shop, standby = scene
    standby.promote()
    write_and_look(shop)
    until(lambda: replicas(shop) == ["down", "down"], "it is found out")
    write_and_look(shop)
