"""No secret gets where it does not belong: a day's business in a new shop, and then everything that the shop has written is searched
for every secret that was in use; and the program itself for any that it might bring along."""

import json
import math
import re
import stat
import subprocess
from collections import Counter

import pytest

from harness import tokens
from harness.client import expect
from harness.contract import REPOSITORY
from harness.promotion import SECRET_FILE
from harness.server import Server, binary, run
from harness.shop import ADDRESS, Shop, order_body
from harness.waiting import until
from harness.web_socket import WebSocket

LOG_EVERYTHING = {"CLOUDCART_LOG_LEVEL": "debug", "CLOUDCART_LOG_FORMAT": "json", "CLOUDCART_ALERTS_ALLOW_PRIVATE_ADDRESSES": "true"}
# Long enough not to be anywhere by chance.
PASSWORD, OTHER_PASSWORD, MISPLACED = "kept to myself 4711", "changed my mind 0815", "typed into the wrong field 42"
WEBHOOK_SECRET = "between the shop and its hook 99"


class Day:
    """What happened, and every secret that took part in it."""

    def __init__(self, shop: Shop):
        self.shop = shop
        self.secrets = {"a password": PASSWORD, "another password": OTHER_PASSWORD, "a misplaced password": MISPLACED}
        self.staff_passwords()
        self.customers()
        self.business()
        self.mistakes()
        self.at_the_socket()

    def keep(self, what: str, session: dict) -> dict:
        self.secrets[f"the token of {what}"] = session["token"]
        self.secrets[f"the signature of {what}"] = session["token"].split(".")[2]
        self.secrets[f"the refresh token of {what}"] = session["refresh_token"]
        return session

    def staff_passwords(self):
        for role in ("admin", "staff", "analyst"):
            if role != "admin":
                self.shop.server.add_user(f"{role}@example.com", role, PASSWORD)
            session = self.keep(role, self.sign_in(f"{role}@example.com"))
            setattr(self.shop, role, self.shop.person(session, PASSWORD))

    def sign_in(self, email: str, password: str = PASSWORD) -> dict:
        return expect(self.shop.client().post("/api/users/login", {"email": email, "password": password}), 200).data

    def customers(self):
        body = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace"}
        session = self.keep("a customer", expect(self.shop.client().post("/api/users/register", body), 201).data)
        renewed = expect(self.shop.client().post("/api/users/refresh", {"refresh_token": session["refresh_token"]}), 200).data
        self.ada = self.shop.person(self.keep("a renewed session", renewed), PASSWORD)
        self.leaver = self.shop.person(self.keep("who leaves", self.sign_in("ada@example.com")), PASSWORD)
        expect(self.leaver.client.post("/api/users/logout"), 200)
        # A refresh token that comes again ends its session.
        expect(self.shop.client().post("/api/users/refresh", {"refresh_token": session["refresh_token"]}), 401)
        self.ada = self.shop.person(self.keep("who is back", self.sign_in("ada@example.com")), PASSWORD)
        # The link that the start printed, once.
        code = self.shop.server.sign_in_code()
        self.keep("the link", expect(self.shop.client().post("/api/users/login/code", {"code": code}), 200).data)
        self.code = code

    def business(self):
        product = self.shop.product(name="Teapot")
        order = expect(self.ada.client.post("/api/orders", order_body(self.ada, (product, 2)), headers={"Idempotency-Key": "day-1"}), 201)
        self.shop.move(order.data["order"], "confirmed")
        alert = {
            "name": "Many orders", "metric": "orders", "window_minutes": 1,
            "condition": {"type": "threshold", "side": "above", "value": 1_000_000},
            "webhook": {"url": "http://127.0.0.1:1/", "secret": WEBHOOK_SECRET},
        }
        self.secrets["the secret of a webhook"] = WEBHOOK_SECRET
        made = expect(self.shop.staff.client.post("/api/analytics/alerts", alert), 201).data["alert"]
        self.shop.staff.client.post(f"/api/analytics/alerts/{made['id']}/test")
        expect(self.shop.admin.client.put(f"/api/users/{self.ada.id}", {"is_active": True}), 200)
        expect(self.shop.admin.client.get("/api/users/all"), 200)
        self.shop.settled_dashboard()

    def mistakes(self):
        """Secrets where no secret belongs."""
        client = self.shop.client()
        for body in (
            {"email": "ada@example.com", "password": OTHER_PASSWORD},
            {"email": MISPLACED, "password": PASSWORD},
            {"email": "nobody@example.com", "password": MISPLACED},
            {"email": "ada@example.com", "password": {"text": MISPLACED}},
        ):
            assert client.post("/api/users/login", body).status in (400, 401)
        wrong = {"email": "b@example.com", "password": MISPLACED, "first_name": "B", "last_name": MISPLACED * 10}
        expect(client.post("/api/users/register", wrong), 400)
        expect(client.post("/api/users/login", raw=f'{{"password":"{MISPLACED}"'.encode()), 400)
        expect(client.post("/api/users/login", raw=f"password={MISPLACED}".encode(),
                           headers={"Content-Type": "application/x-www-form-urlencoded"}), 415)
        # As only people do: the token in the address, the password as a token, the refresh token as one.
        assert client.send("GET", "/api/users/profile", params={"token": self.ada.token, "password": MISPLACED}).status_code == 401
        for token in (MISPLACED, self.ada.refresh_token, self.ada.token[:-1], self.leaver.token):
            assert self.shop.client(token=token).send("GET", "/api/users/profile").status_code == 401
        expect(self.ada.client.post("/api/orders", {"user_id": self.ada.id, "items": [], "shipping_address": ADDRESS}), 400)
        expect(self.ada.client.get("/api/users/all"), 403)
        service = tokens.of_a_service((self.shop.server.data_dir / SECRET_FILE).read_text().strip())
        self.secrets["a service's token"] = service
        assert self.shop.client("user", service).send("GET", "/internal/revocations?after=x").status_code == 400

    def at_the_socket(self):
        with WebSocket(self.shop.analyst.client, by_subprotocol=True):
            pass


@pytest.fixture(scope="module")
def day(contract, tmp_path_factory):
    """A day that is over: the server has stopped, so everything is written."""
    server = Server(tmp_path_factory.mktemp("secrets") / "data", env=LOG_EVERYTHING, extra=["--sign-in-link", "admin@example.com"])
    server.add_user("admin@example.com", "admin", PASSWORD)
    with server:
        shop = Shop(contract, server)
        day = Day(shop)
        day.metrics = {front: shop.client(front).send("GET", "/metrics").text for front in ("user", "order", "analytics", "gateway")}
        day.health = shop.client().send("GET", "/health").text
        day.secrets["the key that signs"] = (server.data_dir / SECRET_FILE).read_text().strip()
    return day


def assert_holds_none(day: Day, content: bytes, where: str, but: tuple = ()):
    found = [what for what, secret in day.secrets.items() if what not in but and secret.encode() in content]
    assert not found, f"{where} holds {', '.join(found)}"


def test_the_day_used_every_kind_of_secret(day):
    assert len(day.secrets) > 20 and all(len(secret) >= 16 for secret in day.secrets.values())


def test_the_log(day):
    printed = day.shop.server.printed()
    assert '"event.dataset":"cloudcart.access"' in printed and len(printed) > 5_000
    assert_holds_none(day, printed.encode(), "the log")
    assert printed.count(day.code) == 1, "the code of the link stands in the link alone"


def test_figures_and_health(day):
    for front, text in day.metrics.items():
        assert "cloudcart_" in text
        assert_holds_none(day, text.encode(), f"/metrics of {front}")
    assert_holds_none(day, day.health.encode(), "/health")


def test_the_files(day):
    files = [file for file in day.shop.server.data_dir.rglob("*") if file.is_file()]
    assert any(file.name == "user.db" for file in files) or day.shop.server.env
    for file in files:
        # The key is in its own file; what signs a webhook's requests is kept with the alert, since it has to be known.
        but = {SECRET_FILE: ("the key that signs",)}.get(file.name, ())
        if file.name.startswith("analytics.db"):
            but = ("the secret of a webhook",)
        content = file.read_bytes()
        assert_holds_none(day, content, file.name, but)
        assert day.code.encode() not in content, f"{file.name} holds the code of the link"


def test_the_key_is_its_owners_alone(day):
    mode = stat.S_IMODE((day.shop.server.data_dir / SECRET_FILE).stat().st_mode)
    assert mode == 0o600, oct(mode)
    assert len(day.secrets["the key that signs"]) >= 64
    for file in day.shop.server.data_dir.rglob("*"):
        assert not stat.S_IMODE(file.stat().st_mode) & stat.S_IWOTH, f"everybody may write {file}"


def test_a_key_that_others_may_read_is_refused(tmp_path):
    with Server(tmp_path / "data"):
        pass
    (tmp_path / "data" / SECRET_FILE).chmod(0o644)
    done = run("serve", "--data-dir", tmp_path / "data", *(word for name in ("user", "product", "order", "analytics", "gateway", "dashboard")
                                                          for word in (f"--port-{name}", "0")))
    assert done.returncode != 0 and "chmod 600" in done.stderr


def test_two_shops_have_two_keys(day, tmp_path):
    with Server(tmp_path / "data"):
        other = (tmp_path / "data" / SECRET_FILE).read_text().strip()
    assert other != day.secrets["the key that signs"]


@pytest.mark.parametrize("name, value", [
    ("CLOUDCART_AUTH_JWT_SECRET", "too short by far"),
    ("CLOUDCART_POSTGRES_URL", "postgresql://shop:kept-to-myself-4711@127.0.0.1:1/shop"),
    ("CLOUDCART_POSTGRES_URL", "mysql://shop:kept-to-myself-4711@127.0.0.1:1/shop"),
    ("CLOUDCART_CLICKHOUSE_URL", "http://shop:kept-to-myself-4711@127.0.0.1:1"),
    ("CLOUDCART_CLICKHOUSE_URL", "ftp://shop:kept-to-myself-4711@127.0.0.1:1"),
    ("CLOUDCART_CACHE_REDIS", "redis://shop:kept-to-myself-4711@127.0.0.1:1"),
])
def test_a_setting_that_does_not_do_is_refused_without_its_secret(tmp_path, name, value):
    # Refused at once, or waited for with a word of it in the log.
    server = Server(tmp_path / "data", env={name: value, "CLOUDCART_LOG_LEVEL": "debug"})
    server.launch()
    try:
        signs = ("127.0.0.1:1", "does not answer")
        until(lambda: not server.running or any(sign in server.printed() for sign in signs), "the server says that it cannot use this", 30)
    finally:
        server.kill()
    said = server.printed()
    assert said
    assert "kept-to-myself" not in said and "too short by far" not in said, said


WELL_KNOWN = (
    b"changeme", b"change-me", b"change_me", b"your-secret", b"your_secret", b"supersecret", b"super-secret", b"jwt-secret-key", b"secret123",
    b"password123", b"admin123", b"letmein", b"hunter2", b"postgres:postgres@", b"BEGIN PRIVATE KEY-----\n", b"BEGIN RSA PRIVATE KEY-----\n", b"AKIA",
)


def test_the_program_brings_no_secret_along(day):
    content = binary().read_bytes()
    assert_holds_none(day, content, "the program")
    assert not [word for word in WELL_KNOWN if word in content]


def entropy(text: str) -> float:
    """Bits per character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


# Published constants, and identifiers and texts that only look random.
KNOWN = {
    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",  # RFC 6455, section 1.3
}
LITERAL = re.compile(r"""["']([A-Za-z0-9+/_=-]{24,})["']""")


def test_the_source_holds_nothing_that_looks_like_a_key():
    """Long literals whose characters are spread as those of a random key are."""
    listed = subprocess.run(["git", "ls-files", "src", "scripts", "web/src", "infrastructure", ".github"], cwd=REPOSITORY, capture_output=True, text=True)
    files = [REPOSITORY / name for name in listed.stdout.split("\n") if name] or list((REPOSITORY / "src").rglob("*.cpp"))
    found, looked_at = [], 0
    for file in files:
        # schema.d.ts is made from api/openapi.yaml with its examples.
        if re.search(r"_test\.cpp$|\.test\.tsx?$|/test/|/schema\.d\.ts$", str(file)) or not file.is_file():
            continue
        looked_at += 1
        for literal in LITERAL.findall(file.read_text(encoding="utf-8", errors="replace")):
            has_all = all(re.search(kind, literal) for kind in ("[0-9]", "[A-Z]", "[a-z]"))
            is_alphabet = "abcdefghijklm" in literal
            is_hexadecimal = re.fullmatch("[0-9a-f]{32,}", literal)
            if (is_hexadecimal or has_all and entropy(literal) > 3.6) and not is_alphabet and literal not in KNOWN:
                found.append(f"{file.relative_to(REPOSITORY)}: {literal}")
    assert looked_at > 200
    assert found == []
