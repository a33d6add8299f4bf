"""Passwords that change, and the first admin."""

import contextlib
import os
import pty
import re
import stat
import subprocess

import pytest

from harness.client import expect, expect_violations
from harness.server import Server, binary, environment
from harness.shop import PASSWORD, Shop
from harness.waiting import until

BETTER = "a better horse"


def assert_dead(shop, person):
    for service, path in {"user": "/api/users/profile", "order": "/api/orders", "analytics": "/api/ai/model/status"}.items():
        client = shop.client(service, person.token)
        until(lambda: client.get(path).status == 401, f"{service} refuses the token", seconds=5)
    expect(shop.client().post("/api/users/refresh", {"refresh_token": person.refresh_token}), 401)


def change(person, current=PASSWORD, new=BETTER):
    return person.client.post("/api/users/password", {"current_password": current, "new_password": new})


def test_a_new_password_ends_all_other_sessions(shop):
    person = shop.customer()
    second = shop.sign_in(person.email)
    answer = expect(change(person), 200)
    assert answer.headers["Cache-Control"] == "no-store"
    assert_dead(shop, person)
    assert_dead(shop, second)
    expect(shop.client(token=answer.data["token"]).get("/api/users/profile"), 200)
    client = shop.client()
    expect(client.post("/api/users/login", {"email": person.email, "password": PASSWORD}), 401)
    expect(client.post("/api/users/login", {"email": person.email, "password": BETTER}), 200)


def test_the_present_password_is_asked_for(shop):
    person = shop.customer()
    assert expect_violations(change(person, current="wrong horse"), "current_password")
    expect_violations(change(person, new="short"), "new_password")
    expect_violations(change(person, new="x" * 73), "new_password")
    expect(shop.client().post("/api/users/password", {"current_password": PASSWORD, "new_password": BETTER}), 401)
    expect(person.client.get("/api/users/profile"), 200)


def test_guesses_are_throttled_apart_from_sign_ins(shop):
    person = shop.customer()
    until(lambda: change(person, current="wrong horse").status == 429, "guessing is slowed down")
    expect(person.client.put("/api/users/profile", {"email": f"{shop.unique('other')}@example.com"}), 200)
    refused = change(person, current="wrong horse")
    assert int(expect(refused, 429, "rate_limited").headers["Retry-After"]) >= 1
    email = person.client.get("/api/users/profile").data["user"]["email"]
    expect(shop.client().post("/api/users/login", {"email": email, "password": PASSWORD}), 200)


def test_an_admin_lets_somebody_set_a_new_password(shop):
    person = shop.customer()
    issued = expect(shop.admin.client.post(f"/api/users/{person.id}/reset-code"), 201)
    assert issued.headers["Cache-Control"] == "no-store"
    body = {"code": issued.data["code"], "new_password": BETTER}
    expect_violations(shop.client().post("/api/users/password/reset", {**body, "new_password": "short"}), "new_password")
    answer = expect(shop.client().post("/api/users/password/reset", body), 200)
    assert answer.data["user"]["id"] == person.id
    assert_dead(shop, person)
    expect(shop.client().post("/api/users/password/reset", body), 401, "unauthenticated")
    expect(shop.client().post("/api/users/login", {"email": person.email, "password": BETTER}), 200)
    assert issued.data["code"] not in shop.server.printed()


OWNER = {"email": "owner@example.com", "password": PASSWORD, "first_name": "Olga", "last_name": "Owner"}


def test_the_first_start_offers_one_admin(contract, tmp_path):
    server = Server(tmp_path / "data")
    with server:
        shop = Shop(contract, server)
        file = server.data_dir / "setup.token"
        token = file.read_text(encoding="utf-8").strip()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert token not in server.printed(), "a log is no place for it"
        assert str(file) in server.printed()
        client = shop.client()
        assert expect(client.get("/api/users/setup"), 200).data == {"open": True}
        expect(client.post("/api/users/setup", {"token": "guessed", **OWNER}), 401, "unauthenticated")
        expect_violations(client.post("/api/users/setup", {"token": token, **OWNER, "password": "short"}), "password")
        made = expect(client.post("/api/users/setup", {"token": token, **OWNER}), 201)
        assert made.data["user"]["role"] == "admin"
        admin = shop.client(token=made.data["token"])
        expect(admin.get("/api/users/all"), 200)
        assert expect(client.get("/api/users/setup"), 200).data == {"open": False}
        expect(client.post("/api/users/setup", {"token": token, **OWNER, "email": "second@example.com"}), 401)
        entries = expect(admin.get("/api/audit/user"), 200).data["entries"]
        assert [(entry["entry"]["action"], entry["entry"]["outcome"]) for entry in reversed(entries)] == [
            ("user.set_up", "begun"), ("user.set_up", "done"),
        ]
        assert entries[0]["entry"]["target"] == made.data["user"]["id"]
    file.unlink()
    with server:
        assert not file.exists(), "there is an admin"
        assert server.printed().count("setup token") == 1


def test_an_admin_made_by_command_closes_the_setup(contract, tmp_path):
    server = Server(tmp_path / "data")
    with server:
        shop = Shop(contract, server)
        token = (server.data_dir / "setup.token").read_text(encoding="utf-8").strip()
        server.add_user("boss@example.com", "admin", PASSWORD)
        assert expect(shop.client().get("/api/users/setup"), 200).data == {"open": False}
        expect(shop.client().post("/api/users/setup", {"token": token, **OWNER}), 401)


def test_a_token_that_is_out_is_not_printed_again(contract, tmp_path):
    server = Server(tmp_path / "data")
    with server:
        first = (server.data_dir / "setup.token").read_text(encoding="utf-8")
    with server:
        assert server.printed().count("setup token") == 1
        assert (server.data_dir / "setup.token").read_text(encoding="utf-8") == first


def test_on_a_terminal_it_is_shown(tmp_path):
    command = [str(binary()), "serve", "--data-dir", str(tmp_path / "data")]
    for name in ("user", "product", "order", "analytics", "gateway", "dashboard"):
        command += [f"--port-{name}", "0"]
    terminal, its_end = pty.openpty()
    os.set_blocking(terminal, False)
    shown = b""

    def token():
        nonlocal shown
        with contextlib.suppress(BlockingIOError):
            shown += os.read(terminal, 65536)
        return re.search(rb"#setup=([A-Za-z0-9_-]{43})", shown)

    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=its_end, stderr=subprocess.DEVNULL, env=environment())
    try:
        until(token, "the token is shown", 20)
        assert not (tmp_path / "data" / "setup.token").exists()
    finally:
        process.terminate()
        process.wait(timeout=15)
        os.close(terminal)
        os.close(its_end)


@pytest.mark.parametrize("body", [{}, {"token": 5}, {"token": "x" * 300}])
def test_the_setup_names_the_bad_field(anyone, body):
    answer = anyone.post("/api/users/setup", {**OWNER, **body})
    expect_violations(answer, "token")
