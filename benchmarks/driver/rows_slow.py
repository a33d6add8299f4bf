"""The row about slow clients: others are to notice little of thousands of them."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from . import processes
from .api import Api
from .bench import Bench
from .load import get_requests, problems_of
from .results import Goal, Result, Table, ms, number
from .rows_live import Curve
from .rows_load import load_table
from .slow_crowd import KINDS
from .trouble import Invalid

CROWD = Path(__file__).with_name("slow_crowd.py")
# What is held for slow clients has a bound, http.max_held_bytes (128 MiB); connections and kernel buffers come on top.
MOST_GROWTH_MIB = 128 + 128


def shares(clients: int) -> dict:
    """Most do what costs an attacker least."""
    tenth = clients // 10
    return {"heads": clients - 6 * tenth, "bodies": 2 * tenth, "answers": 2 * tenth, "streams": tenth, "sockets": tenth}


@contextmanager
def slow_crowd(address: str, token: str, clients: int, found: dict):
    counts = [part for kind, count in shares(clients).items() for part in (f"--{kind}", count)]
    command = [sys.executable, "-B", CROWD, "--address", address, *counts]
    with processes.running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdin.write(token + "\n")
        process.stdin.flush()
        if process.stdout.readline().strip() != "ready":
            raise Invalid(f"the slow clients did not all connect: {process.stderr.read()[-600:]}")
        yield
        out, error = process.communicate()
        if process.returncode != 0:
            raise Invalid(f"the slow clients ended with {process.returncode}: {error[-600:]}")
        found.update(json.loads(out))


def slow_clients(bench: Bench) -> Result:
    """Products by id at a constant rate, without and beside slow clients of all kinds, on one port."""
    options = bench.options
    rate, clients, front = options.rate or 1_000, options.clients or 5_000, "gateway"
    with bench.shop(options.products or 1_000, customers=1) as (server, people):
        with Api(server.addresses["product"]) as api:
            products, _ = api.products()
        requests = get_requests("product by id", "/api/products/{{product}}", {"product": {"rows": products, "zipf": options.zipf}})
        alone = bench.load(server, front, requests, 64, rate=rate)
        before = processes.resident_mib(server.pid)
        curve, crowd = Curve(server.pid), {}
        try:
            with slow_crowd(server.addresses[front], people.staff_token, clients, crowd):
                beside = bench.load(server, front, requests, 64, rate=rate)
        finally:
            curve.stop()
    table = Table(["slow clients", "number", "left by the server"])
    for kind, count in shares(clients).items():
        table.add(KINDS[kind], number(count), number(crowd["left"][kind]))
    ratio = beside["taken_us"]["p99"] / max(1, alone["taken_us"]["p99"])
    peak = max(mib for _, mib in curve.samples)
    problems = [*problems_of(alone, "200"), *problems_of(beside, "200")]
    if crowd["open"] < clients * 0.95:
        problems.append(f"of {clients} slow clients only {crowd['open']} were connected at the end, {crowd['refused']} were refused")
    return Result(
        [load_table(("alone", alone), (f"beside {number(clients)} slow clients", beside)), table], problems=problems,
        raw={"alone": alone, "beside": beside, "crowd": crowd, "memory": curve.samples},
        goals=[
            Goal(f"p99 of others beside {number(clients)} slow clients", "< 2 x that without",
                 f"{ms(beside['taken_us']['p99'])} ms, {ratio:.2f} x", ratio < 2),
            Goal("memory that slow clients take", f"≤ {MOST_GROWTH_MIB} MiB", f"{before:.0f} → {peak:.0f} MiB",
                 peak - before <= MOST_GROWTH_MIB),
        ])
