"""Figures that the server answers, held against sums over the file that it got its history from."""

from datetime import date, timedelta
from decimal import Decimal
import json

from . import questions
from .history_sums import Sums, cents
from .results import number

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def exact(body: bytes) -> dict:
    """The data of an answer, its decimals as they stand."""
    return json.loads(body, parse_float=Decimal)["data"]


def _day_after(month: str) -> date:
    return (date.fromisoformat(month + "-28") + timedelta(days=4)).replace(day=1)


class Checks:
    """`ask` puts a question and answers its data."""

    def __init__(self, ask, sums: Sums):
        self._ask, self._sums = ask, sums
        self.found: list = []     # what is right
        self.problems: list = []  # what is not

    def _hold(self, what: str, answered, summed) -> None:
        if answered == summed:
            self.found.append(what)
        else:
            self.problems.append(f"{what}: answered {str(answered)[:300]}, the file has {str(summed)[:300]}")

    def all(self) -> None:
        for check in (self.totals, self.days, self.categories, self.best_products, self.hours_of_the_week, self.customers, self.overview):
            check()

    def totals(self) -> None:
        totals = self._ask(questions.query(["orders", "units", "gross_revenue", "net_revenue"], all_time=True))["totals"]
        sums = self._sums
        self._hold(f"{number(sums.orders)} orders of all time, their units and revenue",
                   (totals["orders"], totals["units"], cents(totals["gross_revenue"]), cents(totals["net_revenue"])),
                   (sums.orders, sums.units, sums.revenue, sums.revenue))

    def days(self) -> None:
        data = self._ask(questions.query(["orders", "net_revenue"], ["day"], all_time=True, limit=questions.MOST_ROWS))
        answered = {row["day"]: [row["orders"], cents(row["net_revenue"])] for row in data["rows"] if row["orders"]}
        self._hold(f"orders and revenue of each of {number(len(answered))} days", answered, dict(self._sums.by_day))

    def categories(self) -> None:
        data = self._ask(questions.query(["gross_revenue"], ["category"], all_time=True))
        answered = {row["category"]: cents(row["gross_revenue"]) for row in data["rows"]}
        self._hold(f"revenue of each of {number(len(answered))} categories", answered, dict(self._sums.by_category))

    def best_products(self) -> None:
        products = self._ask(questions.get("/api/analytics/products/top-selling", limit=100))["products"]
        answered = [(row["product_name"], row["total_quantity"], cents(row["total_revenue"])) for row in products]
        # By revenue; which of two equals is first is not looked at.
        best = sorted((revenue for _, revenue in self._sums.by_product.values()), reverse=True)[: len(answered)]
        summed = [(name, *self._sums.by_product.get(name, ())) for name, _, _ in answered]
        self._hold(f"units and revenue of the {number(len(answered))} best-sold products", (answered, [revenue for *_, revenue in answered]),
                   (summed, best))

    def hours_of_the_week(self) -> None:
        data = self._ask(questions.query(["orders"], ["weekday", "hour_of_day"], all_time=True))
        answered = {(WEEKDAYS.index(row["weekday"]), int(row["hour_of_day"])): row["orders"] for row in data["rows"] if row["orders"]}
        self._hold("orders of each hour of the week", answered, dict(self._sums.by_hour))

    def customers(self) -> None:
        answered = {}
        for month in sorted(self._sums.customers):
            last = _day_after(month) - timedelta(days=1)
            data = self._ask(questions.query(["active_customers"], **{"from": month + "-01", "to": str(last)}))
            answered[month] = data["totals"]["active_customers"]
        self._hold(f"customers of each of {number(len(answered))} months", answered,
                   {month: len(customers) for month, customers in self._sums.customers.items()})

    def overview(self) -> None:
        days = sorted(self._sums.by_day)[-30:]
        overview = self._ask(questions.get("/api/analytics/dashboard", **{"from": days[0], "to": days[-1]}))["overview"]
        summed = [sum(self._sums.by_day[day][part] for day in days) for part in (0, 1)]
        self._hold("the dashboard's orders and revenue of the last 30 days",
                   [overview["total_orders"], cents(overview["total_revenue"])], summed)
