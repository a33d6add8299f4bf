"""Orders: placing, reading, their life, and what they do to the stock."""

from decimal import Decimal

import pytest

from harness.client import expect, expect_violations
from harness.shop import ADDRESS, WAY, at_once, order_body

STATUSES = [*WAY, "cancelled"]
LEGAL = {
    ("pending", "confirmed"), ("confirmed", "processing"), ("processing", "shipped"), ("shipped", "delivered"),
    ("pending", "cancelled"), ("confirmed", "cancelled"), ("processing", "cancelled"),
}
NO_SUCH_ID = "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"


def test_an_order_takes_prices_and_names_of_the_catalogue(shop):
    person = shop.customer()
    pot, cup = shop.product(price="19.99"), shop.product(price="0.10")
    order = shop.order(person, (pot, 2), (cup, 3))
    assert (order["user_id"], order["status"], order["kind"]) == (person.id, "pending", "sale")
    assert order["total_amount"] == "40.28"
    assert order["shipping_address"] == ADDRESS
    lines = {item["product_id"]: item for item in order["items"]}
    assert lines[pot["id"]] == {
        **lines[pot["id"]], "product_name": pot["name"], "quantity": 2, "price": "19.99", "subtotal": "39.98",
    }
    assert lines[cup["id"]]["subtotal"] == "0.30"
    assert sum(Decimal(item["subtotal"]) for item in order["items"]) == Decimal(order["total_amount"])


def test_an_order_reads_the_same_everywhere(shop):
    person = shop.customer()
    order = shop.order(person, (shop.product(), 1))
    for client in (person.client, shop.staff.client, shop.admin.client):
        read = expect(client.get(f"/api/orders/{order['id']}"), 200).data["order"]
        read.pop("allowed_transitions", None)  # for staff
        assert read == order
    own = expect(person.client.get(f"/api/orders/user/{person.id}"), 200).data["orders"]
    newest = expect(shop.staff.client.get("/api/orders", params={"limit": 1}), 200).data["orders"]
    for listed in (own[0], newest[0]):
        assert {name: order[name] for name in listed if name in order} == {
            name: value for name, value in listed.items() if name in order
        }


def test_large_orders_are_added_up_exactly(shop):
    person = shop.customer()
    product = shop.product(price="99999999.99", inventory_count=1000000)
    assert shop.order(person, (product, 1000000))["total_amount"] == "99999999990000.00"


def test_a_price_change_leaves_orders_alone(shop):
    person, product = shop.customer(), shop.product(price="5.00")
    order = shop.order(person, (product, 1))
    expect(shop.staff.client.put(f"/api/products/{product['id']}", {"price": "9.00", "name": "Renamed"}), 200)
    assert person.client.get(f"/api/orders/{order['id']}").data["order"] == order
    assert shop.order(person, (product, 1))["total_amount"] == "9.00"


def test_a_deactivated_product_leaves_orders_whole(shop):
    person, product = shop.customer(), shop.product()
    order = shop.order(person, (product, 1))
    expect(shop.staff.client.delete(f"/api/products/{product['id']}"), 200)
    assert person.client.get(f"/api/orders/{order['id']}").data["order"] == order
    expect(shop.try_order(person, (product, 1)), 404, "not_found")
    assert expect(person.client.post(f"/api/orders/{order['id']}/cancel"), 200).data["order"]["status"] == "cancelled"


def test_an_unknown_product_is_404_and_reserves_nothing(shop, ada):
    product = shop.product(inventory_count=5)
    expect(shop.try_order(ada, (product, 1), ({"id": NO_SUCH_ID}, 1)), 404, "not_found")
    assert shop.stock(product) == 5


def test_an_unknown_account_is_404(shop):
    body = {**order_body(shop.staff, (shop.product(), 1)), "user_id": NO_SUCH_ID}
    expect(shop.staff.client.post("/api/orders", body), 404, "not_found")


def order_with(shop, person, **fields):
    body = {**order_body(person, (shop.product(), 1)), **fields}
    return {name: value for name, value in body.items() if value is not ...}


@pytest.mark.parametrize("field, value", [
    ("user_id", ...), ("user_id", None), ("user_id", "me"), ("user_id", 5),
    ("items", ...), ("items", None), ("items", []), ("items", "all"), ("items", {}),
    ("shipping_address", ...), ("shipping_address", None), ("shipping_address", "too short"),
    ("shipping_address", "a" * 501), ("shipping_address", 5), ("shipping_address", "nul\x00 in the middle of it"),
])
def test_place_names_the_bad_field(shop, ada, field, value):
    expect_violations(ada.client.post("/api/orders", order_with(shop, ada, **{field: value})), field)


@pytest.mark.parametrize("line, fields", [
    ({}, ["product_id", "quantity"]), ({"quantity": 1}, ["product_id"]), ({"product_id": NO_SUCH_ID}, ["quantity"]),
    ({"product_id": "x", "quantity": 1}, ["product_id"]), ({"product_id": 5, "quantity": 1}, ["product_id"]),
    ({"product_id": NO_SUCH_ID, "quantity": 0}, ["quantity"]), ({"product_id": NO_SUCH_ID, "quantity": -1}, ["quantity"]),
    ({"product_id": NO_SUCH_ID, "quantity": 1.5}, ["quantity"]), ({"product_id": NO_SUCH_ID, "quantity": "1"}, ["quantity"]),
    ({"product_id": NO_SUCH_ID, "quantity": 1000001}, ["quantity"]),
    ({"product_id": NO_SUCH_ID, "quantity": 10**30}, ["quantity"]),
    ({"product_id": NO_SUCH_ID, "quantity": None}, ["quantity"]),
])
def test_place_names_the_bad_line(shop, ada, line, fields):
    good = order_with(shop, ada)["items"][0]
    answer = ada.client.post("/api/orders", order_with(shop, ada, items=[good, line]))
    expect_violations(answer, *(f"items[1].{field}" for field in fields))


@pytest.mark.parametrize("line", [None, 5, "x", []])
def test_a_line_must_be_an_object(shop, ada, line):
    answer = expect(ada.client.post("/api/orders", order_with(shop, ada, items=[line])), 400, "validation_failed")
    assert answer.fields and all(field.startswith("items[0]") for field in answer.fields)


def test_place_lists_all_violations_at_once(ada):
    body = {"user_id": "x", "items": [{"product_id": "y", "quantity": 0}, {}], "shipping_address": "short"}
    expect_violations(
        ada.client.post("/api/orders", body), "user_id", "items[0].product_id", "items[0].quantity",
        "items[1].product_id", "items[1].quantity", "shipping_address",
    )


def test_a_hundred_lines_are_taken_and_one_more_is_not(shop, ada):
    product = shop.product(inventory_count=1000, price="0.01")
    order = shop.order(ada, *[(product, 1)] * 100)
    assert order["total_amount"] == "1.00"
    expect_violations(ada.client.post("/api/orders", order_body(ada, *[(product, 1)] * 101)), "items")
    assert shop.stock(product) == 900


@pytest.mark.parametrize("address", ["a" * 10, "a" * 500, "😀" * 500, "Line one\nLine two, town", "Rue d'Œuvre 5, Zürich 北京"])
def test_addresses_come_back_as_they_were_sent(shop, ada, address):
    answer = expect(ada.client.post("/api/orders", order_with(shop, ada, shipping_address=address)), 201)
    assert answer.data["order"]["shipping_address"] == address


def test_an_order_takes_stock(shop, ada):
    product = shop.product(inventory_count=10)
    shop.order(ada, (product, 3))
    assert shop.stock(product) == 7


def test_too_little_stock_refuses_the_whole_order_and_names_each_product_short(shop, ada):
    plenty, few, none = (shop.product(inventory_count=count) for count in (10, 2, 0))
    answer = expect(shop.try_order(ada, (plenty, 1), (few, 3), (none, 1)), 409, "insufficient_inventory")
    named = "\n".join(answer.errors)
    assert few["id"] in named and none["id"] in named and plenty["id"] not in named
    assert [shop.stock(product) for product in (plenty, few, none)] == [10, 2, 0]


def test_two_lines_of_a_product_count_as_their_sum(shop, ada):
    product = shop.product(inventory_count=5)
    expect(shop.try_order(ada, (product, 3), (product, 3)), 409, "insufficient_inventory")
    assert shop.stock(product) == 5
    order = shop.order(ada, (product, 3), (product, 2))
    assert sum(item["quantity"] for item in order["items"]) == 5
    assert shop.stock(product) == 0


def test_a_refused_order_leaves_nothing(shop):
    person = shop.customer()
    expect(shop.try_order(person, (shop.product(inventory_count=0), 1)), 409)
    assert person.client.get(f"/api/orders/user/{person.id}").data["orders"] == []


def test_forty_buyers_for_ten_pieces_make_ten_orders(shop):
    buyers = [shop.customer() for _ in range(40)]
    product = shop.product(inventory_count=10)
    answers = at_once([
        lambda person=person: shop.try_order(person, (product, 1), client=person.client.as_new()) for person in buyers
    ])
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [201] * 10 + [409] * 30
    assert {answer.code for answer in answers if answer.status == 409} == {"insufficient_inventory"}
    assert shop.stock(product) == 0
    kept = [person.client.get(f"/api/orders/user/{person.id}").data["pagination"]["total"] for person in buyers]
    assert sorted(kept) == [0] * 30 + [1] * 10


def test_crossed_lines_do_not_block_each_other(shop, ada):
    first, second = shop.product(inventory_count=1000), shop.product(inventory_count=1000)
    answers = at_once([
        lambda lines=lines: shop.try_order(ada, *lines, client=ada.client.as_new())
        for lines in [((first, 1), (second, 2)), ((second, 2), (first, 1))] * 10
    ])
    assert {answer.status for answer in answers} == {201}
    assert (shop.stock(first), shop.stock(second)) == (980, 960)


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("after", STATUSES)
def test_the_status_moves_on_legal_ways_only(shop, ada, before, after):
    product = shop.product(inventory_count=10)
    order = shop.order_in(before, ada, product)
    answer = shop.move(order, after)
    if (before, after) in LEGAL:
        assert expect(answer, 200).data["order"]["status"] == after
    else:
        expect(answer, 409, "invalid_transition")
        assert ada.client.get(f"/api/orders/{order['id']}").data["order"]["status"] == before
    now = after if (before, after) in LEGAL else before
    assert shop.stock(product) == (10 if now == "cancelled" else 9)


@pytest.mark.parametrize("body", [{}, {"status": None}, {"status": ""}, {"status": "PENDING"}, {"status": "paid"}, {"status": 1}])
def test_change_status_names_the_bad_field(shop, ada, body):
    order = shop.order(ada, (shop.product(), 1))
    expect_violations(shop.staff.client.put(f"/api/orders/{order['id']}/status", body), "status")


@pytest.mark.parametrize("before", STATUSES)
def test_cancel_works_while_pending_or_confirmed(shop, ada, before):
    product = shop.product(inventory_count=10)
    order = shop.order_in(before, ada, product)
    answer = ada.client.post(f"/api/orders/{order['id']}/cancel")
    if before in ("pending", "confirmed"):
        assert expect(answer, 200).data["order"]["status"] == "cancelled"
        assert shop.stock(product) == 10
        # A second time changes nothing more.
        expect(ada.client.post(f"/api/orders/{order['id']}/cancel"), 409, "invalid_transition")
    else:
        expect(answer, 409, "invalid_transition")
    assert shop.stock(product) == (10 if before in ("pending", "confirmed", "cancelled") else 9)


@pytest.mark.parametrize("ways", [["cancel"] * 8, ["cancel", "status"] * 4])
def test_stock_comes_back_once_however_many_cancel(shop, ada, ways):
    product = shop.product(inventory_count=10)
    order = shop.order(ada, (product, 4))
    assert shop.stock(product) == 6

    def cancel(way):
        if way == "cancel":
            return ada.client.as_new().post(f"/api/orders/{order['id']}/cancel")
        return shop.move(order, "cancelled", shop.staff.client.as_new())

    answers = at_once([lambda way=way: cancel(way) for way in ways])
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert shop.stock(product) == 10


def test_one_of_many_equal_transitions_wins(shop, ada):
    order = shop.order(ada, (shop.product(), 1))
    answers = at_once([lambda: shop.move(order, "confirmed", shop.staff.client.as_new()) for _ in range(8)])
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    events = ada.client.get(f"/api/orders/{order['id']}/events").data["events"]
    assert [event["type"] for event in events] == ["order.created", "order.confirmed"]


@pytest.mark.parametrize("last", STATUSES)
def test_the_history_is_complete(shop, ada, last):
    order = shop.order_in(last, ada)
    events = expect(ada.client.get(f"/api/orders/{order['id']}/events"), 200).data["events"]
    way = ["created", "cancelled"] if last == "cancelled" else ["created", *WAY[1 : WAY.index(last) + 1]]
    assert [event["type"] for event in events] == [f"order.{step}" for step in way]
    assert [event["version"] for event in events] == list(range(1, len(way) + 1))
    assert [event["status"] for event in events] == ["pending", *way[1:]]
    assert {event["order_id"] for event in events} == {order["id"]}
    assert len({event["event_id"] for event in events}) == len(events)
    times = [event["timestamp"] for event in events]
    assert times == sorted(times)


@pytest.mark.parametrize("id, status", [(NO_SUCH_ID, 404), ("not-a-uuid", 400), ("' OR 1=1 --", 400)])
@pytest.mark.parametrize("method, path, body", [
    ("GET", "/api/orders/{}", None), ("GET", "/api/orders/{}/events", None), ("POST", "/api/orders/{}/cancel", None),
    ("PUT", "/api/orders/{}/status", {"status": "confirmed"}),
])
def test_ids_that_lead_nowhere(shop, method, path, body, id, status):
    answer = shop.staff.client.request(method, path.format(id), json=body)
    if status == 400:
        expect_violations(answer, "id")
    else:
        expect(answer, 404, "not_found")


def test_orders_of_an_account(shop):
    person = shop.customer()
    path = f"/api/orders/user/{person.id}"
    assert expect(person.client.get(path), 200).data["orders"] == []
    orders = [shop.order(person, (shop.product(), 1))["id"] for _ in range(3)]
    for client in (person.client, shop.staff.client):
        assert [order["id"] for order in client.get(path).data["orders"]] == orders[::-1]
    expect_violations(person.client.get("/api/orders/user/me"), "userId")


def test_orders_by_status(shop, ada):
    orders = {status: shop.order_in(status, ada)["id"] for status in STATUSES}
    for status, id in orders.items():
        listed = expect(shop.staff.client.get("/api/orders", params={"status": status, "limit": 100}), 200).data["orders"]
        assert {order["status"] for order in listed} == {status}
        assert id in [order["id"] for order in listed]


@pytest.mark.parametrize("name, value", [
    ("status", "paid"), ("status", ""), ("page", "0"), ("page", "x"), ("limit", "0"), ("limit", "101"), ("cursor", "x"),
])
def test_bad_list_parameters_are_named(shop, name, value):
    expect_violations(shop.staff.client.get("/api/orders", params={name: value}), name)
    if name != "status":
        expect_violations(shop.staff.client.get(f"/api/orders/user/{shop.staff.id}", params={name: value}), name)
        expect_violations(shop.admin.client.get("/api/users/all", params={name: value}), name)
