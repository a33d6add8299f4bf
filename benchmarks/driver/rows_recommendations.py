"""The row of the recommender: answers over HTTP from a history."""

from .api import Api
from .bench import Bench
from .load import problems_of
from .results import Goal, Result, ms, number
from .rows_load import load_table
from .shop import STAFF
from .trouble import Invalid

BASKET_PRODUCTS = 3
SOME_CUSTOMERS = 20_000


def _customers(server, staff_token: str, at_most: int) -> list:
    """Ids of customers who have ordered, those of the newest orders first."""
    found: dict = {}
    with Api(server.addresses["order"], staff_token) as api:
        cursor = {}
        while len(found) < at_most:
            page = api.get("/api/orders", limit=100, **cursor)
            found.update(dict.fromkeys(order["user_id"] for order in page["orders"]))
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
    return list(found)[:at_most]


def request_sets(products: list, customers: list, staff_token: str, zipf: float) -> dict:
    """The requests of each kind of question by name, and all of them mixed."""
    lists = {"product": {"rows": products, "zipf": zipf}, "user": {"rows": customers}}
    ids = ",".join(f'"{{{{product#{n}}}}}"' for n in range(1, BASKET_PRODUCTS + 1))
    shapes = {
        "customer": {"method": "GET", "path": "/api/ai/recommendations/user/{{user}}",
                     "headers": {"Authorization": f"Bearer {staff_token}"}},
        "product": {"method": "GET", "path": "/api/ai/recommendations/product/{{product}}"},
        "basket": {"method": "POST", "path": "/api/ai/recommendations/basket", "body": f'{{"product_ids":[{ids}]}}'},
    }
    requests = [{"name": name, **shape} for name, shape in shapes.items()]
    used = {"customer": ["user"], "product": ["product"], "basket": ["product"]}
    sets = {each["name"]: {"lists": {name: lists[name] for name in used[each["name"]]}, "requests": [each]} for each in requests}
    return {**sets, "all three": {"lists": lists, "requests": requests}}


def _is_personal(server, customer: str, staff_token: str) -> bool:
    with Api(server.addresses["analytics"], staff_token) as api:
        return api.get(f"/api/ai/recommendations/user/{customer}")["algorithm"] != "trending"


def recommendations(bench: Bench) -> Result:
    """Recommendations for a customer, a product and a basket: each as fast as they go, then all at half of that."""
    options = bench.options
    data_dir, _ = bench.history(1_000_000, options.stock)
    result, lines, rates = Result([], raw=[]), [], {}
    with bench.server(data_dir) as server:
        with Api(server.addresses["user"]) as api:
            token = api.sign_in(STAFF)
        with Api(server.addresses["product"]) as api:
            products = api.products()[0]
        customers = _customers(server, token, SOME_CUSTOMERS)
        if not customers or not _is_personal(server, customers[0], token):
            raise Invalid("the recommender does not know the customers of the history")
        sets = request_sets(products, customers, token, options.zipf)
        chosen = {name: requests for name, requests in sets.items() if not options.only or options.only in name}
        for name, requests in chosen.items():
            report = bench.load(server, "analytics", requests, 256)
            lines.append((name, report))
            rates[name] = report["taken_per_s"]
        rate = options.rate or max(1, round(min(rates.values()) / 2))
        name, requests = list(chosen.items())[-1]
        report = bench.load(server, "analytics", requests, 256, rate=rate)
        lines.append((f"{name}, open, {number(rate)}/s", report))
    result.tables.append(load_table(*lines))
    for name, each in lines:
        result.problems += [f"{name}: {problem}" for problem in problems_of(each, "200")]
        result.raw.append(each)
    slowest = min(rates, key=rates.get)
    p99 = report["taken_us"]["p99"]
    result.notes.append(f"{number(len(products))} products, {number(len(customers))} customers asked for")
    result.goals += [Goal("recommendations over HTTP, the slowest kind", "≥ 20,000/s", f"{number(rates[slowest])}/s ({slowest})",
                          rates[slowest] >= 20_000),
                     Goal(f"p99 at {number(rate)}/s offered", "≤ 2 ms", ms(p99) + " ms", p99 <= 2_000)]
    return result
