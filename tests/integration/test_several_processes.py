"""Several processes of a service on one PostgreSQL and one Redis: nothing is oversold, doubled or lost."""

import itertools
import json
import os
import signal
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import expect
from harness.cluster import Cluster, OwnEngines
from harness.server import run
from harness.shop import Shop
from harness.waiting import until

ORDER_PROCESSES = ("order", "order-2")


@pytest.fixture(scope="module")
def cluster(contract, tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("cluster") / "all") as cluster:
        yield Shop(contract, cluster).with_people()


def through(shop, name, person):
    """The same person, asking a process directly."""
    return shop.client(name, person.token)


def place(shop, name, person, product, quantity=1, key=None):
    return shop.try_order(person, (product, quantity), key=key, client=through(shop, name, person))


def stock_of(shop, product):
    return expect(shop.staff.client.get(f"/api/products/{product['id']}/stock"), 200).data


def test_what_one_process_has_answered_the_other_knows_at_once(cluster):
    person, product = cluster.customer(), cluster.product()
    for name, other in (ORDER_PROCESSES, ORDER_PROCESSES[::-1]):
        order = expect(place(cluster, name, person, product), 201).data["order"]
        assert expect(through(cluster, other, person).get(f"/api/orders/{order['id']}"), 200).data["order"] == order
    for number in range(20):
        name, other = (("product", "product-2"), ("product-2", "product"))[number % 2]
        change = {"name": f"Renamed {number}"}
        expect(through(cluster, name, cluster.staff).put(f"/api/products/{product['id']}", change), 200)
        shown = expect(through(cluster, other, person).get(f"/api/products/{product['id']}"), 200).data["product"]
        assert shown["name"] == change["name"], "a cache brought back an older version"


def test_two_processes_that_race_for_the_last_units_sell_each_once(cluster):
    product = cluster.product(inventory_count=40)
    buyers = [cluster.customer() for _ in range(8)]
    names = itertools.cycle(ORDER_PROCESSES)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(
            lambda buyer_and_name: place(cluster, buyer_and_name[1], buyer_and_name[0], product),
            [(buyer, next(names)) for buyer in buyers * 12],
        ))
    placed = [answer for answer in answers if answer.status == 201]
    assert {answer.status for answer in answers} == {201, 409}
    assert len(placed) == 40
    left = stock_of(cluster, product)
    assert left["available"] == 0
    assert left["reserved"] + left["sold"] == 40


def test_one_key_is_one_order_whichever_process_is_asked(cluster):
    person, product = cluster.customer(), cluster.product(inventory_count=100)
    key = str(uuid.uuid4())

    def ask(number):
        for _ in range(50):
            answer = place(cluster, ORDER_PROCESSES[number % 2], person, product, key=key)
            if answer.status in (200, 201):
                return answer.data["order"]["id"]
            expect(answer, 409, "idempotency_in_progress")
            time.sleep(0.05)
        raise AssertionError("the first request with the key never ended")

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(ask, range(32)))) == 1
    until(lambda: stock_of(cluster, product)["available"] == 99, "one order's unit is taken")


def test_a_process_that_is_killed_loses_nothing(cluster):
    person, product = cluster.customer(), cluster.product(inventory_count=10_000)
    placed, keys = [], []

    def buy(number):
        key = str(uuid.uuid4())
        keys.append(key)
        try:
            answer = place(cluster, ORDER_PROCESSES[number % 2], person, product, key=key)
        except OSError:
            return  # the one that was killed
        if answer.status == 201:
            placed.append(answer.data["order"]["id"])

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(buy, number) for number in range(200)]
        until(lambda: len(placed) > 40, "orders come in")
        cluster.server.servers["order-2"].kill()
        for job in jobs:
            job.result()
    cluster.server.start("order-2")
    for id in placed:
        expect(through(cluster, "order-2", person).get(f"/api/orders/{id}"), 200)

    # Whatever became of it: asking again with the key settles it, through the other process as well.
    def settle(key):
        def answered():
            answer = place(cluster, "order", person, product, key=key)
            return answer.data["order"]["id"] if answer.status in (200, 201) else None

        return until(answered, "the key is settled", seconds=60)

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(settle, keys))
    assert len(set(ids)) == len(keys)
    assert set(placed) <= set(ids)
    mine = expect(person.client.get(f"/api/orders/user/{person.id}", params={"limit": 1}), 200).data["pagination"]["total"]
    assert mine == len(keys)
    until(lambda: stock_of(cluster, product)["available"] == 10_000 - len(keys), "no unit is kept for nobody", seconds=60)


def test_the_figures_equal_the_ledger(cluster):
    cluster.settled_dashboard()

    def equal():
        data = expect(cluster.analyst.client.get("/api/analytics/reconciliation"), 200).data
        return data["equal"] and data["ledger"]["placed_orders"] > 0

    until(equal, "ledger and analytics are equal", seconds=30)


@pytest.fixture(scope="module")
def fragile(contract, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fragile")
    own = OwnEngines(folder / "engines")
    try:
        with Cluster(folder / "all", own.start()) as cluster:
            yield Shop(contract, cluster).with_people(), own
    finally:
        own.stop()


def pid_of(own, engine):
    return int((own.folder / engine / "pid").read_text())


def answered_503(shop, person, product):
    """Each within the two seconds that a client may have to wait."""
    began = time.monotonic()
    answer = shop.try_order(person, (product, 1), client=through(shop, "order", person))
    assert time.monotonic() - began < 2.5, "the answer took too long"
    assert answer.status == 503, answer
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hung"])
def test_without_postgresql_answers_are_503_in_time_and_it_recovers(fragile, fault):
    shop, own = fragile
    person, product = shop.customer(), shop.product()
    order = shop.order(person, (product, 1))
    pids = [pid_of(own, "postgres")]
    if fault == signal.SIGSTOP:
        pids += children_of(pids[0])
    for pid in pids:
        os.kill(pid, fault)
    try:
        until(lambda: place(shop, "order", person, product).status == 503, "the loss is noticed")
        for _ in range(3):
            answered_503(shop, person, product)
    finally:
        if fault == signal.SIGSTOP:
            for pid in reversed(pids):
                os.kill(pid, signal.SIGCONT)
        own.start()
    until(lambda: place(shop, "order", person, product).status == 201, "orders are taken again", seconds=30)
    expect(person.client.get(f"/api/orders/{order['id']}"), 200)
    shop.settled_dashboard()
    until(
        lambda: expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data["equal"],
        "ledger and analytics are equal", seconds=30,
    )


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hung"])
def test_without_redis_everything_is_answered_and_nothing_old_comes_back(fragile, fault):
    shop, own = fragile
    person, product = shop.customer(), shop.product(price="1.00")
    path = f"/api/products/{product['id']}"
    for name in ("product", "product-2"):
        expect(through(shop, name, person).get(path), 200)
    pid = pid_of(own, "redis")
    os.kill(pid, fault)
    try:
        expect(through(shop, "product", shop.staff).put(path, {"price": "2.00"}), 200)
        for _ in range(10):
            for name in ("product", "product-2"):
                assert expect(through(shop, name, person).get(path), 200).data["product"]["price"] == "2.00"
        shop.order(person, (product, 1))
    finally:
        if fault == signal.SIGSTOP:
            os.kill(pid, signal.SIGCONT)
        own.start()
    for _ in range(40):
        for name in ("product", "product-2"):
            shown = expect(through(shop, name, person).get(path), 200).data["product"]["price"]
            assert shown == "2.00", "what Redis had kept from before came back"
        time.sleep(0.05)


def test_a_session_that_ends_at_one_user_process_ends_at_the_other(cluster):
    for name, other in (("user", "user-2"), ("user-2", "user")):
        person = cluster.sign_in(cluster.customer().email)
        expect(through(cluster, other, person).get("/api/users/profile"), 200)
        expect(through(cluster, name, person).post("/api/users/logout"), 200)
        until(lambda: through(cluster, other, person).get("/api/users/profile").status == 401, f"{other} knows of it", seconds=5)
    person = cluster.sign_in(cluster.employee("staff").email)
    expect(through(cluster, "user", cluster.admin).put(f"/api/users/{person.id}", {"role": "customer"}), 200)
    for name in ("user-2", *ORDER_PROCESSES):
        path = "/api/users/profile" if name == "user-2" else "/api/orders"
        until(lambda: through(cluster, name, person).get(path).status == 401, f"{name} knows of it", seconds=5)


def test_several_processes_write_one_audit_trail(cluster):
    product = cluster.product()
    names = ("product", "product-2")

    def change(number):
        client = through(cluster, names[number % 2], cluster.staff)
        return expect(client.put(f"/api/products/{product['id']}", {"name": f"Changed {number}"}), 200)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(40)))
    done = run("audit", "verify", env=cluster.server.env)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert next(one for one in report["chains"] if one["service"] == "product")["seq"] >= 80
    data = expect(cluster.admin.client.get("/api/audit/product", params={"limit": 100}), 200).data
    seqs = [entry["seq"] for entry in data["entries"]]
    assert seqs == list(range(seqs[0], seqs[0] - len(seqs), -1))
    assert sum(entry["entry"]["details"].get("name", "").startswith("Changed ") for entry in data["entries"]) == 80
