"""The row about how soon an order is seen: on the stream, and in the dashboard."""

import json
import re
import selectors
import time
from bisect import bisect_left, bisect_right
from collections import deque

from . import processes
from .bench import Bench
from .crowd import Reader
from .load import ORDER_LINES
from .results import Goal, Result, Table, number, percentile
from .shop import people, restock, wait_until_caught_up
from .trouble import Invalid
from .wire import Wire, encoded

REACH_MS, REACH_CLUSTER_MS = 50, 500
RATES = (10, 100, 1_000)
LINES, BUYERS, SOLD = 32, 100, 1_000
# After the last order all must be seen within it.
PATIENCE_SECONDS = 10
DASHBOARD = "/api/analytics/dashboard"
_ORDER_ID = re.compile(rb'"id":"([0-9a-f-]{36})"')
# The first of its kind is that of the whole period.
_TOTAL = re.compile(rb'"total_orders":(\d+)')
_POSITION = re.compile(rb'"position":(\d+)')


class PositionReader(Reader):
    """A reader of the stream that takes with each order its place in the log, which is what `id` is."""
    order = re.compile(rb'id: (\d+)\nevent: order\ndata: \{"event_id":"[0-9a-f-]{36}","type":"order\.created","order_id":"([0-9a-f-]{36})"')
    longest_match = 256


def dashboard_state(body: bytes) -> tuple:
    """The position up to which a dashboard has applied the log, and its number of orders."""
    return int(_POSITION.search(body)[1]), int(_TOTAL.search(body)[1])


class Watch:
    """Orders that go out, the stream and the dashboard that come in: one loop of one thread, and so one clock."""

    def __init__(self, server, staff_token: str, order_requests: list, address: str):
        self._requests = order_requests
        self._selector = selectors.DefaultSelector()
        self._idle = deque()
        for _ in range(LINES):
            self._idle.append(self._wire(server.addresses["order"], self._answered))
        self._reader = PositionReader(address, staff_token, False, False)
        self._selector.register(self._reader.socket, selectors.EVENT_READ, self._pushed)
        self._dashboard = self._wire(address, self._shown)
        self._ask = encoded(address, staff_token, "GET", DASHBOARD)
        self._sent = 0
        self.answered: dict = {}  # order → when its 201 was read
        self.shown: list = []     # (when, position, orders) of each dashboard

    def _wire(self, address: str, on_answer) -> Wire:
        wire = Wire(address, blocking=False)
        self._selector.register(wire.socket, selectors.EVENT_READ, lambda: on_answer(wire))
        return wire

    def close(self) -> None:
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()

    def _answered(self, wire: Wire) -> None:
        answer = wire.receive()
        if answer is None:
            return
        now = time.monotonic()
        status, body = answer
        if status != 201:
            raise Invalid(f"an order was answered {status}: {body[:300]!r}")
        self.answered[_ORDER_ID.search(body)[1].decode()] = now
        self._idle.append(wire)

    def _pushed(self) -> None:
        self._reader.read(1 << 18, True)
        if self._reader.ended:
            raise Invalid("the stream ended")

    def _shown(self, wire: Wire) -> None:
        answer = wire.receive()
        if answer is None:
            return
        now = time.monotonic()
        if answer[0] != 200:
            raise Invalid(f"the dashboard was answered {answer[0]}: {answer[1][:300]!r}")
        self.shown.append((now, *dashboard_state(answer[1])))
        wire.send(self._ask)

    @property
    def pushed(self) -> dict:
        """order → its position, and when it was read; that of the first time."""
        found: dict = {}
        for position, order, moment in self._reader.orders:
            found.setdefault(order, (int(position), moment))
        return found

    def pushes(self) -> int:
        return len(self._reader.orders)

    def run(self, rate: float, count: int) -> None:
        self._dashboard.send(self._ask)
        began = time.monotonic()
        give_up = began + count / rate + PATIENCE_SECONDS
        while not self._is_done(count):
            now = time.monotonic()
            if now > give_up:
                return
            while self._sent < count and self._idle and began + self._sent / rate <= now:
                self._idle.popleft().send(self._requests[self._sent % len(self._requests)])
                self._sent += 1
            until_due = began + self._sent / rate - time.monotonic() if self._sent < count else 1
            for key, _ in self._selector.select(max(0.0, until_due if self._idle else 1)):
                key.data()

    def _is_done(self, count: int) -> bool:
        if len(self.answered) < count or self.pushes() < count or not self.shown:
            return False
        return self.shown[-1][1] >= int(self._reader.orders[-1][0])


def delays_of(answered: dict, pushed: dict, shown: list, before: tuple) -> tuple:
    """Delays in ms until pushed and until shown, sorted, and what does not count. `before` is the dashboard's state at first.

    A dashboard shows an order when it has applied the log up to it; that it says so truly is seen by its number of orders,
    which has to be that of the orders up to there, in each single answer."""
    problems = []
    if missing := len(answered.keys() - pushed.keys()):
        problems.append(f"{number(missing)} of {number(len(answered))} orders were not pushed")
    places = sorted(position for position, _ in pushed.values())
    wrong = sum(orders - before[1] != bisect_right(places, position) for _, position, orders in shown)
    if wrong:
        problems.append(f"{number(wrong)} of {number(len(shown))} dashboards do not have exactly the orders up to their position")
    positions = [position for _, position, _ in shown]
    if positions != sorted(positions):
        problems.append("a dashboard was older than the one before")
        return [], [], problems
    to_stream, to_dashboard, unseen = [], [], 0
    for order, moment in answered.items():
        if order not in pushed:
            continue
        to_stream.append((pushed[order][1] - moment) * 1000)
        first = bisect_left(positions, pushed[order][0])
        if first == len(shown):
            unseen += 1
        else:
            to_dashboard.append((shown[first][0] - moment) * 1000)
    if unseen:
        problems.append(f"{number(unseen)} orders were in no dashboard")
    return sorted(to_stream), sorted(to_dashboard), problems


def _requests(server, buyers: list, products: list) -> list:
    """Orders enough that buyers and products change from one to the next."""
    made = []
    for turn in range(len(buyers) * 10):
        user, token = buyers[turn % len(buyers)]
        lines = [{"product_id": products[(turn * ORDER_LINES + line) % len(products)], "quantity": 1} for line in range(ORDER_LINES)]
        body = json.dumps({"user_id": user, "items": lines, "shipping_address": "12 St James Square, London SW1Y 4JH"})
        made.append(encoded(server.addresses["order"], token, "POST", "/api/orders", body.encode()))
    return made


def _state(address: str, token: str) -> tuple:
    with Wire(address) as wire:
        return dashboard_state(wire.ask(encoded(address, token, "GET", DASHBOARD))[1])


def _one_rate(server, token: str, requests: list, address: str, rate: float, seconds: float, result: Result) -> tuple:
    before = _state(address, token)
    watch = Watch(server, token, requests, address)
    cpu, began = processes.cpu_seconds(server.pid), time.monotonic()
    try:
        watch.run(rate, max(1, round(rate * seconds)))
    finally:
        watch.close()
    taken = time.monotonic() - began
    cores = (processes.cpu_seconds(server.pid) - cpu) / taken
    to_stream, to_dashboard, problems = delays_of(watch.answered, watch.pushed, watch.shown, before)
    if (lost := max(1, round(rate * seconds)) - len(watch.answered)) > 0:
        problems.append(f"{number(lost)} orders were not answered in time")
    result.problems += [f"at {number(rate)}/s: {problem}" for problem in problems]
    if not problems:
        result.checks.append(f"at {number(rate)}/s: each of {number(len(watch.answered))} orders was pushed; each of {number(len(watch.shown))} "
                             "dashboards has exactly the orders up to its position")

    def cells(delays: list) -> list:
        return [f"{percentile(delays, share):.2f}" for share in (0.5, 0.99, 1)]

    result.tables[0].add(f"{number(rate)}/s", number(len(watch.answered)), *cells(to_stream), *cells(to_dashboard),
                         number(len(watch.shown) / taken), f"{cores:.2f}")
    result.raw[f"{rate:g}"] = {"orders": len(watch.answered), "dashboards": len(watch.shown), "to_stream_ms": to_stream, "to_dashboard_ms": to_dashboard}
    return percentile(to_stream, 0.99), percentile(to_dashboard, 0.99)


def fresh(bench: Bench) -> Result:
    """From an order's 201 until it is on the stream, and until it is in the dashboard, by one clock."""
    options = bench.options
    rates = [options.rate] if options.rate else RATES
    result = Result([Table(["orders", "placed", "201 → stream p50 ms", "p99 ms", "max ms", "201 → dashboard p50 ms", "p99 ms", "max ms",
                            "dashboards/s", "server cores"])], raw={})
    data_dir, _ = bench.history(10_000)
    with bench.server(data_dir) as server:
        staff = people(server, BUYERS)
        products = bench.some_products(server, SOLD)
        restock(server, staff.staff_token, products)
        wait_until_caught_up(server, staff.staff_token)
        processes.wait_until_idle(server.pid)
        requests = _requests(server, staff.customers, products)
        address = server.addresses[options.front or "analytics"]
        reach = REACH_CLUSTER_MS if options.cluster else REACH_MS
        for rate in rates:
            stream, dashboard = _one_rate(server, staff.staff_token, requests, address, rate, options.duration, result)
            for where, p99 in (("pushed on the stream", stream), ("visible in the dashboard", dashboard)):
                result.goals.append(Goal(f"201 → {where}, {number(rate)} orders/s, p99", f"≤ {reach} ms", f"{p99:.2f} ms", p99 <= reach))
    bench.program.reconcile(data_dir)
    result.checks.append("cloudcart reconcile: analytics equals the ledger, to the cent")
    return result
