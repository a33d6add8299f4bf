"""Tokens: what they carry, attacks on them, and their end."""

import time

import pytest

from harness import tokens
from harness.client import expect, expect_violations
from harness.server import Server
from harness.shop import PASSWORD, Shop
from harness.waiting import until

# One route that needs a token on each service, for callers of any role or with the answer that a customer gets.
NEEDS_TOKEN = {
    "user": "/api/users/profile",
    "order": "/api/orders",
    "analytics": "/api/ai/model/status",
}
SECONDS_TO_TAKE_EFFECT = 5


def assert_ends(shop, token, seconds=SECONDS_TO_TAKE_EFFECT):
    """The token stops working on every service and at the gateway."""
    deadline = time.monotonic() + seconds
    for service, path in NEEDS_TOKEN.items():
        for front in (service, "gateway"):
            client = shop.client(front, token)
            left = max(0.1, deadline - time.monotonic())
            until(lambda: client.get(path).status == 401, f"{front} refuses the token at {path}", left)
    # The catalogue asks for no token to read, but must not take a dead one for writing.
    writer = shop.client("product", token)
    left = max(0.1, deadline - time.monotonic())
    until(lambda: writer.post("/api/products", {}).status == 401, "product refuses the token", left)


def test_claims(shop, ada):
    _, claims, _ = tokens.parts(ada.token)
    assert {"id", "email", "role", "iat", "exp", "iss", "aud", "jti"} <= set(claims)
    assert (claims["id"], claims["email"], claims["role"]) == (ada.id, ada.email, "customer")
    assert claims["exp"] - claims["iat"] == 24 * 60 * 60
    # Of the beginning of the run, which takes a while on a busy machine.
    assert abs(claims["iat"] - time.time()) < 7200


def test_each_sign_in_has_its_own_token_id(shop):
    person = shop.customer()
    ids = {tokens.parts(shop.sign_in(person.email).token)[1]["jti"] for _ in range(2)}
    assert len(ids) == 2


def spoilt_tokens(token):
    header, claims, signature = tokens.parts(token)
    raised = {**claims, "role": "admin"}
    head, body, _ = token.split(".")
    yield "no signature at all", tokens.make({**header, "alg": "none"}, claims, None)
    yield "alg None", tokens.make({**header, "alg": "None"}, claims, None)
    yield "alg none with the old signature", tokens.make({**header, "alg": "none"}, claims, None) + signature
    yield "empty signature", f"{head}.{body}."
    yield "two parts", f"{head}.{body}"
    yield "four parts", f"{token}.{signature}"
    yield "raised role under the old signature", tokens.make(header, raised, None) + signature
    yield "signed with an empty key", tokens.make({**header, "alg": "HS256"}, raised, b"")
    yield "signed with a guessed key", tokens.make({**header, "alg": "HS256"}, raised, b"secret")
    yield "another algorithm named", tokens.make({**header, "alg": "HS512"}, claims, b"secret")
    yield "the public half as a key", tokens.make({**header, "alg": "HS256", "jwk": {"kty": "oct", "k": "c2VjcmV0"}}, raised, b"secret")
    yield "a key of the caller's own address", tokens.make({**header, "jku": "http://127.0.0.1:1/keys"}, raised, b"secret")
    yield "a path as key id", tokens.make({**header, "kid": "../../../../dev/null"}, raised, b"")
    yield "signature in a text that is not canonical", tokens.other_spelling(token)
    yield "signature with padding", token + "="
    yield "a blank inside", f"{head}. {body}.{signature}"
    yield "a flipped bit", f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    yield "not a token", "not-a-token"
    yield "empty", ""
    yield "very long", "a" * 6000 + "." + "b" * 100 + "." + "c" * 43


ATTACKS = [name for name, _ in spoilt_tokens(tokens.make({"alg": "HS256"}, {}, b"x"))]


@pytest.mark.parametrize("attack", ATTACKS)
def test_spoilt_tokens_are_401_everywhere(shop, attack):
    spoilt = dict(spoilt_tokens(shop.admin.token))[attack]
    for service, path in NEEDS_TOKEN.items():
        for front in (service, "gateway"):
            expect(shop.client(front, spoilt).get(path), 401, "unauthenticated")
    expect(shop.client("product", spoilt).post("/api/products", {"name": "Cup", "price": "1.00"}), 401)


SECRET = "a secret that only this platform and its test know"


@pytest.fixture(scope="module")
def known_key(contract, tmp_path_factory):
    """A platform whose key the test knows, with an admin's token."""
    data_dir = tmp_path_factory.mktemp("known-key") / "data"
    with Server(data_dir, env={"CLOUDCART_AUTH_JWT_SECRET": SECRET}) as server:
        yield Shop(contract, server).with_people()


def signed(token, header=None, **claims):
    """The token with other claims (`...` takes one away), under a right signature."""
    old_header, old_claims, _ = tokens.parts(token)
    changed = {name: value for name, value in {**old_claims, **claims}.items() if value is not ...}
    return tokens.make({**old_header, **(header or {})}, changed, SECRET.encode())


def test_the_key_of_the_environment_signs(known_key):
    token = signed(known_key.admin.token)
    expect(known_key.client(token=token).get("/api/users/all"), 200)


@pytest.mark.parametrize("claims", [
    {"exp": 1}, {"exp": ...}, {"exp": "never"}, {"exp": None}, {"exp": -1}, {"aud": "another"}, {"aud": ...}, {"iss": "another"},
    {"iss": ...}, {"jti": ...}, {"id": ...}, {"id": "not-a-uuid"}, {"role": ...}, {"role": "king"}, {"role": 3},
], ids=str)
def test_claims_are_checked_under_a_right_signature_too(known_key, claims):
    expect(known_key.client(token=signed(known_key.admin.token, **claims)).get("/api/users/all"), 401, "unauthenticated")


@pytest.mark.parametrize("header", [{"alg": "HS512"}, {"alg": "RS256"}, {"alg": "none"}, {"alg": ["HS256"]}, {"alg": None}], ids=str)
def test_the_header_does_not_choose_the_algorithm(known_key, header):
    token = signed(known_key.admin.token, header=header)
    expect(known_key.client(token=token).get("/api/users/all"), 401, "unauthenticated")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token {}", "{}", "Bearer {} {}"])
def test_other_authorization_headers_are_401(shop, ada, header):
    sent = {"Authorization": header.replace("{}", ada.token)}
    expect(shop.client().get("/api/users/profile", headers=sent), 401, "unauthenticated")


def test_the_scheme_is_read_in_any_case(shop, ada):
    expect(shop.client().get("/api/users/profile", headers={"Authorization": f"bearer {ada.token}"}), 200)


def test_a_token_in_the_query_is_not_taken(shop, ada):
    expect(shop.client().get("/api/users/profile", params={"token": ada.token, "access_token": ada.token}), 401)


def test_logout_ends_the_session_everywhere(shop):
    person = shop.customer()
    expect(person.client.post("/api/users/logout"), 200)
    assert_ends(shop, person.token)
    expect(shop.client().post("/api/users/refresh", {"refresh_token": person.refresh_token}), 401)


def test_logout_leaves_other_sessions_alone(shop):
    person = shop.customer()
    second = shop.sign_in(person.email)
    expect(person.client.post("/api/users/logout"), 200)
    assert_ends(shop, person.token)
    expect(second.client.get("/api/users/profile"), 200)
    expect(shop.client().post("/api/users/refresh", {"refresh_token": second.refresh_token}), 200)


def test_refresh_rotates_both_tokens(shop, anyone):
    person = shop.customer()
    answer = expect(anyone.post("/api/users/refresh", {"refresh_token": person.refresh_token}), 200)
    assert answer.data["refresh_token"] != person.refresh_token
    assert answer.data["token"] != person.token
    assert answer.data["user"]["id"] == person.id
    expect(shop.client(token=answer.data["token"]).get("/api/users/profile"), 200)
    again = expect(anyone.post("/api/users/refresh", {"refresh_token": answer.data["refresh_token"]}), 200)
    assert again.data["refresh_token"] not in (person.refresh_token, answer.data["refresh_token"])


def test_a_reused_refresh_token_ends_the_session(shop, anyone):
    person = shop.customer()
    fresh = expect(anyone.post("/api/users/refresh", {"refresh_token": person.refresh_token}), 200).data
    expect(anyone.post("/api/users/refresh", {"refresh_token": person.refresh_token}), 401, "unauthenticated")
    expect(anyone.post("/api/users/refresh", {"refresh_token": fresh["refresh_token"]}), 401, "unauthenticated")
    assert_ends(shop, fresh["token"])


def test_a_role_change_ends_tokens_of_the_old_role_everywhere(shop):
    person = shop.sign_in(shop.employee("staff").email)
    expect(person.client.get("/api/orders"), 200)
    expect(shop.admin.client.put(f"/api/users/{person.id}", {"role": "customer"}), 200)
    assert_ends(shop, person.token)
    renewed = shop.client().post("/api/users/refresh", {"refresh_token": person.refresh_token})
    if renewed.status == 200:
        assert renewed.data["user"]["role"] == "customer"
        expect(shop.client(token=renewed.data["token"]).get("/api/orders"), 403)


def test_a_deactivation_ends_every_session_everywhere(shop):
    person = shop.customer()
    second = shop.sign_in(person.email)
    expect(shop.admin.client.put(f"/api/users/{person.id}", {"is_active": False}), 200)
    for session in (person, second):
        assert_ends(shop, session.token)
        assert shop.client().post("/api/users/refresh", {"refresh_token": session.refresh_token}).status in (401, 403)


@pytest.mark.parametrize("body", [{}, {"refresh_token": ""}, {"refresh_token": 5}, {"refresh_token": None}])
def test_refresh_names_the_bad_field(anyone, body):
    expect_violations(anyone.post("/api/users/refresh", body), "refresh_token")


@pytest.mark.parametrize("token", ["unknown", "' OR 1=1 --", "x" * 255])
def test_unknown_refresh_tokens_are_401(anyone, token):
    expect(anyone.post("/api/users/refresh", {"refresh_token": token}), 401, "unauthenticated")


def test_an_access_token_is_no_refresh_token(shop, anyone, ada):
    assert anyone.post("/api/users/refresh", {"refresh_token": ada.token}).status in (400, 401)
    expect(shop.client(token=ada.refresh_token).get("/api/users/profile"), 401)


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": 5}])
def test_login_code_names_the_bad_field(anyone, body):
    expect_violations(anyone.post("/api/users/login/code", body), "code")


@pytest.mark.parametrize("code", ["unknown", "' OR 1=1 --", "\u202e", "x" * 255])
def test_unknown_codes_are_401(shop, code):
    client = shop.client().from_address("127.0.0.60")
    expect(client.post("/api/users/login/code", {"code": code}), 401, "unauthenticated")


def test_the_printed_link_signs_in_once(contract, tmp_path):
    server = Server(tmp_path / "data", extra=["--sign-in-link", "owner@example.com"])
    server.add_user("owner@example.com", "admin", PASSWORD)
    with server:
        shop = Shop(contract, server)
        anyone, code = shop.client(), server.sign_in_code()
        answer = expect(anyone.post("/api/users/login/code", {"code": code}), 200)
        assert (answer.data["user"]["email"], answer.data["user"]["role"]) == ("owner@example.com", "admin")
        expect(shop.client(token=answer.data["token"]).get("/api/analytics/dashboard"), 200)
        expect(anyone.post("/api/users/login/code", {"code": code}), 401, "unauthenticated")


def test_a_bad_token_is_as_none_where_anyone_may_call(shop):
    product = shop.product()
    client = shop.client(token="no-longer-good")
    expect(client.get(f"/api/products/{product['id']}"), 200)
    expect(shop.staff.client.delete(f"/api/products/{product['id']}"), 200)
    expect(client.get(f"/api/products/{product['id']}"), 404)


def test_secrets_are_for_their_owner_only(shop):
    """Keys are made at the first start, and nobody else on the machine can read them."""
    keys = [
        path for path in shop.server.data_dir.rglob("*")
        if path.is_file() and any(word in path.name.lower() for word in ("secret", "key", "jwt"))
    ]
    assert keys
    assert {oct(path.stat().st_mode & 0o077) for path in keys} == {"0o0"}


def test_nothing_secret_is_printed(shop):
    person = shop.customer()
    expect(person.client.get("/api/users/profile"), 200)
    printed = shop.server.printed()
    for secret in (person.token, person.refresh_token, PASSWORD):
        assert secret not in printed
