"""Traces of requests and events, as a collector of OpenTelemetry gets them."""

import secrets
import time
import uuid

import pytest

from harness import engines
from harness.client import expect
from harness.collector import FOLLOWERS, Collector, whole_trace_of_an_order
from harness.processes import Processes
from harness.server import Server, free_ports
from harness.shop import ADDRESS, PASSWORD, Shop, order_body


def context(flags="01"):
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return trace, span, f"00-{trace}-{span}-{flags}"


@pytest.fixture(scope="module", params=["one process", "one for each service"])
def traced(request, contract, tmp_path_factory):
    """A platform whose requests are all traced, and what collects that."""
    folder = tmp_path_factory.mktemp("traced")
    with Collector() as collector:
        if request.param == "one process":
            platform = Server(folder / "data", extra=collector.flags())
        else:
            platform = Processes(folder / "data", extra=collector.flags())
        with platform:
            yield Shop(contract, platform).with_people(), collector


@pytest.fixture
def alone(contract, tmp_path):
    """Starts one process with settings of the test's own."""
    started = []

    def start(env):
        server = Server(tmp_path / "data", env=env).start()
        started.append(server)
        return Shop(contract, server)

    yield start
    for server in started:
        server.kill()


def find(spans, **wanted):
    return [
        span for span in spans
        if all(getattr(span, name, None) == value for name, value in wanted.items() if name != "group")
        and ("group" not in wanted or span.attributes.get("messaging.consumer.group.name") == wanted["group"])
    ]


def one(spans, **wanted):
    found = find(spans, **wanted)
    assert len(found) == 1, f"{wanted}: {[(span.service, span.kind, span.name) for span in spans]}"
    return found[0]


def order_within(shop, traceparent, state="a=1"):
    """An order that says which trace it is part of; and who placed it."""
    person, product = shop.customer(), shop.product()
    headers = {"traceparent": traceparent, "tracestate": state}
    expect(person.client.post("/api/orders", order_body(person, (product, 1)), headers=headers), 201)
    return person


def whole(spans):
    """A whole trace of an order, whose event went by Kafka where there is one."""
    assert not engines.on_engines() or find(spans, kind="producer"), [(span.service, span.kind, span.name) for span in spans]
    return whole_trace_of_an_order(spans)


def ordered(shop, collector, flags="01"):
    trace, span, traceparent = context(flags)
    person = order_within(shop, traceparent)
    return collector.wait_for(trace, whole, "the whole trace of an order"), span, person


def test_an_order_is_one_trace_through_all_services(traced):
    shop, collector = traced
    spans, given, _ = ordered(shop, collector)
    known = {span.id: span for span in spans}
    assert len(known) == len(spans)
    assert {span.parent for span in spans} <= {*known, given}
    front = one(spans, service="cloudcart-gateway", kind="server")
    assert (front.parent, front.name, front.state) == (given, "POST /api/orders", "a=1")
    if isinstance(shop.server, Server):
        order = one(spans, service="cloudcart-order", kind="internal", name="POST /api/orders")
        assert order.parent == front.id
        assert one(spans, service="cloudcart-product", name="reserve stock").parent == order.id
    else:
        asked = one(spans, service="cloudcart-gateway", kind="client")
        order = one(spans, service="cloudcart-order", kind="server")
        reserves = one(spans, service="cloudcart-order", kind="client", name="POST /internal/reservations")
        product = one(spans, service="cloudcart-product", kind="server")
        assert [asked.parent, order.parent, reserves.parent, product.parent] == [front.id, asked.id, order.id, reserves.id]
        assert {span.state for span in (asked, order, reserves, product)} == {"a=1"}
    for group, service in FOLLOWERS.items():
        applied = one(spans, group=group)
        assert (applied.service, applied.kind, applied.parent) == (service, "consumer", order.id)
    databases = {span.attributes.get("db.system.name") for span in spans}
    assert ("postgresql" if engines.on_engines() else "sqlite") in databases


def test_times_are_those_of_this_moment_and_ends_follow_beginnings(traced):
    shop, collector = traced
    before = time.time_ns()
    spans, _, _ = ordered(shop, collector)
    margin = 5_000_000_000
    for span in spans:
        assert before - margin < span.began_at <= span.ended_at < time.time_ns() + margin, span
    for span in spans:
        for parent in spans:
            if span.parent == parent.id and span.service == parent.service and span.kind in ("internal", "client"):
                assert parent.began_at <= span.began_at and span.ended_at <= parent.ended_at, (parent, span)


def test_attributes_are_those_of_the_conventions(traced):
    shop, collector = traced
    spans, _, _ = ordered(shop, collector)
    for span in spans:
        assert span.resource["service.version"] and uuid.UUID(span.resource["service.instance.id"]).version == 4
        assert span.resource["service.namespace"] == "cloudcart"
        if span.kind == "server":
            assert span["http.request.method"] == "POST" and span["url.scheme"] == "http"
            assert span.name == f"{span['http.request.method']} {span['http.route']}"
            assert span["url.path"] == span["http.route"]
            assert span["http.response.status_code"] in (200, 201)
        elif span.kind == "client" and "http.request.method" in span.attributes:
            assert span["server.address"] == "127.0.0.1" and 0 < span["server.port"] < 65536
            assert span.name == f"{span['http.request.method']} {span['url.template']}"
            assert span["url.full"].startswith(f"http://127.0.0.1:{span['server.port']}/")
            assert span["http.response.status_code"] in (200, 201)
        elif span.kind == "client":
            assert span["db.system.name"] in ("sqlite", "postgresql", "redis", "clickhouse")
            assert span["db.operation.name"] and span.name.startswith(span["db.operation.name"])
            if span["db.system.name"] != "redis":
                assert span.name == f"{span['db.operation.name']} {span['db.namespace']}"
            if span["db.system.name"] != "sqlite":
                assert span["server.address"] == "127.0.0.1" and 0 < span["server.port"] < 65536
        elif span.kind in ("consumer", "producer"):
            assert span["messaging.system"] == ("kafka" if engines.on_engines() else "cloudcart")
            assert span["messaging.operation.type"] == ("send" if span.kind == "producer" else "process")
            assert span["messaging.destination.name"].endswith("order.created")
            assert span.name == f"{span['messaging.operation.name']} {span['messaging.destination.name']}"
            assert uuid.UUID(span["messaging.message.id"])
        assert not span.failed and "error.type" not in span.attributes


def test_nothing_personal_is_told(traced):
    shop, collector = traced
    spans, _, person = ordered(shop, collector)
    trace, _, traceparent = context()
    headers = {"traceparent": traceparent, "X-Request-Id": "asked-by-ada@example.com"}
    # Unchecked: nobody has these addresses.
    person.client.send("GET", "/api/products", params={"search": "secret-word"}, headers=headers)
    person.client.send("GET", f"/api/users/{person.email}", headers=headers)
    person.client.send("GET", f"/api/{person.email}", headers=headers)
    person.client.send("POST", "/api/users/login", json={"email": person.email, "password": PASSWORD}, headers=headers)
    spans += collector.wait_for(
        trace, lambda found: len(find(found, service="cloudcart-gateway", kind="server")) == 4 and found, "four requests"
    )
    private = [
        person.email, person.email.split("@")[0], "example.com", person.token, person.refresh_token, ADDRESS, "James", "Lovelace",
        PASSWORD, "secret-word", "search",
    ]
    for span in spans:
        told = repr([span.name, span.state, span.attributes, span.resource])
        assert not [word for word in private if word in told], told


def test_a_failed_call_is_told_and_is_not_the_servers_failure(traced):
    shop, collector = traced
    trace, _, traceparent = context()
    person, product = shop.customer(), shop.product(inventory_count=1)
    answer = person.client.post("/api/orders", order_body(person, (product, 2)), headers={"traceparent": traceparent})
    expect(answer, 409, "insufficient_inventory")
    spans = collector.wait_for(trace, lambda found: find(found, service="cloudcart-gateway", kind="server") and found, "the request")
    front = one(spans, service="cloudcart-gateway", kind="server")
    assert (front["http.response.status_code"], front.failed) == (409, False)
    if not isinstance(shop.server, Server):
        calls = collector.wait_for(
            trace, lambda found: find(found, service="cloudcart-order", kind="client", name="POST /internal/reservations"), "the call"
        )
        assert (calls[0].failed, calls[0]["error.type"]) == (True, "409")


HOSTILE = [
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    "00-0af7651916cd43dd8448eb211c8031------b7ad6b7169203331-01",
    "{}\"; DROP TABLE orders; --",
    "0" * 4000,
]


def test_a_hostile_traceparent_begins_a_new_trace(traced):
    shop, collector = traced
    asked = {}
    for hostile in HOSTILE:
        request_id = str(uuid.uuid4())
        asked[request_id] = hostile
        expect(shop.client().get("/api/products", headers={"traceparent": hostile, "tracestate": "a=1", "X-Request-Id": request_id}), 200)

    def probe(_):
        found = {
            span.attributes.get("cloudcart.request.id"): span
            for span in list(collector.spans) if span.service == "cloudcart-gateway" and span.kind == "server"
        }
        return found if set(asked) <= set(found) else None

    found = collector.wait_for("", probe, "a span of each request")
    for request_id, hostile in asked.items():
        span = found[request_id]
        assert (span.parent, span.state) == ("", ""), hostile
        assert span.trace not in hostile.lower()


def metric(shop, name, **labels):
    """Of a process; 0 where it does not show it."""
    wanted = "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}" if labels else ""
    for line in shop.client().send("GET", "/metrics").text.splitlines():
        if line.startswith(f"{name}{wanted} "):
            return float(line.split()[-1])
    return 0.0


def dropped(shop, reason):
    return metric(shop, "cloudcart_tracing_spans_dropped_total", reason=reason)


def test_without_a_collector_nothing_is_traced(shop):
    assert "cloudcart_tracing" not in shop.client().send("GET", "/metrics").text


def test_a_collector_that_is_gone_is_nobodys_trouble(alone):
    address = f"http://127.0.0.1:{free_ports(1)[0]}"
    shop = alone({"CLOUDCART_TRACING_ENDPOINT": address, "CLOUDCART_TRACING_SAMPLE_RATIO": "1", "CLOUDCART_TRACING_QUEUE": "5"})
    client = shop.client()

    def overflows():
        for _ in range(50):
            expect(client.get("/api/products"), 200)
        return dropped(shop, "queue_full") > 0

    # One look at the queue may come between any two requests.
    for _ in range(20):
        if overflows():
            break
    assert dropped(shop, "queue_full") > 0
    shop.server.stop()


def test_a_collector_that_hangs_is_nobodys_trouble(alone):
    with Collector(answers=["hang"] * 100) as collector:
        shop = alone(collector.settings())
        client = shop.client()
        expect(client.get("/api/products"), 200)
        collector.wait_for("", lambda _: collector.requests, "the collector is asked")
        for _ in range(100):
            expect(client.get("/api/products"), 200)
        shop.server.stop()


def test_a_busy_collector_is_asked_again_when_it_says(alone):
    with Collector(answers=[(429, {"Retry-After": "1"}), (503, {})]) as collector:
        shop = alone(collector.settings())
        trace, _, traceparent = context()
        expect(shop.client().get("/api/products", headers={"traceparent": traceparent}), 200)
        collector.wait_for(trace, lambda found: find(found, kind="server"), "the span arrives")
        assert len(collector.requests) >= 3
        assert dropped(shop, "unreachable") == dropped(shop, "refused") == 0
        shop.server.stop()
        assert len(find(collector.of(trace), kind="server")) == 1


def test_a_stop_sends_what_is_left(alone):
    with Collector() as collector:
        shop = alone(collector.settings())
        traces = []
        for _ in range(20):
            trace, _, traceparent = context()
            traces.append(trace)
            expect(shop.client().get("/api/products", headers={"traceparent": traceparent}), 200)
        shop.server.stop()
        assert all(find(collector.of(trace), kind="server") for trace in traces)


def test_strangers_cannot_have_everything_recorded(alone):
    with Collector() as collector:
        shop = alone(collector.settings(sample_ratio="0", asked_per_second="2"))
        client, began = shop.client(), time.monotonic()
        for _ in range(200):
            expect(client.get("/api/products", headers={"traceparent": context()[2]}), 200)
        took = time.monotonic() - began
        for _ in range(50):
            expect(client.get("/api/products"), 200)
        shop.server.stop()
        recorded = len([span for span in collector.spans if span.kind == "server"])
        assert 2 <= recorded <= 2 + 2 * took + 1


def test_the_collectors_key_is_sent_and_not_told(alone):
    key = secrets.token_hex(8)
    with Collector(answers=[(401, {})]) as collector:
        shop = alone(collector.settings(headers=f"Authorization=Bearer {key},X-Scope=shop"))
        expect(shop.client().get("/api/products"), 200)
        collector.wait_for("", lambda _: dropped(shop, "refused") > 0, "what is refused is dropped")
        assert collector.requests[0]["Authorization"] == f"Bearer {key}" and collector.requests[0]["X-Scope"] == "shop"
        shop.server.stop()
        assert key not in shop.server.printed() and "traces are lost" in shop.server.printed()
