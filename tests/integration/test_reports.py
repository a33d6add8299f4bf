"""Reports of a shop's history, each worked out a second time from its events by code that knows nothing of the program."""

import csv
import datetime
import io
import math
from collections import Counter, defaultdict
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from harness.client import expect, expect_violations
from harness.history import REPORTS, exact
from harness.ledger import DAY, moment, rounded, share, start_of
from harness.stream import Stream
from harness.web_socket import WebSocket

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


# --- cohorts ---------------------------------------------------------------------------------------------------------

def month_of(flow, zone):
    at = flow.at.astimezone(ZoneInfo(zone))
    return at.year * 12 + at.month - 1


def month_name(number):
    return f"{number // 12:04}-{number % 12 + 1:02}"


def expected_cohorts(ledger, zone, months, last):
    """Rows of the cohorts of the `months` months up to `last`."""
    first = {}
    for flow in ledger.placed:
        first.setdefault(flow.user, month_of(flow, zone))
    active, orders, gross = defaultdict(set), Counter(), Counter()
    for flow in ledger.placed:
        key = (first[flow.user], month_of(flow, zone))
        active[key].add(flow.user)
        orders[key] += 1
        gross[key] += flow.total
    size = Counter(first.values())
    for cohort in range(last - months + 1, last + 1):
        for month in range(cohort, last + 1):
            key = (cohort, month)
            yield {
                "cohort": month_name(cohort), "month": month_name(month), "months_later": month - cohort,
                "customers": size[cohort], "active_customers": len(active[key]),
                "retention": share(len(active[key]), size[cohort]), "placed_orders": orders[key],
                "gross_revenue": Decimal(gross[key]),
                "revenue_per_customer": rounded(gross[key] / size[cohort], 2) if size[cohort] else None,
            }


@pytest.mark.parametrize("months, zone", [(1, None), (12, None), (36, "America/New_York")])
def test_cohorts(history, months, zone):
    data = history.report("cohorts", months=months, **({"tz": zone} if zone else {}))
    zone = data["period"]["time_zone"]
    last = int(data["period"]["to"][:4]) * 12 + int(data["period"]["to"][5:7]) - 1
    as_of = moment(data["last_updated"]).astimezone(ZoneInfo(zone))
    running = as_of.year * 12 + as_of.month - 1
    expected = list(expected_cohorts(history.ledger, zone, months, last))
    assert len(data["cohorts"]) == len(expected) == months * (months + 1) // 2
    for row, wanted in zip(data["cohorts"], expected):
        assert row.pop("incomplete") == (row["month"] == month_name(running))
        assert {name: exact(value) if isinstance(value, float) else value for name, value in row.items()} == wanted
    assert any(row["retention"] not in (None, 0, 100) for row in data["cohorts"]) or months == 1


def test_cohorts_end_with_the_last_month_with_data(history):
    data = history.report("cohorts", months=3)
    newest = max(month_of(flow, "Europe/London") for flow in history.ledger.placed)
    assert data["cohorts"][-1]["month"] == month_name(newest)
    assert data["period"]["anchor"] == ("last_data" if newest < 2020 * 12 else "today")


# --- segments --------------------------------------------------------------------------------------------------------

GRID = [
    "lost lost at_risk at_risk cannot_lose",
    "hibernating hibernating at_risk at_risk cannot_lose",
    "about_to_sleep about_to_sleep needing_attention loyal loyal",
    "promising potential_loyalists potential_loyalists loyal loyal",
    "new_customers potential_loyalists potential_loyalists champions champions",
]


def scores(values):
    """1 to 5 by how large a part of all is worse."""
    return [1 + 5 * sum(other < value for other in values) // len(values) for value in values]


def test_segments(history):
    data = history.report("segments")
    as_of = moment(data["last_updated"])
    people = list(history.ledger.profiles().values())
    for person in people:
        person["days"] = max(0, math.floor((as_of - person["last"]) / DAY))
    marks = list(zip(
        scores([-person["days"] for person in people]), scores([person["orders"] for person in people]),
        scores([person["net"] for person in people]),
    ))
    groups = defaultdict(list)
    for person, (recency, frequency, monetary) in zip(people, marks):
        groups[GRID[recency - 1].split()[(frequency + monetary + 1) // 2 - 1]].append(person)
    assert len(groups) >= 7  # or the history shows too little
    all_net = sum(person["net"] for person in people)
    assert [row["segment"] for row in data["segments"]] == [
        "champions", "loyal", "potential_loyalists", "new_customers", "promising", "needing_attention",
        "about_to_sleep", "at_risk", "cannot_lose", "hibernating", "lost",
    ]
    for row in data["segments"]:
        group = groups[row["segment"]]
        net = sum((person["net"] for person in group), Decimal(0))
        days = sum(person["days"] for person in group)
        assert row["customers"] == len(group), row
        assert exact(row["customer_share"]) == share(len(group), len(people))
        assert row["placed_orders"] == sum(person["orders"] for person in group)
        assert exact(row["net_revenue"]) == net
        assert exact(row["revenue_share"]) == share(net, all_net)
        assert exact(row["revenue_per_customer"]) == (rounded(net / len(group), 2) if group else None)
        assert exact(row["mean_recency_days"]) == (rounded(Decimal(days) / len(group), 1) if group else None)
    assert data["total"] == {
        "customers": len(people), "placed_orders": len(history.ledger.placed), "net_revenue": float(all_net),
    }
    assert_scores(data["scores"], people, marks)


def assert_scores(rows, people, marks):
    measures = [("recency", "recency_days", "days"), ("frequency", "placed_orders", "orders"), ("monetary", "net_revenue", "net")]
    assert [row["score"] for row in rows] == [5, 4, 3, 2, 1]
    for row in rows:
        for which, (word, column, measure) in enumerate(measures):
            values = [person[measure] for person, mark in zip(people, marks) if mark[which] == row["score"]]
            assert row[f"{word}_customers"] == len(values)
            ends = (min(values), max(values)) if values else (None, None)
            assert (exact(row[f"{column}_from"]), exact(row[f"{column}_to"])) == ends


# --- heat map --------------------------------------------------------------------------------------------------------

def hour_of_week(at, zone):
    local = at.astimezone(ZoneInfo(zone))
    return WEEKDAYS[local.weekday()], local.hour


def hours_of(period, as_of):
    """How often each hour of the week begins in the period up to now."""
    zone = period["time_zone"]
    at = start_of(datetime.date.fromisoformat(period["from"]), zone)
    end = start_of(datetime.date.fromisoformat(period["to"]) + DAY, zone)
    hours = Counter()
    while at < end and at <= as_of:
        hours[hour_of_week(at, zone)] += 1
        at += datetime.timedelta(hours=1)
    return hours


PERIODS = [
    {}, {"days": 365}, {"from": "2011-01-01", "to": "2011-12-09"},
    # The clocks of London, then of New York, go forward and back.
    {"from": "2011-03-27", "to": "2011-03-27"}, {"from": "2011-10-30", "to": "2011-10-30"},
    {"from": "2011-03-13", "to": "2011-03-13", "tz": "America/New_York"},
    {"from": "2011-11-06", "to": "2011-11-06", "tz": "America/New_York"},
    {"from": "2011-10-01", "to": "2011-11-30", "tz": "Asia/Kathmandu"},
]


@pytest.mark.parametrize("params", PERIODS, ids=str)
def test_heat_map(history, params):
    counts = history.report("heat-map", **params)
    revenue = history.report("heat-map", metric="net_revenue", **params)
    buyers = history.report("heat-map", metric="active_customers", **params)
    period = counts["period"]
    orders, net, people = Counter(), Counter(), defaultdict(set)
    for flow in history.ledger.within(period):
        cell = hour_of_week(flow.at, period["time_zone"])
        orders[cell] += flow.sign if flow.whole else 0
        net[cell] += flow.sign * flow.total
        if flow.placed:
            people[cell].add(flow.user)
    cells = [(day, hour) for day in WEEKDAYS for hour in range(24)]
    for data in (counts, revenue, buyers):
        assert [(row["weekday"], row["hour_of_day"]) for row in data["cells"]] == cells
    assert [row["value"] for row in counts["cells"]] == [orders[cell] for cell in cells]
    assert [exact(row["value"]) for row in revenue["cells"]] == [Decimal(net[cell]) for cell in cells]
    assert [row["value"] for row in buyers["cells"]] == [len(people[cell]) for cell in cells]
    hours = hours_of(period, moment(counts["last_updated"]))
    assert [row["hours"] for row in counts["cells"]] == [hours[cell] for cell in cells]


def test_the_hours_of_a_clock_change(history):
    def hours(day, zone):
        data = history.report("heat-map", **{"from": day, "to": day, "tz": zone})
        return [row["hours"] for row in data["cells"] if row["weekday"] == "sunday"]

    assert hours("2011-03-27", "Europe/London") == [1, 0] + [1] * 22
    assert hours("2011-10-30", "Europe/London") == [1, 2] + [1] * 22
    assert hours("2011-03-13", "America/New_York") == [1, 1, 0] + [1] * 21


def test_both_hours_that_the_clock_shows_as_one_count(history):
    if history.report("heat-map")["period"]["anchor"] == "today":
        pytest.skip("the orders around the change of the clocks are on other days now")
    data = history.report("heat-map", metric="placed_orders", **{"from": "2011-11-06", "to": "2011-11-06", "tz": "America/New_York"})
    values = {row["hour_of_day"]: row["value"] for row in data["cells"] if row["weekday"] == "sunday"}
    assert values[0] >= 1 and values[1] >= 2  # 04:30; 05:30 and 06:30 UTC


# --- bought together -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("params", [{}, {"from": "2011-11-01", "to": "2011-12-09"}], ids=str)
def test_bought_together(history, params):
    for product in sorted({line.product for flow in history.ledger.placed for line in flow.lines})[:6]:
        data = history.report("bought-together", product_id=product, limit=100, **params)
        baskets = [flow.products for flow in history.ledger.within(data["period"]) if flow.placed]
        holding = [basket for basket in baskets if product in basket]
        alone = Counter(other for basket in baskets for other in basket)
        together = Counter(other for basket in holding for other in basket if other != product)
        assert (data["all_orders"], data["product_orders"]) == (len(baskets), len(holding))
        assert [row["product_id"] for row in data["companions"]] == sorted(together, key=lambda other: (-together[other], other))
        for row in data["companions"]:
            both, other = together[row["product_id"]], alone[row["product_id"]]
            assert (row["orders_together"], row["placed_orders"]) == (both, other)
            assert exact(row["support"]) == share(both, len(baskets))
            assert exact(row["confidence"]) == share(both, len(holding))
            assert exact(row["reverse_confidence"]) == share(both, other)
            assert exact(row["lift"]) == rounded(Decimal(both * len(baskets)) / (len(holding) * other), 2)


def test_a_pair_that_is_often_bought_together_has_a_high_lift(history):
    names = {row["product_name"]: row["product_id"] for row in history.report("products", limit=100, days=365)["products"]}
    data = history.report("bought-together", product_id=names["THING 20003"])
    closest = data["companions"][0]
    assert closest["product_name"] == "THING 20004"
    assert closest["confidence"] > 60 and closest["lift"] > 2


# --- products --------------------------------------------------------------------------------------------------------

def movements(history, period):
    """Net revenue before and now, and units, by product."""
    before = {"from": period["previous_from"], "to": period["previous_to"], "time_zone": period["time_zone"]}
    earlier, now = history.ledger.net_by_product(before), history.ledger.net_by_product(period)
    return {product: (*earlier[product], *now[product]) for product in {*earlier, *now}}


@pytest.mark.parametrize("params", [
    {}, {"days": 7}, {"days": 90}, {"from": "2011-11-08", "to": "2011-11-14"}, {"compare": "previous_year"},
    {"days": 7, "compare": "matching_weekdays"}, {"from": "2010-11-01", "to": "2011-12-09", "compare": "previous_year"},
], ids=str)
def test_falling_products(history, params):
    data = history.report("products", sort="falling", limit=100, **params)
    sums = movements(history, data["period"])
    lost = {product: net - was for product, (was, _, net, _) in sums.items() if net < was}
    assert [row["product_id"] for row in data["products"]] == sorted(lost, key=lambda product: (lost[product], product))
    for row in data["products"]:
        was, was_units, net, units = sums[row["product_id"]]
        assert (exact(row["previous_net_revenue"]), exact(row["net_revenue"])) == (was, net)
        assert exact(row["change_net_revenue"]) == net - was
        assert exact(row["change_percent"]) == share(net - was, was)
        assert (row["previous_units"], row["units"]) == (was_units, units)


@pytest.mark.parametrize("params", [{}, {"days": 90}, {"from": "2011-11-08", "to": "2011-11-14"}], ids=str)
def test_top_products_and_their_stock(history, params):
    data = history.report("products", limit=100, **params)
    period = data["period"]
    sums = movements(history, period)
    placed = {product for flow in history.ledger.within(period) if flow.placed for product in flow.products}
    order = sorted(placed, key=lambda product: (-sums[product][2], -sums[product][3], product))
    assert [row["product_id"] for row in data["products"]] == order
    assert data["stock_available"] is True
    begin = start_of(datetime.date.fromisoformat(period["from"]), period["time_zone"])
    end = start_of(datetime.date.fromisoformat(period["to"]) + DAY, period["time_zone"])
    seconds = max(DAY, min(end, moment(data["last_updated"])) - begin) // datetime.timedelta(seconds=1)
    for row in data["products"]:
        _, _, net, units = sums[row["product_id"]]
        assert (exact(row["net_revenue"]), row["units"]) == (net, units)
        listed = expect(history.shop.client().get(f"/api/products/{row['product_id']}"), 200).data["product"]
        assert (row["available"], row["product_name"]) == (listed["inventory_count"], listed["name"])
        days = rounded(Decimal(row["available"] * seconds) / (units * 86_400), 1) if units > 0 else None
        assert exact(row["days_of_stock_left"]) == (days if row["available"] else 0)


# --- the dashboard ---------------------------------------------------------------------------------------------------

FIGURES = {
    "total_orders": "orders", "total_revenue": "net_revenue", "gross_revenue": "gross_revenue", "cancelled_revenue": "cancelled_revenue",
    "average_order_value": "average_order_value", "active_customers": "active_customers", "new_customers": "new_customers",
    "units_sold": "units", "cancelled_orders": "cancelled_orders",
}
DAILY = ("total_orders", "total_revenue", "gross_revenue", "cancelled_revenue", "average_order_value", "active_customers")
PERIODS = [
    {"days": 1}, {"days": 30}, {"days": 365}, {}, {"from": "2011-11-01", "to": "2011-11-30"}, {"days": 30, "tz": "America/New_York"},
    {"from": "2011-12-20", "to": "2012-01-10"}, {"from": "2010-11-01", "to": "2011-12-09"}, {"from": "2012-02-28", "to": "2012-03-01"},
    {"from": "2013-02-28", "to": "2013-03-01"},
]
COMPARISONS = ["previous_period", "previous_year", "matching_weekdays"]


def dashboard(history, **params):
    return expect(history.shop.analyst.client.get("/api/analytics/dashboard", params=params), 200).data


def query(history, **body):
    return expect(history.shop.analyst.client.post("/api/analytics/query", json={"metrics": list(FIGURES.values()), **body}), 200).data


def days_of(period, prefix=""):
    first, last = (datetime.date.fromisoformat(period[prefix + end]) for end in ("from", "to"))
    return [first + n * DAY for n in range((last - first).days + 1)]


def a_year_before(day):
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("params", PERIODS, ids=str)
def test_the_dashboard_is_about_the_days_asked_for_and_compared_with(history, params, compare):
    """Net revenue, day by day, by the ledger."""
    data = dashboard(history, compare=compare, **params)
    period, zone = data["period"], data["period"]["time_zone"]
    dates = days_of(period)
    assert period["compare"] == compare
    assert len(dates) == period["days"] == params.get("days", 7 if "from" not in params else len(dates))
    back = len(dates) if compare == "previous_period" else -(-len(dates) // 7) * 7
    beside = [a_year_before(day) if compare == "previous_year" else day - back * DAY for day in dates]
    assert (beside[0].isoformat(), beside[-1].isoformat()) == (period["previous_from"], period["previous_to"])
    sums = []
    for rows, days, all_days in (
        (data["recent_sales"], dates, dates), (data["previous_sales"], beside, days_of(period, "previous_")),
    ):
        net = dict(zip(all_days, history.ledger.net_by_day(zone, all_days[0], all_days[-1])))
        assert [(row["date"], exact(row["total_revenue"])) for row in rows] == [(day.isoformat(), net[day]) for day in days]
        sums.append(sum(net.values()))
    net, before = sums
    overview = data["overview"]
    assert (exact(overview["total_revenue"]), exact(overview["previous"]["total_revenue"])) == (net, before)
    assert exact(overview["change"]["total_revenue"]) == (share(net - before, before, 1) if before else None)


def test_days_end_on_the_last_day_with_data_when_they_hold_none(history):
    newest = max(flow.day("Europe/London") for flow in history.ledger.flows)
    for days in (1, 30, 365):
        period = dashboard(history, days=days)["period"]
        today = moment(dashboard(history)["last_updated"]).astimezone(ZoneInfo("Europe/London")).date()
        is_old = newest <= today - days * DAY
        assert (period["anchor"], period["to"]) == (("last_data", newest.isoformat()) if is_old else ("today", today.isoformat()))


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("params", PERIODS, ids=str)
def test_the_dashboard_equals_the_query(history, params, compare):
    """Every figure of its overview and of each of its days, and what they are compared with."""
    data = dashboard(history, compare=compare, **params)
    period = data["period"]
    asked = {"compare": compare, **(params or {"days": 7})}
    if period["anchor"] == "last_data":  # which the query does not go back to by itself
        asked = {"from": period["from"], "to": period["to"], "tz": period["time_zone"], "compare": compare}
    result = query(history, dimensions=["day"], **asked)
    assert result["period"] == {**period, "anchor": "today"}
    assert result["compared"] == {"from": period["previous_from"], "to": period["previous_to"]}
    totals, overview = result["totals"], data["overview"]
    for name, metric in FIGURES.items():
        assert (overview[name] or 0, overview["previous"][name] or 0, overview["change"][name]) == (
            totals[metric] or 0, totals["compared_" + metric] or 0, totals["change_" + metric],
        ), name
    assert len(data["recent_sales"]) == len(data["previous_sales"]) == len(result["rows"])
    for day, before, row in zip(data["recent_sales"], data["previous_sales"], result["rows"]):
        assert (day["date"], day["incomplete"]) == (row["day"], row["incomplete"])
        for name in DAILY:
            assert (day[name], before[name]) == (row[FIGURES[name]] or 0, row["compared_" + FIGURES[name]] or 0), (name, day["date"])


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("params", PERIODS, ids=str)
def test_what_is_compared_with_is_the_dashboard_of_these_days(history, params, compare):
    data = dashboard(history, compare=compare, **params)
    period = data["period"]
    other = dashboard(history, **{"from": period["previous_from"], "to": period["previous_to"], "tz": period["time_zone"]})
    assert data["overview"]["previous"] == {name: other["overview"][name] for name in FIGURES}
    by_date = {day["date"]: day for day in other["recent_sales"]}
    assert all(day == by_date[day["date"]] for day in data["previous_sales"])


@pytest.mark.parametrize("params", [{"days": 30, "compare": "previous_year"}, {"days": 1, "compare": "matching_weekdays"}], ids=str)
def test_the_live_overview_takes_the_same_parameters(history, params):
    def without_time(data):
        return {name: value for name, value in data.items() if name != "last_updated"}

    wanted = without_time(dashboard(history, **params))
    with Stream(history.shop.analyst.client.as_new(), params) as stream:
        assert without_time(stream.next(lambda event: event.name == "overview", "the overview").data) == wanted
    with WebSocket(history.shop.client("analytics", history.shop.analyst.token)) as web_socket:
        web_socket.subscribe("overview", **params)
        assert without_time(web_socket.next_of("overview")["data"]) == wanted


# --- CSV -------------------------------------------------------------------------------------------------------------

TABLES = [
    ("products", "products", {}), ("products", "products", {"sort": "falling", "limit": 100}), ("cohorts", "cohorts", {}),
    ("segments", "segments", {}), ("segments", "scores", {"table": "scores"}), ("heat-map", "cells", {"metric": "cancellation_rate"}),
    ("heat-map", "cells", {"metric": "net_revenue"}), ("forecast", "days", {}),
]


def as_text(value):
    """A cell as it stands in a CSV, but for trailing zeros."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


@pytest.mark.parametrize("name, rows, params", TABLES, ids=str)
def test_csv_equals_json_to_the_cent(history, name, rows, params):
    data = history.report(name, **params)
    for asked in ({"params": {**params, "format": "csv"}}, {"params": params, "headers": {"Accept": "text/csv"}}):
        answer = expect(history.shop.analyst.client.get(REPORTS + name, **asked), 200)
        assert answer.headers["Content-Type"].startswith("text/csv")
        heading, *lines = csv.reader(io.StringIO(answer.text, newline=""))
        assert len(lines) == len(data[rows])
        for line, row in zip(lines, data[rows]):
            assert heading == list(row)
            for cell, value in zip(line, map(as_text, row.values())):
                assert cell == value or Decimal(cell) == exact(value), (cell, value)


def test_csv_of_pairs_and_of_the_backtest(history):
    product = history.report("products")["products"][0]["product_id"]
    for name, read, params in [
        ("bought-together", lambda data: data["companions"], {"product_id": product}),
        ("forecast", lambda data: data["backtest"]["methods"], {"table": "backtest"}),
    ]:
        data = read(history.report(name, **params))
        answer = expect(history.shop.analyst.client.get(REPORTS + name, params={**params, "format": "csv"}), 200)
        lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert len(lines) == len(data) > 0
        for line, row in zip(lines, data):
            for column, value in row.items():
                assert line[column] == as_text(value) or Decimal(line[column]) == exact(value)


# --- all of them -----------------------------------------------------------------------------------------------------

def test_an_order_shows_in_every_report(shop):
    person, product, other = shop.customer(), shop.product(price="12.34", inventory_count=10), shop.product(price="1.00")
    shop.order(person, (product, 4), (other, 1))
    shop.settled_dashboard()

    def read(name, **params):
        return expect(shop.analyst.client.get(REPORTS + name, params=params), 200).data

    row = next(row for row in read("products", days=1, limit=100)["products"] if row["product_id"] == product["id"])
    assert (exact(row["net_revenue"]), row["units"], row["available"]) == (Decimal("49.36"), 4, 6)
    assert row["days_of_stock_left"] == 1.5
    pair = read("bought-together", product_id=product["id"])["companions"]
    assert [(entry["product_id"], entry["confidence"]) for entry in pair] == [(other["id"], 100)]
    cohort = read("cohorts", months=1)["cohorts"][0]
    assert cohort["customers"] >= 1 and cohort["retention"] == 100 and cohort["incomplete"] is True
    assert sum(entry["customers"] for entry in read("segments")["segments"]) >= cohort["customers"]
    assert sum(cell["value"] for cell in read("heat-map", metric="placed_orders", days=1)["cells"]) >= 1


def test_stock_that_is_gone_lasts_no_day(shop, ada):
    product = shop.product(price="3000.00", inventory_count=2)
    shop.order(ada, (product, 2))
    shop.settled_dashboard()
    data = expect(shop.analyst.client.get(REPORTS + "products", params={"days": 1, "limit": 100}), 200).data
    row = next(row for row in data["products"] if row["product_id"] == product["id"])
    assert (row["available"], row["days_of_stock_left"]) == (0, 0)


BAD = [
    ("products", {"sort": "best", "limit": "0", "days": "366"}, ["days", "limit", "sort"]),
    ("products", {"days": "7", "from": "2026-01-01", "to": "2026-01-02"}, ["days"]),
    ("products", {"compare": "last_year", "tz": "Mars", "from": "2026-01-01"}, ["compare", "tz", "to"]),
    ("bought-together", {"product_id": "01932c08-11aa-7b2c-8d4e-5f6071829304", "days": "366"}, ["days"]),
    ("bought-together", {}, ["product_id"]),
    ("bought-together", {"product_id": "x", "limit": "101", "tz": "Mars"}, ["product_id", "tz", "limit"]),
    ("cohorts", {"months": "37", "tz": ""}, ["months", "tz"]),
    ("heat-map", {"metric": "profit", "from": "2026-01-01"}, ["metric", "to"]),
    ("forecast", {"days": "61", "table": "scores", "format": "xml"}, ["days", "table", "format"]),
    ("segments", {"table": "days"}, ["table"]),
]


@pytest.mark.parametrize("name, params, fields", BAD)
def test_bad_parameters_are_named_all_at_once(shop, name, params, fields):
    expect_violations(shop.analyst.client.get(REPORTS + name, params=params), *fields)


def test_companions_of_a_product_that_nobody_ordered(shop):
    product = shop.product()
    answer = shop.analyst.client.get(REPORTS + "bought-together", params={"product_id": product["id"]})
    expect(answer, 404, "not_found")
