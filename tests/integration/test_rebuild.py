"""Analytics built anew from the log, with and without a server; events that cannot be added up."""

import signal
import threading

import pytest

from harness import engines
from harness.client import expect
from harness.server import Server, run
from harness.shop import Shop, restart
from harness.waiting import until

IN_POUNDS = ("--shop-currency", "GBP")
IN_EUROS = ("--shop-currency", "EUR")


def figures(shop):
    return shop.settled_dashboard()["overview"]


def books(client):
    """Whether the figures equal the orders, and how many dead letters say why not."""
    data = expect(client.get("/api/analytics/reconciliation"), 200).data
    return data["equal"], data["dead_letters"]


def rebuild(data_dir, *arguments):
    return run("analytics", "rebuild", "--data-dir", data_dir, *arguments, seconds=60)



def test_a_rebuild_while_serving_changes_no_figure_and_loses_no_order(own_shop):
    shop = own_shop
    person, product = shop.customer(), shop.product(inventory_count=1_000_000)
    for _ in range(60):
        shop.order(person, (product, 1))
    before = figures(shop)
    placed, stopping = [], threading.Event()

    def buy():
        while not stopping.is_set():
            placed.append(shop.order(person, (product, 1))["id"])

    buyer = threading.Thread(target=buy)
    buyer.start()
    try:
        done = rebuild(shop.server.data_dir, "--address", shop.server.addresses["analytics"])
    finally:
        stopping.set()
        buyer.join(20)
    assert done.returncode == 0, done.stderr
    assert "rebuilt from the log" in done.stdout
    after = figures(shop)
    assert after["total_orders"] == before["total_orders"] + len(placed)
    progress = expect(shop.staff.client.get("/api/analytics/rebuild"), 200).data
    assert progress["phase"] == "done" and progress["position"] >= progress["end"] > 0
    shop.server.stop()
    assert run("reconcile", "--data-dir", shop.server.data_dir).returncode == 0


def test_a_rebuild_of_a_folder_that_nobody_serves(own_shop):
    shop = own_shop
    person, product = shop.customer(), shop.product(inventory_count=100)
    order = shop.order(person, (product, 2))
    shop.order(person, (product, 1))
    expect(person.client.post(f"/api/orders/{order['id']}/cancel", {}), 200)
    before = figures(shop)
    shop.server.stop()
    done = rebuild(shop.server.data_dir)
    assert done.returncode == 0, done.stderr
    restart(shop)
    assert figures(shop) == before


def test_a_kill_in_the_middle_of_a_rebuild_leaves_the_old_figures(own_shop):
    shop = own_shop
    person, product = shop.customer(), shop.product(inventory_count=10_000)
    for _ in range(40):
        shop.order(person, (product, 1))
    before = figures(shop)
    expect(shop.admin.client.post("/api/analytics/rebuild", {}), 202)
    shop.server.signal(signal.SIGKILL)
    shop.server.wait()
    restart(shop)
    assert figures(shop) == before
    expect(shop.admin.client.post("/api/analytics/rebuild", {}), 202)
    until(lambda: shop.staff.client.get("/api/analytics/rebuild").data["phase"] == "done", "the rebuild is done")
    assert figures(shop) == before


@pytest.mark.files
def test_without_a_server_to_ask_the_command_says_where_it_asked(own_shop):
    done = rebuild(own_shop.server.data_dir, "--address", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr


def test_an_empty_folder_is_told_from_a_shop(tmp_path):
    done = rebuild(tmp_path)
    if engines.on_engines():  # the shop is on the server, and nobody has ordered yet
        assert done.returncode == 0
    else:
        assert done.returncode == 2
        assert "is --data-dir right?" in done.stderr


def test_events_in_another_currency_wait_as_dead_letters_until_they_can_be_added_up(contract, data_dir):
    with Server(data_dir, extra=IN_POUNDS) as server:
        shop = Shop(contract, server).with_people()
        person, product = shop.customer(), shop.product(inventory_count=100)
        orders = [shop.order(person, (product, 1)) for _ in range(3)]
        before = figures(shop)
    # As if the currency had been wrong from the beginning: a rebuild adds up nothing that is in pounds.
    assert rebuild(data_dir, *IN_EUROS).returncode == 0
    with Server(data_dir, extra=IN_EUROS) as server:
        shop = Shop(contract, server)
        staff = shop.sign_in(person.email).client  # a customer may not see them
        assert staff.get("/api/analytics/dead-letters").status == 403
        staff = Shop(contract, server).with_people().staff.client
        page = expect(staff.get("/api/analytics/dead-letters"), 200).data
        letters = page["dead_letters"]
        assert page["pagination"]["total"] == 3
        assert {letter["event"]["orderId"] for letter in letters} == {order["id"] for order in orders}
        assert all("in GBP, but figures are in EUR" in letter["reason"] for letter in letters)
        refused = staff.post(f"/api/analytics/dead-letters/{letters[0]['position']}/retry", {})
        assert refused.status == 409 and "still cannot be added up" in refused.body["message"]
        assert books(staff) == (False, 3)
        gauges = expect(shop.client("analytics").get("/metrics"), 200).text
        assert "cloudcart_analytics_dead_letters 3" in gauges
    with Server(data_dir, extra=IN_POUNDS) as server:
        shop = Shop(contract, server).with_people()
        assert books(shop.staff.client) == (False, 3)
        for letter in letters:
            expect(shop.staff.client.post(f"/api/analytics/dead-letters/{letter['position']}/retry", {}), 200)
        assert expect(shop.staff.client.get("/api/analytics/dead-letters"), 200).data["dead_letters"] == []
        assert books(shop.staff.client) == (True, 0)  # at once: the answer before is of other figures
        assert figures(shop)["total_revenue"] == before["total_revenue"]
        assert figures(shop)["total_orders"] == 3
    assert run("reconcile", "--data-dir", data_dir, *IN_POUNDS).returncode == 0
