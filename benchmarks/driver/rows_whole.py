"""Rows that time whole commands: start, import, and the size of the program."""

import json
import shutil
import subprocess
import time
from pathlib import Path

from . import histories, processes
from .api import Api
from .bench import Bench
from .results import Goal, Result, Table, number
from .shop import STAFF, add_staff, count_orders
from .trouble import Unusable


def _spread(values: list, digits: int) -> str:
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return low if low == high else f"{low}–{high}"


def _starts(bench: Bench, data_dir) -> dict:
    """Several starts on a folder, or each on an empty one: what each took."""
    runs = {"ready_s": [], "rss_mib": [], "stop_s": []}
    for _ in range(bench.options.repeat):
        with bench.server(data_dir or bench.new_data_dir(), quiet=True) as server:
            runs["ready_s"].append(server.ready_seconds)
            with Api(server.addresses["gateway"]) as api:
                api.get("/ready")
            time.sleep(2)
            runs["rss_mib"].append(processes.resident_mib(server.pid))
            runs["stop_s"].append(server.stop())
    return runs


def _folder_with_orders(bench: Bench, orders: int) -> Path:
    data_dir = bench.new_data_dir()
    file = bench.folder / "orders.csv"
    histories.write_orders(file, orders, bench.options.products or 10_000)
    bench.program.must("import", file, "--data-dir", data_dir)
    file.unlink()
    return data_dir


def start(bench: Bench) -> Result:
    """`cloudcart serve` to ready, and its memory, on an empty folder and with --orders of history."""
    options = bench.options
    table = Table(["data folder", "ready s", "RSS MiB after 2 s", "SIGTERM to exit s"])
    result = Result([table], raw={})

    def add(name: str, data_dir) -> dict:
        runs = _starts(bench, data_dir)
        table.add(name, _spread(runs["ready_s"], 3), _spread(runs["rss_mib"], 1), _spread(runs["stop_s"], 2))
        result.raw[name] = runs
        return runs

    if options.data_dir:
        if not Path(options.data_dir, "order.db").exists():
            raise Unusable(f"there is no shop in {options.data_dir}")
        # A copy, so that what is measured leaves the original alone.
        copy = bench.new_data_dir()
        shutil.copytree(options.data_dir, copy)
        add(options.data_dir, copy)
        return result
    empty = add("empty", None)
    slowest, largest = max(empty["ready_s"]), max(empty["rss_mib"])
    result.goals += [Goal("start to ready, empty", "≤ 0.3 s", f"{slowest:.3f} s", slowest <= 0.3),
                     Goal("resident memory, idle", "≤ 60 MB", f"{largest * 1.048576:.1f} MB", largest * 1.048576 <= 60)]
    orders = options.orders or 100_000
    data_dir = _folder_with_orders(bench, orders)
    add_staff(bench.program, data_dir)
    with bench.server(data_dir, quiet=True) as server:
        with Api(server.addresses["user"]) as api:
            stored = count_orders(server, api.sign_in(STAFF))
        with Api(server.addresses["product"]) as api:
            products = api.get("/api/products", limit=1)["pagination"]["total"]
    (result.checks if stored == orders else result.problems).append(f"{number(stored)} orders in the folder, {number(orders)} written")
    result.notes.append(f"{number(products)} products")
    full = add(f"{number(orders)} orders", data_dir)
    slowest = max(full["ready_s"])
    limit = 3 if orders >= 1_000_000 else 2
    result.goals.append(Goal(f"start to ready, {number(orders)} orders", f"≤ {limit} s", f"{slowest:.3f} s", slowest <= limit))
    if orders >= 1_000_000:
        largest = max(full["rss_mib"]) * 1.048576
        result.goals.append(Goal(f"resident memory, {number(orders)} orders", "≤ 600 MB", f"{largest:.0f} MB", largest <= 600))
    return result


def import_history(bench: Bench) -> Result:
    """`cloudcart import` of a file, or of --lines generated ones, into a new folder."""
    options = bench.options
    result = Result([Table(["file", "lines", "s", "lines/s", "CPU s", "peak MiB", "stores MiB"])], raw=[])
    if options.file:
        file, written = Path(options.file), None
        if not file.is_file():
            raise Unusable(f"there is no file {file}")
    else:
        file = bench.folder / "history.csv"
        written = histories.write_orders(file, max(1, options.lines // 3), options.products or 10_000)
    slowest = 0.0
    for _ in range(options.repeat):
        data_dir = bench.new_data_dir()
        command = [bench.program.path, "import", file, "--data-dir", data_dir, "--json"]
        seconds, cpu, peak, out, code = processes.measured(command, bench.program.environment)
        if code != 0:
            result.problems.append(f"cloudcart import ended with {code}")
            break
        lines = json.loads(out)["lines"]
        if written is not None and lines != written:
            result.problems.append(f"{lines} lines imported, {written} written")
        stores = sum(each.stat().st_size for each in data_dir.rglob("*") if each.is_file()) / 2**20
        result.tables[0].add(file.name, number(lines), f"{seconds:.2f}", number(lines / seconds), f"{cpu:.2f}", f"{peak:.0f}", f"{stores:.0f}")
        result.raw.append({"lines": lines, "seconds": seconds, "cpu_seconds": cpu, "peak_mib": peak, "stores_mib": stores})
        bench.program.reconcile(data_dir)
        shutil.rmtree(data_dir.parent)
        slowest = max(slowest, seconds / lines * 1e6)
    if not result.problems:
        result.checks.append("each time: all lines read, cloudcart reconcile agrees to the cent")
        # A small file is mostly start and end.
        if lines >= 500_000:
            result.goals.append(Goal("import of 1,000,000 order lines", "≤ 30 s", f"{slowest:.1f} s a million", slowest <= 30))
    return result


def size(bench: Bench) -> Result:
    """The program with all that is in it, stripped."""
    stripped = bench.folder / "stripped"
    done = subprocess.run(["strip", "-o", str(stripped), str(bench.program.path)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unusable(f"strip failed: {done.stderr.strip()}")
    table = Table(["", "MB"])
    megabytes = [path.stat().st_size / 1e6 for path in (bench.program.path, stripped)]
    table.add("as built", f"{megabytes[0]:.1f}")
    table.add("stripped", f"{megabytes[1]:.1f}")
    return Result([table], raw=megabytes, goals=[Goal("stripped binary", "≤ 20 MB", f"{megabytes[1]:.1f} MB", megabytes[1] <= 20)])
