"""What the analytics row asks: each read route with its defaults and with the most it accepts, and the queries of dashboards.

A shape makes one question for each turn. Those with a period move it from turn to turn, so that no answer is asked for twice."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Callable
from urllib.parse import urlencode

MOST_DAYS = 3660   # the longest period that is answered
MOST_ROWS = 10_000
# An offset of quarters of an hour: days that begin at no hour of UTC.
FAR_ZONE = "Asia/Kathmandu"
QUERY = "/api/analytics/query"

SALES = ("net_revenue", "gross_revenue", "orders", "units", "average_order_value")
CUSTOMERS = ("active_customers", "new_customers", "returning_customers", "repeat_customers", "repeat_rate")
PASSAGES = ("shipped_orders", "time_to_ship")
TWELVE = (*SALES, *CUSTOMERS, *PASSAGES)


@dataclass(frozen=True)
class History:
    """What there is to ask about."""
    first: date
    last: date
    products: list    # ids, best sold first
    categories: list

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Question:
    method: str
    target: str
    body: bytes = b""


@dataclass(frozen=True)
class Shape:
    name: str
    ask: Callable  # turn → Question
    varies: bool = True


def period(history: History, days: int, turn: int) -> dict:
    """`days` days in the history, others at each turn: they move back, and when they have come far, grow by a day. What is
    as long as the history moves by a month at most, so that little of it is missed."""
    places = max(30, min(300, history.days - days))
    to = history.last - timedelta(days=turn % places)
    return {"from": str(to - timedelta(days=days - 1 + turn // places)), "to": str(to)}


def longest(history: History, turn: int) -> dict:
    """The longest period accepted, always around the whole history."""
    to = history.last + timedelta(days=turn // 2 % 1_000)
    return {"from": str(to - timedelta(days=MOST_DAYS - 1 - turn % 2)), "to": str(to)}


def get(path: str, **params) -> Question:
    return Question("GET", path + ("?" + urlencode(params) if params else ""))


def query(metrics, dimensions=(), **more) -> Question:
    body = {"metrics": list(metrics), **({"dimensions": list(dimensions)} if dimensions else {}), **more}
    return Question("POST", QUERY, json.dumps(body).encode())


def fixed_routes(history: History):
    base = "/api/analytics/"
    dated = {"dashboard": "dashboard", "daily sales": "sales/daily", "top products": "products/top-selling",
             "customers": "users/activity", "statuses": "orders/status-distribution"}
    for name, path in dated.items():
        limit = {"limit": 100} if name == "top products" else {}
        yield Shape(name, lambda turn, path=path: get(base + path), varies=False)
        yield Shape(f"{name}, 365 days", lambda turn, path=path, more=limit: get(base + path, **period(history, 365, turn), **more))
        yield Shape(f"{name}, {MOST_DAYS:,} days, far zone",
                    lambda turn, path=path, more=limit: get(base + path, **longest(history, turn), **more, tz=FAR_ZONE))
    for days in (30, 365):
        yield Shape(f"dashboard, last {days} days", lambda turn, days=days: get(base + "dashboard", days=days), varies=False)
        yield Shape(f"dashboard, {days} days, against previous_year", lambda turn, days=days: get(
            base + "dashboard", **period(history, days, turn), compare="previous_year"))
    yield Shape("daily sales, 365 days, CSV", lambda turn: get(base + "sales/daily", **period(history, 365, turn), format="csv"))
    plain = {"dead letters": "dead-letters", "rebuild": "rebuild", "reconciliation": "reconciliation", "consumers": "consumers",
             "alerts": "alerts", "what alerts told": "alert-events"}
    for name, path in plain.items():
        yield Shape(name, lambda turn, path=path: get(base + path), varies=False)
    yield Shape("schema", lambda turn: get(base + "schema"), varies=False)


def reports(history: History):
    base = "/api/analytics/reports/"

    def best(turn: int) -> str:
        return history.products[turn % len(history.products)]

    yield Shape("report: products", lambda turn: get(base + "products"), varies=False)
    for sort in ("top", "falling"):
        yield Shape(f"report: products {sort}, 365 days, 100 rows",
                    lambda turn, sort=sort: get(base + "products", **period(history, 365, turn), sort=sort, limit=100))
        yield Shape(f"report: products {sort}, 365 days, 100 rows, against previous_year", lambda turn, sort=sort: get(
            base + "products", **period(history, 365, turn), sort=sort, limit=100, compare="previous_year"))
    yield Shape(f"report: products falling, {MOST_DAYS:,} days, far zone",
                lambda turn: get(base + "products", **longest(history, turn), sort="falling", limit=100, tz=FAR_ZONE))
    yield Shape("report: bought together", lambda turn: get(base + "bought-together", product_id=best(turn)))
    yield Shape("report: bought together with the best sold, 365 days, 100 rows",
                lambda turn: get(base + "bought-together", product_id=history.products[0], **period(history, 365, turn), limit=100))
    yield Shape("report: cohorts", lambda turn: get(base + "cohorts"), varies=False)
    yield Shape("report: cohorts, 36 months, far zone", lambda turn: get(base + "cohorts", months=36, tz=FAR_ZONE), varies=False)
    yield Shape("report: segments", lambda turn: get(base + "segments"), varies=False)
    yield Shape("report: segments, scores as CSV", lambda turn: get(base + "segments", table="scores", format="csv"), varies=False)
    yield Shape("report: heat map", lambda turn: get(base + "heat-map"), varies=False)
    for metric in ("net_revenue", "active_customers", "time_to_ship"):
        yield Shape(f"report: heat map of {metric}, 365 days, far zone",
                    lambda turn, metric=metric: get(base + "heat-map", metric=metric, **period(history, 365, turn), tz=FAR_ZONE))
    yield Shape("report: forecast", lambda turn: get(base + "forecast"), varies=False)
    yield Shape("report: forecast, 60 days, far zone", lambda turn: get(base + "forecast", days=60, tz=FAR_ZONE), varies=False)


def queries_over_time(history: History):
    for grain in ("hour", "day", "week", "month"):
        for days in (7, 30, 365):
            yield Shape(f"query: by {grain}, {days} days", lambda turn, grain=grain, days=days: query(
                SALES, [grain], **period(history, days, turn), limit=MOST_ROWS))
    yield Shape("query: by day, 365 days, far zone",
                lambda turn: query(SALES, ["day"], **period(history, 365, turn), time_zone=FAR_ZONE))
    yield Shape("query: totals, all time", lambda turn: query(SALES, all_time=True), varies=False)
    for days in (30, 365):
        yield Shape(f"query: weekday × hour, {days} days", lambda turn, days=days: query(
            SALES, ["weekday", "hour_of_day"], **period(history, days, turn)))
        yield Shape(f"query: time to ship, {days} days", lambda turn, days=days: query(
            PASSAGES, ["day"], **period(history, days, turn)))
    for comparison in ("previous_period", "previous_year", "matching_weekdays"):
        yield Shape(f"query: by day, 30 days, against {comparison}", lambda turn, comparison=comparison: query(
            SALES, ["day"], **period(history, 30, turn), compare=comparison))
    yield Shape("query: by month, 365 days, against previous_year",
                lambda turn: query(SALES, ["month"], **period(history, 365, turn), compare="previous_year"))


def queries_of_things(history: History):
    def category(turn: int) -> dict:
        return {"dimension": "category", "values": [history.categories[turn % len(history.categories)]]}

    for thing, things in (("product", "products"), ("category", "categories"), ("customer", "customers")):
        for days in (30, 365):
            yield Shape(f"query: top {things}, {days} days", lambda turn, thing=thing, days=days: query(
                SALES, [thing], **period(history, days, turn), order_by="net_revenue", limit=10))
        # Without dates it is the number of rows that moves.
        yield Shape(f"query: top {things}, all time", lambda turn, thing=thing: query(
            SALES, [thing], all_time=True, order_by="net_revenue", limit=10 + turn % 1_000))
    yield Shape("query: top products, 30 days, against previous_period", lambda turn: query(
        SALES, ["product"], **period(history, 30, turn), order_by="net_revenue", limit=10, compare="previous_period"))
    yield Shape("query: top products of a category, 365 days", lambda turn: query(
        SALES, ["product"], **period(history, 365, turn), order_by="units", limit=10, filters=[category(turn)]))
    yield Shape(f"query: all products, 365 days, {MOST_ROWS:,} rows", lambda turn: query(
        SALES, ["product"], **period(history, 365, turn), order_by="units", limit=MOST_ROWS))
    for days in (30, 365):
        yield Shape(f"query: a category by day, {days} days", lambda turn, days=days: query(
            SALES, ["day"], **period(history, days, turn), filters=[category(turn)]))
    yield Shape("query: a product by day, 365 days", lambda turn: query(
        SALES, ["day"], **period(history, 365, turn),
        filters=[{"dimension": "product", "values": [history.products[turn % len(history.products)]]}]))
    yield Shape("query: week × category, 365 days", lambda turn: query(SALES, ["week", "category"], **period(history, 365, turn)))
    yield Shape("query: statuses, 365 days", lambda turn: query(SALES, ["status"], **period(history, 365, turn)))


def queries_of_customers(history: History):
    for days in (30, 365):
        yield Shape(f"query: customers in all, {days} days", lambda turn, days=days: query(CUSTOMERS, **period(history, days, turn)))
        yield Shape(f"query: customers by day, {days} days", lambda turn, days=days: query(
            CUSTOMERS, ["day"], **period(history, days, turn)))
    yield Shape("query: customers by month, 365 days", lambda turn: query(CUSTOMERS, ["month"], **period(history, 365, turn)))
    yield Shape("query: customers in all, all time", lambda turn: query(CUSTOMERS, all_time=True), varies=False)
    yield Shape("query: customers by category, 365 days", lambda turn: query(CUSTOMERS, ["category"], **period(history, 365, turn)))


def widest_queries(history: History):
    """The most that one query may ask for."""
    yield Shape("widest: 12 metrics by hour, 365 days", lambda turn: query(
        TWELVE, ["hour"], **period(history, 365, turn), limit=MOST_ROWS))
    yield Shape("widest: 12 metrics by day × category × status, 365 days", lambda turn: query(
        TWELVE, ["day", "category", "status"], **period(history, 365, turn), limit=MOST_ROWS))
    yield Shape("widest: 12 metrics by month × product, 365 days", lambda turn: query(
        TWELVE, ["month", "product"], **period(history, 365, turn), limit=MOST_ROWS))
    yield Shape("widest: 12 metrics by customer, all time", lambda turn: query(
        TWELVE, ["customer"], all_time=True, order_by="orders", limit=MOST_ROWS - turn % 1_000))


def all_shapes(history: History) -> list:
    return [shape for part in (fixed_routes, reports, queries_over_time, queries_of_things, queries_of_customers, widest_queries)
            for shape in part(history)]
