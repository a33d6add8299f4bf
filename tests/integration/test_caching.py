"""ETag and If-None-Match on every resource and list that has them."""

import pytest

from harness import contract as contract_module
from harness.client import expect

CONTRACT = contract_module.load()
CACHED = [operation for operation in CONTRACT.operations if "304" in operation.spec["responses"]]


@pytest.fixture(scope="module")
def things(shop):
    person = shop.customer()
    product = shop.product(category_name=shop.unique("Kept"))
    return {"person": person, "product": product, "order": shop.order(person, (product, 1))}


def path_of(operation, things):
    ids = {
        "/api/products/{id}": things["product"]["id"],
        "/api/products/{id}/stock": things["product"]["id"],
        "/api/orders/user/{userId}": things["person"].id,
    }
    id = ids.get(operation.path, things["order"]["id"])
    return operation.path.replace("{id}", id).replace("{userId}", id)


@pytest.mark.parametrize("operation", CACHED, ids=str)
def test_an_unchanged_answer_is_304(shop, things, operation):
    client, path = shop.admin.client, path_of(operation, things)
    first = expect(client.get(path), 200)
    etag = first.headers["ETag"]
    for known in (etag, f'"another", {etag}', f"W/{etag.removeprefix('W/')}", "*"):
        answer = expect(client.get(path, headers={"If-None-Match": known}), 304)
        assert answer.headers["ETag"] == etag
    for unknown in ('"another"', 'W/"another"', "nonsense"):
        assert expect(client.get(path, headers={"If-None-Match": unknown}), 200).body == first.body


def assert_changes(client, path, change):
    before = expect(client.get(path), 200)
    change()
    after = expect(client.get(path, headers={"If-None-Match": before.headers["ETag"]}), 200)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.body != before.body


def test_a_changed_product_has_another_etag(shop, anyone):
    product = shop.product(category_name=shop.unique("Changing"))
    edit = lambda price: expect(shop.staff.client.put(f"/api/products/{product['id']}", {"price": price}), 200)
    assert_changes(anyone, f"/api/products/{product['id']}", lambda: edit("6.00"))
    assert_changes(anyone, f"/api/products?category={product['category_name']}", lambda: edit("7.00"))


def test_an_order_changes_the_product_and_its_own_lists(shop):
    person, product = shop.customer(), shop.product()
    place = lambda: shop.order(person, (product, 1))
    assert_changes(person.client, f"/api/products/{product['id']}", place)
    assert_changes(person.client, f"/api/orders/user/{person.id}", place)
    assert_changes(shop.staff.client, "/api/orders", place)


def test_a_status_change_has_another_etag(shop):
    person = shop.customer()
    order = shop.order(person, (shop.product(), 1))
    steps = iter(["confirmed", "processing", "shipped"])
    move = lambda: expect(shop.move(order, next(steps)), 200)
    for path in (f"/api/orders/{order['id']}", f"/api/orders/{order['id']}/events", f"/api/orders/user/{person.id}"):
        assert_changes(person.client, path, move)


def test_a_changed_profile_has_another_etag(shop):
    person = shop.customer()
    edit = lambda: expect(person.client.put("/api/users/profile", {"first_name": shop.unique("Name")}), 200)
    assert_changes(person.client, "/api/users/profile", edit)


def test_a_private_answer_is_not_for_shared_caches(shop):
    person = shop.customer()
    control = person.client.get("/api/users/profile").headers.get("Cache-Control", "")
    assert "private" in control or "no-store" in control
    assert "public" not in control
