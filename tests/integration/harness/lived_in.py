"""An embedded shop with something in every table, and everything that its API answers."""

import datetime
import json
import uuid

from . import engines, tokens
from .client import expect
from .history import invent_history
from .promotion import SECRET_FILE, contents
from .server import Server, run
from .shop import PASSWORD, Shop
from .waiting import until

EXPERIMENTS = "/api/ai/experiments"
HISTORY_SEED = 20261126
ZONE = ("--shop-time-zone", "Europe/London")
# What a page says about itself, and not about the shop; how long stock lasts follows from the sales of a day that goes on.
OF_THE_MOMENT = {"freshness", "last_updated", "incomplete", "as_of", "days_of_stock_left"}


class LivedIn:
    """An embedded shop with something in every table, and what its people hold."""

    def __init__(self, contract, folder):
        self.contract, self.data_dir = contract, folder / "embedded"
        engines.keep_in_files(self.data_dir)
        today = datetime.date.today()
        self.days = {"from": str(today - datetime.timedelta(days=2)), "to": str(today)}
        history = folder / "history.csv"
        history.write_text(invent_history(seed=HISTORY_SEED), encoding="utf-8")
        done = run("import", history, "--data-dir", self.data_dir, "--stock", "50", *ZONE)
        assert done.returncode == 0, done.stderr
        with Server(self.data_dir, extra=ZONE) as server:
            self.shop = Shop(contract, server).with_people()
            self._live()
            self.before = snapshot(self.shop, self.abandoned, self.days)
        self.replayed = replay(self.data_dir)
        self.files = contents(self.data_dir)

    def _live(self):
        shop = self.shop
        self._people()
        teapot = shop.product(name="Téapot ☕ 100 %_", description="Blue", sku="TEA-1", category_name="Kitchen")
        expect(shop.staff.client.put(f"/api/products/{teapot['id']}", {"price": "21.50", "name": "Teapot, large"}), 200)
        gone = shop.product(category_name="Kitchen")
        expect(shop.staff.client.delete(f"/api/products/{gone['id']}"), 200)
        self.products = [teapot, gone]
        self._stock(teapot)
        self.orders = [
            shop.order_in(status, self.buyer, teapot)
            for status in ("pending", "confirmed", "processing", "shipped", "delivered", "cancelled")
        ]
        paid = shop.order_in("confirmed", self.buyer, teapot)
        expect(self.buyer.client.post(f"/api/orders/{paid['id']}/cancel"), 200)
        self.key = str(uuid.uuid4())
        self.keyed = expect(shop.try_order(self.buyer, (teapot, 3), key=self.key), 201).data["order"]
        self.keyed_product = teapot
        self._abandon()
        self._watch(teapot)
        self._try_out()
        shop.settled_dashboard()

    def _watch(self, product):
        """An alert that has fired."""
        body = {
            "name": "Teapots", "metric": "orders", "window_minutes": 1440, "cool_down_minutes": 0,
            "filters": [{"dimension": "product", "values": [product["id"]]}],
            "condition": {"type": "threshold", "side": "above", "value": 0},
        }
        made = expect(self.shop.staff.client.post("/api/analytics/alerts", body), 201).data["alert"]
        path = f"/api/analytics/alerts/{made['id']}"
        until(lambda: expect(self.shop.staff.client.get(path), 200).data["alert"]["status"] == "firing", "the alert fires")

    def _try_out(self):
        """An experiment that runs, with someone who saw, clicked and bought; and a draft."""
        shop, person = self.shop, self.shop.customer()
        plan = {
            "name": "Blend", "placement": "next", "guardrails": [{"metric": "conversion", "max_drop_percent": 20}],
            "variants": [{"name": "popular \u2615", "algorithm": "popular", "is_control": True, "weight": 1},
                         {"name": "blend", "algorithm": "blend", "weight": 3}],
        }
        made = [expect(shop.staff.client.post(EXPERIMENTS, plan), 201).data["experiment"] for _ in range(2)]
        expect(shop.staff.client.post(f"{EXPERIMENTS}/{made[0]['id']}/start"), 200)

        def shown():
            data = expect(person.client.get(f"/api/ai/recommendations/user/{person.id}"), 200).data
            return data if data["recommendations"] and "impression" in data else None

        answer = until(shown, "there is something to recommend")
        product = answer["recommendations"][0]["product_id"]
        events = [{"type": kind, "impression": answer["impression"], **rest}
                  for kind, rest in (("impression", {}), ("click", {"product_id": product}))]
        sent = expect(person.client.post("/api/ai/feedback", {"events": events}), 200).data
        assert sent["outcomes"] == ["counted", "counted"]
        shop.order(person, ({"id": product}, 1))

    def _people(self):
        shop = self.shop
        self.buyer = shop.customer()
        self.idle = shop.customer()
        expect(shop.admin.client.put(f"/api/users/{self.idle.id}", {"is_active": False}), 200)
        raised = shop.customer()
        expect(shop.admin.client.put(f"/api/users/{raised.id}", {"role": "analyst"}), 200)
        erased = shop.customer()
        expect(erased.client.post(f"/api/users/{erased.id}/erasure", {"password": PASSWORD}), 202)
        self.left = shop.customer()
        expect(self.left.client.post("/api/users/logout"), 200)
        renewed = shop.customer()
        fresh = expect(shop.client().post("/api/users/refresh", {"refresh_token": renewed.refresh_token}), 200).data
        self.refresh_token = fresh["refresh_token"]

    def _stock(self, product):
        path = f"/api/products/{product['id']}/stock"
        body = {"reason": "Counted", "change": -7}
        self.adjustment = (path, body, {"Idempotency-Key": "count-1"})
        expect(self.shop.staff.client.post(path, {"reason": "Delivered", "change": 30}), 200)
        self.adjusted = expect(self.shop.staff.client.post(path, body, headers=self.adjustment[2]), 200).body

    def _abandon(self):
        """A reservation whose order never comes."""
        self.abandoned = self.shop.product(inventory_count=10)
        secret = (self.data_dir / SECRET_FILE).read_text(encoding="utf-8").strip()
        body = {"order_id": str(uuid.uuid4()), "lines": [{"product_id": self.abandoned["id"], "quantity": 4}]}
        inside = self.shop.client("product", tokens.of_a_service(secret))
        assert inside.send("POST", "/internal/reservations", json=body).status_code == 200


def pages(client, path, what, **params):
    """Every entry of a list."""
    entries, cursor = [], None
    while True:
        data = expect(client.get(path, params={"limit": 100, "cursor": cursor, **params}), 200).data
        entries += data[what]
        cursor = data.get("next_cursor")
        if cursor is None:
            return entries


def settled(value):
    """Without what a page says about the moment it was made in."""
    if isinstance(value, dict):
        return {name: settled(held) for name, held in value.items() if name not in OF_THE_MOMENT}
    return [settled(held) for held in value] if isinstance(value, list) else value


def snapshot(shop, left_out, days) -> dict:
    """What the API answers to every question about what is stored; `left_out` is a product that is on the move, `days` are
    those in which the shop was lived in."""
    staff, admin, shown = shop.staff.client, shop.admin.client, {}

    def ask(path, client=staff, **params):
        answer = expect(client.get(path, params=params), 200)
        # Figures are named anew by each process.
        version = answer.headers["ETag"] if path.startswith(("/api/products", "/api/orders")) else None
        shown[f"{path} {params or ''}"] = (settled(answer.data), version)

    shown["users"] = pages(admin, "/api/users/all", "users")
    shown["products"] = {
        f"{key} {order}": [one for one in pages(staff, "/api/products", "products", sortBy=key, sortOrder=order)
                           if one["id"] != left_out["id"]]
        for key in ("name", "price", "created_at", "inventory_count") for order in ("ASC", "DESC")
    }
    ask("/api/products/categories/all")
    for search in ("téapot", "teapot LARGE", "thing 1", "blue"):
        ask("/api/products", search=search)
    ask("/api/products", category="Kitchen")
    ids = {one["id"] for one in shown["products"]["name ASC"]} | {line["product_id"] for line in lines_of(shop)}
    for id in sorted(ids - {left_out["id"]}):
        ask(f"/api/products/{id}")
        shown[f"stock {id}"] = pages(staff, f"/api/products/{id}/stock", "movements")
    shown["orders"] = pages(staff, "/api/orders", "orders")
    for order in shown["orders"][:40]:
        ask(f"/api/orders/{order['id']}")
        ask(f"/api/orders/{order['id']}/events")
    shop.settled_dashboard()
    for path in ("dashboard", "sales/daily", "products/top-selling", "users/activity", "reports/products"):
        ask(f"/api/analytics/{path}", shop.analyst.client, **{"from": "2010-12-01", "to": "2011-12-31"})
        ask(f"/api/analytics/{path}", shop.analyst.client, **days)
    for path in ("/api/analytics/alerts", "/api/analytics/alert-events", EXPERIMENTS):
        ask(path, shop.analyst.client)
    for experiment in expect(shop.analyst.client.get(EXPERIMENTS), 200).data["experiments"]:
        shown[experiment["id"]] = settled(sums_of(shop, experiment))
    return shown


def sums_of(shop, experiment) -> dict:
    """Of an experiment, once every order is in them."""
    path = f"{EXPERIMENTS}/{experiment['id']}/report"

    def complete():
        data = expect(shop.analyst.client.get(path), 200).data
        return data if data["events_behind"] == 0 else None

    return until(complete, "orders are attributed")


def lines_of(shop):
    return [line for order in pages(shop.staff.client, "/api/orders", "orders") for line in order["items"]]


def replay(data_dir) -> list:
    done = run("events", "replay", "--data-dir", data_dir)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
