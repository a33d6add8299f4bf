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
    until(lambda: second["id"] in ids(similar(shop, first)), "the partner is recommended", seconds=20)
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
    best = {"product_id": product["id"], "product_name": product["name"], "total_sold": 10000, "order_count": 2,
            "reason": {"kind": "popular", "text": "A best seller"}}
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
    until(lambda: second["id"] not in everywhere(shop, first, person), f"nothing that is {reason} is recommended", seconds=20)
    back = {"is_active": True} if reason == "inactive" else {"inventory_count": 5}
    expect(shop.staff.client.put(path, back), 200)
    until(lambda: second["id"] in ids(similar(shop, first, limit=100)), "it is recommended again", seconds=20)


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


def together(shop, kind, body):
    data = expect(shop.client().post(f"/api/ai/recommendations/{kind}", body), 200).data
    assert data["count"] == len(data["recommendations"])
    assert data["model_version"] >= 0 and data["method"]
    return data


def entry_of(entries, product):
    return next((entry for entry in entries if entry["product_id"] == product["id"]), None)


def test_each_product_says_why_even_because_of_what_is_gone(shop):
    first, second = pair(shop)
    until(lambda: entry_of(similar(shop, first), second), "the partner is recommended")
    expect(shop.staff.client.delete(f"/api/products/{first['id']}"), 200)
    reason = entry_of(similar(shop, first), second)["reason"]
    assert reason["kind"] == "bought_together"
    assert reason["text"] == f"Bought together with {first['name']}"
    assert reason["because"] == {"product_id": first["id"], "product_name": first["name"]}
    assert all(entry["reason"]["kind"] == "popular" and entry["reason"]["text"] for entry in popular(shop))


@pytest.mark.parametrize("kind, body", [
    ("basket", lambda product: {"items": [{"product_id": product["id"], "quantity": 2}]}),
    ("basket", lambda product: {"product_ids": [NO_SUCH_ID, product["id"]]}),
    ("session", lambda product: {"viewed": [NO_SUCH_ID, product["id"]]}),
])
def test_what_goes_with_a_basket_or_a_session(shop, kind, body):
    first, second = pair(shop)
    until(lambda: entry_of(together(shop, kind, body(first))["recommendations"], second), "the partner is recommended")
    data = together(shop, kind, body(first))
    assert data["algorithm"] == "item_similarity"
    assert entry_of(data["recommendations"], second)["reason"]["because"]["product_id"] == first["id"]
    assert not entry_of(data["recommendations"], first), "what one has is not recommended"
    expect(shop.staff.client.delete(f"/api/products/{second['id']}"), 200)
    until(lambda: not entry_of(together(shop, kind, {**body(first), "limit": 100})["recommendations"], second), "it is gone", seconds=20)


@pytest.mark.parametrize("kind, field", [("basket", "product_ids"), ("session", "viewed")])
def test_where_nothing_is_known_the_trend_answers(shop, kind, field):
    pair(shop)
    data = until(lambda: (lambda it: it if it["count"] else None)(together(shop, kind, {field: [NO_SUCH_ID]})), "something is trending")
    assert data["algorithm"] == data["method"] == "trending"
    assert {entry["reason"]["kind"] for entry in data["recommendations"]} == {"trending"}


def test_many_customers_at_once(shop):
    first, second = pair(shop)
    person = shop.customer()
    shop.order(person, (first, 1))
    body = {"user_ids": [person.id, NO_SUCH_ID, person.id], "limit": 20}

    def answered():
        return expect(shop.staff.client.post("/api/ai/recommendations/batch", body), 200).data

    until(lambda: entry_of(answered()["customers"][0]["recommendations"], second), "the partner is recommended")
    data = answered()
    assert data["count"] == 3 and [each["user_id"] for each in data["customers"]] == body["user_ids"]
    assert data["customers"][0]["recommendations"] == for_user(shop, person, limit=20)["recommendations"]
    assert data["customers"][1]["algorithm"] == "trending"
    expect(shop.analyst.client.post("/api/ai/recommendations/batch", body), 403, "forbidden")
    expect_violations(shop.staff.client.post("/api/ai/recommendations/batch", {**body, "user_ids": [NO_SUCH_ID] * 1001}), "user_ids")
    expect_violations(shop.staff.client.post("/api/ai/recommendations/batch", {"user_ids": [NO_SUCH_ID] * 101, "limit": 100}), "limit")


def a_rare_partner(shop):
    """A product, and one of a category of its own that is the only one of it and dear, among ten that go with the first."""
    first = shop.product()
    others = [shop.product(category_name="Usual") for _ in range(10)]
    rare = shop.product(category_name=f"Rare {first['id'][-6:]}", price="77.77")
    for _ in range(4):  # large baskets weigh less for each of their pairs
        shop.order(shop.customer(), (first, 1), *[(each, 1) for each in others])
    shop.order(shop.customer(), (first, 1), (rare, 1))
    until(lambda: entry_of(similar(shop, first, limit=100), rare), "the rare partner is recommended")
    return first, others, rare


def test_wishes_are_kept(shop):
    first, others, rare = a_rare_partner(shop)
    person = shop.customer()
    shop.order(person, (first, 1))
    until(lambda: for_user(shop, person)["algorithm"] == "item_similarity", "the order is learnt")
    rare_only = {"category": rare["category_name"]}
    body = {"category": rare["category_name"]}
    basket = {"product_ids": [first["id"]]}
    assert ids(similar(shop, first, limit=1, **rare_only)) == [rare["id"]]
    assert ids(for_user(shop, person, limit=1, **rare_only)["recommendations"]) == [rare["id"]]
    assert ids(popular(shop, limit=1, **rare_only)) == [rare["id"]]
    assert ids(together(shop, "basket", {**basket, **body})["recommendations"]) == [rare["id"]]
    assert rare["id"] in ids(similar(shop, first, limit=100, minPrice="77.77", maxPrice="77.77"))
    assert rare["id"] not in ids(similar(shop, first, limit=100, minPrice="77.78"))
    assert rare["id"] not in ids(together(shop, "basket", {**basket, "max_price": 77.76, "limit": 100})["recommendations"])
    shunned = [others[0]["id"], rare["id"]]
    left = ids(similar(shop, first, limit=100, exclude=",".join(shunned)))
    assert not set(shunned) & set(left) and others[1]["id"] in left
    assert not set(shunned) & set(ids(together(shop, "session", {"viewed": [first["id"]], "exclude": shunned, "limit": 100})["recommendations"]))
    assert not set(shunned) & set(ids(popular(shop, limit=100, exclude=",".join(shunned))))


def test_a_category_that_was_changed_counts_as_it_is_now(shop):
    first, second = pair(shop)
    until(lambda: entry_of(similar(shop, first), second), "the partner is recommended")
    expect(shop.staff.client.put(f"/api/products/{second['id']}", {"category_name": f"New {second['id'][-6:]}"}), 200)
    until(lambda: ids(similar(shop, first, category=f"New {second['id'][-6:]}")) == [second["id"]], "it is found there", seconds=20)


def test_diversity_brings_another_category_forward(shop):
    first, others, rare = a_rare_partner(shop)
    plain, varied = (ids(similar(shop, first, limit=11, diversity=diversity)) for diversity in (0, 0.9))
    assert plain[0] == varied[0], "the best comes first all the same"
    assert varied.index(rare["id"]) < plain.index(rare["id"])
    assert ids(similar(shop, first, limit=11, diversity=0.9)) == varied


@pytest.mark.parametrize("query, name", [
    ("exclude=x", "exclude"), ("exclude=" + ",".join([NO_SUCH_ID] * 101), "exclude"), ("minPrice=-1", "minPrice"), ("maxPrice=1.234", "maxPrice"),
    ("minPrice=2&maxPrice=1", "maxPrice"), ("diversity=1.01", "diversity"), ("diversity=x", "diversity"), ("category=" + "x" * 101, "category"),
])
def test_bad_wishes_are_named(shop, ada, query, name):
    product = shop.product()
    for client, path in [
        (shop.client(), "/api/ai/recommendations/popular"),
        (shop.client(), f"/api/ai/recommendations/product/{product['id']}"),
        (ada.client, f"/api/ai/recommendations/user/{ada.id}"),
    ]:
        expect_violations(client.get(f"{path}?{query}"), name)


@pytest.mark.parametrize("kind, body, name", [
    ("basket", {}, "items"), ("basket", {"items": []}, "items"), ("basket", {"items": [{}]}, "items[0].product_id"),
    ("basket", {"items": [{"product_id": NO_SUCH_ID, "quantity": 0}]}, "items[0].quantity"),
    ("basket", {"product_ids": [NO_SUCH_ID, 5]}, "product_ids[1]"), ("basket", {"product_ids": [NO_SUCH_ID] * 101}, "product_ids"),
    ("basket", {"product_ids": [NO_SUCH_ID], "items": [{"product_id": NO_SUCH_ID}]}, "product_ids"),
    ("basket", {"product_ids": [NO_SUCH_ID], "limit": 0}, "limit"), ("session", {"viewed": "x"}, "viewed"), ("session", {}, "viewed"),
    ("session", {"viewed": [NO_SUCH_ID], "min_price": 2, "max_price": 1}, "max_price"),
    ("session", {"viewed": [NO_SUCH_ID], "exclude": ["x"]}, "exclude[0]"),
])
def test_bad_bodies_are_named(shop, kind, body, name):
    expect_violations(shop.client().post(f"/api/ai/recommendations/{kind}", body), name)

def test_only_what_is_new_to_the_customer(shop):
    first, second = pair(shop)
    person = shop.customer()
    shop.order(person, (first, 1))
    until(lambda: second["id"] in ids(for_user(shop, person, new_only="true", limit=100)["recommendations"]), "the partner is recommended")
    assert first["id"] in ids(for_user(shop, person, limit=100)["recommendations"])
    assert first["id"] not in ids(for_user(shop, person, new_only="true", limit=100)["recommendations"])
    expect_violations(person.client.get(f"/api/ai/recommendations/user/{person.id}?new_only=yes"), "new_only")
