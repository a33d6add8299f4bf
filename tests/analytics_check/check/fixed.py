"""The fixed routes and the dashboard, held against the same sums."""

import time
from fractions import Fraction
from typing import Dict, Iterator, List, Optional, Tuple

from .asking import Asking, as_csv
from .books import STATUSES, Order
from .clock import DAY, Calendar, Dates, wall_clock
from .expected import Answers, Sums
from .figures import DECIMALS, METRICS, Figures, change, rounded, written

PATHS = {
    "dashboard": "/api/analytics/dashboard", "daily": "/api/analytics/sales/daily",
    "top": "/api/analytics/products/top-selling", "activity": "/api/analytics/users/activity",
    "distribution": "/api/analytics/orders/status-distribution",
}
TABLES = {"daily": "daily_sales", "top": "products", "activity": "top_users", "distribution": "distribution"}
# What the routes call the metrics.
OVERVIEW = {
    "total_orders": "orders", "total_revenue": "net_revenue", "gross_revenue": "gross_revenue",
    "cancelled_revenue": "cancelled_revenue", "average_order_value": "average_order_value",
    "active_customers": "active_customers", "new_customers": "new_customers", "units_sold": "units",
    "cancelled_orders": "cancelled_orders",
}
DAILY = ["total_orders", "total_revenue", "gross_revenue", "cancelled_revenue", "average_order_value", "active_customers"]


def _figure(name: str, figures: Figures) -> Optional[str]:
    metric = OVERVIEW[name]
    return written(METRICS[metric](figures), DECIMALS[metric])


class FixedRoutes:
    def __init__(self, asking: Asking, answers: Answers, shop_zone: str, currency: str = "GBP"):
        self._asking, self._answers = asking, answers
        self._shop_zone, self._currency = shop_zone, currency

    def check(self, name: str, **params: str) -> None:
        data = self._asking.read("GET", PATHS[name], params=params)
        period = data["period"]
        dates, zone = Dates.of(period["from"], period["to"]), period["time_zone"]
        now = time.time_ns() // 1_000_000
        found = [] if "from" in params else self._wrong_period(name, params, period, now)
        compare = params.get("compare", "previous_period")
        found += _wrong_comparison(period, dates, compare)
        wanted = self._expected(name, dates, zone, now, int(params.get("limit", 10)), compare)
        for part, expected in wanted.items():
            found += _differences(part, data[part], expected)
        if name in TABLES:
            heading, *lines = self._asking.table("GET", PATHS[name], params=params)
            rows = wanted[TABLES[name]]
            if lines != [as_csv(row) for row in rows] or any(heading != list(row) for row in rows):
                found.append("the CSV is not what the JSON is")
        tally = self._asking.tally
        tally.questions += 1
        tally.count(f"GET {PATHS[name]}", "(route)", sum(_size(part) for part in wanted.values()), len(found))
        for text in found[:5]:
            tally.differ(f"{name} {params}: {text}")

    def _wrong_period(self, name: str, params: dict, period: dict, now: int) -> List[str]:
        """Where none was asked for: days up to today; of the dashboard, where nothing happened in them, up to the last
        on which something did."""
        zone = params.get("tz", self._shop_zone)
        # Sales: that something was delivered shows in none of these.
        flows = [flow for flow in self._answers.flows if flow.what in ("placed", "given_back")]
        today = wall_clock(now, zone).date()
        first, last = (wall_clock(flow.at, zone).date() for flow in (flows[0], flows[-1]))
        count = int(params.get("days", {"activity": 30}.get(name, 7)))
        dates = Dates(today - (count - 1) * DAY, today)
        if name in ("top", "distribution") and "days" not in params:
            dates = Dates(min(first, today), max(last, today))
        if name == "dashboard" and flows[-1].at < Calendar(dates, zone).begin:
            dates = Dates(last - (count - 1) * DAY, last)
        wanted = {"from": dates.first.isoformat(), "to": dates.last.isoformat(), "time_zone": zone}
        return _differences("period", {key: period[key] for key in wanted}, wanted)

    def _expected(self, name: str, dates: Dates, zone: str, now: int, limit: int, compare: str) -> dict:
        if name == "daily":
            return {"daily_sales": self._days(dates, zone, now), "period_days": str(dates.count)}
        if name == "top":
            return {"products": self._products(dates, zone, limit), "limit": str(limit)}
        if name == "activity":
            return {"top_users": self._customers(dates, zone, 20)}
        if name == "distribution":
            rows = self._statuses(dates, zone)
            return {"distribution": rows, "total_orders": str(sum(int(row["count"]) for row in rows))}
        previous = dates.compared(compare)
        before = {row["date"]: row for row in self._days(previous, zone, now)}
        return {
            "overview": self._overview(dates, previous, zone), "recent_sales": self._days(dates, zone, now),
            "previous_sales": [before[dates.compared_day(compare, day).isoformat()] for day in dates], "top_products": self._products(dates, zone, 10),
            "order_status": self._statuses(dates, zone), "recent_orders": list(self._recent_orders(10)),
        }

    def _sums(self, dimension: str, dates: Dates, zone: str) -> Sums:
        return self._answers.sums((dimension,), dates, zone, ())

    def _overview(self, dates: Dates, previous: Dates, zone: str) -> dict:
        now, before = (self._sums("day", each, zone).total for each in (dates, previous))
        return {
            **{name: _figure(name, now) for name in OVERVIEW},
            "previous": {name: _figure(name, before) for name in OVERVIEW},
            "change": {name: change(METRICS[metric](now), METRICS[metric](before)) for name, metric in OVERVIEW.items()},
        }

    def _days(self, dates: Dates, zone: str, now: int) -> List[dict]:
        sums = self._sums("day", dates, zone)
        return [
            {"date": day.label, **{name: _figure(name, sums.groups.get((place,), Figures())) for name in DAILY},
             "incomplete": day.end > now}
            for place, day in enumerate(sums.axes["day"].stretches)
        ]

    def _bought(self, dimension: str, dates: Dates, zone: str, second) -> Iterator[Tuple[str, Figures]]:
        """Those who, or which, were in an order placed: by net revenue, then `second`, then id."""
        groups: Dict[tuple, Figures] = self._sums(dimension, dates, zone).groups
        some = [(members[0], figures) for members, figures in groups.items() if figures.placed and members[0] is not None]
        return sorted(some, key=lambda each: (-METRICS["net_revenue"](each[1]), -second(each[1]), each[0]))

    def _products(self, dates: Dates, zone: str, limit: int) -> List[dict]:
        return [
            {"product_id": product, "product_name": self._answers.books.names[product],
             "total_quantity": _figure("units_sold", figures), "total_revenue": _figure("total_revenue", figures),
             "order_count": str(figures.placed)}
            for product, figures in self._bought("product", dates, zone, METRICS["units"])[:limit]
        ]

    def _customers(self, dates: Dates, zone: str, limit: int) -> List[dict]:
        last: Dict[str, int] = {}
        for flow in self._answers.within(dates, zone):
            if flow.what == "placed":
                last[flow.order.customer] = flow.at
        return [
            {"user_id": customer, "order_count": str(figures.placed), "total_spent": _figure("total_revenue", figures),
             "last_order_date": _moment(last[customer])}
            for customer, figures in self._bought("customer", dates, zone, METRICS["placed_orders"])[:limit]
        ]

    def _statuses(self, dates: Dates, zone: str) -> List[dict]:
        groups = self._sums("status", dates, zone).groups
        counts = [groups.get((status,), Figures()).placed for status in STATUSES]
        shares = [rounded(Fraction(100 * count, sum(counts)), 2) if any(counts) else 0 for count in counts]
        return [
            {"status": status, "count": str(count), "percentage": written(share, 2)}
            for status, count, share in zip(STATUSES, counts, shares)
        ]

    def _recent_orders(self, limit: int) -> Iterator[dict]:
        def at(order: Order) -> int:
            return order.placed_at if order.placed_at is not None else order.cancelled_at

        for order in sorted(self._answers.books.orders, key=lambda order: (at(order), order.id), reverse=True)[:limit]:
            yield {
                "order_id": order.id, "user_id": order.customer, "status": order.status, "kind": order.kind,
                "total_amount": written(order.cents, 2), "currency": self._currency, "item_count": str(order.units),
                "timestamp": _moment(at(order)),
            }


def _wrong_comparison(period: dict, dates: Dates, compare: str) -> List[str]:
    previous = dates.compared(compare)
    wanted = {"previous_from": previous.first.isoformat(), "previous_to": previous.last.isoformat(), "compare": compare}
    return _differences("period", {key: period[key] for key in wanted}, wanted)


def _moment(ms: int) -> str:
    return wall_clock(ms, "UTC").isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _size(part) -> int:
    return len(part) if isinstance(part, (list, dict)) else 1


def _differences(where: str, found, wanted) -> List[str]:
    if isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
        return [text for n, pair in enumerate(zip(found, wanted)) for text in _differences(f"{where}[{n}]", *pair)]
    if isinstance(wanted, dict) and isinstance(found, dict) and list(found) == list(wanted):
        return [text for name, value in wanted.items() for text in _differences(f"{where}.{name}", found[name], value)]
    return [] if found == wanted else [f"{where} is {found!r}, not {wanted!r}"]
