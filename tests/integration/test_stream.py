"""The live stream: what it sends, when, and how it goes on after a break."""

import pytest

from harness.client import expect, expect_violations
from harness.stream import Stream


@pytest.fixture
def stream(shop):
    with Stream(shop.analyst.client.as_new()) as stream:
        yield stream


def check_data(shop, event):
    name = {"overview": "Dashboard", "order": "StreamOrder"}.get(event.name)
    if name:
        shop.contract.check(shop.contract.component(name), event.data, f"event {event.name}")


def order_event(order):
    return lambda event: event.name == "order" and event.data["order_id"] == order["id"]


def test_the_overview_comes_at_once(shop, stream):
    event = stream.next(lambda event: True, "a first event", seconds=20)
    assert event.name == "overview"
    check_data(shop, event)


def test_an_order_is_pushed(shop, stream):
    first = stream.next(lambda event: event.name == "overview", "the overview")
    person, product = shop.customer(), shop.product(price="3.21")
    order = shop.order(person, (product, 4))
    event = stream.next(order_event(order), "the order", seconds=20)
    check_data(shop, event)
    assert event.id
    assert event.data["type"] == "order.created"
    assert (event.data["user_id"], event.data["status"], event.data["kind"]) == (person.id, "pending", "sale")
    assert (event.data["total_amount"], event.data["item_count"]) == (12.84, 4)
    assert event.data["timestamp"] == order["created_at"]
    reached = first.data["overview"]["total_orders"] + 1
    follows = stream.next(
        lambda event: event.name == "overview" and event.data["overview"]["total_orders"] >= reached,
        "an overview with the order", seconds=20,
    )
    check_data(shop, follows)


def test_a_status_change_is_pushed_with_the_overview(shop, stream, ada):
    stream.next(lambda event: event.name == "overview", "the overview")
    order = shop.order(ada, (shop.product(), 1))
    expect(ada.client.post(f"/api/orders/{order['id']}/cancel"), 200)
    is_cancelled = lambda entry: (entry["order_id"], entry["status"]) == (order["id"], "cancelled")
    stream.next(
        lambda event: event.name == "overview" and any(is_cancelled(entry) for entry in event.data["recent_orders"]),
        "an overview with the cancelled order", seconds=20,
    )


def test_every_order_comes_once_and_in_turn(shop, stream, ada):
    stream.next(lambda event: event.name == "overview", "the overview")
    product = shop.product(inventory_count=100)
    orders = [shop.order(ada, (product, 1)) for _ in range(20)]
    ids = [order["id"] for order in orders]
    came = [
        stream.next(lambda event: event.name == "order" and event.data["order_id"] in ids, "an order", seconds=20)
        for _ in orders
    ]
    assert [event.data["order_id"] for event in came] == ids
    assert len({event.data["event_id"] for event in came}) == len(ids)


def test_the_stream_goes_on_where_it_broke_off(shop, ada):
    product = shop.product()
    with Stream(shop.analyst.client.as_new()) as before:
        before.next(lambda event: event.name == "overview", "the overview")
        seen = shop.order(ada, (product, 1))
        last = before.next(order_event(seen), "the order").id
    missed = [shop.order(ada, (product, 1)) for _ in range(3)]
    with Stream(shop.analyst.client.as_new(), last_event_id=last) as after:
        orders = [after.next(lambda event: event.name == "order", "a missed order") for _ in missed]
        assert [event.data["order_id"] for event in orders] == [order["id"] for order in missed]
        live = shop.order(ada, (product, 1))
        after.next(order_event(live), "a new order")


def test_a_new_stream_does_not_repeat_the_past(shop, ada):
    product = shop.product()
    shop.order(ada, (product, 1))
    shop.settled_dashboard()
    with Stream(shop.analyst.client.as_new()) as stream:
        stream.next(lambda event: event.name == "overview", "the overview")
        order = shop.order(ada, (product, 1))
        first = stream.next(lambda event: event.name == "order", "the order")
        assert first.data["order_id"] == order["id"]


def test_the_stream_takes_the_parameters_of_the_dashboard(shop):
    params = {"from": "2024-02-27", "to": "2024-03-01", "tz": "Asia/Tokyo"}
    with Stream(shop.analyst.client.as_new(), params=params) as stream:
        period = stream.next(lambda event: event.name == "overview", "the overview").data["period"]
    assert (period["from"], period["to"], period["time_zone"]) == ("2024-02-27", "2024-03-01", "Asia/Tokyo")


@pytest.mark.parametrize("id", ["abc", "-1", "1.5", "99999999999999999999"])
def test_an_id_of_no_stream_is_named(shop, id):
    answer = shop.analyst.client.get("/api/analytics/stream", headers={"Last-Event-ID": id})
    expect_violations(answer, "Last-Event-ID")


@pytest.mark.parametrize("front", ["analytics", "gateway", "dashboard"])
def test_the_stream_is_open_at_every_front(shop, ada, front):
    client = shop.client(front, shop.analyst.token)
    with Stream(client) as stream:
        stream.next(lambda event: event.name == "overview", "the overview")
        order = shop.order(ada, (shop.product(), 1))
        stream.next(order_event(order), "the order", seconds=20)


def test_many_listeners_get_the_same(shop, ada):
    streams = [Stream(shop.analyst.client.as_new()) for _ in range(10)]
    try:
        for stream in streams:
            stream.next(lambda event: event.name == "overview", "the overview")
        order = shop.order(ada, (shop.product(), 1))
        events = [stream.next(order_event(order), "the order") for stream in streams]
        assert len({event.data["event_id"] for event in events}) == 1
    finally:
        for stream in streams:
            stream.close()


def test_the_end_of_a_session_ends_its_stream(shop):
    person = shop.sign_in(shop.analyst.email)
    with Stream(person.client.as_new()) as stream:
        stream.next(lambda event: event.name == "overview", "the overview")
        expect(person.client.post("/api/users/logout"), 200)
        assert stream.ended.wait(6), "the stream outlives its session"
