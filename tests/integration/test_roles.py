"""Every operation as everyone: what `x-roles` promises is what happens, at the service and through the gateway."""

import pytest

from harness import contract as contract_module
from harness.client import Answer, expect
from harness.shop import ADDRESS, PASSWORD, order_body

CONTRACT = contract_module.load()
CALLERS = ("nobody", "owner", "other", "analyst", "staff", "admin")
NO_SUCH_ID = "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"


class Case:
    """One try: who calls, and objects that are the owner's."""

    def __init__(self, shop, caller, owner, other):
        self.shop = shop
        self.caller = caller
        self.owner = owner
        self._people = {"owner": owner, "other": other}

    @property
    def person(self):
        """The account that calls; the owner's where nobody does, so that requests can be made the same way."""
        if self.caller in ("analyst", "staff", "admin"):
            return getattr(self.shop, self.caller)
        return self._people.get(self.caller, self.owner)

    @property
    def token(self):
        return None if self.caller == "nobody" else self.person.token

    def own_session(self):
        """A session that the case may use up."""
        if self.caller in ("analyst", "staff", "admin"):
            return self.shop.sign_in(self.person.email)
        return self.shop.customer()

    def own_account(self):
        """One whose sessions may all end."""
        if self.caller in ("analyst", "staff", "admin"):
            return self.shop.employee(self.caller)
        return self.shop.customer()

    def order(self):
        return self.shop.order(self.owner, (self.shop.product(), 1))["id"]

    def sold_product(self):
        """One that analytics has seen in an order."""
        order = self.shop.order(self.owner, (self.shop.product(), 1))
        self.shop.settled_dashboard()
        return order["items"][0]["product_id"]


def register_body(case):
    return {
        "email": f"{case.shop.unique('new')}@example.com", "password": PASSWORD,
        "first_name": "Grace", "last_name": "Hopper",
    }


def alert_body():
    return {
        "name": "Many orders", "metric": "orders", "window_minutes": 1,
        "condition": {"type": "threshold", "side": "above", "value": 1_000_000},
        "webhook": {"url": "http://127.0.0.1:1/"},
    }


def experiment_body():
    return {
        "name": "Blend against popular", "placement": "next",
        "variants": [{"name": "now", "algorithm": "popular", "is_control": True}, {"name": "new", "algorithm": "blend"}],
    }


def an_experiment(case, running=False):
    """One of the bounded number of a shop: drafts that nobody needs are removed, and none goes on running."""
    client = case.shop.staff.client
    for experiment in expect(client.get("/api/ai/experiments"), 200).data["experiments"]:
        if experiment["status"] == "running":
            expect(client.post(f"/api/ai/experiments/{experiment['id']}/stop"), 200)
        if experiment["status"] == "draft":
            expect(client.delete(f"/api/ai/experiments/{experiment['id']}"), 200)
    made = expect(client.post("/api/ai/experiments", experiment_body()), 201).data["experiment"]["id"]
    if running:
        expect(client.post(f"/api/ai/experiments/{made}/start"), 200)
    return made


def feedback_body(case):
    experiment = an_experiment(case, running=True)
    answer = expect(case.owner.client.get(f"/api/ai/recommendations/user/{case.owner.id}"), 200)
    expect(case.shop.staff.client.post(f"/api/ai/experiments/{experiment}/stop"), 200)
    return {"events": [{"type": "impression", "impression": answer.data["impression"]}]}


def an_alert(case):
    """Of the staff; those before it are deleted, because there may be only so many."""
    client = case.shop.staff.client
    for alert in expect(client.get("/api/analytics/alerts"), 200).data["alerts"]:
        expect(client.delete(f"/api/analytics/alerts/{alert['id']}"), 200)
    return expect(client.post("/api/analytics/alerts", alert_body()), 201).data["alert"]["id"]


# What each operation is asked, so that only the policy can stand in the way: path, and the rest of the request.
REQUESTS = {
    "registerUser": lambda case: ("/api/users/register", {"json": register_body(case)}),
    "login": lambda case: ("/api/users/login", {"json": {"email": case.person.email, "password": PASSWORD}}),
    "loginWithCode": lambda case: ("/api/users/login/code", {"json": {"code": "unknown"}}),
    "refreshSession": lambda case: (
        "/api/users/refresh", {"json": {"refresh_token": case.own_session().refresh_token}},
    ),
    "logout": lambda case: ("/api/users/logout", {"session": True}),
    "changePassword": lambda case: (
        "/api/users/password", {"json": {"current_password": PASSWORD, "new_password": PASSWORD}, "account": True},
    ),
    "resetPassword": lambda case: ("/api/users/password/reset", {"json": {"code": "unknown", "new_password": PASSWORD}}),
    "getSetup": lambda case: ("/api/users/setup", {}),
    "setUp": lambda case: ("/api/users/setup", {"json": {"token": "unknown", **register_body(case)}}),
    "issueResetCode": lambda case: (f"/api/users/{case.owner.id}/reset-code", {}),
    "listUserAudit": lambda case: ("/api/audit/user", {}),
    "listProductAudit": lambda case: ("/api/audit/product", {}),
    "listOrderAudit": lambda case: ("/api/audit/order", {}),
    "listAnalyticsAudit": lambda case: ("/api/audit/analytics", {}),
    "getProfile": lambda case: ("/api/users/profile", {}),
    "updateProfile": lambda case: ("/api/users/profile", {"json": {"first_name": "Augusta"}}),
    "listUsers": lambda case: ("/api/users/all", {}),
    "findUsers": lambda case: ("/api/users?search=ad", {}),
    # Changes nothing: the account is active.
    "updateUser": lambda case: (f"/api/users/{case.owner.id}", {"json": {"is_active": True}}),
    "exportPersonalData": lambda case: (f"/api/users/{case.owner.id}/export", {}),
    # Nobody goes: the owner's password is wrong, and the admin asks for what is no id.
    "eraseAccount": lambda case: (
        f"/api/users/{'nobody' if case.caller == 'admin' else case.owner.id}/erasure", {"json": {"password": "a guess"}},
    ),
    "getErasure": lambda case: (f"/api/users/{case.owner.id}/erasure", {}),
    "getErasureByReceipt": lambda case: ("/api/users/erasures?receipt=unknown", {}),
    "listProducts": lambda case: ("/api/products", {}),
    "createProduct": lambda case: ("/api/products", {"json": {"name": case.shop.unique("Cup"), "price": "3.50"}}),
    "listCategories": lambda case: ("/api/products/categories/all", {}),
    "getProduct": lambda case: (f"/api/products/{case.shop.product()['id']}", {}),
    "updateProduct": lambda case: (f"/api/products/{case.shop.product()['id']}", {"json": {"price": "4.00"}}),
    "deleteProduct": lambda case: (f"/api/products/{case.shop.product()['id']}", {}),
    "getStock": lambda case: (f"/api/products/{case.shop.product()['id']}/stock", {}),
    "adjustStock": lambda case: (
        f"/api/products/{case.shop.product()['id']}/stock", {"json": {"change": 1, "reason": "Found one"}},
    ),
    "placeOrder": lambda case: ("/api/orders", {"json": order_body(case.person, (case.shop.product(), 1))}),
    "listOrders": lambda case: ("/api/orders", {}),
    "listUserOrders": lambda case: (f"/api/orders/user/{case.owner.id}", {}),
    "getOrder": lambda case: (f"/api/orders/{case.order()}", {}),
    "changeOrderStatus": lambda case: (f"/api/orders/{case.order()}/status", {"json": {"status": "confirmed"}}),
    "cancelOrder": lambda case: (f"/api/orders/{case.order()}/cancel", {}),
    "listOrderEvents": lambda case: (f"/api/orders/{case.order()}/events", {}),
    "getDashboard": lambda case: ("/api/analytics/dashboard", {}),
    "getDailySales": lambda case: ("/api/analytics/sales/daily", {}),
    "getTopProducts": lambda case: ("/api/analytics/products/top-selling", {}),
    "getUserActivity": lambda case: ("/api/analytics/users/activity", {}),
    "getStatusDistribution": lambda case: ("/api/analytics/orders/status-distribution", {}),
    "getProductReport": lambda case: ("/api/analytics/reports/products", {}),
    "getBoughtTogether": lambda case: (
        f"/api/analytics/reports/bought-together?product_id={case.sold_product()}", {},
    ),
    "getCohorts": lambda case: ("/api/analytics/reports/cohorts", {}),
    "getSegments": lambda case: ("/api/analytics/reports/segments", {}),
    "getHeatMap": lambda case: ("/api/analytics/reports/heat-map", {}),
    "getForecast": lambda case: ("/api/analytics/reports/forecast", {}),
    "getAnalyticsSchema": lambda case: ("/api/analytics/schema", {}),
    "queryAnalytics": lambda case: ("/api/analytics/query", {"json": {"metrics": ["orders"]}}),
    "getReconciliation": lambda case: ("/api/analytics/reconciliation", {}),
    "listConsumers": lambda case: ("/api/analytics/consumers", {}),
    "listDeadLetters": lambda case: ("/api/analytics/dead-letters", {}),
    "retryDeadLetter": lambda case: ("/api/analytics/dead-letters/999999999/retry", {}),
    "getRebuild": lambda case: ("/api/analytics/rebuild", {}),
    "startRebuild": lambda case: ("/api/analytics/rebuild", {}),
    "streamAnalytics": lambda case: ("/api/analytics/stream", {"stream": True}),
    "openWebSocket": lambda case: ("/api/ws", {}),
    "listAlerts": lambda case: ("/api/analytics/alerts", {}),
    "createAlert": lambda case: ("/api/analytics/alerts", {"json": alert_body()}),
    "getAlert": lambda case: (f"/api/analytics/alerts/{an_alert(case)}", {}),
    "updateAlert": lambda case: (f"/api/analytics/alerts/{an_alert(case)}", {"json": alert_body()}),
    "deleteAlert": lambda case: (f"/api/analytics/alerts/{an_alert(case)}", {}),
    "testAlert": lambda case: (f"/api/analytics/alerts/{an_alert(case)}/test", {}),
    "listAlertEvents": lambda case: ("/api/analytics/alert-events", {}),
    "getPopularProducts": lambda case: ("/api/ai/recommendations/popular", {}),
    "getUserRecommendations": lambda case: (f"/api/ai/recommendations/user/{case.owner.id}", {}),
    "getSimilarProducts": lambda case: (f"/api/ai/recommendations/product/{case.shop.product()['id']}", {}),
    "recommendWithBasket": lambda case: ("/api/ai/recommendations/basket", {"json": {"product_ids": [case.shop.product()["id"]]}}),
    "recommendWithSession": lambda case: ("/api/ai/recommendations/session", {"json": {"viewed": [case.shop.product()["id"]]}}),
    "recommendToCustomers": lambda case: ("/api/ai/recommendations/batch", {"json": {"user_ids": [case.owner.id]}}),
    "listExperiments": lambda case: ("/api/ai/experiments", {}),
    "createExperiment": lambda case: ("/api/ai/experiments", {"json": experiment_body()}),
    "getExperiment": lambda case: (f"/api/ai/experiments/{an_experiment(case)}", {}),
    "deleteExperiment": lambda case: (f"/api/ai/experiments/{an_experiment(case)}", {}),
    "startExperiment": lambda case: (f"/api/ai/experiments/{an_experiment(case)}/start", {}),
    "stopExperiment": lambda case: (f"/api/ai/experiments/{an_experiment(case, running=True)}/stop", {}),
    "getExperimentReport": lambda case: (f"/api/ai/experiments/{an_experiment(case)}/report", {}),
    "sendFeedback": lambda case: ("/api/ai/feedback", {"json": feedback_body(case)}),
    "trainModel": lambda case: ("/api/ai/train", {}),
    "getModelStatus": lambda case: ("/api/ai/model/status", {}),
    "getModelQuality": lambda case: ("/api/ai/model/quality", {}),
    "getShop": lambda case: ("/api/shop", {}),
    "getHealth": lambda case: ("/health", {}),
    "getReadiness": lambda case: ("/ready", {}),
    "getMetrics": lambda case: ("/metrics", {}),
    "getOpenApi": lambda case: ("/openapi.json", {}),
    "getDocs": lambda case: ("/docs", {}),
}

# Open to anyone, but they answer so to what is not a secret of the platform.
ASKS_FOR_A_SECRET = {"loginWithCode": 401, "resetPassword": 401, "setUp": 401, "getErasureByReceipt": 404}

# Whoever may finds nothing there: a shop that is well has none. Or asks for it wrongly, so that nothing happens.
NOTHING_THERE = {"retryDeadLetter": 404, "getErasure": 404, "eraseAccount": 400}

GATEWAY_ONLY = {"getShop", "getOpenApi", "getDocs"}


def expected(operation, caller):
    roles = operation.roles
    if operation.id in ASKS_FOR_A_SECRET:
        return ASKS_FOR_A_SECRET[operation.id]
    if "anyone" in roles:
        return operation.success
    if caller == "nobody":
        return 401
    if "customer" in roles or caller in roles:
        return NOTHING_THERE.get(operation.id, operation.success)
    return 404 if "owner" in roles else 403


def test_every_operation_is_tried():
    assert set(REQUESTS) == set(CONTRACT.by_id)


@pytest.fixture(scope="module")
def owner(shop):
    return shop.customer()


@pytest.fixture(scope="module")
def other(shop):
    return shop.customer()


def ask(shop, operation, front, case) -> int:
    path, request = REQUESTS[operation.id](case)
    token = case.token
    if request.pop("session", False) and token is not None:
        token = case.own_session().token
    if request.pop("account", False) and token is not None:
        token = case.own_account().token
    client = shop.client(front, token)
    if request.get("stream"):
        with client.send(operation.method, path, **request) as response:
            return response.status_code
    answer: Answer = client.request(operation.method, path, **request)
    if answer.status >= 500:
        print(answer.status, answer.body)  # shown where the test fails
    return answer.status


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("operation", CONTRACT.operations, ids=str)
def test_at_the_service(shop, owner, other, operation, caller):
    front = operation.service
    if front == "platform":
        front = "gateway" if operation.id in GATEWAY_ONLY else "order"
    assert ask(shop, operation, front, Case(shop, caller, owner, other)) == expected(operation, caller)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("operation", CONTRACT.operations, ids=str)
def test_through_the_gateway(shop, owner, other, operation, caller):
    assert ask(shop, operation, "gateway", Case(shop, caller, owner, other)) == expected(operation, caller)


@pytest.mark.parametrize("path", ["/api/orders/{}", "/api/orders/{}/events"])
def test_another_customers_object_looks_like_none(shop, owner, other, path):
    order = shop.order(owner, (shop.product(), 1))
    theirs = other.client.get(path.format(order["id"]))
    nothing = other.client.get(path.format(NO_SUCH_ID))
    assert theirs.status == nothing.status == 404
    assert (theirs.code, theirs.body["message"]) == (nothing.code, nothing.body["message"])


def test_a_customer_cannot_cancel_anothers_order(shop, owner, other):
    order = shop.order(owner, (shop.product(), 1))
    assert other.client.post(f"/api/orders/{order['id']}/cancel").status == 404
    assert owner.client.get(f"/api/orders/{order['id']}").data["order"]["status"] == "pending"


@pytest.mark.parametrize("caller, status", [("owner", 403), ("analyst", 403), ("staff", 201), ("admin", 201)])
def test_orders_for_another_account(shop, owner, other, caller, status):
    person = Case(shop, caller, owner, other).person
    body = order_body(other, (shop.product(), 1))
    answer = person.client.post("/api/orders", body)
    assert answer.status == status
    if status == 201:
        assert answer.data["order"]["user_id"] == other.id
        assert answer.data["order"]["shipping_address"] == ADDRESS
