"""Options of benchmarks/run, and what holds a run together: clean-up, printing, saving, exit status."""

import argparse
import re
import signal
import sys
from argparse import Namespace

from . import machine as machines
from . import results
from .bench import Bench
from .rows_analytics import analytics
from .rows_fresh import fresh
from .rows_live import readers
from .rows_load import health, orders_closed, orders_open, product_closed, product_list, product_open
from .rows_overload import overload
from .rows_recommendations import recommendations
from .rows_neighbours import neighbours
from .rows_screen import screen
from .rows_slow import slow_clients
from .rows_whole import import_history, size, start
from .shop import PLENTY
from .trouble import Invalid, Unusable

EXIT_MEASURED, EXIT_INVALID, EXIT_UNUSABLE = 0, 1, 2


class Row:
    def __init__(self, run, example: str, takes=(), duration=10.0, settings=None, watched="order", **defaults):
        self.run, self.example, self.takes, self.watched = run, example, set(takes), watched
        self.settings = settings or {}
        self.defaults = {"duration": duration, **defaults}


LOAD = {"duration", "warm_up", "connections", "server_setting", "no_access_log", "profile", "front", "seed"}
# Listings larger than a sixteenth of this are not kept: every list is worked out anew.
NO_LISTINGS_CACHED = {"cache.max_bytes": "65536"}

HISTORY = {"orders", "products", "customers", "data_dir", "history"}

ROWS = {
    "orders-closed": Row(orders_closed, "benchmarks/run orders-closed --keyed --duration 30",
                         LOAD | {"keyed", "soak", "products", "customers", "zipf", "stock", "cluster"}),
    "orders-open": Row(orders_open, "benchmarks/run orders-open --rate 1000 --duration 30",
                       LOAD | {"keyed", "rate", "products", "customers", "zipf", "stock", "cluster"}),
    "product-closed": Row(product_closed, "benchmarks/run product-closed --duration 30", LOAD | {"products", "zipf", "cluster"}, watched="product"),
    "product-open": Row(product_open, "benchmarks/run product-open", LOAD | {"rate", "products", "zipf", "cluster"}, watched="product"),
    "list": Row(product_list, "benchmarks/run list --duration 5", LOAD | {"rate", "products", "cluster"}, 3.0, NO_LISTINGS_CACHED, "product"),
    "readers": Row(readers, "benchmarks/run readers --websocket --duration 60",
                   {"duration", "readers", "websocket", "rate", "products", "customers", "stock", "front", "server_setting", "no_access_log"},
                   30.0),
    "slow-clients": Row(slow_clients, "benchmarks/run slow-clients --duration 30",
                        LOAD - {"front"} | {"rate", "clients", "products", "zipf"}, watched="product"),
    "analytics": Row(analytics, "benchmarks/run analytics --orders 1000000 --products 100000 --busy",
                     HISTORY | {"requests", "rate", "closed_only", "only", "busy", "front", "server_setting", "no_access_log", "profile", "cluster"},
                     customers=200_000, watched="analytics"),
    "fresh": Row(fresh, "benchmarks/run fresh --rate 1000 --duration 30",
                 HISTORY | {"duration", "rate", "front", "server_setting", "no_access_log", "cluster"}, customers=20_000, watched="analytics"),
    "recommendations": Row(recommendations, "benchmarks/run recommendations --orders 1000000 --products 100000",
                           HISTORY | LOAD | {"rate", "only", "zipf"}, customers=200_000),
    "neighbours": Row(neighbours, "benchmarks/run neighbours --orders 200000",
                      HISTORY | {"pairs", "front", "server_setting", "no_access_log"}, customers=20_000),
    "screen": Row(screen, "benchmarks/run screen --orders 100000", HISTORY | {"placed", "repeat", "server_setting", "no_access_log"},
                  customers=20_000, repeat=10),
    "overload": Row(overload, "benchmarks/run overload --duration 20 --save overload",
                    (LOAD | {"products", "customers", "zipf", "stock", "peak_connections", "cluster"}) - {"front"}, settings={"auth.bcrypt_cost": "10"}),
    "health": Row(health, "benchmarks/run health --connections 256", LOAD),
    "start": Row(start, "benchmarks/run start --orders 1000000",
                 {"orders", "data_dir", "repeat", "products", "server_setting"}),
    "import": Row(import_history, "benchmarks/run import --lines 1000000",
                  {"file", "lines", "repeat", "products", "server_setting"}),
    "size": Row(size, "benchmarks/run size"),
}


def _positive(kind):
    def parse(text: str):
        value = kind(text)
        if not value > 0:
            raise ValueError(text)
        return value

    parse.__name__ = "number above 0"
    return parse


def _setting(text: str) -> tuple:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"'{text}' is not key=value, as in cache.max_bytes=1000000")
    return key, value


def _file_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", text):
        raise argparse.ArgumentTypeError(f"'{text}' is no name of a results file: small letters, digits, - and .")
    return text


OPTIONS = {
    "duration": dict(type=_positive(float), metavar="SECONDS", help="what is measured"),
    "warm_up": dict(type=float, default=2.0, metavar="SECONDS", help="what runs before (default 2)"),
    "connections": dict(type=_positive(int), metavar="N", help="keep-alive connections (default: the row's)"),
    "peak_connections": dict(type=_positive(int), default=64, metavar="N", help="those of the closed loop that finds the peak (default 64)"),
    "clients": dict(type=_positive(int), metavar="N", help="how many slow clients (default 5,000)"),
    "readers": dict(type=_positive(int), default=1_000, metavar="N", help="how many read; a tenth each is slow and never reads (default 1,000)"),
    "websocket": dict(action="store_true", help="over WebSocket instead of server-sent events"),
    "rate": dict(type=_positive(float), metavar="N", help="requests due per second"),
    "keyed": dict(action="store_true", help="a fresh Idempotency-Key in each order"),
    "soak": dict(type=_positive(float), metavar="SECONDS", help="run for so long and show memory and rate every 10 s"),
    "products": dict(type=_positive(int), metavar="N", help="size of the catalogue (default: the row's)"),
    "customers": dict(type=_positive(int), default=100, metavar="N", help="how many order (default 100)"),
    "zipf": dict(type=float, default=1.0, metavar="SKEW", help="how unevenly products are asked for; 0: all alike (default 1)"),
    "stock": dict(type=_positive(int), default=PLENTY, metavar="N", help="pieces of each product (default: more than can be sold)"),
    "front": dict(choices=("gateway", "dashboard"), help="ask here and not at the service itself"),
    "seed": dict(type=int, default=1, metavar="N", help="of what is drawn (default 1)"),
    "orders": dict(type=_positive(int), metavar="N", help="orders of the full folder (default: the row's)"),
    "history": dict(metavar="FILE", help="the history: imported, or the one that --data-dir was made of, to hold answers against"),
    "requests": dict(type=_positive(int), default=200, metavar="N", help="how often each is asked in each loop (default 200)"),
    "closed_only": dict(action="store_true", help="without the open loop"),
    "only": dict(metavar="TEXT", help="only what has this in its name"),
    "placed": dict(type=_positive(int), default=100, metavar="N", help="how many orders are watched (default 100)"),
    "pairs": dict(type=_positive(int), default=200, metavar="N", help="how many pairs are bought (default 200)"),
    "busy": dict(type=_positive(float), nargs="?", const=1_000, metavar="N", help="while N orders a second come in (1,000 where N is not given)"),
    "data_dir": dict(metavar="DIR", help="use a copy of this folder"),
    "file": dict(nargs="?", metavar="FILE", help="import this file"),
    "lines": dict(type=_positive(int), default=1_000_000, metavar="N", help="generated lines (default 1,000,000)"),
    "repeat": dict(type=_positive(int), default=3, metavar="N", help="how often (default 3)"),
    "server_setting": dict(type=_setting, action="append", default=[], metavar="KEY=VALUE",
                           help="a setting of the server ('cloudcart settings' lists them); may be repeated"),
    "no_access_log": dict(action="store_true", help="without a line in the server's log for each request"),
    "cluster": dict(type=_positive(int), nargs="?", const=1, metavar="N",
                    help="one service per process and N of the order service (1 where N is not given; with more, orders go through "
                         "the gateway), on PostgreSQL, Redis, Kafka and ClickHouse"),
    "profile": dict(action="store_true", help="perf record on the server; the summary goes to build/benchmarks/"),
}
DEFAULTS = {"duration": None, "warm_up": 2.0, "connections": None, "peak_connections": 64, "clients": None, "readers": 1_000, "websocket": False, "rate": None, "keyed": False, "soak": None,
            "products": None, "customers": 100, "zipf": 1.0, "stock": PLENTY, "front": None, "seed": 1, "orders": None, "history": None,
            "requests": 200, "closed_only": False, "only": None, "busy": None, "data_dir": None, "file": None,
            "lines": 1_000_000, "repeat": 3, "server_setting": [], "no_access_log": False, "profile": False, "cluster": None}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="benchmarks/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures one row of the speed table with the real program, on a shop made for it, and checks that "
                    "what was answered is there.",
        epilog="Examples:\n" + "\n".join(f"  {row.example}" for row in ROWS.values()) +
               "\n\n'benchmarks/run ROW --help' lists the options of a row. Exit status: 0 measured, 1 what was measured does "
               "not count,\n2 it could not run.")
    rows = top.add_subparsers(dest="row", required=True, metavar="ROW")
    for name, row in ROWS.items():
        about = row.run.__doc__.strip()
        one = rows.add_parser(name, help=about, description=about, epilog=f"Example: {row.example}")
        for option, details in OPTIONS.items():
            if option not in row.takes:
                continue
            details = dict(details)
            if option in row.defaults:
                default = row.defaults[option]
                details.update(default=default, help=f"{details['help'].partition(' (default')[0]} (default {default:,g})")
            one.add_argument(option if option == "file" else "--" + option.replace("_", "-"), **details)
        one.add_argument("--build", default="release", metavar="NAME", help="build folder, below build/ or anywhere (default release)")
        one.add_argument("--folder", metavar="DIR", help="where the shops are made: a disk to measure (default build/benchmarks)")
        one.add_argument("--json", action="store_true", help="one JSON object and nothing else")
        one.add_argument("--save", nargs="?", const="speed", type=_file_name, metavar="FILE",
                         help="append to benchmarks/results/FILE.md (default speed)")
    return top


def parse(arguments: list) -> Namespace:
    options = Namespace(**DEFAULTS)
    # Defaults of the row win over those of rows that do not take the option.
    for name, value in vars(parser().parse_args(arguments)).items():
        setattr(options, name, value)
    options.server_settings = dict(options.server_setting)
    options.access_log = not options.no_access_log
    if options.profile and options.save:
        raise Unusable("--profile slows the server down: such figures are not saved")
    return options


def _on_terminate(*_):
    # As Ctrl-C: the way out leads through the clean-up.
    raise KeyboardInterrupt


def main(arguments: list) -> int:
    signal.signal(signal.SIGTERM, _on_terminate)
    try:
        return run(arguments)
    except Unusable as trouble:
        print(f"benchmarks/run: {trouble}", file=sys.stderr)
        return EXIT_UNUSABLE
    except Invalid as trouble:
        print(f"benchmarks/run: {trouble}", file=sys.stderr)
        return EXIT_INVALID
    except KeyboardInterrupt:
        print("benchmarks/run: interrupted", file=sys.stderr)
        return 130


def run(arguments: list) -> int:
    options = parse(arguments)
    row = ROWS[options.row]
    bench = Bench(options, row.settings, row.watched)
    try:
        machine = machines.describe(bench.folder, bench.program.path)
        result = row.run(bench)
    finally:
        bench.close()
    if row.settings:
        used = {**row.settings, **options.server_settings}
        result.notes.append("server settings: " + ", ".join(f"{key}={value}" for key, value in used.items()))
    if options.json:
        results.print_json(options.row, arguments, result, machine)
    else:
        results.print_text(result, machine)
        if bench.profile_text:
            print("\n" + "\n".join(bench.profile_text.splitlines()[:40]))
            print(f"\nall of it: build/benchmarks/profile-{options.row}.txt; figures under perf are no measurement")
    if result.problems:
        return EXIT_INVALID
    if options.save:
        results.save_figures(options.row, arguments, result, machine)
        file = results.save(options.save, results.section(options.row, arguments, result, machine))
        print(f"saved in {file}", file=sys.stderr)
    return EXIT_MEASURED
