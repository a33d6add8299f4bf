"""Health, metrics, documents, and what the server itself answers."""

import re

import pytest

from harness import contract as contract_module
from harness.client import expect
from harness.server import SERVICES

CONTRACT = contract_module.load()
FRONTS = ("gateway", "dashboard")
PATHS = list(CONTRACT.document["paths"])
NO_SUCH_ID = "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"


def filled(path):
    return re.sub(r"{[^}]+}", NO_SUCH_ID, path)


@pytest.mark.parametrize("server", SERVICES)
def test_health_of_a_service(shop, server):
    data = expect(shop.client(server).get("/health"), 200).data
    assert data["status"] == "ok"
    assert data["service"] == server
    assert all(entry["status"] == "ok" for entry in data["dependencies"].values())


@pytest.mark.parametrize("server", FRONTS)
def test_health_of_a_front_covers_the_services(shop, server):
    data = expect(shop.client(server).get("/health"), 200).data
    assert data["status"] == "ok"
    assert {name: entry["status"] for name, entry in data["services"].items()} == dict.fromkeys(SERVICES, "ok")
    for name, entry in data["services"].items():
        assert entry["latency_ms"] >= 0 and entry["version"] == data["version"]
        assert entry["uptime_seconds"] == pytest.approx(data["uptime_seconds"], abs=5)
        own = expect(shop.client(name).get("/health"), 200).data
        assert entry["dependencies"] == own["dependencies"] != {}


@pytest.mark.parametrize("server", SERVICES + FRONTS)
def test_ready(shop, server):
    expect(shop.client(server).get("/ready"), 200)


@pytest.mark.parametrize("server", SERVICES + FRONTS)
def test_metrics_are_prometheus_text(shop, server):
    text = expect(shop.client(server).get("/metrics"), 200).text
    samples = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert samples
    sample = re.compile(r'[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="(\\.|[^"\\])*",?)*\})? (NaN|[+-]?Inf|[-+.\deE]+)( -?\d+)?')
    assert [line for line in samples if not sample.fullmatch(line)] == []


@pytest.mark.parametrize("server", FRONTS)
def test_docs_is_a_page(shop, server):
    assert "<title" in expect(shop.client(server).get("/docs"), 200).text.lower()


@pytest.mark.parametrize("server", FRONTS)
def test_shop(shop, server):
    data = expect(shop.client(server).get("/api/shop"), 200).data
    assert data["time_zone"] == shop.dashboard()["period"]["time_zone"]
    assert data["currency"] == shop.dashboard()["period"]["currency"]


@pytest.mark.parametrize("server", SERVICES + ("gateway",))
def test_unknown_route(shop, server):
    expect(shop.client(server).get("/api/no/such/route"), 404, "not_found")


def test_unknown_api_route_at_the_dashboard(shop):
    # Its own pages have addresses of their own choosing; the API below /api does not.
    expect(shop.client("dashboard").get("/api/no/such/route"), 404, "not_found")


@pytest.mark.parametrize("path", PATHS)
def test_other_methods_are_405_and_name_the_allowed(shop, path):
    documented = CONTRACT.methods_of(path)
    for method in ({"GET", "POST", "PUT", "DELETE", "PATCH"} - documented):
        # Signed in as admin, so that a policy that comes first cannot hide the answer.
        answer = expect(shop.admin.client.request(method, filled(path)), 405, "method_not_allowed")
        allowed = {word.strip() for word in answer.headers["Allow"].split(",")}
        assert documented <= allowed
        assert allowed - documented <= {"HEAD", "OPTIONS"}


@pytest.mark.parametrize("path", ["/health", "/api/products"])
def test_head_is_get_without_a_body(anyone, path):
    answer = anyone.send("HEAD", path)
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["Content-Type"].startswith("application/json")
    # As long as what GET answers, or, where the gateway cannot know, not told.
    assert answer.headers.get("Content-Length") != "0"


def test_a_request_id_is_taken_over(anyone):
    answer = anyone.get("/api/products", headers={"X-Request-Id": "from-the-client.1"})
    assert answer.headers["X-Request-Id"] == "from-the-client.1"
    failure = anyone.get("/api/users/profile", headers={"X-Request-Id": "from-the-client.2"})
    assert failure.body["request_id"] == "from-the-client.2"


@pytest.mark.parametrize("given", [None, "", "x" * 129, "two words", 'quo"te', "back\\slash"])
def test_a_missing_or_unfit_request_id_is_replaced(anyone, given):
    headers = {} if given is None else {"X-Request-Id": given}
    made = anyone.get("/api/products", headers=headers).headers["X-Request-Id"]
    assert made and made != given


def test_request_ids_differ(anyone):
    assert len({anyone.get("/health").headers["X-Request-Id"] for _ in range(5)}) == 5


@pytest.mark.parametrize("path", ["/api/products", "/api/users/profile", "/docs", "/no/such"])
def test_security_headers(anyone, path):
    assert anyone.send("GET", path).headers["X-Content-Type-Options"] == "nosniff"


def test_sessions_are_not_stored_by_caches(shop):
    person = shop.customer()
    answer = person.client.post("/api/users/refresh", {"refresh_token": person.refresh_token})
    assert "no-store" in expect(answer, 200).headers["Cache-Control"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_strange_origins_get_no_cors_permission(anyone, origin):
    for method in ("GET", "OPTIONS"):
        answer = anyone.send(
            method, "/api/products", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}
        )
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_answers_are_compressed_for_those_who_accept_it(shop):
    for _ in range(3):
        shop.product(description="words " * 300)
    answer = shop.client().send("GET", "/api/products", headers={"Accept-Encoding": "gzip"})
    plain = shop.client().send("GET", "/api/products", headers={"Accept-Encoding": "identity"})
    assert answer.headers.get("Content-Encoding") == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert answer.json() == plain.json()
    assert "accept-encoding" in answer.headers["Vary"].lower()
