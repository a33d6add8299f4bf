"""One idempotency key, one order."""

import pytest

from harness.client import expect, expect_violations
from harness.shop import at_once, order_body


def total(person):
    return person.client.get(f"/api/orders/user/{person.id}").data["pagination"]["total"]


def test_the_same_key_and_body_get_the_same_answer(shop):
    person, product = shop.customer(), shop.product(inventory_count=10)
    key = shop.unique("key")
    body = order_body(person, (product, 2))
    answers = [
        expect(person.client.post("/api/orders", body, headers={"Idempotency-Key": key}), 201) for _ in range(3)
    ]
    assert answers[0].body == answers[1].body == answers[2].body
    assert total(person) == 1
    assert shop.stock(product) == 8


def test_the_answer_stays_though_the_order_moves_on(shop):
    person, product = shop.customer(), shop.product()
    key = shop.unique("key")
    first = expect(shop.try_order(person, (product, 1), key=key), 201)
    expect(person.client.post(f"/api/orders/{first.data['order']['id']}/cancel"), 200)
    again = expect(shop.try_order(person, (product, 1), key=key), 201)
    assert again.data["order"]["id"] == first.data["order"]["id"]
    assert total(person) == 1


def test_the_same_key_at_another_front_gets_the_same_order(shop):
    person, product = shop.customer(), shop.product()
    key = shop.unique("key")
    ids = {
        expect(shop.try_order(person, (product, 1), key=key, client=shop.client(front, person.token)), 201).data["order"]["id"]
        for front in ("gateway", "order", "dashboard")
    }
    assert len(ids) == 1


def test_the_same_key_with_another_body_is_422(shop):
    person, product = shop.customer(), shop.product(inventory_count=10)
    key = shop.unique("key")
    expect(shop.try_order(person, (product, 1), key=key), 201)
    expect(shop.try_order(person, (product, 2), key=key), 422, "idempotency_conflict")
    assert total(person) == 1
    assert shop.stock(product) == 9


def test_keys_belong_to_an_account(shop):
    product, key = shop.product(), shop.unique("key")
    first, second = shop.customer(), shop.customer()
    one = expect(shop.try_order(first, (product, 1), key=key), 201).data["order"]
    two = expect(shop.try_order(second, (product, 1), key=key), 201).data["order"]
    assert one["id"] != two["id"]
    assert (one["user_id"], two["user_id"]) == (first.id, second.id)


def test_without_a_key_each_post_is_an_order(shop):
    person, product = shop.customer(), shop.product()
    assert shop.order(person, (product, 1))["id"] != shop.order(person, (product, 1))["id"]
    assert total(person) == 2


@pytest.mark.parametrize("length", [1, 255])
def test_keys_within_the_limits_are_taken(shop, length):
    person = shop.customer()
    expect(shop.try_order(person, (shop.product(), 1), key="k" * length), 201)


@pytest.mark.parametrize("key", ["k" * 256, ""])
def test_keys_beyond_the_limits_are_named(shop, ada, key):
    body = order_body(ada, (shop.product(), 1))
    expect_violations(ada.client.post("/api/orders", body, headers={"Idempotency-Key": key}), "Idempotency-Key")


def test_a_refused_order_does_not_use_the_key_up(shop):
    person, product = shop.customer(), shop.product(inventory_count=0)
    key = shop.unique("key")
    expect(shop.try_order(person, (product, 1), key=key), 409, "insufficient_inventory")
    expect(shop.staff.client.put(f"/api/products/{product['id']}", {"inventory_count": 1}), 200)
    expect(shop.try_order(person, (product, 1), key=key), 201)
    assert shop.stock(product) == 0


def test_many_posts_at_once_with_one_key_make_one_order(shop):
    person, product = shop.customer(), shop.product(inventory_count=100)
    key = shop.unique("key")
    answers = at_once([
        lambda: shop.try_order(person, (product, 1), key=key, client=person.client.as_new()) for _ in range(64)
    ])
    made = {answer.data["order"]["id"] for answer in answers if answer.status == 201}
    assert len(made) == 1
    others = [answer for answer in answers if answer.status != 201]
    assert {(answer.status, answer.code) for answer in others} <= {(409, "idempotency_in_progress")}
    assert total(person) == 1
    assert shop.stock(product) == 99
    assert expect(shop.try_order(person, (product, 1), key=key), 201).data["order"]["id"] in made
