"""Dead tokens, while the processes that check them are cut off from the one that knows which are dead."""

import time

import pytest

from harness.client import expect
from harness.processes import Processes
from harness.proxy import Proxy
from harness.shop import Shop
from harness.waiting import until

CUT_OFF = ("order", "analytics")
PATHS = {"order": "/api/orders", "analytics": "/api/ai/model/status"}
SECONDS_TO_TAKE_EFFECT = 5


class BehindAProxy(Processes):
    """The processes of CUT_OFF reach the user service by a cable that can be pulled."""

    def __init__(self, folder, proxy: Proxy, *extra: str):
        super().__init__(folder, extra=extra)
        self._proxy = proxy
        proxy.target = self.ports["user"]

    def start(self, service: str) -> None:
        real = self.addresses["user"]
        if service in CUT_OFF:
            self.addresses["user"] = f"http://127.0.0.1:{self._proxy.port}"
        try:
            super().start(service)
        finally:
            self.addresses["user"] = real


@pytest.fixture(scope="module")
def cable():
    with Proxy() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def scene(contract, tmp_path_factory, cable):
    with BehindAProxy(tmp_path_factory.mktemp("cut-off") / "data", cable, "--auth-revocations-stale-after", "4s") as processes:
        yield Shop(contract, processes).with_people()


@pytest.fixture(autouse=True)
def healed(cable):
    yield
    cable.heal()


def status(scene, service, token):
    return scene.client(service, token).get(PATHS[service]).status


def refused(scene, token):
    for service in CUT_OFF:
        until(lambda: status(scene, service, token) == 401, f"{service} refuses the token", SECONDS_TO_TAKE_EFFECT)


def ended(scene, how):
    """A session of the staff that has just ended, in one way or another; its token."""
    person = scene.sign_in(scene.employee("staff").email)
    for service in CUT_OFF:
        assert status(scene, service, person.token) == 200
    yield person.token
    if how == "logout":
        expect(person.client.post("/api/users/logout"), 200)
    elif how == "role":
        expect(scene.admin.client.put(f"/api/users/{person.id}", {"role": "customer"}), 200)
    elif how == "deactivation":
        expect(scene.admin.client.put(f"/api/users/{person.id}", {"is_active": False}), 200)
    else:
        for _ in range(2):
            scene.client().post("/api/users/refresh", {"refresh_token": person.refresh_token})


@pytest.mark.parametrize("how", ["logout", "role", "deactivation", "reuse"])
def test_what_ended_meanwhile_is_known_when_the_feed_is_back(scene, cable, how):
    steps = ended(scene, how)
    token = next(steps)
    cable.cut_off()
    assert next(steps, None) is None, "it has ended"
    until(lambda: scene.client("user", token).get("/api/users/profile").status == 401, "where it ended it is known")
    for service in CUT_OFF:
        # For a while what is known stays in force, and no longer.
        assert status(scene, service, token) in (200, 503)
    cable.heal()
    refused(scene, token)


def test_who_is_cut_off_for_long_takes_no_token(scene, cable):
    person = scene.sign_in(scene.staff.email)
    cable.cut_off()
    for service in CUT_OFF:
        until(lambda: status(scene, service, person.token) == 503, f"{service} does not know who has left", 20)
        refusal = scene.client(service, person.token).get(PATHS[service])
        assert int(expect(refusal, 503, "unavailable").headers["Retry-After"]) >= 1
    # The catalogue, and who is not cut off, are for everybody as before.
    expect(scene.client("product").get("/api/products"), 200)
    expect(scene.client("user", person.token).get("/api/users/profile"), 200)
    cable.heal()
    for service in CUT_OFF:
        until(lambda: status(scene, service, person.token) == 200, f"{service} takes the token again", 20)


def test_a_process_that_starts_without_the_feed_takes_no_token(scene, cable):
    person = scene.sign_in(scene.staff.email)
    cable.cut_off()
    server = scene.server.servers["order"]
    # By now its loops wait for the answers of a process that they do not hear any more: those who carry out erasures, for ten
    # seconds. A stop does not.
    time.sleep(2)
    server.stop(6)
    scene.server.start("order")
    assert status(scene, "order", person.token) == 503
    assert scene.client("order").get("/ready").status == 503
    cable.heal()
    until(lambda: status(scene, "order", person.token) == 200, "it takes the token once it knows", 20)
