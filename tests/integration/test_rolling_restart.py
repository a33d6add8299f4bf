"""Each process of a service is replaced while customers buy: nobody gets an error, no order is lost or doubled."""

import threading
import time
import uuid

import pytest
import requests

from harness.client import expect
from harness.cluster import Cluster
from harness.shop import Shop
from harness.waiting import until


@pytest.fixture(scope="module")
def cluster(contract, tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("rolling") / "all") as cluster:
        yield Shop(contract, cluster).with_people()


class Load:
    """People who look and buy, each one request after the other, until they are told to stop."""

    def __init__(self, shop: Shop):
        self.shop = shop
        self.product = shop.product(inventory_count=1_000_000)
        self.buyers = [shop.customer() for _ in range(4)]
        self.orders = {buyer.id: [] for buyer in self.buyers}
        self.reads = 0
        self.errors: list = []
        self._stopping = threading.Event()
        jobs = [self._buyer(buyer, with_key=number % 2 == 0) for number, buyer in enumerate(self.buyers)]
        product = f"/api/products/{self.product['id']}"
        jobs += [self._reader(path, shop.staff) for path in (product, "/api/products?limit=5", "/api/orders?limit=5")]
        self._threads = [threading.Thread(target=self._repeat, args=(job,)) for job in jobs]

    def _buyer(self, buyer, with_key: bool):
        client = buyer.client.as_new()

        def buy():
            key = str(uuid.uuid4()) if with_key else None
            answer = expect(self.shop.try_order(buyer, (self.product, 1), key=key, client=client), 201)
            self.orders[buyer.id].append(answer.data["order"]["id"])

        return buy

    def _reader(self, path, person):
        client = person.client.as_new()

        def read():
            expect(client.get(path), 200)
            self.reads += 1

        return read

    def _repeat(self, job) -> None:
        while not self._stopping.is_set():
            try:
                job()
            except Exception as error:  # whatever it is, it was to be an answer
                self.errors.append(f"{time.monotonic():.3f} {type(error).__name__}: {error}")
            time.sleep(0.005)

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def count(self) -> int:
        return sum(map(len, self.orders.values()))

    def goes_on(self) -> None:
        reads, orders = self.reads, self.count()
        until(lambda: self.reads > reads + 20 and self.count() > orders + 10, "people go on", seconds=30)


def replace(cluster, name: str) -> float:
    """Stops a process in peace and starts it again; how long the stop took."""
    server = cluster.server.servers[name]
    began = time.monotonic()
    server.stop()
    took = time.monotonic() - began
    cluster.server.start(name)
    ready = f"{cluster.server.addresses[name]}/ready"
    until(lambda: requests.get(ready, timeout=5).status_code == 200, f"{name} is ready")
    return took


def check_books(shop: Shop, load: Load) -> None:
    for buyer in load.buyers:
        page = expect(buyer.client.get(f"/api/orders/user/{buyer.id}", params={"limit": 1}), 200).data
        assert page["pagination"]["total"] == len(load.orders[buyer.id]), "lost or doubled"
    ids = [id for orders in load.orders.values() for id in orders]
    assert len(set(ids)) == len(ids)
    for id in ids[:: max(1, len(ids) // 50)]:
        expect(shop.staff.client.get(f"/api/orders/{id}"), 200)
    assert shop.stock(load.product) == 1_000_000 - len(ids)
    shop.settled_dashboard()
    until(
        lambda: expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data["equal"],
        "ledger and analytics are equal", seconds=30,
    )


def test_nobody_notices_that_every_process_is_replaced(cluster):
    with Load(cluster) as load:
        load.goes_on()
        stops = {}
        for name in ("order", "order-2", "product", "product-2", "user", "user-2"):
            stops[name] = replace(cluster, name)
            load.goes_on()
    print(f"{load.count()} orders, {load.reads} reads, stops:", {name: round(took, 1) for name, took in stops.items()})
    assert load.errors == []
    check_books(cluster, load)


def test_a_process_that_stops_says_so_first_and_serves_on(cluster):
    name = "product-2"
    address = cluster.server.addresses[name]
    with requests.Session() as kept:
        kept.trust_env = False
        assert kept.get(f"{address}/api/products", timeout=5).headers["Connection"] == "keep-alive"
        server = cluster.server.servers[name]
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        try:
            until(lambda: requests.get(f"{address}/ready", timeout=5).status_code == 503, "it says that it stops")
            answer = kept.get(f"{address}/api/products", timeout=5)
            assert answer.status_code == 200
            assert answer.headers["Connection"] == "close"
            gateway = cluster.server.servers["gateway"]
            until(lambda: f"the product service at {address} is not ready: it answers 503" in gateway.printed(),
                  "the gateway has noticed")
            assert server.running, "it is noticed before it goes"
        finally:
            stopping.join()
    assert not server.running
    cluster.server.start(name)
