"""More than can be served: what is served then, how fast, and how the rest is refused."""

import http.client
import json
import threading
import time
from urllib.parse import urlsplit

from .api import PASSWORD, Api
from .bench import Bench
from .load import order_requests
from .plot import Chart, svg
from .results import Goal, Result, Table, ms, number, percentile
from .shop import count_orders
from .trouble import Invalid

MULTIPLES = (2, 5, 10)
CONNECTIONS = 1_000
CALM = 0.7
AFTER_SECONDS = 10
PIECE_SECONDS = 0.5

# In parts of a thousand.
CHECKOUT, LOGIN, PRODUCT, PAGE, FIGURES, RECOMMENDED = 150, 1, 500, 100, 99, 150


def mixture(people, products: list, zipf: float) -> dict:
    """A shop's traffic: orders, sign-ins, products and lists of them, figures, recommendations."""
    requests = order_requests(people, products, zipf)
    staff = {"Authorization": f"Bearer {people.staff_token}"}
    requests["lists"]["account"] = {"rows": [f"customer{n}@example.com" for n in range(len(people.customers))]}
    requests["lists"]["days"] = {"rows": [str(days) for days in range(1, 31)]}
    checkout = {**requests["requests"][0], "name": "checkout", "weight": CHECKOUT}
    requests["requests"] = [
        checkout,
        {"name": "sign-in", "weight": LOGIN, "method": "POST", "path": "/api/users/login",
         "body": json.dumps({"email": "{{account}}", "password": PASSWORD})},
        {"name": "product", "weight": PRODUCT, "method": "GET", "path": "/api/products/{{product}}"},
        {"name": "list", "weight": PAGE, "method": "GET", "path": "/api/products?limit={{days}}"},
        {"name": "figures", "weight": FIGURES, "method": "GET", "path": "/api/analytics/products/top-selling?limit={{days}}",
         "headers": staff},
        {"name": "recommendations", "weight": RECOMMENDED, "method": "GET", "path": "/api/ai/recommendations/product/{{product}}"},
    ]
    return requests


def shares(requests: dict) -> dict:
    whole = sum(request["weight"] for request in requests["requests"])
    return {request["name"]: request["weight"] / whole for request in requests["requests"]}


class Pulse:
    """Asks for /health, twenty times a second, for as long as the block lasts."""

    def __init__(self, address: str):
        self._where = urlsplit(address)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.taken_us, self.failures = [], []

    def __enter__(self) -> "Pulse":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        connection = http.client.HTTPConnection(self._where.hostname, self._where.port, timeout=10)
        while not self._stop.wait(0.05):
            began = time.perf_counter()
            try:
                connection.request("GET", "/health")
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failures.append(str(answer.status))
            except (OSError, http.client.HTTPException) as trouble:
                self.failures.append(str(trouble))
                connection.close()
            self.taken_us.append((time.perf_counter() - began) * 1e6)
        connection.close()


def phase(bench: Bench, server, requests: dict, name: str, **load) -> dict:
    """The generator's report on one load, with what else is wanted of it."""
    with Pulse(server.addresses["gateway"]) as pulse:
        report = bench.load(server, "gateway", requests, **{"connections": CONNECTIONS, **load})
    report["phase"] = name
    report["health_us"] = {"p99": percentile(sorted(pulse.taken_us), 0.99), "failures": len(pulse.failures)}
    report["served_per_s"] = report["taken_us"]["count"] / report["seconds"]
    report["refused_per_s"] = report["refused_us"]["count"] / report["seconds"]
    return report


def share_served(report: dict, offered: dict, rate: float) -> dict:
    """Of each kind of request, the part that was served."""
    return {each["name"]: min(1.0, each["taken_us"]["count"] / (offered[each["name"]] * rate * report["seconds"]))
            for each in report["requests"]}


def trouble_in(report: dict) -> list:
    """What a server that is overloaded must not do either."""
    found = [f"{report['phase']}: answers {status}: {count}; the first: {report.get('first_refused', '?')}"
             for status, count in report["whole_run"]["statuses"].items() if status not in ("200", "201", "429", "503")]
    if report["whole_run"]["errors"]:
        found.append(f"{report['phase']}: requests without an answer: {report['whole_run']['errors']}")
    if report["health_us"]["failures"]:
        found.append(f"{report['phase']}: /health failed {report['health_us']['failures']} times")
    return found


def seconds_until_normal(bench: Bench, server, requests: dict, rate: float, calm_p99: float) -> tuple:
    """How long after the overload a calm load is served as before, and the reports of the pieces; None: not within the time."""
    began, pieces = time.monotonic(), []
    while time.monotonic() - began < AFTER_SECONDS:
        started = time.monotonic() - began
        report = bench.load(server, "gateway", requests, CONNECTIONS, rate=rate, duration=PIECE_SECONDS, warm_up=0.0)
        pieces.append(report)
        if report["refused_us"]["count"] == 0 and report["taken_us"]["p99"] <= 2 * calm_p99:
            return started, pieces
    return None, pieces


def table_of(reports: list) -> Table:
    table = Table(["offered", "due/s", "served/s", "refused/s", "served p50 ms", "p99 ms", "refused p50 ms", "p99 ms", "health p99 ms",
                   "server cores", "generator cores", "RSS MiB"])
    for report in reports:
        taken, refused, server = report["taken_us"], report["refused_us"], report["server"]
        table.add(report["phase"], number(report.get("rate", report["answers_per_s"])), number(report["served_per_s"]),
                  number(report["refused_per_s"]), ms(taken["p50"]), ms(taken["p99"]), ms(refused["p50"]), ms(refused["p99"]),
                  ms(report["health_us"]["p99"]), f"{server['cpu_cores']:.2f}", f"{report['generator']['cpu_cores']:.2f}",
                  f"{server['rss_mib_before']:.0f} → {server['rss_mib_peak']:.0f}")
    return table


def table_of_kinds(reports: list, offered: dict) -> Table:
    table = Table(["", *offered], title="Served of what was offered, and p99 of that in ms")
    for report in reports:
        served = share_served(report, offered, report["rate"])
        p99 = {each["name"]: each["taken_us"]["p99"] for each in report["requests"]}
        table.add(report["phase"], *(f"{served[name]:.1%} · {ms(p99[name])}" for name in offered))
    return table


def figure(peak: float, reports: list, offered: dict) -> str:
    labels = [report["phase"] for report in reports]
    served = [share_served(report, offered, report["rate"]) for report in reports]
    return svg([
        Chart("Served and refused, requests/s", labels, "/s",
              {"served": [report["served_per_s"] for report in reports]}, {"peak": peak, "90 % of it": 0.9 * peak}),
        Chart("Served, of what was offered of each kind", labels, "%",
              {name: [100 * each[name] for each in served] for name in offered}),
        Chart("How long it took, p99", labels, "ms",
              {"served": [report["taken_us"]["p99"] / 1000 for report in reports],
               "refused": [report["refused_us"]["p99"] / 1000 if report["refused_us"]["count"] else None for report in reports],
               "/health": [report["health_us"]["p99"] / 1000 for report in reports]}),
    ])


def goals_of(peak: float, calm: dict, loads: dict, normal_after) -> list:
    goals = []
    for multiple, report in loads.items():
        least = 0.8 if multiple >= 10 else 0.9
        share = report["served_per_s"] / peak
        goals.append(Goal(f"served at {multiple} x the peak", f"≥ {least:.0%} of it", f"{share:.0%}", share >= least))
    slowest = max(report["taken_us"]["p99"] for report in loads.values())
    goals.append(Goal("p99 of what is served", f"≤ 3 x that at {CALM} of the peak ({ms(calm['taken_us']['p99'])} ms)", f"{ms(slowest)} ms",
                      slowest <= 3 * calm["taken_us"]["p99"]))
    refusals = max(report["refused_us"]["p99"] for report in loads.values())
    goals.append(Goal("p99 of refusals", "≤ 5 ms", f"{ms(refusals)} ms", refusals <= 5_000))
    before = calm["server"]["rss_mib_peak"]
    most = max(report["server"]["rss_mib_peak"] for report in loads.values())
    goals.append(Goal("memory", f"flat (≤ 1.25 x {before:.0f} MiB)", f"{most:.0f} MiB", most <= 1.25 * before))
    goals.append(Goal("normal again", "within 5 s", "not within 10 s" if normal_after is None else f"after {normal_after:.1f} s",
                      normal_after is not None and normal_after <= 5))
    return goals


def overload(bench: Bench) -> Result:
    """A shop's mixed traffic at 0.7, 2, 5 and 10 times what it can serve."""
    options = bench.options
    with bench.shop(options.products or 1_000, options.customers) as (server, people):
        with Api(server.addresses["product"]) as api:
            products, _ = api.products()
        before = count_orders(server, people.staff_token)
        requests = mixture(people, products, options.zipf)
        offered = shares(requests)
        peak_report = phase(bench, server, requests, "closed loop", connections=options.peak_connections, fixed=True)
        peak = peak_report["served_per_s"]
        if peak == 0:
            raise Invalid(f"nothing was served: {peak_report.get('first_refused', '?')}")
        calm = phase(bench, server, requests, f"{CALM} x", rate=CALM * peak)
        loads = {multiple: phase(bench, server, requests, f"{multiple} x", rate=multiple * peak) for multiple in MULTIPLES}
        normal_after, pieces = seconds_until_normal(bench, server, requests, CALM * peak, calm["taken_us"]["p99"])
        stored = count_orders(server, people.staff_token) - before
        data_dir = server.log.parent / "shop"
    reports = [calm, *loads.values()]
    everything = [peak_report, *reports]
    result = Result([table_of(everything), table_of_kinds(reports, offered)], goals=goals_of(peak, calm, loads, normal_after),
                    problems=[problem for report in everything for problem in trouble_in(report)],
                    figures={"overload": figure(peak, reports, offered)},
                    raw={"peak_per_s": peak, "phases": everything, "normal_after_s": normal_after, "pieces_after": pieces})
    answered = sum(report["whole_run"]["statuses"].get("201", 0) for report in [*everything, *pieces])
    open_ends = sum(sum(report["whole_run"]["errors"].values()) + report["whole_run"]["unfinished"] for report in [*everything, *pieces])
    if answered <= stored <= answered + open_ends:
        result.checks.append(f"{number(answered)} answers 201, {number(stored)} new orders stored: what was refused left nothing")
    else:
        result.problems.append(f"{answered} answers 201, but {stored} new orders are stored")
    if bench.program.run("reconcile", "--data-dir", data_dir).returncode == 0:
        result.checks.append("cloudcart reconcile: analytics equals the ledger, to the cent")
    else:
        result.problems.append("cloudcart reconcile found differences")
    result.notes.append("latencies count from when each request was due; in the open loops those that found no free connection in the "
                        "generator: " + ", ".join(f"{report['phase']} {report['dropped'] + report['unsent']}" for report in reports))
    return result
