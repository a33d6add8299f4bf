"""Accounts: opening, reading, changing, listing."""

import statistics
import time

import pytest

from harness.client import expect, expect_violations
from harness.shop import PASSWORD

HOSTILE_NAMES = [
    "Robert'); DROP TABLE users;--",
    "<script>alert(1)</script>",
    "Zoë Müller-Œuvre",
    "王小明",
    "😀👩‍👩‍👧‍👦",
    "\u202emirrored",
    "e\u0301" * 20,
    '"quoted" \\ back\\slash',
    "${jndi:ldap://x} {{7*7}} %s%n",
]


def account(shop, **fields):
    return {
        "email": f"{shop.unique('new')}@example.com", "password": PASSWORD, "first_name": "Grace",
        "last_name": "Hopper", **fields,
    }


def test_register_signs_a_customer_in(shop, anyone):
    body = account(shop)
    answer = expect(anyone.post("/api/users/register", body), 201)
    user = answer.data["user"]
    assert (user["email"], user["first_name"], user["last_name"]) == (body["email"], "Grace", "Hopper")
    assert user["role"] == "customer"
    assert "password" not in answer.text and PASSWORD not in answer.text
    profile = expect(anyone.with_token(answer.data["token"]).get("/api/users/profile"), 200)
    assert profile.data["user"] == user


def test_ids_are_time_ordered(shop):
    first, second = shop.customer().id, shop.customer().id
    assert first[14] == second[14] == "7"
    assert first < second


def test_register_takes_no_role_from_the_body(shop, anyone):
    answer = expect(anyone.post("/api/users/register", account(shop, role="admin", is_admin=True)), 201)
    assert answer.data["user"]["role"] == "customer"
    expect(anyone.with_token(answer.data["token"]).get("/api/users/all"), 403, "forbidden")


@pytest.mark.parametrize("field, value", [
    ("email", None), ("email", ""), ("email", "no-at-sign"), ("email", "@example.com"), ("email", "ada@"),
    ("email", "a b@example.com"), ("email", "ada@example.com\r\nBcc: x@example.com"), ("email", 7),
    ("email", "a" * 250 + "@example.com"), ("email", "one@two@example.com"),
    ("password", None), ("password", ""), ("password", "short77"), ("password", "p" * 73), ("password", "é" * 37),
    ("password", 12345678), ("password", ["a" * 10]),
    ("first_name", None), ("first_name", ""), ("first_name", "A"), ("first_name", "n" * 101), ("first_name", 5),
    ("first_name", "nul\x00byte"), ("first_name", "   "), ("first_name", {}),
    ("last_name", None), ("last_name", "B"), ("last_name", "n" * 101), ("last_name", "bell\x07"), ("last_name", True),
])
def test_register_names_the_bad_field(shop, anyone, field, value):
    expect_violations(anyone.post("/api/users/register", account(shop, **{field: value})), field)


@pytest.mark.parametrize("field", ["email", "password", "first_name", "last_name"])
def test_register_names_the_missing_field(shop, anyone, field):
    body = account(shop)
    del body[field]
    expect_violations(anyone.post("/api/users/register", body), field)


def test_register_lists_all_violations_at_once(anyone):
    bad = {"email": "nobody", "password": "short", "first_name": "A", "last_name": "n" * 101}
    expect_violations(anyone.post("/api/users/register", bad), *bad)
    expect_violations(anyone.post("/api/users/register", {}), *bad)


@pytest.mark.parametrize("password", ["12345678", "p" * 72, "é" * 36, "pass word with spaces", "пароль-пароль"])
def test_passwords_up_to_the_limits_work(shop, anyone, password):
    body = account(shop, password=password)
    expect(anyone.post("/api/users/register", body), 201)
    expect(anyone.post("/api/users/login", {"email": body["email"], "password": password}), 200)
    # A cut password would let this one in.
    expect(anyone.post("/api/users/login", {"email": body["email"], "password": password[:-1]}), 401)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_come_back_as_they_were_sent_or_are_refused(shop, anyone, name):
    answer = anyone.post("/api/users/register", account(shop, first_name=name))
    if answer.status == 400:
        expect_violations(answer, "first_name")
        return
    expect(answer, 201)
    assert answer.data["user"]["first_name"] == name
    profile = anyone.with_token(answer.data["token"]).get("/api/users/profile")
    assert profile.data["user"]["first_name"] == name


def test_an_email_is_taken_in_any_case(shop, anyone):
    body = account(shop)
    expect(anyone.post("/api/users/register", body), 201)
    for email in (body["email"], body["email"].upper(), body["email"].title()):
        answer = expect(anyone.post("/api/users/register", {**body, "email": email}), 409, "conflict")
        assert answer.fields in ([], ["email"])


def test_login_knows_the_email_in_any_case(shop, anyone):
    person = shop.customer()
    answer = expect(anyone.post("/api/users/login", {"email": person.email.upper(), "password": PASSWORD}), 200)
    assert answer.data["user"]["id"] == person.id
    assert answer.data["expires_in"] > 0


@pytest.mark.parametrize("body, fields", [
    ({}, ["email", "password"]),
    ({"email": "ada@example.com"}, ["password"]),
    ({"password": "secret secret"}, ["email"]),
    ({"email": 1, "password": 2}, ["email", "password"]),
    ({"email": "", "password": ""}, ["email", "password"]),
])
def test_login_names_bad_fields(anyone, body, fields):
    expect_violations(anyone.post("/api/users/login", body), *fields)


def test_unknown_email_and_wrong_password_look_the_same(shop):
    # An address of its own: these failures must not slow down the sign-ins of other tests.
    client = shop.client().from_address("127.0.0.11")
    known = shop.customer().email
    wrong = expect(client.post("/api/users/login", {"email": known, "password": "wrong password"}), 401)
    unknown = expect(
        client.post("/api/users/login", {"email": "nobody-" + known, "password": "wrong password"}), 401
    )
    assert wrong.code == unknown.code == "unauthenticated"
    assert wrong.body["message"] == unknown.body["message"]
    assert set(wrong.body) == set(unknown.body)


def test_unknown_email_and_wrong_password_take_the_same_time(shop):
    def seconds(client, email):
        started = time.perf_counter()
        expect(client.post("/api/users/login", {"email": email, "password": "wrong password"}), 401)
        return time.perf_counter() - started

    wrong, unknown = [], []
    for number in range(5):
        person = shop.customer()
        client = shop.client().from_address(f"127.0.0.{20 + number}")
        wrong.append(seconds(client, person.email))
        unknown.append(seconds(client, "nobody-" + person.email))
    # An unknown e-mail that skipped the hash would answer many times faster.
    assert statistics.median(unknown) > statistics.median(wrong) / 3
    assert statistics.median(wrong) > statistics.median(unknown) / 3


def test_login_attempts_are_throttled_per_account_and_never_locked_for_others(shop):
    victim, bystander = shop.customer(), shop.customer()
    attacker = shop.client().from_address("127.0.0.40")
    for _ in range(60):
        answer = attacker.post("/api/users/login", {"email": victim.email, "password": "wrong password"})
        if answer.status == 429:
            break
        expect(answer, 401)
    expect(answer, 429, "rate_limited")
    assert int(answer.headers["Retry-After"]) >= 1
    elsewhere = shop.client().from_address("127.0.0.41")
    expect(elsewhere.post("/api/users/login", {"email": bystander.email, "password": PASSWORD}), 200)


def test_strangers_do_not_lock_the_owner_out_of_the_usual_place(shop):
    owner = shop.customer()
    right, wrong = ({"email": owner.email, "password": word} for word in (PASSWORD, "wrong password"))
    home, attacker = shop.client().from_address("127.0.0.42"), shop.client().from_address("127.0.0.43")
    expect(home.post("/api/users/login", right), 200)
    for _ in range(60):
        answer = attacker.post("/api/users/login", wrong)
        if answer.status == 429:
            break
    expect(answer, 429, "rate_limited")
    expect(home.post("/api/users/login", right), 200)


def test_login_attempts_are_throttled_per_address(shop):
    attacker = shop.client().from_address("127.0.0.50")
    for number in range(120):
        email = f"guess-{number}-{shop.unique()}@example.com"
        # The header must not make one address look like many: no proxy is trusted here.
        forged = {"X-Forwarded-For": f"203.0.113.{number % 250 + 1}"}
        answer = attacker.post("/api/users/login", {"email": email, "password": "wrong password"}, headers=forged)
        if answer.status == 429:
            break
        expect(answer, 401)
    expect(answer, 429, "rate_limited")


def test_profile_is_updated(shop):
    person = shop.customer()
    before = person.client.get("/api/users/profile").data["user"]
    email = f"{shop.unique('moved')}@example.com"
    changes = {"first_name": "Augusta", "last_name": "King", "email": email}
    after = expect(person.client.put("/api/users/profile", changes), 200).data["user"]
    assert {name: after[name] for name in changes} == changes
    assert (after["id"], after["created_at"], after["role"]) == (before["id"], before["created_at"], "customer")
    assert after["updated_at"] >= before["updated_at"]
    assert person.client.get("/api/users/profile").data["user"] == after
    expect(shop.client().post("/api/users/login", {"email": email, "password": PASSWORD}), 200)


@pytest.mark.parametrize("change", [{"first_name": "Grace"}, {"last_name": "Hopper"}])
def test_profile_keeps_what_is_left_out(shop, change):
    person = shop.customer()
    before = person.client.get("/api/users/profile").data["user"]
    after = expect(person.client.put("/api/users/profile", change), 200).data["user"]
    assert {**before, **change, "updated_at": after["updated_at"]} == after


@pytest.mark.parametrize("body, fields", [
    ({"first_name": "A"}, ["first_name"]),
    ({"last_name": "n" * 101}, ["last_name"]),
    ({"email": "nobody"}, ["email"]),
    ({"email": 5}, ["email"]),
    ({"first_name": "", "last_name": "B", "email": "@"}, ["first_name", "last_name", "email"]),
])
def test_profile_names_bad_fields(ada, body, fields):
    expect_violations(ada.client.put("/api/users/profile", body), *fields)


@pytest.mark.parametrize("body", [{}, {"role": "admin"}, {"id": "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"}])
def test_profile_needs_a_field_to_change(ada, body):
    expect_violations(ada.client.put("/api/users/profile", body), "body")


def test_profile_cannot_raise_the_role(shop):
    person = shop.customer()
    after = expect(person.client.put("/api/users/profile", {"first_name": "Eve", "role": "admin"}), 200)
    assert after.data["user"]["role"] == "customer"


def test_profile_cannot_take_anothers_email(shop):
    first, second = shop.customer(), shop.customer()
    expect(second.client.put("/api/users/profile", {"email": first.email.upper()}), 409, "conflict")
    # One's own in another case is no conflict.
    expect(second.client.put("/api/users/profile", {"email": second.email.upper()}), 200)


def test_admin_lists_accounts_newest_first(shop):
    people = [shop.customer() for _ in range(3)]
    answer = expect(shop.admin.client.get("/api/users/all", params={"limit": 3}), 200)
    assert [user["id"] for user in answer.data["users"]] == [person.id for person in reversed(people)]
    assert "password" not in answer.text


NO_SUCH_ID = "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"


def test_admin_changes_a_role(shop):
    person = shop.customer()
    answer = expect(shop.admin.client.put(f"/api/users/{person.id}", {"role": "staff"}), 200)
    assert (answer.data["user"]["role"], answer.data["user"]["is_active"]) == ("staff", True)
    promoted = shop.sign_in(person.email)
    assert promoted.role == "staff"
    expect(promoted.client.post("/api/products", {"name": "Cup", "price": "1.00"}), 201)


def test_a_deactivated_account_cannot_sign_in_until_it_is_active_again(shop, anyone):
    person = shop.customer()
    credentials = {"email": person.email, "password": PASSWORD}
    answer = expect(shop.admin.client.put(f"/api/users/{person.id}", {"is_active": False}), 200)
    assert answer.data["user"]["is_active"] is False
    expect(anyone.post("/api/users/login", credentials), 403, "forbidden")
    # Whoever does not know the password learns nothing of the account.
    expect(anyone.post("/api/users/login", {**credentials, "password": "wrong password"}), 401)
    expect(shop.admin.client.put(f"/api/users/{person.id}", {"is_active": True}), 200)
    expect(anyone.post("/api/users/login", credentials), 200)


@pytest.mark.parametrize("change", [{"role": "staff"}, {"role": "customer"}, {"is_active": False}])
def test_admins_do_not_lock_themselves_out(shop, change):
    expect(shop.admin.client.put(f"/api/users/{shop.admin.id}", change), 409, "conflict")
    expect(shop.admin.client.get("/api/users/all"), 200)


@pytest.mark.parametrize("body, fields", [
    ({}, ["body"]), ({"first_name": "Eve"}, ["body"]), ({"role": "root"}, ["role"]), ({"role": 5}, ["role"]),
    ({"is_active": "no"}, ["is_active"]), ({"role": "", "is_active": 0}, ["role", "is_active"]),
])
def test_change_of_an_account_names_bad_fields(shop, ada, body, fields):
    expect_violations(shop.admin.client.put(f"/api/users/{ada.id}", body), *fields)


def test_change_of_an_account_that_is_not_there(shop):
    expect(shop.admin.client.put(f"/api/users/{NO_SUCH_ID}", {"role": "staff"}), 404, "not_found")
    expect_violations(shop.admin.client.put("/api/users/x", {"role": "staff"}), "id")
