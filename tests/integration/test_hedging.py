"""A process that is frozen in the middle of everything costs its readers a moment, where reads are hedged."""

import contextlib
import os
import signal
import time

import pytest
import requests

from harness.client import expect
from harness.cluster import Cluster
from harness.shop import Shop, at_once
from harness.waiting import until

HEDGE_AFTER = 0.08


@pytest.fixture(scope="module")
def cluster(contract, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hedging") / "all"
    with Cluster(folder, env={"CLOUDCART_UPSTREAMS_HEDGE_AFTER": f"{HEDGE_AFTER * 1000:.0f}ms"}) as cluster:
        yield Shop(contract, cluster).with_people()


@contextlib.contextmanager
def frozen(server):
    server.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.signal(signal.SIGCONT)


def connections_to(port: int, pid: int) -> int:
    """Established ones of a process to a local port."""
    inodes = set()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            target = os.readlink(entry.path)
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    with open(f"/proc/{pid}/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in list(table)[1:]]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == "01" and row[9] in inodes for row in rows)


def timed_reads(shop, path, count):
    client = shop.staff.client.as_new()
    took = []
    for _ in range(count):
        began = time.monotonic()
        expect(client.get(path), 200)
        took.append(time.monotonic() - began)
    return took


def test_reads_beside_a_frozen_process_are_answered_all_the_same(cluster):
    product = cluster.product()
    path = f"/api/products/{product['id']}"
    gateway = cluster.server.servers["gateway"]
    frozen_one = cluster.server.servers["product-2"]

    def reads_of(name):
        lines = requests.get(f"{cluster.server.addresses[name]}/metrics", timeout=5).text.splitlines()
        counts = [line for line in lines if line.startswith("cloudcart_http_requests_total") and "/api/products/{id}\"" in line]
        return sum(float(line.split()[-1]) for line in counts)

    def is_asked():
        """In turn; it answers a few more, those that were given up while it was frozen."""
        before = reads_of("product-2")
        timed_reads(cluster, path, 60)
        return reads_of("product-2") >= before + 25

    for _ in range(3):
        until(is_asked, "both are asked")
        with frozen(frozen_one):
            took = sorted(sum(at_once([lambda: timed_reads(cluster, path, 50) for _ in range(4)]), []))
            print(f"p50 {took[99] * 1000:.1f} ms, p99 {took[197] * 1000:.1f} ms, longest {took[-1] * 1000:.1f} ms")
            # Without hedges those that are with it would wait for their time limit of 10 s.
            assert took[-1] < 5
            assert any(each >= HEDGE_AFTER for each in took), "none was with the frozen process"
            # Hedged requests are given up with their connections; the check of its readiness has one of its own.
            until(lambda: connections_to(cluster.server.ports["product-2"], gateway.pid) <= 1, "no connection is left over")


def test_an_order_is_not_hedged(cluster):
    """One of the two waits for the frozen process, and is placed once."""
    person, product = cluster.customer(), cluster.product(inventory_count=50)
    server = cluster.server.servers["order-2"]
    answers = []
    with frozen(server):
        for _ in range(2):
            key = cluster.unique("key")
            answer = cluster.try_order(person, (product, 1), key=key)
            answers.append((key, answer.status))
    for key, status in answers:
        if status != 201:
            until(lambda: cluster.try_order(person, (product, 1), key=key).status in (200, 201), "it is settled", seconds=30)
    total = expect(person.client.get(f"/api/orders/user/{person.id}", params={"limit": 1}), 200).data["pagination"]["total"]
    assert total == 2
    assert cluster.stock(product) == 48
