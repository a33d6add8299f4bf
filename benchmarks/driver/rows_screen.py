"""The row about the dashboard in a real browser."""

import json
import os
import shutil
import subprocess
import time

from .api import PASSWORD, Api
from .bench import Bench
from .program import ROOT
from .results import Goal, Result, Table, number, percentile
from .shop import STAFF, people, restock, wait_until_caught_up
from .trouble import Invalid, Unusable

SCRIPT_KB = 200
INTERACTIVE_MS = 1_000
SEEN_MS = 250
FEED = 10  # orders that the page lists


def _ask_browser(task: dict) -> dict:
    packages = ROOT / "tests/e2e/node_modules/playwright-core"
    if not shutil.which("node") or not packages.is_dir():
        raise Unusable("the browser is driven by packages of Node: install them with (cd tests/e2e && npm ci)")
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not os.access(chromium, os.X_OK):
        raise Unusable(f"there is no browser {chromium}: install Debian's chromium, or name one in CHROMIUM")
    done = subprocess.run(["node", ROOT / "benchmarks/driver/screen.mjs"], input=json.dumps(task), capture_output=True, text=True,
                          timeout=600, check=False)
    if done.returncode != 0:
        raise Invalid(f"the browser's part ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout)


def _sign_in(server) -> dict:
    """What the page keeps of someone who is signed in."""
    with Api(server.addresses["user"]) as api:
        data = api.call("POST", "/api/users/login", {"email": STAFF, "password": PASSWORD})
    return {"token": data["token"], "refreshToken": data["refresh_token"], "user": data["user"],
            "expiresAt": int((time.time() + data["expires_in"]) * 1000)}


def screen(bench: Bench) -> Result:
    """In Chromium: the overview's scripts, when it can be used, and from sending an order until it is painted."""
    options = bench.options
    data_dir, _ = bench.history(10_000)
    with bench.server(data_dir) as server:
        staff = people(server, 1)
        user, token = staff.customers[0]
        products = bench.some_products(server, 50)
        restock(server, staff.staff_token, products)
        wait_until_caught_up(server, staff.staff_token)
        found = _ask_browser({"address": server.addresses["dashboard"], "session": _sign_in(server), "token": token, "user": user,
                              "products": products, "loads": options.repeat, "orders": options.placed, "every_ms": 100})
    return result_of(found)


def result_of(found: dict) -> Result:
    loads, orders = found["loads"], found["orders"]
    result = Result([], raw=found)
    lost = [order["id"] for order in orders if order["seen"] is None]
    if lost:
        result.problems.append(f"{len(lost)} orders were never on the page, such as {lost[0]}")
    doubled = len(found["rows"]) - len(set(found["rows"]))
    if doubled or set(found["rows"]) != {order["id"] for order in orders[-FEED:]}:
        result.problems.append(f"the page lists {found['rows']} at the end: not the newest {FEED} orders once each")
    if not result.problems:
        result.checks.append(f"each of {number(len(orders))} orders was painted once; the newest {FEED} are listed at the end")

    page = Table(["opened with nothing cached", "first paint ms", "figures ms", "interactive ms", "chart ms", "blocked ms"])
    column = {name: sorted(load[name] for load in loads) for name in ("painted", "figures", "interactive", "drawn", "blocked")}
    for title, share in (("median", 0.5), ("slowest", 1)):
        page.add(f"{title} of {len(loads)}", *(f"{percentile(values, share):.0f}" for values in column.values()))
    seen = sorted(order["seen"] - order["sent"] for order in orders if order["seen"] is not None)
    answered = sorted(order["seen"] - order["answered"] for order in orders if order["seen"] is not None)
    pixels = Table(["orders", "sent → painted p50 ms", "p99 ms", "max ms", "201 → painted p50 ms", "p99 ms"])
    pixels.add(number(len(orders)), *(f"{percentile(seen, share):.0f}" for share in (0.5, 0.99, 1)),
               *(f"{percentile(answered, share):.0f}" for share in (0.5, 0.99)))
    first, whole = loads[0]["first_bytes"] / 1000, loads[0]["all_bytes"] / 1000
    scripts = Table(["scripts, gzip", "kB"])
    scripts.add("before the overview can be used", f"{first:.1f}")
    scripts.add("with the charts, which come after", f"{whole:.1f}")
    result.tables += [page, pixels, scripts]
    result.notes.append(f"Chromium {found['browser']}, headless, on the same cores")
    usable, p99 = percentile(column["interactive"], 0.5), percentile(seen, 0.99)
    result.goals += [Goal("scripts of the first load, gzip", f"≤ {SCRIPT_KB} kB", f"{first:.1f} kB", first <= SCRIPT_KB),
                     Goal("interactive, median", f"≤ {INTERACTIVE_MS} ms", f"{usable:.0f} ms", usable <= INTERACTIVE_MS),
                     Goal("an order sent → painted, p99", f"≤ {SEEN_MS} ms", f"{p99:.0f} ms", p99 <= SEEN_MS)]
    return result
