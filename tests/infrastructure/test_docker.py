"""What the image is built by: a Dockerfile without complaints that keeps some rules, and a context that has no secrets."""

import json
import re
import subprocess

import pytest

from support import ROOT, checker, settings, told, version

DOCKERFILE = ROOT / "infrastructure/docker/Dockerfile"


@pytest.fixture(scope="module")
def dockerfile() -> dict:
    reader = ROOT / "tests/infrastructure/read_dockerfile.js"
    return json.loads(told("node", reader, DOCKERFILE, env={"NODE_PATH": str(checker("dockerfile-utils"))}))


@pytest.fixture(scope="module")
def stages(dockerfile) -> list:
    """The instructions of each stage; what is before the first counts to none."""
    found: list = []
    for each in dockerfile["instructions"]:
        if each["keyword"] == "FROM":
            found.append([])
        if found:
            found[-1].append(each)
    return found


def only(instructions: list, keyword: str) -> dict:
    matching = [each for each in instructions if each["keyword"] == keyword]
    assert len(matching) == 1, f"{keyword} stands {len(matching)} times"
    return matching[0]


def words(instruction: dict) -> str:
    return " ".join(instruction["words"])


def defaults(instructions: list) -> dict:
    return dict(each["words"][0].split("=", 1) for each in instructions if each["keyword"] == "ARG")


def test_its_checker_finds_nothing(dockerfile):
    assert dockerfile["complaints"] == []


def test_the_checker_finds_what_is_wrong(tmp_path):
    wrong = tmp_path / "Dockerfile"
    wrong.write_text("FROM debian\nEXPOSE many\n")
    reader = ROOT / "tests/infrastructure/read_dockerfile.js"
    read = json.loads(told("node", reader, wrong, env={"NODE_PATH": str(checker("dockerfile-utils"))}))
    assert any("line 2" in complaint for complaint in read["complaints"])


def test_its_bases_are_pinned_and_can_be_others(dockerfile, stages):
    before = dockerfile["instructions"][: dockerfile["instructions"].index(stages[0][0])]
    given = defaults(before)
    assert set(given) == {"BUILD_BASE_IMAGE", "BASE_IMAGE"}
    for image in given.values():
        assert re.fullmatch(r"docker\.io/library/debian:12\.\d+(-slim)?", image), image
    assert [stage[0]["words"][0] for stage in stages] == ["${BUILD_BASE_IMAGE}", "${BASE_IMAGE}"]


def test_what_builds_stays_behind(stages):
    build, last = stages
    copies = [each for each in last if each["keyword"] == "COPY"]
    assert [each["flags"] for each in copies] == [["--from=build"]], "only the program comes along"
    installed = next(words(each) for each in last if each["keyword"] == "RUN")
    assert "--no-install-recommends" in installed and "rm -rf /var/lib/apt/lists/*" in installed
    assert not re.search(r"-dev\b|clang|\bgcc|cmake|\bnpm\b|\bcurl\b|\bgit\b|python", installed)
    assert not any(each["keyword"] == "ADD" for each in build + last)


def test_it_runs_without_root_and_writes_to_one_place(stages):
    last = stages[-1]
    assert words(only(last, "USER")) == "10001:10001"
    after_user = last[last.index(only(last, "USER")) :]
    assert not any(each["keyword"] in ("RUN", "COPY") for each in after_user)
    assert words(only(last, "VOLUME")) == "/var/lib/cloudcart"
    assert "find / -xdev -type f -perm /6000 -exec chmod a-s" in next(words(each) for each in last if each["keyword"] == "RUN")


def test_it_says_how_it_is_started_stopped_and_looked_after(stages):
    last = stages[-1]
    assert json.loads(words(only(last, "ENTRYPOINT"))) == ["cloudcart"], "without a shell, which would not pass on SIGTERM"
    assert json.loads(words(only(last, "CMD"))) == ["serve"]
    assert words(only(last, "STOPSIGNAL")) == "SIGTERM"
    check = only(last, "HEALTHCHECK")
    assert json.loads(words(check).removeprefix("CMD "))[:2] == ["cloudcart", "health"]
    assert {flag.split("=")[0] for flag in check["flags"]} == {"--interval", "--timeout", "--start-period", "--retries"}


def test_its_labels_and_settings_are_known(stages):
    last = stages[-1]
    labels = words(only(last, "LABEL"))
    for name in ("title", "description", "licenses", "version", "revision", "created"):
        assert f"org.opencontainers.image.{name}=" in labels
    assert defaults(last)["VERSION"] == version()
    variables = {word.split("=")[0] for word in only(last, "ENV")["words"]}
    assert variables and variables <= settings()


def test_the_context_has_what_is_built_and_no_secrets():
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*", "what is not named stays out"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert not let_in & {".git", ".cache", ".run", "build", "infrastructure", ".env"}
    for name in let_in:
        assert (ROOT / name).exists(), name
    ignored = subprocess.run(
        ["git", "check-ignore", "infrastructure/docker/secrets/jwt_secret", ".env"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert len(ignored.stdout.split()) == 2, "git leaves the secrets out"
