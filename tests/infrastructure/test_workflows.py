"""The workflows, by actionlint with shellcheck, and the rules that keep a stranger's code away from what they may do."""

import functools
import re

import pytest
import yaml

from support import ROOT, checker, run

FOLDER = ROOT / ".github/workflows"
FILES = sorted(FOLDER.glob("*.y*ml"))
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
# What each job may do beside reading the source; whoever wants more has to say so here, too.
WRITES = {
    ("image", "build"): {"security-events"},
    ("codeql", "program"): {"security-events"},
    ("codeql", "scripts"): {"security-events"},
    ("release", "image"): {"packages", "id-token", "attestations"},
    ("release", "publish"): {"contents"},
}


@functools.cache
def workflow(file):
    read = yaml.safe_load(file.read_text())
    read["on"] = read.pop(True)  # YAML 1.1 takes the word for a truth value
    return read


def triggers(file):
    on = workflow(file)["on"]
    return set([on] if isinstance(on, str) else on)


def jobs(file):
    return workflow(file)["jobs"].items()


def steps(file):
    return [(name, step) for name, job in jobs(file) for step in job.get("steps", [])]


def pins():
    """Each use of an action: file, action, commit, version of the comment."""
    found = []
    for file in FILES:
        for line in re.findall(r"^\s*(?:- )?uses:\s*(.*)$", file.read_text(), re.M):
            if not line.startswith("./"):
                found.append((file.name, *re.fullmatch(r"([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", line).groups()))
    return found


def test_what_a_pipeline_consists_of_is_there():
    assert {file.stem for file in FILES} == {"test", "sanitizers", "image", "codeql", "dependency-review", "release"}


@every_file
def test_actionlint_has_nothing_to_say(file):
    answer = run(checker("actionlint"), "-shellcheck", checker("shellcheck"), "-pyflakes=", file, cwd=ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_actionlint_sees_mistakes(tmp_path):
    text = FILES[0].read_text()
    (tmp_path / "wrong.yml").write_text(text.replace("runs-on:", "run-on:"))
    assert run(checker("actionlint"), tmp_path / "wrong.yml").returncode != 0
    (tmp_path / "wrong.yml").write_text("on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: rm $HOME/* }] } }\n")
    assert "SC2086" in run(checker("actionlint"), "-shellcheck", checker("shellcheck"), tmp_path / "wrong.yml").stdout


def test_actions_are_pinned_to_one_commit_each():
    commits = {}
    for file, action, commit, version in pins():
        owner_and_repository = "/".join(action.split("/")[:2])
        commits.setdefault(owner_and_repository, set()).add((commit, version))
    assert len(commits) >= 8
    assert {action: used for action, used in commits.items() if len(used) > 1} == {}


@every_file
def test_nothing_is_allowed_but_what_a_job_names(file):
    assert workflow(file)["permissions"] == {}
    for name, job in jobs(file):
        allowed = job["permissions"]
        assert set(allowed.values()) <= {"read", "write"}
        writes = {scope for scope, access in allowed.items() if access == "write"}
        assert writes == WRITES.get((file.stem, name), set()), f"{file.name}: {name}"


@every_file
def test_every_job_ends(file):
    for name, job in jobs(file):
        if "uses" not in job:  # those have their own
            assert 1 <= job["timeout-minutes"] <= 240, name
        assert job.get("runs-on", "ubuntu-24.04") == "ubuntu-24.04", "a version, not latest"


@every_file
def test_runs_do_not_pile_up(file):
    group = workflow(file)["concurrency"]
    assert "github.ref" in group["group"]
    assert file.stem != "release" or "cancel-in-progress" not in group, "half a release"


@every_file
def test_no_strangers_code_runs_with_our_rights(file):
    assert not triggers(file) & {"pull_request_target", "workflow_run", "issue_comment", "issues"}
    assert "secrets: inherit" not in file.read_text()
    if "pull_request" in triggers(file):
        used = set(re.findall(r"secrets\.\w+", file.read_text()))
        assert used == set(), f"a pull request's run knows {used}"


@every_file
def test_scripts_take_no_text_from_outside(file):
    """An expression in a script is pasted into it before the shell reads it: titles, branches and inputs come as variables."""
    for name, step in steps(file):
        pasted = re.findall(r"\$\{\{\s*([^}]*?)\s*\}\}", step.get("run", ""))
        assert [each for each in pasted if not re.fullmatch(r"matrix\.\w+", each)] == [], f"{name}: {step['run']}"


@every_file
def test_no_credentials_are_left_beside_the_source(file):
    for name, step in steps(file):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, name
    for _, job in jobs(file):
        assert all("TOKEN" not in key for key in job.get("env", {})) or not any(
            step.get("uses", "").startswith("actions/checkout@") for step in job["steps"]), "beside what is checked out"


@every_file
def test_paths_in_workflows_exist(file):
    # The Dockerfile comes with the image, and is looked at where it is tested.
    for path in re.findall(r"(?:^|[\s\"(])((?:\./)?(?:scripts|tests|\.ci|infrastructure/helm)/[\w./-]+)", file.read_text()):
        assert (ROOT / path).exists(), path


def test_a_release_is_tested_scanned_and_attested():
    release = dict(jobs(FOLDER / "release.yml"))
    assert workflow(FOLDER / "release.yml")["on"] == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}}
    assert release["test"]["uses"] == "./.github/workflows/test.yml" and "workflow_call" in triggers(FOLDER / "test.yml")
    assert release["image"]["needs"] == "test" and release["publish"]["needs"] == "image"
    uses = [step.get("uses", "").split("@")[0] for step in release["image"]["steps"]]
    scan, push = uses.index("aquasecurity/trivy-action"), uses.index("docker/login-action")
    assert scan < push < uses.index("actions/attest-build-provenance") < uses.index("actions/attest-sbom")
    assert release["image"]["steps"][scan]["with"]["exit-code"] == "1"
    built = [step["with"] for step in release["image"]["steps"] if step.get("uses", "").startswith("docker/build-push-action")]
    assert [{key: each[key] for key in ("context", "file", "build-args", "tags")} for each in built[:1]] == \
           [{key: each[key] for key in ("context", "file", "build-args", "tags")} for each in built[1:]], "what is pushed is what was scanned"
    for step in release["image"]["steps"]:
        if step.get("uses", "").startswith("actions/attest") and "subject-name" in step["with"]:
            assert step["with"]["subject-digest"] == "${{ steps.push.outputs.digest }}" and step["with"]["push-to-registry"] is True
    # The bytes that the test looked at, whatever the tag is moved to.
    assert "@${{ needs.image.outputs.digest }}" in release["publish"]["env"]["IMAGE"]


def test_the_test_workflow_is_the_readmes_command():
    (job,) = dict(jobs(FOLDER / "test.yml")).values()
    assert ".ci/run" in [step.get("run") for step in job["steps"]]
    assert job["container"]["image"] == "debian:12"


def test_the_version_is_one():
    version = re.search(r"project\(cloudcart VERSION ([0-9.]+) ", (ROOT / "CMakeLists.txt").read_text())[1]
    chart = yaml.safe_load((ROOT / "infrastructure/helm/cloudcart/Chart.yaml").read_text())
    assert chart["version"] == chart["appVersion"] == version
