"""The log as others read it: JSON lines with the names and types of the Elastic Common Schema."""

import ipaddress
import json
import re
import secrets
import uuid

import pytest

from harness.client import expect
from harness.collector import Collector
from harness.raw import exchange
from harness.server import Server
from harness.shop import ADDRESS, PASSWORD, Shop
from harness.waiting import until


def is_time(value):
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)


def is_word(value):
    return isinstance(value, str) and value


def is_text(value):
    return isinstance(value, str)


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_address(value):
    return bool(ipaddress.ip_address(value))


def is_hex(digits):
    return lambda value: isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", value)


# Of the Elastic Common Schema 8.11, what lines may have: date, keyword, match_only_text, long, ip.
FIELDS = {
    "@timestamp": is_time,
    "log.level": lambda value: value in ("trace", "debug", "info", "warning", "error", "critical"),
    "message": is_text,
    "ecs.version": lambda value: value == "8.11.0",
    "service.name": lambda value: value == "cloudcart" or value.startswith("cloudcart-"),
    "service.version": is_word,
    "host.name": is_word,
    "process.pid": is_count,
    "process.thread.name": is_word,
    "event.dataset": lambda value: value in ("cloudcart.log", "cloudcart.access"),
    "event.duration": is_count,  # nanoseconds
    "http.request.method": is_word,
    "http.request.id": is_word,
    "http.response.status_code": lambda value: is_count(value) and 100 <= value <= 599,
    "http.response.body.bytes": is_count,
    "url.path": is_text,
    "client.ip": is_address,
    "client.address": is_word,  # what is no address of IP
    "trace.id": is_hex(32),
    "span.id": is_hex(16),
    "transaction.id": is_hex(16),
    "user.id": lambda value: bool(uuid.UUID(value)),
    "error.type": is_word,
}
ALWAYS = [
    "@timestamp", "log.level", "message", "ecs.version", "service.name", "service.version", "host.name", "process.pid",
    "process.thread.name", "event.dataset",
]
OF_REQUESTS = [
    "event.duration", "http.request.method", "http.request.id", "http.response.status_code", "http.response.body.bytes", "url.path",
]


def once_each(pairs):
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), f"a name is there twice: {names}"
    return dict(pairs)


def lines_of(server):
    """All lines of the log; what a command prints for its operator is none."""
    return [json.loads(line, object_pairs_hook=once_each) for line in server.printed().splitlines() if line.startswith("{")]


def requests_of(server, path):
    return [line for line in lines_of(server) if line.get("url.path") == path]


def logged(server, path, count=1):
    """They are written in blocks, once a second."""
    return until(lambda: found if len(found := requests_of(server, path)) >= count else None, f"{path} is in the log")


@pytest.fixture
def own(contract, tmp_path):
    with Server(tmp_path / "data") as server:
        yield Shop(contract, server)


def test_every_line_is_of_the_schema(own):
    own.with_people()
    person, product = own.customer(), own.product()
    own.order(person, (product, 1))
    own.client().send("GET", "/nowhere")
    logged(own.server, "/nowhere")
    for line in lines_of(own.server):
        assert list(line)[:3] == ["@timestamp", "log.level", "message"]
        assert not [name for name in ALWAYS if name not in line], line
        wrong = {name: value for name, value in line.items() if name not in FIELDS or not FIELDS[name](value)}
        assert not wrong, line
        if line["event.dataset"] == "cloudcart.access":
            assert not [name for name in OF_REQUESTS if name not in line], line
    others = [line for line in own.server.printed().splitlines() if line.strip() and not line.startswith("{")]
    assert not [line for line in others if "log.level" in line], "a line was torn"


def test_a_request_is_told(own):
    own.with_people()
    request_id, trace = str(uuid.uuid4()), secrets.token_hex(16)
    headers = {"X-Request-Id": request_id, "traceparent": f"00-{trace}-{secrets.token_hex(8)}-00"}
    expect(own.analyst.client.get("/api/users/profile?fields=secret-word", headers=headers), 200)
    found = logged(own.server, "/api/users/profile")[0]
    assert (found["http.request.method"], found["http.response.status_code"]) == ("GET", 200)
    assert (found["http.request.id"], found["trace.id"], found["user.id"]) == (request_id, trace, own.analyst.id)
    assert found["client.ip"] == "127.0.0.1" and found["service.name"] == "cloudcart-gateway"
    assert found["event.duration"] > 1_000 and found["http.response.body.bytes"] > 0
    assert re.fullmatch(r"GET /api/users/profile 200 in \d+\.\d ms", found["message"])
    expect(own.client().get("/api/orders"), 401)
    assert logged(own.server, "/api/orders")[0]["error.type"] == "unauthenticated"


def test_a_request_that_is_traced_names_its_span(contract, tmp_path):
    trace = secrets.token_hex(16)
    with Collector() as collector, Server(tmp_path / "data", env=collector.settings()) as server:
        headers = {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
        expect(Shop(contract, server).client().get("/api/products", headers=headers), 200)
        line = logged(server, "/api/products")[0]
        spans = collector.wait_for(trace, lambda found: [span for span in found if span.kind == "server"], "the span")
        assert (line["trace.id"], line["span.id"], line["transaction.id"]) == (trace, spans[0].id, spans[0].id)
        assert line["service.name"] == spans[0].service


HOSTILE_TARGETS = [
    b"/%0a%7b%22log.level%22:%22error%22%7d", b"/\"},{\"log.level\":\"error", b"/%00%1b[31m", b"/{\"message\":\"forged\"}", b"/%ff%c3(",
    b"/" + b"x" * 4_000, b"/</script>",
]


def test_hostile_requests_stay_within_their_line(own):
    answers = {}
    for target in HOSTILE_TARGETS:
        request = b"GET " + target + b" HTTP/1.1\r\nHost: a\r\nX-Request-Id: {\"a\":1}\r\nConnection: close\r\n\r\n"
        answers[target] = exchange(own.server.addresses["gateway"], request).status
    own.client().send("GET", "/the-last")
    logged(own.server, "/the-last")
    shown = [line.get("url.path") for line in lines_of(own.server)]
    # What is no request is refused before it has a path.
    assert set(answers.values()) <= {400, 404} and 404 in answers.values()
    for target, status in answers.items():
        assert status == 400 or target.decode()[:256] in shown, target
    assert all(line["log.level"] != "error" for line in lines_of(own.server))


def test_nothing_secret_or_personal_is_logged(own):
    own.with_people()
    person = own.customer()
    own.order(person, (own.product(), 1))
    own.client().send("POST", "/api/users/login", json={"email": person.email, "password": "not " + PASSWORD})
    person.client.send("GET", "/api/products", params={"search": "secret-word"})
    own.client().send("GET", "/the-last")
    logged(own.server, "/the-last")
    text = "\n".join(map(json.dumps, lines_of(own.server)))
    for secret in (person.email, person.token, person.refresh_token, PASSWORD, ADDRESS, "Lovelace", "secret-word"):
        assert secret not in text, secret
