"""The row about questions to analytics, on a large history."""

import gc
import time
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date

from . import analytics_checks, history_sums, processes
from .bench import Bench
from .load import load_beside, order_requests, problems_of
from .questions import History, Question, all_shapes, get, query
from .results import Goal, Result, Table, ms, number, percentile
from .shop import count_orders, people, restock, wait_until_caught_up
from .trouble import Invalid, Unusable
from .wire import Wire, encoded

REACH_MS, REACH_CLUSTER_MS = 5, 100
# However slow a shape is, so many are asked: fewer have no percentiles to speak of.
FEWEST = 20
BUYERS, SOLD = 100, 1_000
# Before it is measured: what the server makes at the first question of a kind is made once.
FIRST_ASKED = 3


class Asker:
    """One connection of a member of staff."""

    def __init__(self, address: str, token: str):
        self._address, self._token = address, token
        self._wire = Wire(address)

    def close(self) -> None:
        self._wire.socket.close()

    def encoded(self, question: Question) -> bytes:
        return encoded(self._address, self._token, question.method, question.target, question.body)

    def timed(self, request: bytes, due=None) -> tuple:
        """Seconds from when it was due (else sent) until it was read, and the bytes of the answer's body."""
        started = time.perf_counter() if due is None else due
        status, body = self._wire.ask(request)
        taken = time.perf_counter() - started
        if status != 200:
            asked = b" ".join([request.partition(b"\r\n")[0], request.partition(b"\r\n\r\n")[2]])
            raise Invalid(f"{asked.decode()} was answered {status}: {body[:300].decode(errors='replace')}")
        return taken, len(body)

    def data(self, question: Question) -> dict:
        status, body = self._wire.ask(self.encoded(question))
        if status != 200:
            raise Invalid(f"{question} was answered {status}: {body[:300]!r}")
        return analytics_checks.exact(body)


@dataclass
class Measured:
    """Of one shape in one loop."""
    seconds: list = field(default_factory=list)
    sizes: list = field(default_factory=list)
    server_cpu_s: float = 0.0  # all of it: of other requests as well, where there are any

    def add(self, taken: float, size: int) -> None:
        self.seconds.append(taken)
        self.sizes.append(size)

    def seconds_at(self, share: float) -> float:
        return percentile(sorted(self.seconds), share)

    def cpu_ms(self) -> str:
        return ms(self.server_cpu_s / len(self.seconds) * 1e6)

    def cells(self) -> list:
        return [ms(self.seconds_at(share) * 1e6) for share in (0.5, 0.95, 0.99, 1)]


@contextmanager
def no_collection():
    """Python's own pauses are none of the server's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def closed_loop(asker: Asker, requests: list, budget: float, pid: int) -> Measured:
    """One after the other, until all are asked or the time is up."""
    found, limit = Measured(), time.perf_counter() + budget
    before = processes.cpu_seconds(pid)
    with no_collection():
        for request in requests:
            found.add(*asker.timed(request))
            if len(found.seconds) >= FEWEST and time.perf_counter() > limit:
                break
    found.server_cpu_s = processes.cpu_seconds(pid) - before
    return found


def open_loop(asker: Asker, requests: list, rate: float) -> Measured:
    """Due at even intervals, each timed from when it was due: one that is late is late for the next as well."""
    found = Measured()
    with no_collection():
        began = time.perf_counter()
        for turn, request in enumerate(requests):
            due = began + turn / rate
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
                # That the clock of the system woke this program late is not the server's doing.
                due = time.perf_counter()
            found.add(*asker.timed(request, due))
    return found


def learn(asker: Asker) -> History:
    """What the shop has to ask about."""
    months = asker.data(query(["placed_orders"], ["month"], all_time=True, limit=10_000))
    best = asker.data(query(["placed_units"], ["product"], all_time=True, order_by="placed_units", limit=1_000))
    categories = asker.data(query(["placed_orders"], ["category"], all_time=True))
    first, last = (date.fromisoformat(months["period"][end]) for end in ("from", "to"))
    if not best["rows"]:
        raise Unusable("the shop has no orders to ask about")
    return History(first, last, [row["product"] for row in best["rows"]], [row["category"] for row in categories["rows"]])


@contextmanager
def orders_beside(bench: Bench, server, rate):
    """Orders at a rate for as long as the block runs; yields the generator's report of them."""
    if not rate:
        yield None
        return
    buyers = people(server, BUYERS)
    products = bench.some_products(server, SOLD)
    restock(server, buyers.staff_token, products)
    before = count_orders(server, buyers.staff_token)
    with load_beside(bench.program, server, "order", order_requests(buyers, products, 1.0), connections=64, rate=rate) as report:
        time.sleep(2)
        yield report
    wait_until_caught_up(server, buyers.staff_token)
    report["stored"] = count_orders(server, buyers.staff_token) - before


def measure_one(asker: Asker, shape, options, pid: int) -> tuple:
    """What the closed and the open loop found; None for one that was not run. No question is asked twice."""
    rate, count = options.rate or 20, options.requests
    turns = iter(range(10 * count + 100))

    def some(how_many: int) -> list:
        return [asker.encoded(shape.ask(next(turns))) for _ in range(how_many)]

    closed_loop(asker, some(FIRST_ASKED), 0, pid)
    closed = closed_loop(asker, some(count), count / rate, pid)
    if options.closed_only:
        return closed, None
    # No faster than half of what it can: waiting in line is measured by other rows.
    slower = min(rate, 0.5 / closed.seconds_at(0.5))
    return closed, open_loop(asker, some(max(min(count, FEWEST), round(count * slower / rate))), slower)


def measure(bench: Bench, asker: Asker, shapes: list, pid: int, result: Result) -> list:
    """(shape, closed, open) of each that was answered."""
    found = []
    for shape in shapes:
        try:
            closed, opened = measure_one(asker, shape, bench.options, pid)
        except Invalid as trouble:
            result.problems.append(f"{shape.name}: {trouble}")
            continue
        found.append((shape, closed, opened))
        result.raw["shapes"][shape.name] = {"closed_s": closed.seconds, "open_s": opened and opened.seconds, "bytes": closed.sizes,
                                            "server_cpu_s": closed.server_cpu_s}
    return found


def measure_own(asker: Asker, options, pid: int) -> tuple:
    """What the client and the network cost: of GET /health nothing else is to be said."""
    requests = [asker.encoded(get("/health"))] * 500
    closed = closed_loop(asker, requests, 5, pid)
    return closed, None if options.closed_only else open_loop(asker, requests[: options.requests], options.rate or 20)


def _table(found: list, own: tuple, reach: float) -> Table:
    table = Table(["question", "asked", "p50 ms", "p95 ms", "p99 ms", "max ms", "server CPU ms",
                   "open p50 ms", "p95 ms", "p99 ms", "max ms", "KiB", f"p99 > {reach} ms"])
    for name, closed, opened in [("GET /health: the client and the network", *own),
                                 *((shape.name + ("" if shape.varies else " *"), *loops) for shape, *loops in found)]:
        worst = max(each.seconds_at(0.99) for each in (closed, opened) if each) * 1000
        table.add(name, len(closed.seconds) + len(opened.seconds if opened else []), *closed.cells(), closed.cpu_ms(),
                  *(opened.cells() if opened else [""] * 4), f"{max(closed.sizes) / 1024:.1f}", "over" if worst > reach else "")
    return table


def _reach(options) -> float:
    return REACH_CLUSTER_MS if options.cluster else REACH_MS


def _goal(found: list, busy, reach: float) -> Goal:
    def worst(entry) -> float:
        return max(each.seconds_at(0.99) for each in entry[1:] if each) * 1000

    if not found:
        return Goal("any analytics question, p99", f"≤ {reach} ms", "none answered", False)
    over = [entry for entry in found if worst(entry) > reach]
    slowest = max(found, key=worst)
    beside = f", {number(busy)} orders/s beside" if busy else ""
    return Goal(f"any analytics question{beside}, p99", f"≤ {reach} ms",
                f"{number(len(found) - len(over))} of {number(len(found))} within it, "
                f"the slowest {worst(slowest):.1f} ms ({slowest[0].name})", not over)


def _check_orders(report: dict, result: Result) -> None:
    answered = report["whole_run"]["statuses"].get("201", 0)
    result.problems += problems_of(report, "201")
    if report["stored"] != answered:
        result.problems.append(f"{answered} answers 201 beside, but {report['stored']} new orders are stored")
    else:
        result.checks.append(f"{number(answered)} answers 201 beside, {number(answered)} new orders stored")
    result.notes.append(f"orders beside: {number(report['taken_per_s'])}/s, p99 {ms(report['taken_us']['p99'])} ms")


def analytics(bench: Bench) -> Result:
    """Every read route of analytics and the queries of dashboards, one after the other, on --orders of history."""
    options = bench.options
    data_dir, file = bench.history(1_000_000)
    result = Result([], raw={"shapes": {}})
    with bench.server(data_dir) as server, ExitStack() as stack:
        token = people(server, 0).staff_token
        wait_until_caught_up(server, token)
        # Recommendations learn from the whole history at start.
        processes.wait_until_idle(server.pid)
        asker = Asker(server.addresses[options.front or "analytics"], token)
        stack.callback(asker.close)
        before = processes.resident_mib(server.pid)
        history = learn(asker)
        if file:
            checks = analytics_checks.Checks(asker.data, history_sums.read(file))
            checks.all()
            result.checks += [f"equal to the file: {what}" for what in checks.found]
            result.problems += checks.problems
        else:
            result.notes.append("figures are not held against a file: --data-dir came without --history")
        shapes = [shape for shape in all_shapes(history) if (options.only or "") in shape.name]
        if not shapes:
            raise Unusable(f"no question's name has '{options.only}' in it")
        own = measure_own(asker, options, server.pid)
        profile = bench.profiler.recording(server.pid) if bench.profiler else nullcontext()
        with orders_beside(bench, server, options.busy) as report, profile:
            found = measure(bench, asker, shapes, server.pid, result)
        after = processes.resident_mib(server.pid)
    if bench.profiler:
        bench.profile_text = bench.profiler.summarise()
    if options.busy:
        _check_orders(report, result)
        bench.program.reconcile(data_dir)
        result.checks.append("cloudcart reconcile: analytics equals the ledger, to the cent")
    result.tables.append(_table(found, own, _reach(options)))
    result.goals.append(_goal(found, options.busy, _reach(options)))
    result.notes += ["* the same question each time; all others differ from turn to turn",
                     f"history: {history.first} to {history.last}; RSS {before:.0f} MiB before the first question, {after:.0f} MiB at the end"]
    result.raw.update(rss_mib=[before, after], orders=report)
    return result
