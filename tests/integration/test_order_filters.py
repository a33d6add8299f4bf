"""Orders found by what they are narrowed to, and accounts by how their address or name begins."""

import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from harness.client import expect, expect_violations
from harness.history import invent_history, served
from harness.shop import WAY


@pytest.fixture(scope="module")
def past(contract, tmp_path_factory):
    """A shop with orders of many days and all final statuses."""
    with served(contract, tmp_path_factory.mktemp("past"), invent_history(seed=11)) as history:
        yield history.shop.with_people()


def every_order(shop) -> list:
    orders, cursor = [], {}
    while True:
        page = expect(shop.staff.client.get("/api/orders", params={"limit": 100, **cursor}), 200).data
        orders += page["orders"]
        if page["next_cursor"] is None:
            return orders
        cursor = {"cursor": page["next_cursor"]}


def day_of(order, zone="UTC") -> date:
    return datetime.fromisoformat(order["created_at"]).astimezone(ZoneInfo(zone)).date()


def listed(shop, **params) -> list:
    """All pages, by number, which must also agree with the pages by cursor and with the total."""
    by_number, by_cursor, cursor = [], [], {}
    while True:
        page = expect(shop.staff.client.get("/api/orders", params={"limit": 7, **params, **cursor}), 200).data
        by_cursor += page["orders"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    total = page["pagination"]["total"]
    for number in range(1, (total + 6) // 7 + 1):
        by_number += expect(shop.staff.client.get("/api/orders", params={"limit": 7, "page": number, **params}), 200).data["orders"]
    assert [order["id"] for order in by_number] == [order["id"] for order in by_cursor]
    assert len(by_number) == total
    return by_number


def ids(orders) -> list:
    return [order["id"] for order in orders]


def test_each_filter_alone_and_with_others_is_what_one_would_count(past):
    orders = every_order(past)
    assert len(orders) > 100
    random.seed(4)
    days = sorted({day_of(order) for order in orders})
    users = sorted({order["user_id"] for order in orders if order["user_id"]})
    for _ in range(25):
        wanted, keep = {}, []
        if random.random() < 0.5:
            statuses = random.sample([*WAY, "cancelled"], random.randint(1, 3))
            wanted["status"] = ",".join(statuses)
            keep.append(lambda order, statuses=statuses: order["status"] in statuses)
        if random.random() < 0.4:
            user = random.choice(users)
            wanted["user_id"] = user
            keep.append(lambda order, user=user: order["user_id"] == user)
        zone = random.choice(["UTC", "Asia/Tokyo", "America/Los_Angeles"])
        wanted["tz"] = zone
        first, last = sorted(random.choices(days, k=2))
        if random.random() < 0.6:
            wanted["from"] = str(first)
            keep.append(lambda order, first=first, zone=zone: day_of(order, zone) >= first)
        if random.random() < 0.6:
            wanted["to"] = str(last)
            keep.append(lambda order, last=last, zone=zone: day_of(order, zone) <= last)
        expected = [order for order in orders if all(each(order) for each in keep)]
        assert ids(listed(past, **wanted)) == ids(expected), wanted


def test_an_order_is_found_by_its_id_its_beginning_and_its_end(past):
    orders = every_order(past)
    order = random.Random(3).choice(orders)
    digits = order["id"].replace("-", "")
    assert ids(listed(past, search=order["id"])) == [order["id"]]
    assert ids(listed(past, search=digits.upper())) == [order["id"]]
    assert order["id"] in ids(listed(past, search=digits[-8:]))
    for length in (8, 9, 13, 20):
        expected = [other["id"] for other in orders if other["id"].replace("-", "").startswith(digits[:length])]
        assert ids(listed(past, search=digits[:length])) == expected
    assert listed(past, search=digits[-8:], user_id="01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40") == []


def test_new_orders_are_in_todays_list_and_do_not_move_the_reader(shop):
    person, product = shop.customer(), shop.product(inventory_count=100)
    placed = [shop.order(person, (product, 1))["id"] for _ in range(5)]
    today = datetime.now(timezone.utc).date()
    wanted = {"user_id": person.id, "from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1)), "limit": 2}
    first = expect(shop.staff.client.get("/api/orders", params=wanted), 200).data
    shop.order(person, (product, 1))
    rest = expect(shop.staff.client.get("/api/orders", params={**wanted, "cursor": first["next_cursor"]}), 200).data
    assert ids(first["orders"]) + ids(rest["orders"]) == placed[::-1][:4]


def test_staff_are_told_what_may_follow_and_customers_are_not(shop):
    person = shop.customer()
    order = shop.order(person, (shop.product(), 2))
    assert order["item_count"] == 2
    assert "allowed_transitions" not in order
    path = f"/api/orders/{order['id']}"
    assert "allowed_transitions" not in person.client.get(path).data["order"]
    allowed = expect(shop.staff.client.get(path), 200).data["order"]["allowed_transitions"]
    assert allowed == ["confirmed", "cancelled"]
    for status in WAY[1:]:
        assert status in allowed
        allowed = expect(shop.staff.client.put(f"{path}/status", {"status": status}), 200).data["order"]["allowed_transitions"]
    assert allowed == []


@pytest.mark.parametrize("params, names", [
    ({"status": "lost"}, {"status"}),
    ({"status": "pending,"}, {"status"}),
    ({"user_id": "me"}, {"user_id"}),
    ({"from": "2026-02-30"}, {"from"}),
    ({"from": "2026-11-02", "to": "2026-11-01"}, {"from"}),
    ({"to": "1969-12-31"}, {"to"}),
    ({"tz": "Mars/Olympus"}, {"tz"}),
    ({"search": "1234567"}, {"search"}),
    ({"search": "tea"}, {"search"}),
    ({"search": "0" * 33}, {"search"}),
    ({"status": "x", "from": "y", "search": "z"}, {"status", "from", "search"}),
])
def test_what_cannot_be_searched_for_is_named(shop, params, names):
    expect_violations(shop.staff.client.get("/api/orders", params=params), *names)


def test_accounts_are_found_by_id_and_by_how_they_begin(shop):
    ada, bob = shop.customer(), shop.customer()
    found = expect(shop.staff.client.get("/api/users", params={"ids": f"{bob.id},{ada.id}"}), 200).data["users"]
    assert ids(found) == [bob.id, ada.id]
    assert set(found[0]) == {"id", "email", "first_name", "last_name", "role", "created_at"}
    unknown = "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"
    assert ids(expect(shop.staff.client.get("/api/users", params={"ids": f"{unknown},{ada.id}"}), 200).data["users"]) == [ada.id]
    email = found[1]["email"]
    assert ids(expect(shop.staff.client.get("/api/users", params={"search": email.upper()}), 200).data["users"]) == [ada.id]
    assert expect(shop.staff.client.get("/api/users", params={"search": "zzzz"}), 200).data["users"] == []
    many = expect(shop.staff.client.get("/api/users", params={"search": email[:2], "limit": 1}), 200).data["users"]
    assert len(many) == 1


@pytest.mark.parametrize("params, names", [
    ({}, {"search"}),
    ({"ids": "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40", "search": "ada"}, {"search"}),
    ({"search": "a"}, {"search"}),
    ({"search": "a" * 101}, {"search"}),
    ({"ids": "x"}, {"ids"}),
    ({"search": "ada", "limit": 51}, {"limit"}),
])
def test_what_accounts_cannot_be_found_by_is_named(shop, params, names):
    expect_violations(shop.staff.client.get("/api/users", params=params), *names)
