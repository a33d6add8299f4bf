"""One service per process on one machine: the same platform, the same answers."""

import pytest

from harness import engines
from harness.client import expect
from harness.processes import PROCESSES
from harness.server import Server, run
from harness.shop import Shop
from harness.stream import Stream
from harness.waiting import until

# By publishing to it or by reading from it.
FOLLOW_KAFKA = ("product", "order", "analytics")
UPSTREAMS_THAT_NOBODY_ASKS = [
    argument for service in ("user", "product", "order") for argument in (f"--upstream-{service}", "http://127.0.0.1:9")
]


def test_each_process_says_where_it_listens(apart):
    for service, server in apart.server.servers.items():
        assert server.addresses[service] == apart.server.addresses[service]
        expect(apart.client(service).get("/ready"), 200)
    assert len(set(apart.server.addresses.values())) == len(PROCESSES)


def test_a_process_has_its_own_routes_only(apart):
    # Unchecked: the contract knows these routes, elsewhere.
    for service, path in {"user": "/api/products", "product": "/api/users/profile", "order": "/api/ai/model/status"}.items():
        assert apart.client(service).send("GET", path).status_code == 404


def test_a_purchase_goes_through_all_processes(apart):
    person, product = apart.customer(), apart.product(price="5.25", inventory_count=4)
    order = apart.order(person, (product, 3))
    assert (order["total_amount"], order["items"][0]["product_name"]) == ("15.75", product["name"])
    assert apart.stock(product) == 1
    expect(apart.try_order(person, (product, 2)), 409, "insufficient_inventory")
    expect(person.client.post(f"/api/orders/{order['id']}/cancel"), 200)
    until(lambda: apart.stock(product) == 4, "the stock is back")


def test_an_order_reaches_the_dashboard_and_the_stream(apart):
    before = apart.settled_dashboard()["overview"]["total_orders"]
    with Stream(apart.analyst.client.as_new()) as stream:
        stream.next(lambda event: event.name == "overview", "the overview")
        order = apart.order(apart.customer(), (apart.product(), 1))
        stream.next(
            lambda event: event.name == "order" and event.data["order_id"] == order["id"], "the order", seconds=30
        )
    until(lambda: apart.dashboard()["overview"]["total_orders"] == before + 1, "the order is counted")


def test_what_is_bought_together_is_recommended(apart):
    first, second = apart.product(), apart.product()
    for _ in range(2):
        apart.order(apart.staff, (first, 1), (second, 1))

    def partners():
        answer = apart.client().get(f"/api/ai/recommendations/product/{first['id']}")
        return answer.status == 200 and [entry["product_id"] for entry in answer.data["similar_products"]]

    until(lambda: second["id"] in (partners() or []), "the partner is recommended")


def test_a_logout_is_known_to_every_process(apart):
    person = apart.sign_in(apart.staff.email)
    expect(person.client.post("/api/users/logout"), 200)
    for service, path in {"user": "/api/users/profile", "order": "/api/orders", "analytics": "/api/ai/model/status"}.items():
        client = apart.client(service, person.token)
        until(lambda: client.get(path).status == 401, f"{service} refuses the token", seconds=5)


def test_one_dead_process_leaves_the_others_at_work(apart):
    person, product = apart.customer(), apart.product()
    apart.server.servers["analytics"].stop()
    answer = apart.client(token=apart.analyst.token).get("/api/analytics/dashboard")
    assert expect(answer, 503, "unavailable").headers["Retry-After"]
    order = apart.order(person, (product, 1))

    def others_are_at_work():
        health = expect(apart.client().get("/health"), 200).data
        assert health["status"] == "degraded"
        services = health["services"]
        assert services.pop("analytics") == {"status": "down"}
        assert list(services) == ["order", "product", "user"]
        for name, entry in services.items():
            assert entry["status"] == "ok" and entry["latency_ms"] > 0 and entry["uptime_seconds"] > 0
            through_kafka = {"kafka": {"status": "ok"}} if engines.on_engines() and name in FOLLOW_KAFKA else {}
            assert entry["dependencies"] == {f"{name}_database": {"status": "ok"}, **through_kafka}
        return True

    try:
        until(others_are_at_work, "all but one are well")
    finally:
        apart.server.start("analytics")
    until(
        lambda: order["id"] in [entry["order_id"] for entry in apart.dashboard()["recent_orders"]],
        "the order that came meanwhile is counted",
    )


def test_without_the_catalogue_only_the_stock_is_missing_from_the_product_report(apart):
    product = apart.product(price="4000.00", inventory_count=9)
    apart.order(apart.customer(), (product, 3))
    apart.settled_dashboard()

    def report():
        data = expect(apart.analyst.client.get("/api/analytics/reports/products", params={"days": 1}), 200).data
        row = next(row for row in data["products"] if row["product_id"] == product["id"])
        return data["stock_available"], row["available"], row["days_of_stock_left"], row["net_revenue"]

    assert report() == (True, 6, 2, 12000)
    apart.server.servers["product"].stop()
    assert report() == (False, None, None, 12000)
    apart.server.start("product")
    until(lambda: report() == (True, 6, 2, 12000), "the stock is there again")


def test_a_second_process_on_the_same_files_is_refused(contract, tmp_path):
    data_dir = engines.keep_in_files(tmp_path / "data")
    with Server(data_dir) as server:
        with pytest.raises((RuntimeError, AssertionError), match=r"analytics\.lock"):
            Server(data_dir, services=["analytics"], extra=UPSTREAMS_THAT_NOBODY_ASKS).start()
        expect(Shop(contract, server).client().get("/ready"), 200)


def test_every_process_stops_cleanly_and_the_figures_are_right(apart):
    apart.settled_dashboard()
    for service in reversed(PROCESSES):
        apart.server.servers[service].stop()
    done = run("reconcile", "--data-dir", apart.server.data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
