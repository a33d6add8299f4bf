"""Keys that sign tokens are rotated while everything runs, in one process and in several."""

import json
import stat

import pytest

from harness import tokens
from harness.client import expect
from harness.server import Server, run
from harness.shop import PASSWORD, Shop
from harness.waiting import until

ROUTES = {"user": "/api/users/profile", "order": "/api/orders", "analytics": "/api/ai/model/status"}


@pytest.fixture
def own(contract, tmp_path):
    with Server(tmp_path / "data", extra=["--auth-key-reload", "100ms"]) as server:
        yield Shop(contract, server).with_people()


def keys(shop, *arguments):
    done = run("keys", *arguments, "--data-dir", str(shop.server.data_dir))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["keys"]


def kid_of(token):
    return tokens.parts(token)[0]["kid"]


def signs_with(shop, kid):
    return until(
        lambda: (lambda person: kid_of(person.token) == kid and person)(shop.sign_in(shop.staff.email)), f"{kid} signs",
    )


def test_a_rotation_signs_nobody_out(own):
    first = keys(own, "list")
    assert [key["state"] for key in first] == ["signs"]
    assert kid_of(own.staff.token) == first[0]["kid"]
    rotated = keys(own, "rotate", "--lead", "1s")
    assert [key["state"] for key in rotated] == ["signs", "coming"]
    assert rotated[0]["valid_until"] and not rotated[1]["valid_until"]
    young = signs_with(own, rotated[1]["kid"])
    for token in (own.staff.token, young.token):
        for service, path in ROUTES.items():
            expect(own.client(service, token).get(path), 200)
    expect(own.client().post("/api/users/refresh", {"refresh_token": young.refresh_token}), 200)
    file = own.server.data_dir / "jwt.secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    printed = own.server.printed() + json.dumps(rotated)
    assert all(key["secret"] not in printed for key in json.loads(file.read_text())["keys"])


def test_a_revoked_key_ends_its_tokens(own):
    old = own.staff
    kid = keys(own, "list")[0]["kid"]
    rotated = keys(own, "rotate", "--lead", "0s")
    young = signs_with(own, rotated[1]["kid"])
    expect(old.client.get("/api/users/profile"), 200)
    assert [key["state"] for key in keys(own, "revoke", kid)] == ["signs"]
    for service, path in ROUTES.items():
        client = own.client(service, old.token)
        until(lambda: client.get(path).status == 401, f"{service} refuses the token of the revoked key", seconds=5)
        expect(own.client(service, young.token).get(path), 200)
    expect(own.client().post("/api/users/refresh", {"refresh_token": old.refresh_token}), 200)


def test_all_older_keys_can_be_revoked_at_once(own):
    old = own.staff
    assert len(keys(own, "rotate", "--revoke-older")) == 1
    until(lambda: old.client.get("/api/users/profile").status == 401, "the old token is refused", seconds=5)
    fresh = until(
        lambda: (lambda answer: answer.status == 200 and answer.data)(
            own.client().post("/api/users/refresh", {"refresh_token": old.refresh_token})
        ), "the session goes on",
    )
    until(lambda: own.client(token=fresh["token"]).get("/api/users/profile").status == 200, "the new token is taken")


def test_key_ids_that_are_none_are_401(own):
    secret = (own.server.data_dir / "jwt.secret").read_text().strip().encode()
    header, claims, _ = tokens.parts(own.staff.token)
    expect(own.client(token=tokens.make(header, claims, secret)).get("/api/users/profile"), 200)
    for kid in ("0123456789abcdef", "../jwt.secret", "' OR 1=1 --", "", 7, None, {"kid": header["kid"]}):
        expect(own.client(token=tokens.make({**header, "kid": kid}, claims, secret)).get("/api/users/profile"), 401, "unauthenticated")
    for name, value in {"jku": "http://127.0.0.1:1/", "x5u": "http://127.0.0.1:1/", "jwk": {"kty": "oct", "k": "AAAA"}, "x5c": ["AA"]}.items():
        expect(own.client(token=tokens.make({**header, name: value}, claims, secret)).get("/api/users/profile"), 401, "unauthenticated")


def test_a_broken_file_changes_nothing_and_is_said(own):
    file = own.server.data_dir / "jwt.secret"
    good = file.read_text()
    file.write_text("{ broken")
    until(lambda: "token keys are not read anew" in own.server.printed(), "the log says so")
    expect(own.sign_in(own.staff.email).client.get("/api/users/profile"), 200)
    done = run("keys", "rotate", "--data-dir", str(own.server.data_dir))
    assert done.returncode != 0 and "jwt.secret" in done.stderr
    file.write_text(good)
    until(lambda: "token keys can be read again" in own.server.printed(), "the log says that as well")


def test_rotations_are_recorded(own):
    rotated = keys(own, "rotate")
    entries = expect(own.admin.client.get("/api/audit/user"), 200).data["entries"]
    first = [entry["entry"] for entry in entries if entry["entry"]["action"] == "keys.rotate"]
    assert [entry["outcome"] for entry in first] == ["done", "begun"]
    assert first[0]["target"] == rotated[-1]["kid"]
    assert run("keys", "revoke", rotated[-1]["kid"], "--data-dir", str(own.server.data_dir)).returncode == 1
    newest = expect(own.admin.client.get("/api/audit/user", params={"limit": 1}), 200).data["entries"][0]["entry"]
    assert (newest["action"], newest["outcome"]) == ("keys.revoke", "conflict")


def test_a_key_of_the_environment_cannot_be_rotated(tmp_path):
    done = run("keys", "rotate", "--data-dir", str(tmp_path / "data"), env={"CLOUDCART_AUTH_JWT_SECRET": "x" * 40})
    assert done.returncode == 2 and "jwt_secret_file" in done.stderr


def test_processes_learn_of_new_keys_without_a_restart(apart):
    """Each service is a process of its own; they share the file."""
    secret_files = {server.data_dir / "jwt.secret" for server in apart.server.servers.values()}
    old = apart.sign_in(apart.staff.email)
    first_server = next(iter(apart.server.servers.values()))
    done = run("keys", "rotate", "--lead", "3s", "--data-dir", str(first_server.data_dir), env=first_server.env)
    assert done.returncode == 0, done.stderr
    assert len(secret_files) == 1
    kid = json.loads(done.stdout)["keys"][-1]["kid"]
    young = until(
        lambda: (lambda person: kid_of(person.token) == kid and person)(apart.sign_in(apart.staff.email)), "the new key signs",
        seconds=20,
    )
    for service, path in ROUTES.items():
        for token in (old.token, young.token):
            expect(apart.client(service, token).get(path), 200)
    product = apart.product()
    apart.order(apart.customer(), (product, 1))
