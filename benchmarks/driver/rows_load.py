"""Rows that put load on a running server."""

import random
from urllib.parse import quote

from . import histories
from .api import Api
from .bench import Bench
from .load import get_requests, order_requests, problems_of
from .results import Goal, Result, Table, ms, number
from .shop import count_orders

COLUMNS = ["", "answers/s", "p50 ms", "p95 ms", "p99 ms", "max ms", "server cores", "us/answer", "RSS MiB", "generator us"]


def load_table(*named_reports) -> Table:
    table = Table(COLUMNS)
    for name, report in named_reports:
        taken, server = report["taken_us"], report["server"]
        table.add(name, number(report["taken_per_s"]), ms(taken["p50"]), ms(taken["p95"]), ms(taken["p99"]), ms(taken["max"]),
                  f"{server['cpu_cores']:.2f}", f"{server['cpu_us_per_answer']:.1f}",
                  f"{server['rss_mib_before']:.0f} → {server['rss_mib_peak']:.0f}",
                  f"{report['generator']['cpu_us_per_answer']:.1f}")
    return table


def curve(report: dict) -> Table:
    table = Table(["second", "answers/s", "server cores", "RSS MiB"], title="Over time")
    for sample in report["samples"]:
        cores = sample.get("cpu_cores")
        table.add(f"{sample['at_s']:.0f}", number(sample["per_s"]), "" if cores is None else f"{cores:.2f}",
                  f"{sample['rss_mib']:.1f}" if "rss_mib" in sample else "")
    return table


def _orders(bench: Bench, name: str, connections: int, **load) -> tuple:
    """A load of orders; afterwards each 201 is an order, and the books agree."""
    options = bench.options
    with bench.shop(options.products or 1_000, options.customers) as (server, people):
        with Api(server.addresses["product"]) as api:
            products, _ = api.products()
        before = count_orders(server, people.staff_token)
        report = bench.load(server, "order", order_requests(people, products, options.zipf), connections,
                            keyed=options.keyed, **load)
        problems = problems_of(report, "201")
        stored = count_orders(server, people.staff_token) - before
        data_dir = server.log.parent / "shop"
    whole = report["whole_run"]
    answered = whole["statuses"].get("201", 0)
    # A request whose answer was lost may or may not have become an order.
    open_ends = sum(whole["errors"].values()) + whole["unfinished"]
    result = Result([load_table((name, report)), *([bench.cpu_table] if bench.cpu_table else [])], problems=problems, raw=report)
    if answered <= stored <= answered + open_ends:
        result.checks.append(f"{number(answered)} answers 201, {number(stored)} new orders stored")
    else:
        result.problems.append(f"{answered} answers 201, but {stored} new orders are stored")
    reconciled = bench.program.run("reconcile", "--data-dir", data_dir)
    if reconciled.returncode == 0:
        result.checks.append("cloudcart reconcile: analytics equals the ledger, to the cent")
    else:
        result.problems.append(f"cloudcart reconcile ended with {reconciled.returncode}: {reconciled.stderr.strip()} {reconciled.stdout.strip()}")
    return report, result


def orders_closed(bench: Bench) -> Result:
    """Durable 3-line orders, each connection asking again at its answer."""
    options = bench.options
    soak = {"duration": options.soak, "sample_every": 10} if options.soak else {}
    report, result = _orders(bench, "orders, keyed" if options.keyed else "orders", 256, **soak)
    if options.soak:
        result.tables.append(curve(report))
    rate = report["taken_per_s"]
    least, where = (5_000, " on PostgreSQL") if options.cluster else (15_000, "")
    result.goals.append(Goal(f"durable 3-line orders{where}, {report['connections']} connections", f"≥ {number(least)}/s",
                             number(rate) + "/s", rate >= least))
    return result


def orders_open(bench: Bench) -> Result:
    """Durable 3-line orders at a constant rate; latency from when each was due."""
    rate = bench.options.rate or 1_000
    report, result = _orders(bench, f"orders at {number(rate)}/s", 256, rate=rate)
    p99 = report["taken_us"]["p99"]
    result.goals.append(Goal(f"order p99 at {number(rate)}/s offered", "≤ 10 ms", ms(p99) + " ms", p99 <= 10_000))
    return result


def _product_by_id(bench: Bench, server) -> dict:
    with Api(server.addresses["product"]) as api:
        products, _ = api.products()
    return get_requests("product by id", "/api/products/{{product}}", {"product": {"rows": products, "zipf": bench.options.zipf}})


def product_closed(bench: Bench) -> Result:
    """A product by id, from a catalogue that fits into the cache."""
    with bench.shop(bench.options.products or 1_000) as (server, _):
        report = bench.load(server, "product", _product_by_id(bench, server), 256)
    rate = report["taken_per_s"]
    return Result([load_table(("product by id", report))], problems=problems_of(report, "200"), raw=report, goals=[
        Goal("cached product by id", "≥ 40,000/s", number(rate) + "/s", rate >= 40_000)])


def product_open(bench: Bench) -> Result:
    """The same at half of what the closed loop reaches, measured just before (or at --rate)."""
    options = bench.options
    with bench.shop(options.products or 1_000) as (server, _):
        requests = _product_by_id(bench, server)
        rate, lines = options.rate, []
        if rate is None:
            profiler, bench.profiler = bench.profiler, None
            closed = bench.load(server, "product", requests, 256, duration=min(options.duration, 5))
            bench.profiler = profiler
            lines.append(("closed loop", closed))
            rate = max(1, round(closed["taken_per_s"] / 2))
        report = bench.load(server, "product", requests, 256, rate=rate)
    lines.append((f"open, {number(rate)}/s", report))
    problems = [problem for _, each in lines for problem in problems_of(each, "200")]
    p99 = report["taken_us"]["p99"]
    return Result([load_table(*lines)], problems=problems, raw=[each for _, each in lines], goals=[
        Goal("cached product by id at half of the closed loop's rate, p99", "≤ 2 ms", ms(p99) + " ms", p99 <= 2_000)])


def health(bench: Bench) -> Result:
    """GET /health: what the network layer costs by itself."""
    with bench.shop(10) as (server, _):
        report = bench.load(server, "order", "/health", 256)
    return Result([load_table(("health", report))], problems=problems_of(report, "200"), raw=report)


SORTS = [(key, order) for key in ("name", "price", "created_at", "inventory_count") for order in ("ASC", "DESC")]


def list_shapes(products: int, cursors: list, seed=1):
    """Name, path and lists of each shape of list request. What can vary does, so that few repeat."""
    chance = random.Random(seed)
    pages = max(1, (products + 19) // 20)
    prices = []
    for _ in range(20_000):
        low = chance.randrange(50, 45_000)
        prices.append([f"{low / 100:.2f}", f"{(low + chance.randrange(100, 20_000)) / 100:.2f}"])
    words = histories.COLOURS + histories.THINGS + histories.KINDS
    lists = {
        "limit": {"rows": list(range(10, 31))},
        "page": {"rows": list(range(1, pages + 1))},
        "deep": {"rows": list(range(max(1, pages * 9 // 10), pages + 1))},
        "category": {"rows": [quote(name) for name in histories.CATEGORIES]},
        "price": {"columns": ["low", "high"], "rows": prices},
        "word": {"rows": words},
        "first": {"rows": histories.COLOURS},
        "second": {"rows": histories.THINGS},
        "few": {"rows": list(range(1, 21))},
        "cursor": {"rows": [quote(cursor) for cursor in cursors] or [""]},
    }

    def shape(name, query, *used):
        return name, "/api/products?" + query, {each: lists[each] for each in used}

    yield shape("first page", "limit={{limit}}", "limit")
    yield shape("category", "category={{category}}&page={{few}}", "category", "few")
    yield shape("price range", "minPrice={{price.low}}&maxPrice={{price.high}}", "price")
    yield shape("category and price", "category={{category}}&minPrice={{price.low}}&maxPrice={{price.high}}", "category", "price")
    yield shape("search, one word", "search={{word}}&page={{few}}", "word", "few")
    yield shape("search, two words", "search={{first}}%20{{second}}&limit={{limit}}", "first", "second", "limit")
    yield shape("search, category, price", "search={{word}}&category={{category}}&minPrice={{price.low}}&maxPrice={{price.high}}",
                "word", "category", "price")
    for key, order in SORTS:
        yield shape(f"by {key} {order}", f"sortBy={key}&sortOrder={order}&limit={{{{limit}}}}", "limit")
    for key, order in SORTS:
        yield shape(f"by {key} {order}, deep page", f"sortBy={key}&sortOrder={order}&page={{{{deep}}}}", "deep")
    yield shape("any page", "page={{page}}", "page")
    yield shape("search, by price, any page", "search={{word}}&sortBy=price&sortOrder=ASC&page={{few}}", "word", "few")
    if cursors:
        yield shape("cursor", "cursor={{cursor}}&limit=20", "cursor")


def product_list(bench: Bench) -> Result:
    """The product list in all its shapes, one after the other, each for --duration."""
    options = bench.options
    count = options.products or 100_000
    table = Table(["shape", "answers/s", "p50 ms", "p95 ms", "p99 ms", "max ms"])
    result = Result([table], raw={})
    worst = ("", 0.0)
    with bench.shop(count) as (server, _):
        with Api(server.addresses["product"]) as api:
            products, cursors = api.products()
        if len(products) != count:
            result.problems.append(f"{len(products)} products listed instead of {count}")
        else:
            result.checks.append(f"{number(count)} products listed")
        for name, path, lists in list_shapes(count, cursors, options.seed):
            report = bench.load(server, "product", get_requests(name, path, lists), 4, rate=options.rate)
            taken = report["taken_us"]
            table.add(name, number(report["taken_per_s"]), *(ms(taken[key]) for key in ("p50", "p95", "p99", "max")))
            result.problems += [f"{name}: {problem}" for problem in problems_of(report, "200")]
            result.raw[name] = report
            worst = max(worst, (name, taken["p99"]), key=lambda pair: pair[1])
    result.goals.append(Goal(f"product list, {number(count)} products, any shape, p99", "≤ 20 ms",
                             f"{ms(worst[1])} ms ({worst[0]})", worst[1] <= 20_000))
    return result
