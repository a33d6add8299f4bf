"""Figures of the shop: that they are right, fresh, and refuse bad parameters."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from harness.client import expect, expect_violations
from harness.waiting import until

READS = {
    "dashboard": "/api/analytics/dashboard",
    "daily": "/api/analytics/sales/daily",
    "top": "/api/analytics/products/top-selling",
    "activity": "/api/analytics/users/activity",
    "distribution": "/api/analytics/orders/status-distribution",
    "stream": "/api/analytics/stream",
}
FIGURES = (
    "total_orders", "total_revenue", "gross_revenue", "cancelled_revenue", "average_order_value", "active_customers",
    "new_customers", "units_sold", "cancelled_orders",
)
STATUSES = ["pending", "confirmed", "processing", "shipped", "delivered", "cancelled"]


def exact(value):
    """A figure as it stands in the JSON text, without binary noise."""
    return Decimal(str(value))


def read(shop, name, **params):
    return expect(shop.analyst.client.get(READS[name], params=params), 200).data


def today(zone="UTC"):
    return datetime.datetime.now(ZoneInfo(zone)).date()


def differences(before, after):
    return {
        name: exact(after["overview"][name]) - exact(before["overview"][name])
        for name in FIGURES if after["overview"][name] != before["overview"][name]
    }


def test_an_order_shows_in_the_dashboard(shop):
    person, product = shop.customer(), shop.product(price="12.34")
    before = shop.settled_dashboard()
    order = shop.order(person, (product, 2))
    after = shop.settled_dashboard()
    changed = differences(before, after)
    changed.pop("average_order_value", None)
    assert changed == {
        "total_orders": 1, "total_revenue": Decimal("24.68"), "gross_revenue": Decimal("24.68"), "active_customers": 1,
        "new_customers": 1, "units_sold": 2,
    }
    assert after["freshness"]["last_event_at"] >= order["created_at"]
    newest = after["recent_orders"][0]
    assert (newest["order_id"], newest["user_id"], newest["status"]) == (order["id"], person.id, "pending")
    assert (exact(newest["total_amount"]), newest["item_count"], newest["kind"]) == (Decimal("24.68"), 2, "sale")
    assert newest["timestamp"] == order["created_at"]


def test_a_cancellation_is_taken_off(shop):
    person, product = shop.customer(), shop.product(price="10.01")
    before = shop.settled_dashboard()
    order = shop.order(person, (product, 3))
    expect(person.client.post(f"/api/orders/{order['id']}/cancel"), 200)
    after = shop.settled_dashboard()
    changed = differences(before, after)
    changed.pop("average_order_value", None)
    assert changed == {
        "gross_revenue": Decimal("30.03"), "cancelled_revenue": Decimal("30.03"), "cancelled_orders": 1,
        "active_customers": 1, "new_customers": 1,
    }
    listed = {entry["order_id"]: entry for entry in after["recent_orders"]}
    assert listed[order["id"]]["status"] == "cancelled"


def test_a_second_order_of_a_customer_makes_no_new_customer(shop):
    person, product = shop.customer(), shop.product(price="1.00")
    shop.order(person, (product, 1))
    before = shop.settled_dashboard()
    shop.order(person, (product, 1))
    changed = differences(before, shop.settled_dashboard())
    assert changed["total_orders"] == 1
    assert "active_customers" not in changed and "new_customers" not in changed


def test_parts_of_the_dashboard_agree(shop):
    data = shop.settled_dashboard()
    overview, days = data["overview"], data["recent_sales"]
    for name in ("total_orders", "total_revenue", "gross_revenue", "cancelled_revenue"):
        assert sum(exact(day[name]) for day in days) == exact(overview[name]), name
        previous = sum(exact(day[name]) for day in data["previous_sales"])
        assert previous == exact(overview["previous"][name]), name
    for row in (overview, *days):
        assert exact(row["total_revenue"]) == exact(row["gross_revenue"]) - exact(row["cancelled_revenue"])
        average = exact(row["total_revenue"]) / row["total_orders"] if row["total_orders"] else 0
        assert abs(exact(row["average_order_value"]) - average) <= Decimal("0.005")


def test_every_amount_has_at_most_two_decimals(shop):
    data = shop.settled_dashboard()
    rows = [data["overview"], data["overview"]["previous"], *data["recent_sales"], *data["top_products"]]
    for row in rows:
        for name, value in row.items():
            if "revenue" in name or "value" in name:
                assert exact(value).as_tuple().exponent >= -2, (name, value)


def test_change_compares_with_the_previous_period(shop):
    overview = shop.settled_dashboard()["overview"]
    for name in FIGURES:
        previous, change = overview["previous"][name], overview["change"][name]
        if previous == 0:
            assert change is None
        else:
            percent = (exact(overview[name]) - exact(previous)) * 100 / exact(previous)
            assert abs(exact(change) - percent) <= Decimal("0.05")


def test_seven_days_up_to_today_with_zeros(shop, ada):
    shop.order(ada, (shop.product(), 1))
    data = shop.settled_dashboard()
    period, zone = data["period"], data["period"]["time_zone"]
    last = today(zone)
    days = [(last - datetime.timedelta(days=back)).isoformat() for back in range(13, -1, -1)]
    assert [day["date"] for day in data["previous_sales"]] == days[:7]
    assert [day["date"] for day in data["recent_sales"]] == days[7:]
    assert (period["from"], period["to"], period["days"]) == (days[7], days[13], 7)
    assert (period["previous_from"], period["previous_to"]) == (days[0], days[6])
    assert (period["anchor"], period["incomplete"]) == ("today", True)
    assert [day["incomplete"] for day in data["recent_sales"]] == [False] * 6 + [True]
    assert data["recent_sales"][0]["total_orders"] == 0


def test_a_period_of_the_callers_choice(shop):
    data = read(shop, "dashboard", **{"from": "2024-02-27", "to": "2024-03-01"})
    assert [day["date"] for day in data["recent_sales"]] == ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"]
    assert [day["date"] for day in data["previous_sales"]] == ["2024-02-23", "2024-02-24", "2024-02-25", "2024-02-26"]
    assert data["overview"]["gross_revenue"] == 0 and data["overview"]["average_order_value"] == 0
    assert all(change is None for change in data["overview"]["change"].values())
    assert data["top_products"] == []
    assert data["period"]["incomplete"] is False


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/New_York", "UTC"])
def test_days_begin_and_end_in_the_zone_asked_for(shop, zone):
    person, product = shop.customer(), shop.product(price="7.00")
    shop.settled_dashboard()

    def of_the_day():
        day = today(zone).isoformat()
        shop.settled_dashboard()
        return read(shop, "dashboard", **{"from": day, "to": day, "tz": zone})

    before = of_the_day()
    shop.order(person, (product, 1))
    after = of_the_day()
    assert after["period"]["time_zone"] == zone
    assert after["recent_sales"][0]["date"] == after["period"]["from"] == after["period"]["to"]
    if before["period"]["from"] == after["period"]["from"]:
        assert after["overview"]["total_orders"] == before["overview"]["total_orders"] + 1


def test_top_products_of_the_dashboard_are_sorted_by_revenue(shop, ada):
    product = shop.product(price="50000.00", inventory_count=1000)
    shop.order(ada, (product, 3))
    shop.settled_dashboard()
    top = shop.dashboard()["top_products"]
    assert top[0]["product_id"] == product["id"]
    assert (top[0]["product_name"], top[0]["total_quantity"], top[0]["order_count"]) == (product["name"], 3, 1)
    assert exact(top[0]["total_revenue"]) == 150000
    revenues = [entry["total_revenue"] for entry in top]
    assert revenues == sorted(revenues, reverse=True)
    expect(shop.staff.client.post(f"/api/orders/{newest_order_of(shop, ada)}/cancel"), 200)
    shop.settled_dashboard()
    assert product["id"] not in [entry["product_id"] for entry in shop.dashboard()["top_products"] if entry["total_revenue"]]


def newest_order_of(shop, person):
    return person.client.get(f"/api/orders/user/{person.id}", params={"limit": 1}).data["orders"][0]["id"]


def assert_is_a_distribution(rows):
    assert [row["status"] for row in rows] == STATUSES or {row["status"] for row in rows} == set(STATUSES)
    count = sum(row["count"] for row in rows)
    assert abs(sum(exact(row["percentage"]) for row in rows) - (100 if count else 0)) <= Decimal("0.5")
    for row in rows:
        share = Decimal(row["count"] * 100) / count if count else 0
        assert abs(exact(row["percentage"]) - share) <= Decimal("0.05")


def test_status_of_orders_in_the_dashboard(shop, ada):
    before = {row["status"]: row["count"] for row in shop.settled_dashboard()["order_status"]}
    for status in ("shipped", "cancelled"):
        shop.order_in(status, ada)
    rows = shop.settled_dashboard()["order_status"]
    after = {row["status"]: row["count"] for row in rows}
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "shipped": 1, "cancelled": 1,
    }
    assert_is_a_distribution(rows)


def test_status_distribution(shop, ada):
    shop.order_in("delivered", ada)
    shop.settled_dashboard()
    data = read(shop, "distribution")
    assert_is_a_distribution(data["distribution"])
    assert data["total_orders"] == sum(row["count"] for row in data["distribution"])
    for row in data["distribution"]:
        listed = shop.staff.client.get("/api/orders", params={"status": row["status"], "limit": 1})
        assert listed.data["pagination"]["total"] == row["count"], row["status"]


@pytest.mark.parametrize("days", [None, 1, 7, 30, 365])
def test_daily_sales_have_a_row_for_each_day(shop, days):
    shop.settled_dashboard()
    data = read(shop, "daily", **({} if days is None else {"days": days}))
    count = days or 7
    assert data["period_days"] == data["period"]["days"] == len(data["daily_sales"]) == count
    dates = [datetime.date.fromisoformat(row["date"]) for row in data["daily_sales"]]
    assert all(after - before == datetime.timedelta(days=1) for before, after in zip(dates, dates[1:]))
    assert (dates[0].isoformat(), dates[-1].isoformat()) == (data["period"]["from"], data["period"]["to"])


def test_daily_sales_equal_the_dashboard(shop):
    days = shop.settled_dashboard()["recent_sales"]
    assert read(shop, "daily")["daily_sales"] == days


@pytest.mark.parametrize("name", READS)
def test_days_and_a_chosen_period_exclude_each_other(shop, name):
    params = {"days": "7", "from": "2024-02-28", "to": "2024-03-01"}
    expect_violations(shop.analyst.client.get(READS[name], params=params), "days")


def test_top_selling(shop, ada):
    product = shop.product(price="70000.00", inventory_count=100)
    order = shop.order(ada, (product, 2), (product, 1))
    shop.settled_dashboard()
    data = read(shop, "top", limit=100)
    entry = next(entry for entry in data["products"] if entry["product_id"] == product["id"])
    assert (entry["total_quantity"], exact(entry["total_revenue"]), entry["order_count"]) == (3, 210000, 1)
    assert data["limit"] == 100
    expect(ada.client.post(f"/api/orders/{order['id']}/cancel"), 200)
    shop.settled_dashboard()
    entries = [entry for entry in read(shop, "top", limit=100)["products"] if entry["product_id"] == product["id"]]
    assert all((entry["total_quantity"], entry["total_revenue"]) == (0, 0) for entry in entries)


@pytest.mark.parametrize("limit", [None, 1, 3])
def test_top_selling_answers_as_many_as_asked_for(shop, ada, limit):
    for _ in range(3):
        shop.order(ada, (shop.product(), 1))
    shop.settled_dashboard()
    data = read(shop, "top", **({} if limit is None else {"limit": limit}))
    assert data["limit"] == (limit or 10)
    assert len(data["products"]) <= data["limit"]
    assert limit is None or len(data["products"]) == limit


def test_user_activity(shop):
    person = shop.customer()
    product = shop.product(price="99999.99", inventory_count=100)
    orders = [shop.order(person, (product, 5)) for _ in range(2)]
    shop.settled_dashboard()
    data = read(shop, "activity")
    assert data["period_days"] == data["period"]["days"] == 30
    entry = next(entry for entry in data["top_users"] if entry["user_id"] == person.id)
    assert (entry["order_count"], exact(entry["total_spent"])) == (2, Decimal("999999.90"))
    assert entry["last_order_date"] == orders[1]["created_at"]
    spent = [entry["total_spent"] for entry in data["top_users"]]
    assert spent == sorted(spent, reverse=True)


@pytest.mark.parametrize("name", [name for name in READS if name != "stream"])
def test_every_read_tells_its_period_and_freshness(shop, name):
    data = read(shop, name, **{"from": "2026-01-01", "to": "2026-01-31", "tz": "Asia/Tokyo"})
    period = data["period"]
    assert (period["from"], period["to"], period["days"], period["time_zone"]) == (
        "2026-01-01", "2026-01-31", 31, "Asia/Tokyo",
    )
    assert (period["previous_from"], period["previous_to"]) == ("2025-12-01", "2025-12-31")
    assert period["compare"] == "previous_period"


# What is wrong with a period has one name and one text, whether it comes as parameters or as the fields of a query.
BAD_WHEREVER = [
    {"from": "yesterday", "to": "2026-01-31"}, {"from": " 2026-01-01", "to": "2026-01-31"}, {"from": "2026-01-01"},
    {"to": "2026-01-31"}, {"from": "2026-02-01", "to": "2026-01-31"}, {"from": "1990-01-01", "to": "2026-01-31"},
    {"from": "1969-12-31", "to": "1970-01-01"}, {"from": "2026-01-01", "to": "2026-01-02", "days": 7}, {"from": "2026-01-01", "days": 7},
    {"tz": "Mars/Olympus"}, {"tz": ""}, {"compare": "last_year"}, {"compare": ""}, {"compare": "previous_year "},
    {"from": "x", "to": "y", "tz": "z", "compare": "c"},
]


@pytest.mark.parametrize("fields", BAD_WHEREVER, ids=str)
def test_a_bad_period_is_told_alike_by_the_dashboard_and_by_queries(shop, fields):
    client = shop.analyst.client
    by_route = expect(client.get(READS["dashboard"], params=fields), 400, "validation_failed").fields
    by_query = expect(client.post("/api/analytics/query", json={"metrics": ["orders"], **fields}), 400, "validation_failed").fields
    assert by_route == by_query


BAD_PERIODS = [
    ({"from": "yesterday", "to": "2026-01-31"}, ["from"]),
    ({"from": "2026-01-01", "to": "2026-02-30"}, ["to"]),
    ({"from": "2026-13-01", "to": "2026-02-30"}, ["from", "to"]),
    ({"from": "", "to": "2026-01-31"}, ["from"]),
    ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-31"}, ["from"]),
    ({"from": "26-1-1", "to": "2026-01-31"}, ["from"]),
    ({"from": "2026-01-01"}, ["to"]),
    ({"to": "2026-01-31"}, ["from"]),
    ({"tz": "Mars/Olympus"}, ["tz"]),
    ({"tz": ""}, ["tz"]),
    ({"tz": "../../etc/passwd"}, ["tz"]),
    ({"tz": "x" * 65}, ["tz"]),
    ({"from": "x", "to": "y", "tz": "z"}, ["from", "to", "tz"]),
]


@pytest.mark.parametrize("params, fields", BAD_PERIODS)
@pytest.mark.parametrize("name", READS)
def test_bad_periods_are_named(shop, name, params, fields):
    expect_violations(shop.analyst.client.get(READS[name], params=params), *fields)


@pytest.mark.parametrize("params", [
    {"from": "2026-02-01", "to": "2026-01-31"}, {"from": "1990-01-01", "to": "2026-01-31"},
])
@pytest.mark.parametrize("name", READS)
def test_impossible_periods_are_named(shop, name, params):
    answer = expect(shop.analyst.client.get(READS[name], params=params), 400, "validation_failed")
    assert answer.fields and set(answer.fields) <= {"from", "to"}


@pytest.mark.parametrize("value", ["0", "-1", "366", "abc", "1.5", "", "7 ", "0x7", "99999999999999999999"])
@pytest.mark.parametrize("name", READS)
def test_bad_days_are_named(shop, name, value):
    expect_violations(shop.analyst.client.get(READS[name], params={"days": value}), "days")


@pytest.mark.parametrize("value", ["", "last_year", "Previous_Year", "previous_year ", "previous_period,previous_year"])
@pytest.mark.parametrize("path", [READS["dashboard"], READS["stream"], "/api/analytics/reports/products"])
def test_bad_comparisons_are_named(shop, path, value):
    expect_violations(shop.analyst.client.get(path, params={"compare": value}), "compare")


@pytest.mark.parametrize("value", ["0", "-1", "101", "abc", "1.5", ""])
def test_bad_limits_are_named(shop, value):
    expect_violations(shop.analyst.client.get(READS["top"], params={"limit": value}), "limit")


def test_an_order_is_visible_soon(shop):
    """Well under the time that a person takes to look."""
    person, product = shop.customer(), shop.product()
    order = shop.order(person, (product, 1))
    until(
        lambda: order["id"] in [entry["order_id"] for entry in shop.dashboard()["recent_orders"]],
        "the order is among the recent ones", seconds=20,
    )
