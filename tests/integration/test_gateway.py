"""The gateway and the dashboard give what the services give."""

import re

import pytest

from harness import contract as contract_module
from harness.client import expect
from harness.shop import PASSWORD
from harness.waiting import until

CONTRACT = contract_module.load()
FRONTS = ("gateway", "dashboard")
READS = [
    operation for operation in CONTRACT.operations
    if operation.method == "GET" and operation.service != "platform" and operation.id not in ("streamAnalytics", "openWebSocket")
]
ALERT = {
    "name": "Many orders", "metric": "orders", "window_minutes": 1,
    "condition": {"type": "threshold", "side": "above", "value": 1_000_000},
}
EXPERIMENT = {
    "name": "Blend against popular", "placement": "next",
    "variants": [{"name": "now", "algorithm": "popular", "is_control": True}, {"name": "new", "algorithm": "blend"}],
}
THINGS = {"/orders/": "order", "/alerts/": "alert", "/experiments/": "experiment", "/erasure": "erasure"}
# The moment of the answer, which no two answers share.
MOMENTS = re.compile(r'"(last_updated|timestamp|as_of|exported_at|reported_at)":"[^"]*"')


@pytest.fixture(scope="module")
def things(shop):
    person = shop.customer()
    product = shop.product(category_name=shop.unique("Kept"))
    order = shop.order(person, (product, 1))
    shop.settled_dashboard()
    alert = expect(shop.staff.client.post("/api/analytics/alerts", ALERT), 201).data["alert"]
    experiment = expect(shop.staff.client.post("/api/ai/experiments", EXPERIMENT), 201).data["experiment"]
    return {
        "person": person, "product": product, "order": order, "alert": alert, "experiment": experiment, "erasure": erased(shop),
    }


def erased(shop):
    """Somebody of whom all that goes at once is gone; who still has a token may leave more for a while."""
    gone = shop.customer()
    answer = expect(gone.client.post(f"/api/users/{gone.id}/erasure", {"password": PASSWORD}), 202).data

    def parts():
        state = expect(shop.admin.client.get(f"/api/users/{gone.id}/erasure"), 200).data["erasure"]
        return {part["service"]: part for part in state["services"]}

    until(lambda: (now := parts())["user"]["done"] and now["analytics"]["reported_at"] and now["order"]["reported_at"], "it is under way")
    return {"id": gone.id, "receipt": answer["receipt"]}


def path_of(operation, things):
    thing = next((thing for part, thing in THINGS.items() if part in operation.path), "product")
    path = operation.path
    if path == "/api/users/erasures":
        path += f"?receipt={things['erasure']['receipt']}"
    path = path.replace("/users/{id}/export", f"/users/{things['person'].id}/export").replace("{id}", things[thing]["id"])
    for name in ("{userId}", "{user_id}"):
        path = path.replace(name, things["person"].id)
    if any(parameter["in"] == "query" and parameter["name"] == "product_id" for parameter in operation.parameters):
        path += f"?product_id={things['product']['id']}"
    if operation.path == "/api/users":
        path += f"?ids={things['person'].id}"
    return path.replace("{product_id}", things["product"]["id"])


@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("operation", READS, ids=str)
def test_reads_are_the_same(shop, things, operation, front):
    path = path_of(operation, things)
    direct = expect(shop.client(operation.service, shop.admin.token).get(path), 200)
    through = expect(shop.client(front, shop.admin.token).get(path), 200)
    assert MOMENTS.sub("", through.text) == MOMENTS.sub("", direct.text)
    assert through.headers.get("Content-Type") == direct.headers.get("Content-Type")
    # An answer that tells the time has another tag each time.
    if through.text == direct.text:
        assert through.headers.get("ETag") == direct.headers.get("ETag")


@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("operation", READS, ids=str)
def test_refusals_are_the_same(shop, things, operation, front):
    path = path_of(operation, things)
    answers = [shop.client(name).get(path) for name in (operation.service, front)]
    assert answers[0].status == answers[1].status
    if answers[0].status != 200:
        assert [(answer.code, answer.body["message"]) for answer in answers[:1]] == [
            (answer.code, answer.body["message"]) for answer in answers[1:]
        ]


@pytest.mark.parametrize("front", FRONTS)
def test_a_whole_purchase_through_one_address(shop, front):
    anyone = shop.client(front)
    body = {
        "email": f"{shop.unique('buyer')}@example.com", "password": "correct horse battery", "first_name": "Ada",
        "last_name": "Lovelace",
    }
    session = expect(anyone.post("/api/users/register", body), 201).data
    staff, buyer = anyone.with_token(shop.staff.token), anyone.with_token(session["token"])
    product = expect(
        staff.post("/api/products", {"name": "Blue Cup", "price": "3.50", "inventory_count": 2}), 201
    ).data["product"]
    order = expect(buyer.post("/api/orders", {
        "user_id": session["user"]["id"], "items": [{"product_id": product["id"], "quantity": 2}],
        "shipping_address": "12 St James Square, London",
    }), 201).data["order"]
    assert order["total_amount"] == "7.00"
    assert expect(anyone.get(f"/api/products/{product['id']}"), 200).data["product"]["inventory_count"] == 0
    expect(staff.put(f"/api/orders/{order['id']}/status", {"status": "confirmed"}), 200)
    expect(buyer.post(f"/api/orders/{order['id']}/cancel"), 200)
    assert expect(anyone.get(f"/api/products/{product['id']}"), 200).data["product"]["inventory_count"] == 2
    expect(buyer.post("/api/users/logout"), 200)


@pytest.mark.parametrize("front", FRONTS)
def test_request_ids_go_through(shop, front):
    answer = shop.client(front).get("/api/users/profile", headers={"X-Request-Id": "through-the-gateway"})
    assert answer.body["request_id"] == answer.headers["X-Request-Id"] == "through-the-gateway"


@pytest.mark.parametrize("path", ["/", "/orders", "/sales?range=30d"])
def test_the_dashboard_serves_its_pages(shop, path):
    answer = shop.client("dashboard").send("GET", path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src" in policy and "unsafe-eval" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
