"""What one client may take: requests, connections; and headers that keep browsers out of trouble."""

import resource
import socket
from urllib.parse import urlsplit

import pytest

from harness import raw
from harness.client import expect
from harness.server import Server
from harness.shop import Shop

SETTINGS = {
    "CLOUDCART_HTTP_TRUSTED_PROXIES": "127.0.0.1",
    "CLOUDCART_HTTP_ALLOWED_ORIGINS": "https://shop.example,https://admin.example",
    "CLOUDCART_LIMITS_EXEMPT_CLIENTS": "127.0.0.1",
    "CLOUDCART_LIMITS_REQUESTS_PER_CLIENT": "20/3600s",
    "CLOUDCART_LIMITS_REQUESTS_PER_ACCOUNT": "10/3600s",
    "CLOUDCART_LIMITS_COSTLY_PER_CLIENT": "3/3600s",
    "CLOUDCART_LIMITS_CONNECTIONS_PER_CLIENT": "5",
}


@pytest.fixture(scope="module")
def limited(contract, tmp_path_factory):
    """Tests come from 127.0.0.1, which is a proxy here: behind it there are as many clients as they need."""
    with Server(tmp_path_factory.mktemp("limits") / "data", env=SETTINGS) as server:
        yield Shop(contract, server).with_people()


def ask(shop, client, target="/api/products", front="gateway", **headers):
    headers = {"X-Forwarded-For": client, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return shop.client(front).request("GET", target, headers=headers)


@pytest.mark.parametrize("front", ["gateway", "dashboard", "product"])
def test_a_client_has_so_many_requests(limited, front):
    client = {"gateway": "203.0.113.1", "dashboard": "203.0.113.2", "product": "203.0.113.3"}[front]
    first = expect(ask(limited, client, front=front), 200)
    assert first.headers["RateLimit-Policy"] == '"client";q=20;w=3600'
    assert first.headers["RateLimit"] == '"client";r=19;t=180'
    for _ in range(19):
        expect(ask(limited, client, front=front), 200)
    refused = expect(ask(limited, client, front=front), 429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) and refused.headers["RateLimit"].startswith('"client";r=0;')
    # On whichever port; others and the question of how the platform is are not concerned.
    expect(ask(limited, client, front="order", target="/api/orders"), 429, "rate_limited")
    expect(ask(limited, client, target="/health", front=front), 200)
    expect(ask(limited, "203.0.113.99", front=front), 200)


def test_what_a_client_claims_does_not_help(limited):
    for number in range(20):
        expect(ask(limited, f"198.51.100.{number}, 203.0.113.10"), 200)
    expect(ask(limited, "198.51.100.77, 203.0.113.10"), 429, "rate_limited")


def test_an_account_has_so_many_requests_from_wherever(limited):
    staff = limited.staff
    statuses = [
        limited.client(token=staff.token).request("GET", "/api/users/profile", headers={"X-Forwarded-For": f"203.0.113.{50 + n}"}).status
        for n in range(12)
    ]
    assert statuses == [200] * 10 + [429] * 2


def test_signing_in_is_limited_further(limited):
    body = {"email": "nobody@example.com", "password": "wrong and wrong"}
    headers = {"X-Forwarded-For": "203.0.113.20"}
    answers = [limited.client().request("POST", "/api/users/login", json=body, headers=headers) for _ in range(5)]
    assert answers[0].status == 401
    assert [answer.status for answer in answers[3:]] == [429, 429]
    assert '"costly";r=0' in answers[4].headers["RateLimit"]
    expect(ask(limited, "203.0.113.20"), 200)


def test_a_client_has_so_many_connections(limited):
    where = urlsplit(limited.server.addresses["gateway"])

    def connect(source):
        connection = socket.create_connection((where.hostname, where.port), timeout=10, source_address=(source, 0))
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            return connection, connection.recv(65536)
        except ConnectionResetError:
            return connection, b""

    held = [connect("127.0.0.7") for _ in range(6)]
    other = connect("127.0.0.8")
    proxy = [connect("127.0.0.1") for _ in range(8)]
    assert [bool(answer) for _, answer in held] == [True] * 5 + [False]
    assert other[1] and all(answer for _, answer in proxy)
    for connection, _ in [*held, other, *proxy]:
        connection.close()
    metrics = limited.client().get("/metrics").text
    assert 'cloudcart_http_connections_refused_total{service="gateway"} 1' in metrics


def test_the_limit_of_files_is_raised(limited):
    soft, hard = resource.prlimit(limited.server.pid, resource.RLIMIT_NOFILE)
    assert soft == min(hard, 10_000 + 1024) or soft > 10_000 + 1024


def test_too_few_files_are_told(contract, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    try:
        server = Server(tmp_path / "data", env={"CLOUDCART_HTTP_MAX_CONNECTIONS": "900000"})
        with server:
            soft, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
            assert soft == min(hard, 900_000 + 1024)
            assert hard >= 900_000 + 1024 or "raise the limit" in server.printed()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


PAGE = {
    "content-security-policy": "script-src 'self'", "x-content-type-options": "nosniff", "x-frame-options": "DENY",
    "referrer-policy": "no-referrer", "permissions-policy": "camera=()", "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize("front, target", [("dashboard", "/"), ("dashboard", "/orders"), ("gateway", "/docs")])
def test_headers_of_pages(limited, front, target):
    answer = raw.exchange(limited.server.addresses[front], f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    if answer.status == 404:
        pytest.fail("the program has been built without its pages")
    fields = headers_of(answer)
    for name, part in PAGE.items():
        assert part in fields[name], (name, fields)
    script = next(part for part in fields["content-security-policy"].split("; ") if part.startswith("script-src"))
    assert script == "script-src 'self'" and "unsafe-eval" not in fields["content-security-policy"]
    assert front == "gateway" or "unsafe" not in fields["content-security-policy"]
    assert "frame-ancestors 'none'" in fields["content-security-policy"]
    assert "strict-transport-security" not in fields, "that is for HTTPS"


@pytest.mark.parametrize("target", ["/api/products", "/nowhere", "/api/orders"])
def test_headers_of_answers(limited, target):
    answer = raw.exchange(limited.server.addresses["gateway"], f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    fields = headers_of(answer)
    assert fields["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    for name in ("x-content-type-options", "referrer-policy", "x-frame-options", "cross-origin-resource-policy"):
        assert fields[name], name


def test_what_is_somebodys_own_is_not_kept_on_the_way(limited):
    body = {"email": limited.analyst.email, "password": limited.analyst.password}
    headers = {"X-Forwarded-For": "203.0.113.30"}
    assert limited.client().request("POST", "/api/users/login", json=body, headers=headers).headers["Cache-Control"] == "no-store"
    wrong = {**body, "password": "wrong and wrong"}
    assert limited.client().request("POST", "/api/users/login", json=wrong, headers=headers).headers["Cache-Control"] == "no-store"
    profile = limited.client(token=limited.analyst.token).request("GET", "/api/users/profile", headers=headers)
    assert "no-store" in profile.headers["Cache-Control"]


def preflight(shop, origin):
    request = (
        f"OPTIONS /api/orders HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n"
        "Access-Control-Request-Headers: authorization\r\nConnection: close\r\n\r\n"
    )
    return headers_of(raw.exchange(shop.server.addresses["gateway"], request.encode()))


def headers_of(answer):
    lines = answer.text.partition("\r\n\r\n")[0].split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


@pytest.mark.parametrize("origin", ["https://shop.example", "https://admin.example"])
def test_listed_origins_may_call(limited, origin):
    fields = preflight(limited, origin)
    assert fields["access-control-allow-origin"] == origin and "POST" in fields["access-control-allow-methods"]
    assert "authorization" in fields["access-control-allow-headers"].lower() and fields["vary"] == "Origin"
    assert "access-control-allow-credentials" not in fields


@pytest.mark.parametrize("origin", [
    "https://evil.example", "http://shop.example", "https://shop.example.evil.example", "https://shop.example:444", "null",
    "https://SHOP.example", "https://shop.example/",
])
def test_other_origins_may_not(limited, origin):
    fields = preflight(limited, origin)
    assert not any(name.startswith("access-control-") for name in fields)
    assert fields["vary"] == "Origin"
