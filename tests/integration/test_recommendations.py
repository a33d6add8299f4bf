"""Recommendations: who gets what, and never what cannot be bought."""

import pytest

from harness.client import expect, expect_violations
from harness.waiting import until

NO_SUCH_ID = "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"


def similar(shop, product, **params):
    answer = expect(shop.client().get(f"/api/ai/recommendations/product/{product['id']}", params=params), 200)
    data = answer.data
    assert data["product_id"] == product["id"]
    assert data["count"] == len(data["similar_products"])
    return data["similar_products"]


def ids(entries):
    return [entry["product_id"] for entry in entries]


def for_user(shop, person, **params):
    answer = expect(person.client.get(f"/api/ai/recommendations/user/{person.id}", params=params), 200)
    assert answer.data["user_id"] == person.id
    assert answer.data["count"] == len(answer.data["recommendations"])
    return answer.data


def pair(shop, orders=3):
    """Two products that several customers bought together."""
    first, second = shop.product(), shop.product()
    for _ in range(orders):
        shop.order(shop.customer(), (first, 1), (second, 1))
    return first, second


def test_what_is_bought_together_is_recommended_without_training(shop):
    first, second = pair(shop)
    until(lambda: second["id"] in ids(similar(shop, first)), "the partner is recommended", seconds=3)
    entry = next(entry for entry in similar(shop, first) if entry["product_id"] == second["id"])
    assert entry["product_name"] == second["name"]
    assert entry["similarity"] > 0
    assert first["id"] not in ids(similar(shop, first, limit=100))


def test_best_come_first(shop):
    first, second = pair(shop)
    until(lambda: ids(similar(shop, first)), "there are recommendations")
    scores = [entry["similarity"] for entry in similar(shop, first, limit=100)]
    assert scores == sorted(scores, reverse=True)


def test_an_unknown_product_is_404(shop, anyone):
    expect(anyone.get(f"/api/ai/recommendations/product/{NO_SUCH_ID}"), 404, "not_found")
    expect_violations(anyone.get("/api/ai/recommendations/product/x"), "product_id")


def test_a_product_nobody_bought_has_an_answer(shop):
    product = shop.product()
    until(
        lambda: shop.client().get(f"/api/ai/recommendations/product/{product['id']}").status == 200,
        "the new product is known",
    )


def test_a_customer_gets_what_goes_with_their_purchases(shop):
    first, second = pair(shop, orders=5)
    person = shop.customer()
    shop.order(person, (first, 1))
    until(lambda: second["id"] in ids(for_user(shop, person, limit=20)["recommendations"]), "the partner is recommended")
    data = for_user(shop, person, limit=20)
    assert "trending" not in data["algorithm"]
    scores = [entry["score"] for entry in data["recommendations"]]
    assert scores == sorted(scores, reverse=True)


def test_a_customer_without_history_gets_what_is_trending(shop):
    pair(shop)
    person = shop.customer()
    until(lambda: for_user(shop, person)["recommendations"], "there are trending products")
    assert "trending" in for_user(shop, person)["algorithm"]


def test_an_unknown_customer_gets_what_is_trending(shop):
    answer = expect(shop.staff.client.get(f"/api/ai/recommendations/user/{NO_SUCH_ID}"), 200)
    assert "trending" in answer.data["algorithm"]
    expect_violations(shop.staff.client.get("/api/ai/recommendations/user/me"), "user_id")


def popular(shop, **params):
    data = expect(shop.client().get("/api/ai/recommendations/popular", params=params), 200).data
    assert data["count"] == len(data["popular_products"])
    return data["popular_products"]


def test_popular_products_are_those_that_sell(shop, ada):
    product = shop.product(inventory_count=10**6)
    for _ in range(2):
        shop.order(ada, (product, 5000))
    best = {"product_id": product["id"], "product_name": product["name"], "total_sold": 10000, "order_count": 2}
    until(lambda: best in popular(shop), "the best seller is popular with both its orders")


def everywhere(shop, first, person):
    """All products that are recommended to anyone in this little world."""
    return {
        *ids(similar(shop, first, limit=100)), *ids(popular(shop, limit=100)),
        *ids(for_user(shop, person, limit=100)["recommendations"]),
        *ids(for_user(shop, shop.staff, limit=100)["recommendations"]),
    }


@pytest.mark.parametrize("reason", ["inactive", "sold out"])
def test_what_cannot_be_bought_is_not_recommended(shop, reason):
    first, second = shop.product(inventory_count=1000), shop.product(inventory_count=400)
    for _ in range(3):
        shop.order(shop.customer(), (first, 100), (second, 100))
    person = shop.customer()
    shop.order(person, (first, 1))
    until(lambda: second["id"] in ids(similar(shop, first, limit=100)), "the partner is recommended")
    path = f"/api/products/{second['id']}"
    if reason == "inactive":
        expect(shop.staff.client.delete(path), 200)
    else:
        shop.order(shop.customer(), (second, 100))
    until(lambda: second["id"] not in everywhere(shop, first, person), f"nothing that is {reason} is recommended", seconds=5)
    back = {"is_active": True} if reason == "inactive" else {"inventory_count": 5}
    expect(shop.staff.client.put(path, back), 200)
    until(lambda: second["id"] in ids(similar(shop, first, limit=100)), "it is recommended again", seconds=5)


@pytest.mark.parametrize("limit", [1, 2])
def test_no_more_than_asked_for(shop, ada, limit):
    products = [shop.product() for _ in range(4)]
    for _ in range(2):
        shop.order(shop.customer(), *[(product, 1) for product in products])
    until(lambda: len(similar(shop, products[0], limit=100)) >= 3, "three partners are known")
    assert len(similar(shop, products[0], limit=limit)) == limit
    assert len(popular(shop, limit=limit)) == limit
    assert len(for_user(shop, ada, limit=limit)["recommendations"]) <= limit


@pytest.mark.parametrize("limit", ["0", "101", "-1", "abc", "1.5", ""])
def test_bad_limits_are_named(shop, ada, limit):
    product = shop.product()
    for client, path in [
        (shop.client(), "/api/ai/recommendations/popular"),
        (shop.client(), f"/api/ai/recommendations/product/{product['id']}"),
        (ada.client, f"/api/ai/recommendations/user/{ada.id}"),
    ]:
        expect_violations(client.get(path, params={"limit": limit}), "limit")


def status(shop):
    return expect(shop.analyst.client.get("/api/ai/model/status"), 200).data


def test_training_makes_a_new_model(shop):
    pair(shop)
    before = status(shop)
    answer = expect(shop.staff.client.post("/api/ai/train"), 202)
    assert answer.body["message"]

    def trained():
        now = status(shop)
        return now if now["model_version"] > before["model_version"] else None

    after = until(trained, "a new model is in use")
    assert after["is_trained"] is True
    assert after["trained_at"] >= answer.data["timestamp"][:19]
    assert after["training_ms"] >= 0 and after["model_bytes"] > 0
    assert after["orders_count"] >= 3 and after["products_count"] >= 2 and after["users_count"] >= 3
    assert after["interactions_count"] >= 6


def test_training_twice_is_answered_twice(shop):
    answers = [expect(shop.admin.client.post("/api/ai/train"), 202) for _ in range(2)]
    times = [answer.data["timestamp"] for answer in answers]
    assert times == sorted(times)


def test_recommendations_stand_after_training(shop):
    first, second = pair(shop)
    until(lambda: second["id"] in ids(similar(shop, first)), "the partner is recommended")
    before = status(shop)["model_version"]
    expect(shop.staff.client.post("/api/ai/train"), 202)
    until(lambda: status(shop)["model_version"] > before, "a new model is in use")
    assert second["id"] in ids(similar(shop, first))


def test_the_model_follows_the_orders(shop, ada):
    before = status(shop)["orders_count"]
    shop.order(ada, (shop.product(), 1))
    until(lambda: status(shop)["orders_count"] > before and status(shop)["events_behind"] == 0, "the model has the order")
