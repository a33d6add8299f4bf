"""The row about how soon an order changes what is recommended beside its products."""

import json
import time

from .api import Api
from .bench import Bench
from .results import Goal, Result, Table, number, percentile
from .shop import people, restock, wait_until_caught_up
from .trouble import Invalid
from .wire import Wire, encoded

REACH_MS = 100
# A neighbour that is not there after so long is a defect and not a figure.
PATIENCE_SECONDS = 10
# So far down the list of neighbours a pair that was bought once is looked for.
SEEN = 100


def _neighbours(wire: Wire, request: bytes) -> list:
    status, body = wire.ask(request)
    if status != 200:
        raise Invalid(f"the neighbours were answered {status}: {body[:300]!r}")
    return [entry["product_id"] for entry in json.loads(body)["data"]["similar_products"]]


def _version(server, token: str) -> int:
    with Api(server.addresses["analytics"], token) as api:
        return api.get("/api/ai/model/status")["model_version"]


def _wait_for_model(server, token: str) -> None:
    limit = time.monotonic() + 600
    with Api(server.addresses["analytics"], token) as api:
        while not api.get("/api/ai/model/status")["snapshot_at"]:
            if time.monotonic() > limit:
                raise Invalid("the model is not trained, refreshed and kept after 600 s")
            time.sleep(0.2)


def neighbours(bench: Bench) -> Result:
    """From an order's 201 until its second product is among the neighbours of its first, asked again and again."""
    options = bench.options
    result = Result([Table(["pairs", "201 → neighbour p50 ms", "p99 ms", "max ms", "answers until then, p50"])], raw={})
    data_dir, _ = bench.history(10_000)
    with bench.server(data_dir) as server:
        staff = people(server, 1)
        user, token = staff.customers[0]
        # Half of them become neighbours of the other half; an invented history leaves most pairs unsold.
        products = bench.some_products(server, 2 * options.pairs)
        restock(server, staff.staff_token, products)
        wait_until_caught_up(server, staff.staff_token)
        _wait_for_model(server, staff.staff_token)
        version, delays, asked = _version(server, staff.staff_token), [], []
        address = server.addresses[options.front or "analytics"]
        with Wire(server.addresses["order"]) as orders, Wire(address) as answers:
            for first, second in zip(products[::2], products[1::2]):
                ask = encoded(address, "", "GET", f"/api/ai/recommendations/product/{first}?limit={SEEN}")
                if second in _neighbours(answers, ask):
                    continue
                items = [{"product_id": product, "quantity": 1} for product in (first, second)]
                body = {"user_id": user, "items": items, "shipping_address": "12 St James Square, London SW1Y 4JH"}
                status, text = orders.ask(encoded(server.addresses["order"], token, "POST", "/api/orders", json.dumps(body).encode()))
                if status != 201:
                    raise Invalid(f"an order was answered {status}: {text[:300]!r}")
                placed, count = time.monotonic(), 1
                while second not in _neighbours(answers, ask):
                    count += 1
                    if time.monotonic() > placed + PATIENCE_SECONDS:
                        raise Invalid(f"{second} is no neighbour of {first} {PATIENCE_SECONDS} s after they were bought together")
                delays.append((time.monotonic() - placed) * 1000)
                asked.append(count)
        if refreshes := _version(server, staff.staff_token) - version:
            result.notes.append(f"the model was refreshed {number(refreshes)} times meanwhile")
    delays.sort()
    p99 = percentile(delays, 0.99)
    result.tables[0].add(number(len(delays)), *(f"{percentile(delays, share):.2f}" for share in (0.5, 0.99, 1)),
                         number(percentile(sorted(asked), 0.5)))
    result.raw = {"ms": delays, "answers": asked}
    result.checks.append(f"each of {number(len(delays))} pairs that was no neighbour before its order was one after it")
    result.goals.append(Goal("201 → among the neighbours, p99", f"≤ {REACH_MS} ms", f"{p99:.2f} ms", p99 <= REACH_MS))
    return result
