"""docs/AUTHORIZATION.md, cell by cell, on a running platform: every route, asked by every kind of caller, at the service that has it and
through the gateway, with everything in one process and with one process per service.

The requests have no bodies: here only who asks is of interest. What is done for those who may, `test_roles.py` looks at."""

import pathlib
import re
import time

import pytest

from harness import tokens
from harness.client import expect
from harness.contract import REPOSITORY
from harness.promotion import SECRET_FILE
from harness.server import run
from harness.waiting import until

DOCUMENT = REPOSITORY / "docs" / "AUTHORIZATION.md"
NO_SUCH_ID = "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"
COLUMNS = ("nobody", "owner", "other", "analyst", "staff", "admin", "service")
# Who shows a token that is not good is nobody.
CALLERS = {**{column: column for column in COLUMNS}, **dict.fromkeys(("expired", "forged", "unsigned", "ended"), "nobody")}
SERVICES = ("user", "product", "order", "analytics")
GATEWAY_ONLY = ("/api/shop", "/openapi.json", "/docs")


def read_table(text: str) -> list:
    """(service, method, path, {column: cell}) of each row."""
    rows, service = [], None
    for line in text.splitlines():
        if line.startswith("## "):
            service = line.removeprefix("## ")
        elif found := re.fullmatch(r"\| ([A-Z]+) (/\S*) \|(.*)\|", line):
            cells = [cell.strip() for cell in found[3].split("|")]
            assert len(cells) == len(COLUMNS), line
            rows.append((service, found[1], found[2], dict(zip(COLUMNS, cells))))
    return rows


TABLE = read_table(DOCUMENT.read_text(encoding="utf-8"))


def test_the_document_is_what_the_program_registers():
    made = run("routes", "--markdown")
    assert made.returncode == 0, made.stderr
    assert made.stdout == DOCUMENT.read_text(encoding="utf-8"), (
        "A policy or a route has changed: write `cloudcart routes --markdown` to docs/AUTHORIZATION.md and have it reviewed.")
    assert len(TABLE) > 80


def test_only_these_routes_are_open_to_everybody():
    """What nobody may do by accident: a second, shorter list, written by hand."""
    open_routes = {f"{method} {path}" for _, method, path, cells in TABLE if cells["nobody"] == "yes"}
    assert open_routes == {
        "POST /api/users/register", "POST /api/users/login", "POST /api/users/login/code", "POST /api/users/refresh",
        "POST /api/users/password/reset", "GET /api/users/setup", "POST /api/users/setup", "GET /api/users/erasures",
        "GET /api/products", "GET /api/products/categories/all", "GET /api/products/{id}",
        "GET /api/ai/recommendations/popular", "GET /api/ai/recommendations/product/{product_id}",
        "POST /api/ai/recommendations/basket", "POST /api/ai/recommendations/session", "POST /api/ai/feedback",
        "GET /health", "GET /ready", "GET /metrics", "GET /api/shop", "GET /openapi.json", "GET /docs",
    }


class Platform:
    """A shop with one caller of each kind and an object of the owner's."""

    def __init__(self, shop, data_dir: pathlib.Path):
        self.shop = shop
        self._secret = (data_dir / SECRET_FILE).read_text(encoding="utf-8").strip()
        self.owner, self.other = shop.customer(), shop.customer()
        self.order = shop.order(self.owner, (shop.product(), 1))
        ended = shop.customer()
        expect(ended.client.post("/api/users/logout"), 200)
        self._ended = ended.token
        for front, path in {"user": "/api/users/profile", "product": "/api/products", "order": "/api/orders", "analytics": "/api/ai/train"}.items():
            method = "GET" if front == "user" else "POST"
            client = shop.client(front, self._ended)
            until(lambda: client.send(method, path).status_code == 401, f"{front} knows that the session has ended")

    def token(self, caller: str):
        header, claims, signature = tokens.parts(self.owner.token)
        raised = {**claims, "role": "admin"}
        if caller == "nobody":
            return None
        if caller == "expired":
            past = {"iat": int(time.time()) - 7200, "exp": int(time.time()) - 3600}
            return tokens.make(header, {**raised, **past}, self._secret.encode())
        if caller == "forged":
            return tokens.make(header, raised, b"x" * 32)
        if caller == "unsigned":
            return tokens.make({**header, "alg": "none"}, raised, None)
        if caller == "ended":
            return self._ended
        if caller == "service":
            return tokens.of_a_service(self._secret)
        person = getattr(self, caller, None) or getattr(self.shop, caller)
        return person.token

    def session_to_end(self, caller: str):
        """For logout, which would take the caller's own with it."""
        if caller in ("owner", "other"):
            return self.shop.customer().token
        if caller in ("analyst", "staff", "admin"):
            return self.shop.sign_in(getattr(self.shop, caller).email).token
        return self.token(caller)

    def status(self, front: str, caller: str, method: str, path: str) -> int:
        token = self.session_to_end(caller) if path == "/api/users/logout" else self.token(caller)
        client = self.shop.client(front, token)
        # The routes between services are in no contract, so nothing is checked here but the status.
        with client.send(method, self.filled(path, caller), stream=True) as response:
            return response.status_code

    def filled(self, path: str, caller: str = "owner") -> str:
        if path.startswith("/api/orders/{id}"):
            path = path.replace("{id}", self.order["id"])
        # An admin who says nothing more would erase the owner.
        if path == "/api/users/{id}/export" or (path == "/api/users/{id}/erasure" and caller != "admin"):
            path = path.replace("{id}", self.owner.id)
        owned = re.sub(r"\{(userId|user_id)\}", self.owner.id, path)
        return re.sub(r"\{position\}", "999999999", re.sub(r"\{(\w*id)\}", NO_SUCH_ID, owned))

    def is_right(self, cell: str, status: int) -> bool:
        """Allowed is whatever is no refusal: mostly 400, for a request that says nothing."""
        return status not in (401, 403) and status < 500 if cell == "yes" else status == int(cell)

    def wrong(self, caller: str, front_of, rows) -> list:
        found = []
        for service, method, path, cells in rows:
            front = front_of(service, path)
            if front is None:
                continue
            cell = "404" if front in ("gateway", "dashboard") and path.startswith("/internal/") else cells[CALLERS[caller]]
            status = self.status(front, caller, method, path)
            if not self.is_right(cell, status):
                found.append(f"{front} {method} {path}: {status} instead of {cell}")
        return found


@pytest.fixture(scope="module", params=["one process", "a process for each service"])
def platform(request):
    shop = request.getfixturevalue("shop" if request.param == "one process" else "apart")
    return Platform(shop, shop.server.data_dir)


@pytest.mark.parametrize("caller", CALLERS)
def test_at_the_service(platform, caller):
    def front_of(service, path):
        return service if service in SERVICES else "gateway" if path in GATEWAY_ONLY else "order"

    assert platform.wrong(caller, front_of, TABLE) == []


@pytest.mark.parametrize("caller", CALLERS)
def test_through_the_gateway(platform, caller):
    assert platform.wrong(caller, lambda *_: "gateway", TABLE) == []


def test_operations_at_every_service(platform):
    rows = [row for row in TABLE if row[2] in ("/health", "/ready", "/metrics")]
    assert len(rows) == 3
    for service in SERVICES:
        for caller in CALLERS:
            assert platform.wrong(caller, lambda *_: service, rows) == []


def test_anothers_object_looks_like_none_everywhere(platform):
    """Not only the status: what is answered about an object of somebody else is what is answered about none."""
    owned = [(method, path) for _, method, path, cells in TABLE if cells["owner"] == "yes" and cells["other"] == "404"]
    assert len(owned) >= 5
    client = platform.other.client
    for method, path in owned:
        theirs = client.send(method, platform.filled(path))
        nothing = client.send(method, re.sub(r"\{\w+\}", NO_SUCH_ID, path))
        assert theirs.status_code == nothing.status_code == 404, (method, path)
        shown = [{name: value for name, value in answer.json().items() if name != "request_id"} for answer in (theirs, nothing)]
        assert shown[0] == shown[1], (method, path)


@pytest.mark.parametrize("caller", ["nobody", "owner"])
def test_the_gateways_own_token_opens_nothing(platform, caller):
    """It is believed in the client's address, and gives no other right."""
    headers = {"X-CloudCart-Gateway": platform.token("service")}
    for service, method, path, cells in TABLE:
        if service not in SERVICES or cells[caller] == "yes":
            continue
        client = platform.shop.client(service, platform.token(caller))
        assert client.send(method, platform.filled(path), headers=headers).status_code == int(cells[caller]), path
