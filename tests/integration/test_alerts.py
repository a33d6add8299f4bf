"""Alerts on the running program: when they fire, and how their webhooks are called."""

import time
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from harness.client import expect, expect_violations
from harness.processes import Processes
from harness.receiver import Certificate, Receiver
from harness.server import Server, free_ports, run
from harness.shop import Shop
from harness.stream import Stream
from harness.waiting import until
from harness.web_socket import WebSocket

ATTEMPT_TIMEOUT = 0.5
RETRY_DELAY = 0.2
SETTINGS = {
    "CLOUDCART_ALERTS_ALLOW_PRIVATE_ADDRESSES": "true",
    "CLOUDCART_ALERTS_ATTEMPT_TIMEOUT": f"{int(ATTEMPT_TIMEOUT * 1000)}ms",
    "CLOUDCART_ALERTS_RETRY_DELAY": f"{int(RETRY_DELAY * 1000)}ms",
    "CLOUDCART_ALERTS_ATTEMPTS": "8",
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("authority"), "Test authority")


@pytest.fixture(scope="module")
def watched(contract, tmp_path_factory, authority):
    """A platform of its own: webhooks may go to loopback and come back soon."""
    env = {**SETTINGS, "CLOUDCART_ALERTS_CA_FILE": str(authority.file)}
    with Server(tmp_path_factory.mktemp("alerts") / "data", env=env) as server:
        yield Shop(contract, server).with_people()


def body_of(product, url=None, **changes):
    """Fires with the first order of a product, and is over when that is cancelled."""
    body = {
        "name": "First order", "metric": "orders", "window_minutes": 60, "cool_down_minutes": 0,
        "filters": [{"dimension": "product", "values": [product["id"]]}],
        "condition": {"type": "threshold", "side": "above", "value": 0},
        **changes,
    }
    if url:
        body["webhook"] = {"url": url}
    return body


def parse_time(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Alert:
    def __init__(self, shop, body):
        self.shop = shop
        data = expect(shop.staff.client.post("/api/analytics/alerts", body), 201).data
        self.id = data["alert"]["id"]
        self.secret = data.get("webhook_secret")
        self.path = f"/api/analytics/alerts/{self.id}"

    def read(self):
        return expect(self.shop.analyst.client.get(self.path), 200).data["alert"]

    def events(self):
        """Oldest first."""
        answer = expect(self.shop.analyst.client.get("/api/analytics/alert-events", params={"alert_id": self.id}), 200)
        return list(reversed(answer.data["events"]))

    def settled(self, count, status="delivered", seconds=20):
        """The events once there are so many and each has come to this end."""
        def probe():
            events = self.events()
            return events if [event["delivery"]["status"] for event in events] == [status] * count else None
        return until(probe, f"{count} events {status}", seconds)

    def test(self):
        return expect(self.shop.staff.client.post(f"{self.path}/test"), 200).data

    def delete(self):
        expect(self.shop.staff.client.delete(self.path), 200)


@pytest.fixture
def alert(watched):
    """Makes alerts that are deleted after the test."""
    made = []

    def make(body, shop=watched):
        made.append(Alert(shop, body))
        return made[-1]

    yield make
    for each in made:
        each.delete()


def cancel(shop, person, order):
    expect(person.client.post(f"/api/orders/{order['id']}/cancel"), 200)


def test_a_receiver_that_fails_at_first_gets_each_event_in_the_end(watched, alert):
    [port] = free_ports(1)
    product, person = watched.product(), watched.customer()
    watch = alert(body_of(product, f"http://127.0.0.1:{port}/hook?shop=1"))
    order = watched.order(person, (product, 2))
    refused = until(lambda: [e for e in watch.events() if e["delivery"]["attempts"]], "an attempt that failed")
    assert refused[0]["delivery"]["last_error"] == "no connection (Connection refused)"
    with Receiver([500, "hang", "drop"], port=port) as receiver:
        [fired] = watch.settled(1)
        calls = receiver.wait_for(4)
        assert len(calls) == 4
        assert {call.key for call in calls} == {fired["event_id"]}
        assert len({call.body for call in calls}) == 1
        assert {call.path for call in calls} == {"/hook?shop=1"}
        for call in calls:
            call.check_signature(watch.secret)
        # Each pause is at least half of one that grows threefold; a hanging answer takes its time besides.
        pauses = [b.at - a.at for a, b in zip(calls, calls[1:])]
        assert pauses[1] >= ATTEMPT_TIMEOUT + pauses[0], pauses
        assert pauses[2] >= 3 * 3 * RETRY_DELAY / 2, pauses
        told = dict(fired)
        del told["delivery"]
        assert calls[0].data == told
        assert (told["type"], told["metric"], told["value"]) == ("alert.fired", "orders", 1)

        watched.order(person, (product, 1))
        cancel(watched, person, order)
        assert watch.read()["status"] == "firing"
        rest = [entry for entry in expect(person.client.get(f"/api/orders/user/{person.id}"), 200).data["orders"]
                if entry["status"] == "pending"]
        for entry in rest:
            cancel(watched, person, entry)
        first, resolved = watch.settled(2)
        assert first["event_id"] == fired["event_id"]
        assert (resolved["type"], resolved["incident_id"]) == ("alert.resolved", fired["event_id"])
        assert receiver.wait_for(5)[4].key == resolved["event_id"]
        assert watch.read()["status"] == "ok"


def test_what_is_never_taken_is_given_up(contract, data_dir):
    with Receiver([503] * 100) as receiver, Server(data_dir, env={**SETTINGS, "CLOUDCART_ALERTS_ATTEMPTS": "3"}) as server:
        shop = Shop(contract, server).with_people()
        product = shop.product()
        watch = Alert(shop, body_of(product, receiver.url()))
        shop.order(shop.customer(), (product, 1))
        [event] = watch.settled(1, "given_up")
        assert (event["delivery"]["attempts"], event["delivery"]["last_error"]) == (3, "answered 503")
        assert len(receiver.calls) == 3


def test_a_kill_loses_and_doubles_nothing(contract, data_dir):
    """At least once: the attempt that the kill cut off is made again, with the same event id."""
    with Receiver(["hang"]) as receiver:
        server = Server(data_dir, env={**SETTINGS, "CLOUDCART_ALERTS_ATTEMPT_TIMEOUT": "30s"}).start()
        try:
            shop = Shop(contract, server).with_people()
            product, person = shop.product(), shop.customer()
            watch = Alert(shop, body_of(product, receiver.url()))
            order = shop.order(person, (product, 1))
            receiver.wait_for(1)
            server.kill()
            server.start()
            for client in (shop.staff.client, shop.analyst.client, person.client):
                client.base = server.addresses["gateway"]
            # Where other processes may be at it, they wait until it cannot be under way any more.
            [fired] = watch.settled(1, seconds=60)
            assert watch.read()["status"] == "firing"
            shop.order(person, (shop.product(), 1))  # something is applied, and looked at
            cut, again = receiver.wait_for(2)
            assert cut.key == again.key == fired["event_id"]
            again.check_signature(watch.secret)
            cancel(shop, person, order)
            watch.settled(2)
            assert [call.data["type"] for call in receiver.calls] == ["alert.fired", "alert.fired", "alert.resolved"]
            assert watch.secret not in server.printed()
        finally:
            server.kill()


def test_kills_at_any_moment_lose_and_double_nothing(contract, data_dir):
    """Each product's first order fires its alert once, whenever the server dies in between; the receiver gets each
    event, some of them again."""
    random = Random(20260725)
    with Receiver() as receiver:
        server = Server(data_dir, env=SETTINGS).start()
        try:
            shop = Shop(contract, server).with_people()
            person = shop.customer()
            products = [shop.product() for _ in range(24)]
            watches = [Alert(shop, body_of(product, receiver.url())) for product in products]
            for product in products:
                shop.order(person, (product, 1))
                if random.random() < 0.4:
                    time.sleep(random.random() * 0.3)
                    server.kill()
                    server.start()
                    for client in (shop.staff.client, shop.analyst.client, person.client):
                        client.base = server.addresses["gateway"]
            fired = [watch.settled(1)[0] for watch in watches]
            assert {event["type"] for event in fired} == {"alert.fired"}
            ids = [event["event_id"] for event in fired]
            assert {call.key for call in receiver.calls} == set(ids)
            assert {call.data["event_id"] for call in receiver.calls} == set(ids)
        finally:
            server.kill()


def test_a_shutdown_does_not_wait_for_a_receiver(contract, data_dir):
    with Receiver(["hang"]) as receiver:
        with Server(data_dir, env={**SETTINGS, "CLOUDCART_ALERTS_ATTEMPT_TIMEOUT": "60s"}) as server:
            shop = Shop(contract, server).with_people()
            product = shop.product()
            Alert(shop, body_of(product, receiver.url()))
            shop.order(shop.customer(), (product, 1))
            receiver.wait_for(1)


def test_nothing_happening_fires_too(watched, alert):
    product = watched.product()
    watch = alert(body_of(product, condition={"type": "threshold", "side": "below", "value": 1}))
    [fired] = until(watch.events, "an event")
    assert (fired["type"], fired["value"], fired["delivery"]) == ("alert.fired", 0, None)
    watched.order(watched.customer(), (product, 1))
    until(lambda: watch.read()["status"] == "ok", "an order ends it")


@pytest.mark.parametrize("baseline, back_days", [("window_before", 2), ("week_earlier", 7)])
def test_a_sudden_change_compares_both_windows_to_the_cent(contract, data_dir, baseline, back_days):
    """A shop with a history; the figures are added up once more from its list of orders."""
    done = run("demo", "--data-dir", data_dir, "--orders", "1500", "--customers", "200", "--days", "30", "--seed", "5")
    assert done.returncode == 0, done.stderr
    with Server(data_dir) as server:
        shop = Shop(contract, server).with_people()
        orders, cursor = [], None
        while cursor or not orders:
            page = expect(shop.staff.client.get("/api/orders", params={"limit": 100, "cursor": cursor}), 200).data
            orders += page["orders"]
            cursor = page["next_cursor"]
        placed = [
            (parse_time(order["created_at"]), Decimal(order["total_amount"])) for order in orders if order["kind"] == "sale"
        ]
        window = timedelta(days=2)
        watch = Alert(shop, {
            "name": "Change", "metric": "gross_revenue", "window_minutes": window // timedelta(minutes=1),
            "condition": {
                "type": "sudden_change", "direction": "either", "percent": 0.01, "baseline": baseline,
                "minimum_baseline": 0.01,
            },
        })
        [event] = until(watch.events, "an event")
        at = parse_time(event["at"])

        def gross(end):
            return float(sum(amount for moment, amount in placed if end - window < moment <= end))
        assert (event["value"], event["baseline"]) == (gross(at), gross(at - timedelta(days=back_days)))
        change = (event["value"] - event["baseline"]) / event["baseline"] * 100
        assert event["change_percent"] == pytest.approx(change, abs=0.0051)


def test_a_rule_that_is_not_over_is_told_so_when_it_is_edited(watched, alert):
    product = watched.product()
    watch = alert(body_of(product))
    watched.order(watched.customer(), (product, 1))
    until(watch.events, "an event")
    expect(watched.staff.client.put(watch.path, body_of(product, enabled=False)), 200)
    assert [(event["type"], event["reason"]) for event in watch.events()] == [
        ("alert.fired", "measured"), ("alert.resolved", "disabled"),
    ]


def test_an_alert_comes_on_the_stream(watched, alert):
    product, person = watched.product(), watched.customer()
    watch = alert(body_of(product))
    with Stream(watched.analyst.client.as_new()) as stream:
        stream.next(lambda event: event.name == "overview", "the overview")
        order = watched.order(person, (product, 1))
        event = stream.next(lambda event: event.name == "alert" and event.data["alert_id"] == watch.id, "the alert", 3)
        watched.contract.check(watched.contract.component("AlertEvent"), event.data, "event alert")
        assert event.data["type"] == "alert.fired"
        last = stream.last_id
        cancel(watched, person, order)
        event = stream.next(lambda event: event.name == "alert" and event.data["alert_id"] == watch.id, "its end", 3)
        assert event.data["type"] == "alert.resolved"
    # An alert has no id of its own, so what a reader comes back with is a position of the log still.
    with Stream(watched.analyst.client.as_new(), last_event_id=last) as stream:
        stream.next(lambda event: event.name == "overview", "the overview")


def test_an_alert_comes_over_a_web_socket_and_by_processes(contract, tmp_path):
    """With one process per service: the log is another process's, and the client speaks to the gateway."""
    with Processes(tmp_path / "data") as processes:
        shop = Shop(contract, processes).with_people()
        product = shop.product()
        watch = Alert(shop, body_of(product))
        with WebSocket(shop.analyst.client) as web_socket:
            web_socket.subscribe("alerts")
            shop.order(shop.customer(), (product, 1))
            told = web_socket.next_of("alert")
            contract.check(contract.component("AlertEvent"), told["data"], "alert")
            assert told["data"]["alert_id"] == watch.id


def test_https_by_an_own_authority(watched, alert, authority, tmp_path):
    certificate = Certificate(tmp_path, "here", "DNS:localhost,IP:127.0.0.1", authority)
    with Receiver(certificate=certificate) as receiver:
        for host in ("localhost", "127.0.0.1"):
            watch = alert(body_of(watched.product(), receiver.url(host=host)))
            assert watch.test() == {"delivered": True, "error": None}
            call = receiver.calls[-1]
            call.check_signature(watch.secret)
            assert (call.data["type"], call.data["alert_id"]) == ("alert.test", watch.id)


@pytest.mark.parametrize("alt_names", ["DNS:other.example", "DNS:*.localhost,IP:127.0.0.2"])
def test_a_certificate_for_another_host_is_refused(watched, alert, authority, tmp_path, alt_names):
    certificate = Certificate(tmp_path, "localhost", alt_names, authority)
    with Receiver(certificate=certificate) as receiver:
        for host in ("localhost", "127.0.0.1"):
            answer = alert(body_of(watched.product(), receiver.url(host=host))).test()
            assert not answer["delivered"]
            assert answer["error"].startswith("the certificate is not accepted"), answer
        assert receiver.calls == []


def test_a_certificate_of_an_unknown_authority_is_refused(watched, alert, tmp_path):
    certificate = Certificate(tmp_path, "here", "DNS:localhost", Certificate(tmp_path, "Another authority"))
    with Receiver(certificate=certificate) as receiver:
        answer = alert(body_of(watched.product(), receiver.url(host="localhost"))).test()
        assert answer["error"].startswith("the certificate is not accepted"), answer
        assert receiver.calls == []


def test_redirects_are_not_followed(watched, alert):
    with Receiver([307]) as receiver:
        answer = alert(body_of(watched.product(), receiver.url())).test()
        assert answer == {"delivered": False, "error": "answered 307; redirects are not followed"}
        assert [call.path for call in receiver.calls] == ["/hook"]


def test_own_addresses_are_refused_unless_they_are_allowed(shop, watched, alert):
    with Receiver() as receiver:
        for host in ("127.0.0.1", "localhost"):
            answer = alert(body_of(shop.product(), receiver.url(host=host)), shop).test()
            assert answer == {"delivered": False, "error": f"{host} is at an address that may not be reached"}
        assert receiver.calls == []
    for url in ("http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://0.0.0.0/"):
        answer = alert(body_of(watched.product(), url)).test()
        assert "may not be reached" in answer["error"], answer


def test_the_secret_is_shown_once_and_only_when_it_was_made_here(watched, alert):
    product = watched.product()
    url = "https://hooks.example.com/a/secret/path"
    watch = alert(body_of(product, url))
    assert watch.secret.startswith("whsec_")
    own = alert(body_of(product, webhook={"url": url, "secret": "a secret of our own"}))
    assert own.secret is None
    listed = watched.staff.client.get("/api/analytics/alerts").text
    edited = expect(watched.staff.client.put(watch.path, body_of(product, url)), 200)
    for text in (listed, edited.text, watched.staff.client.get(watch.path).text, watched.server.printed()):
        assert watch.secret not in text and "a secret of our own" not in text
    assert watched.staff.client.get(watch.path).data["alert"]["webhook"]["url"] == url
    assert watch.read()["webhook"]["url"] == "https://hooks.example.com"


def test_every_violation_is_named(watched):
    body = {"metric": "profit", "window_minutes": 200_000, "condition": {"type": "threshold", "side": "over"}}
    answer = watched.staff.client.post("/api/analytics/alerts", body)
    expect_violations(answer, "name", "metric", "window_minutes", "condition.side", "condition.value")


def test_an_edit_of_an_old_version_is_refused(watched, alert):
    product = watched.product()
    watch = alert(body_of(product))
    edit = body_of(product, version=1, window_minutes=30)
    assert expect(watched.staff.client.put(watch.path, edit), 200).data["alert"]["version"] == 2
    expect(watched.staff.client.put(watch.path, edit), 409, "conflict")


@pytest.mark.parametrize("metric", [
    "gross_revenue", "cancelled_revenue", "net_revenue", "orders", "placed_orders", "cancelled_orders", "units",
    "placed_units", "cancelled_units", "average_order_value", "items_per_order", "cancellation_rate",
    "active_customers", "new_customers", "returning_customers", "repeat_customers", "repeat_rate", "shipped_orders",
    "time_to_ship", "delivered_orders", "time_to_deliver",
])
def test_every_metric_can_be_watched(watched, alert, metric):
    """Each is defined by one delivered and one cancelled order of a customer, and above a figure that none reaches from
    below; those that are 0 there are watched the other way round."""
    product, person = watched.product(), watched.customer()
    watched.order_in("delivered", person, product)
    watched.order_in("cancelled", person, product)
    filters = [{"dimension": "customer", "values": [person.id]}]
    ways = [{"type": "threshold", "side": "above", "value": 0}, {"type": "threshold", "side": "below", "value": 1}]
    watches = [alert(body_of(product, metric=metric, filters=filters, condition=way)) for way in ways]
    fired = until(lambda: [event for watch in watches for event in watch.events()], f"an alert on {metric}")
    assert all(event["metric"] == metric and event["value"] is not None for event in fired)


def test_the_metrics_count_what_fires(watched, alert):
    product = watched.product()
    alert(body_of(product))
    watched.order(watched.customer(), (product, 1))

    def firing():
        lines = watched.client("analytics").get("/metrics").text.splitlines()
        values = [line.split()[1] for line in lines if line.startswith("cloudcart_alerts_firing ")]
        return float(values[0]) >= 1
    until(firing, "a firing alert in the metrics", 12)
