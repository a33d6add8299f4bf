"""The order ledger held against analytics while orders keep coming in, and how far the consumers of the log are."""

import json
import sqlite3
import threading
import time
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from harness.client import expect
from harness.server import run
from harness.shop import restart
from harness.waiting import until

BUYERS = 4


def reconciliation(shop):
    return expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data


class Traffic:
    """Customers who place orders and cancel every third, until told to stop."""

    def __init__(self, shop):
        self._shop = shop
        self._product = shop.product(price="0.10", inventory_count=1_000_000)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._buy, args=(shop.customer(),)) for _ in range(BUYERS)]
        self._lock = threading.Lock()
        self.placed = self.cancelled = 0
        self.errors: list = []

    def _buy(self, person):
        try:
            turn = 0
            while not self._stopping.is_set():
                turn += 1
                order = self._shop.order(person, (self._product, 1 + turn % 7))
                is_cancelled = turn % 3 == 0
                if is_cancelled:
                    expect(person.client.post(f"/api/orders/{order['id']}/cancel"), 200)
                with self._lock:
                    self.placed += 1
                    self.cancelled += is_cancelled
        except Exception as error:  # shown by the test: a thread's own failure would go unseen
            self.errors.append(error)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        until(lambda: self.placed > 20 or self.errors, "orders come in")
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for thread in self._threads:
            thread.join(20)
        assert self.errors == []


def check(answer, before):
    """Equal to the cent, and of a later moment than the answer before."""
    assert answer["equal"] is True, answer
    assert (answer["difference"], answer["dead_letters"]) == (0, 0)
    assert answer["ledger"] == answer["analytics"]
    assert before is None or answer["position"] >= before["position"]


def watch(shop, answers, seconds=60):
    """Asks again and again until so many different answers have come."""
    seen = []
    end = time.monotonic() + seconds
    while len(seen) < answers and time.monotonic() < end:
        answer = reconciliation(shop)
        check(answer, seen[-1] if seen else None)
        if not seen or answer["checked_at"] != seen[-1]["checked_at"]:
            seen.append(answer)
    positions = [answer["position"] for answer in seen]
    assert len(positions) == answers and positions == sorted(set(positions)), positions
    return seen


def settled(shop):
    """The answer once it is of the log's end."""
    end = until(lambda: (lambda end, each: end if all(one["events_behind"] == 0 for one in each.values()) else None)(
        *shop.consumers()), "every consumer has caught up")
    return until(lambda: (lambda answer: answer if answer["position"] == end else None)(reconciliation(shop)),
                 "the reconciliation is of the end")


def test_the_ledger_equals_analytics_while_orders_come_in(own_shop):
    shop = own_shop
    commands, stopping = [], threading.Event()

    def compare_by_command():
        while not stopping.is_set():
            commands.append(run("reconcile", "--data-dir", shop.server.data_dir))

    beside = threading.Thread(target=compare_by_command)
    with Traffic(shop) as traffic:
        beside.start()
        try:
            watch(shop, answers=4)
            until(lambda: len(commands) >= 5, "the command has compared five times", 120)
        finally:
            stopping.set()
            beside.join(60)
    assert [done.returncode for done in commands] == [0] * len(commands), commands[-1].stderr
    printed = [json.loads(done.stdout) for done in commands]
    for before, answer in zip([None, *printed], printed):
        check(answer, before)
        assert answer["details"] == {"differing_days": []}

    answer = settled(shop)
    assert answer["ledger"]["placed_orders"] == traffic.placed
    assert answer["ledger"]["cancelled_orders"] == traffic.cancelled > 0
    assert datetime.fromisoformat(answer["checked_at"].replace("Z", "+00:00")) <= datetime.now(timezone.utc)


@pytest.mark.files
def test_a_difference_is_reported_with_its_day(own_shop):
    shop = own_shop
    product = shop.product(price="5.00", inventory_count=100)
    for _ in range(3):
        shop.order(shop.customer(), (product, 2))
    assert settled(shop)["equal"] is True
    shop.server.stop()
    facts = sqlite3.connect(shop.server.data_dir / "analytics.db")
    with facts:
        changed = facts.execute("UPDATE order_fact SET amount = amount + 1 WHERE number = 1 RETURNING placed_at").fetchall()
    facts.close()
    assert len(changed) == 1
    restart(shop)
    answer = reconciliation(shop)
    day = datetime.fromtimestamp(changed[0][0] / 1000, timezone.utc).date()
    others = answer["days_compared"] - 1  # another day began while the orders were placed
    assert answer["equal"] is False and others in (0, 1)
    assert Decimal(str(answer["difference"])) == Decimal("-0.01")
    assert [entry["date"] for entry in answer["differing_days"]] == [str(day)]
    entry = answer["differing_days"][0]
    assert round(entry["analytics"]["gross_revenue"] - entry["ledger"]["gross_revenue"], 2) == 0.01
    shop.server.stop()
    done = run("reconcile", "--data-dir", shop.server.data_dir)
    assert done.returncode == 1
    assert [entry["date"] for entry in json.loads(done.stdout)["details"]["differing_days"]] == [str(day)]


def test_consumers_of_one_process(own_shop):
    shop = own_shop
    assert shop.consumers()[0] == 0
    order = shop.order(shop.customer(), (shop.product(), 1))

    def caught_up():
        end, found = shop.consumers()
        done = end > 0 and all(entry["position"] == end and entry["events_behind"] == 0 for entry in found.values())
        return found if done else None

    found = until(caught_up, "every consumer has applied the order")
    assert list(found) == ["analytics", "recommendations", "experiments", "inventory"]
    assert found["analytics"]["last_event_at"] == order["created_at"]


def test_across_processes_the_ledger_equals_analytics_while_orders_come_in(apart):
    with Traffic(apart) as traffic:
        watch(apart, answers=2)
    answer = settled(apart)
    assert answer["ledger"]["placed_orders"] == traffic.placed
    assert list(apart.consumers()[1]) == ["analytics", "recommendations", "experiments"]


def test_without_the_orders_there_is_nothing_to_compare(apart):
    apart.order(apart.customer(), (apart.product(), 1))
    settled(apart)
    until(lambda: apart.analyst.client.get("/api/analytics/reconciliation").status == 200, "it can be asked")
    apart.server.servers["order"].stop()
    # The last answer may be used again for some seconds.
    until(lambda: apart.analyst.client.get("/api/analytics/reconciliation").status == 503, "it says so", seconds=30)
    apart.server.start("order")
    until(lambda: apart.analyst.client.get("/api/analytics/reconciliation").status == 200, "it can be asked again")
