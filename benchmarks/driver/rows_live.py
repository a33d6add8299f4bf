"""The row about readers of the live stream."""

import json
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import processes
from .api import Api
from .bench import Bench
from .load import ORDER_LINES
from .results import Goal, Result, Table, number, percentile
from .trouble import Invalid, Unusable

CROWD = Path(__file__).with_name("crowd.py")
SETTLE_SECONDS = 2
# Of the readers' first second much is made for good: buffers, pages of the allocator.
FLAT_GROWTH = 1.10


def shares(readers: int) -> dict:
    """How many read how: a few are watched closely, a tenth each is slow and never reads."""
    if readers < 10:
        raise Unusable("--readers must be 10 or more, so that there are some of each kind")
    tenth = readers // 10
    watched = min(20, tenth)
    return {"watch": watched, "slow": tenth, "never": tenth, "drain": readers - watched - 2 * tenth}


class Crowd:
    """Readers of one kind in a process of their own."""

    def __init__(self, process, how: str):
        self._process, self.how = process, how
        self.found: list = []

    def wait_until_ready(self) -> None:
        if self._process.stdout.readline().strip() != "ready":
            raise Invalid(f"the readers ({self.how}) did not all get their first overview: {self._process.stderr.read()[-600:]}")

    def stop(self) -> None:
        out, error = self._process.communicate()
        if self._process.returncode != 0:
            raise Invalid(f"the readers ({self.how}) ended with {self._process.returncode}: {error[-600:]}")
        self.found = json.loads(out)


@contextmanager
def crowd(address: str, token: str, readers: int, how: str, web_socket: bool):
    command = [sys.executable, "-B", CROWD, "--address", address, "--readers", readers, "--how", how,
               *(["--websocket"] if web_socket else [])]
    with processes.running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdin.write(token + "\n")
        process.stdin.flush()
        yield Crowd(process, how)


class Curve:
    """The server's resident memory once a second, and its processor time."""

    def __init__(self, pid: int):
        self._pid, self._stop = pid, threading.Event()
        self.samples: list = []  # (seconds, MiB)
        self._began = time.monotonic()
        self._cpu = processes.cpu_seconds(pid)
        self.cores = 0.0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while True:
            self.samples.append((time.monotonic() - self._began, processes.resident_mib(self._pid)))
            if self._stop.wait(1):
                return

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self.cores = (processes.cpu_seconds(self._pid) - self._cpu) / (time.monotonic() - self._began)


def place_orders(bench: Bench, server, people, products: list, rate: float) -> list:
    """Orders at even intervals, one after another: the id of each and when its 201 had come."""
    placed = []
    with Api(server.addresses["order"]) as api:
        began = time.monotonic()
        for turn in range(round(rate * bench.options.duration)):
            time.sleep(max(0.0, began + turn / rate - time.monotonic()))
            user, api.token = people.customers[turn % len(people.customers)]
            lines = [{"product_id": products[(turn * ORDER_LINES + line) % len(products)], "quantity": 1} for line in range(ORDER_LINES)]
            order = api.call("POST", "/api/orders", {"user_id": user, "items": lines,
                                                     "shipping_address": "12 St James Square, London SW1Y 4JH"})["order"]
            placed.append((order["id"], time.monotonic()))
    return placed


def check_arrivals(placed: list, found: dict) -> tuple:
    """The delays in ms at the watched readers, what was checked, and what does not count."""
    answered = dict(placed)
    delays, checks, problems = [], [], []
    wrong = 0
    for reader in found["watch"]:
        ids = [order for order, _ in reader["orders"]]
        wrong += sorted(ids) != sorted(answered)
        delays += [(moment - answered[order]) * 1000 for order, moment in reader["orders"] if order in answered]
    wrong += sum(reader["count"] != len(placed) for reader in found["drain"])
    read_all = len(found["watch"]) + len(found["drain"])
    (problems if wrong else checks).append(
        f"{number(wrong)} of {number(read_all)} readers that read at once did not get every order exactly once" if wrong else
        f"{number(read_all)} readers that read at once got each of {number(len(placed))} orders exactly once")
    over = sum(reader["count"] > len(placed) for reader in found["slow"])
    if over:
        problems.append(f"{number(over)} slow readers got orders twice")
    lost = sum(reader["ended"] for how in ("watch", "drain", "slow") for reader in found[how])
    if lost:
        problems.append(f"{number(lost)} readers that read were left by the server")
    return sorted(delays), checks, problems


def readers(bench: Bench) -> Result:
    """Many readers of the live stream, some slow, some that never read, while orders come: memory and delay."""
    options = bench.options
    kinds = shares(options.readers)
    rate = options.rate or 20
    with bench.shop(options.products or 1_000, options.customers) as (server, people), ExitStack() as stack:
        with Api(server.addresses["product"]) as api:
            products, _ = api.products()
        before = processes.resident_mib(server.pid)
        address = server.addresses[options.front or "analytics"]
        crowds = [stack.enter_context(crowd(address, people.staff_token, count, how, options.websocket)) for how, count in kinds.items()]
        for each in crowds:
            each.wait_until_ready()
        curve = Curve(server.pid)
        stack.callback(curve.stop)
        placed = place_orders(bench, server, people, products, rate)
        time.sleep(SETTLE_SECONDS)
        curve.stop()
        for each in crowds:
            each.stop()
    delays, checks, problems = check_arrivals(placed, {each.how: each.found for each in crowds})
    return _result(options, kinds, placed, delays, before, curve, checks, problems)


def _result(options, kinds, placed, delays, before, curve, checks, problems) -> Result:
    sizes = [size for _, size in curve.samples]
    settled = sizes[min(len(sizes) - 1, max(1, len(sizes) // 4))]
    form = "WebSocket" if options.websocket else "SSE"
    table = Table(["readers", "orders", "201 → reader p50 ms", "p99 ms", "max ms", "server cores", "RSS MiB before", "at a quarter", "peak", "end"])
    p50, p99 = percentile(delays, 0.50), percentile(delays, 0.99)
    table.add(f"{number(options.readers)} {form}", number(len(placed)), f"{p50:.2f}", f"{p99:.2f}", f"{max(delays, default=float('nan')):.2f}",
              f"{curve.cores:.2f}", f"{before:.1f}", f"{settled:.1f}", f"{max(sizes):.1f}", f"{sizes[-1]:.1f}")
    over_time = Table(["second", "RSS MiB"], title="Memory over time")
    for at, size in curve.samples[:: max(1, len(curve.samples) // 12)]:
        over_time.add(f"{at:.0f}", f"{size:.1f}")
    grown = max(sizes[sizes.index(settled):]) / settled
    return Result([table, over_time], checks=checks, problems=problems, notes=[
        f"{number(kinds['watch'])} watched, {number(kinds['drain'])} drained, {number(kinds['slow'])} slow, {number(kinds['never'])} never read"],
        raw={"placed": len(placed), "delays_ms": {"p50": p50, "p99": p99}, "rss_mib": curve.samples, "kinds": kinds},
        goals=[Goal(f"201 → pushed to {number(options.readers)} readers, p99", "≤ 50 ms", f"{p99:.2f} ms", p99 <= 50),
               Goal(f"memory with {number(options.readers)} readers after the first quarter", "flat (≤ +10 %)", f"{(grown - 1) * 100:+.1f} %",
                    grown <= FLAT_GROWTH)])
