"""The fault matrix: what befalls a server, what is answered meanwhile, and that everything is right afterwards.

In each row a load goes on beside the questions, and in the end every promise is checked. How long answers took is shown at the
end of the run; it is judged only where the time is the promise itself, and there generously.
"""

import time
from typing import Dict, List

import pytest

from harness.waiting import until
from rig import checker
from rig.faults import FAULTS, Proxies
from rig.load import Load
from rig.many_processes import SERVERS
from rig.probes import Answer, Probes, shown

QUESTIONS_PER_ROW = 10
# The promise is two seconds; a machine that has more to do is no reason to fail.
REFUSED_WITHIN_SECONDS = 2 * 2.0
RECOVERED_WITHIN_SECONDS = 30


def as_usual(answers: List[Answer]) -> None:
    assert all(answer.is_good for answer in answers), answers


def refused_in_time(answers: List[Answer]) -> None:
    """503, and when to come again."""
    assert all(answer.is_refusal for answer in answers), answers
    assert max(answer.seconds for answer in answers) < REFUSED_WITHIN_SECONDS, answers


def as_usual_or_refused(answers: List[Answer]) -> None:
    """From a cache, or not at all: never something wrong."""
    assert all(answer.is_good or answer.is_refusal for answer in answers), answers


def never_zero(answers: List[Answer]) -> None:
    """503, or figures that are not empty: there have been orders since the beginning."""
    as_usual_or_refused(answers)
    for answer in answers:
        if answer.is_good:
            assert answer.data["overview"]["total_orders"] > 0, answer


def as_usual_or_refused_in_time(answers: List[Answer]) -> None:
    as_usual_or_refused(answers)
    assert all(answer.is_good or answer.seconds < REFUSED_WITHIN_SECONDS for answer in answers), answers


EVERYTHING_AS_USUAL = {name: as_usual for name in ("order", "product", "orders", "sign-in")} | {"dashboard": never_zero}
WITHOUT_POSTGRESQL = {
    "order": refused_in_time, "orders": refused_in_time, "sign-in": refused_in_time,
    "product": as_usual_or_refused_in_time, "dashboard": never_zero,
}
# By server and fault: every server has every fault, but PostgreSQL must not lose what it holds.
MATRIX: Dict[str, Dict[str, dict]] = {
    "postgres": {
        "killed": WITHOUT_POSTGRESQL, "hung": WITHOUT_POSTGRESQL, "slow": EVERYTHING_AS_USUAL, "cut off": WITHOUT_POSTGRESQL,
    },
    "redis": dict.fromkeys(FAULTS, EVERYTHING_AS_USUAL),
    "kafka": dict.fromkeys(FAULTS, EVERYTHING_AS_USUAL),
    "chdb": dict.fromkeys(FAULTS, EVERYTHING_AS_USUAL),
}
# What it stands for.
NAMES = {"postgres": "PostgreSQL", "redis": "Redis", "kafka": "Kafka", "chdb": "ClickHouse"}
ROWS = [(server, fault) for server in SERVERS for fault in MATRIX[server]]


@pytest.fixture(scope="module")
def proxies(own_engines):
    proxies = Proxies(own_engines)
    yield proxies
    proxies.close()


@pytest.fixture(scope="module")
def scene(make_processes, proxies, seed):
    scene = make_processes(f"{seed}/faults", addresses=proxies.addresses)
    scene.start()
    scene.furnish()
    usual = Probes(scene).ask_all(QUESTIONS_PER_ROW)
    scene.table.append(["—", "none", *map(shown, usual.values()), ""])
    return scene


@pytest.fixture(scope="module", autouse=True)
def table(scene, show):
    yield
    show(markdown(scene.table))


def markdown(rows: List[list]) -> str:
    head = ["server", "fault", *Probes(None).questions, "orders again after"]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


@pytest.mark.parametrize("server,fault", ROWS, ids=[f"{server}-{fault.replace(' ', '-')}" for server, fault in ROWS])
def test_faults_of_servers(scene, proxies, seed, server, fault):
    pids = {name: scene.cluster.servers[name].pid for name in scene.running}
    befall(scene, proxies, seed, server, fault)
    check(scene)
    # By themselves: no process was started again.
    assert {name: scene.cluster.servers[name].pid for name in scene.running} == pids


def befall(scene, proxies, seed, server: str, fault: str) -> None:
    """The fault beside a load, and that it is answered as it should."""
    probes = Probes(scene)
    load = Load(scene, f"{seed}/{server}/{fault}", clients=4).start()
    load.everybody_moves_on()
    with FAULTS[fault](scene, proxies, server):
        answers = probes.ask_all(QUESTIONS_PER_ROW)
    began = time.monotonic()
    until(lambda: probes.ask("order", 1)[0].is_good, "orders are taken again", RECOVERED_WITHIN_SECONDS, 0.01)
    recovered = time.monotonic() - began
    load.stop()
    scene.table.append([NAMES[server], fault, *map(shown, answers.values()), f"{recovered:.1f} s"])
    for question, judge in MATRIX[server][fault].items():
        judge(answers[question])


def check(scene) -> None:
    checker.demand(scene.ended_by_itself(), scene)
    checker.demand(checker.check_api(scene) + checker.check_reconciliation(scene), scene)
    until(scene.stock_has_followed, "the stock has caught up", scene.settling_seconds)
    checker.demand(checker.check_books(scene.books(), scene.journal, settled=True), scene)
