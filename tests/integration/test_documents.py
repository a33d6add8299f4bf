"""What the documents say holds: links lead somewhere, settings and commands exist, and the walks through the API can be walked."""

import json
import os
import re
import shutil
import subprocess
import tomllib

import pytest

from harness import server as server_module
from harness.contract import REPOSITORY
from harness.documents import commands, document, documents
from harness.server import Server, environment, run

DOCUMENTS = documents()
each_document = pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)


@pytest.fixture(scope="module")
def setting_keys() -> set:
    return set(re.findall(r"^(\S+) +CLOUDCART_", run("settings").stdout, re.MULTILINE))


@each_document
def test_links_lead_somewhere(page):
    dead = []
    for link in page.links():
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        if not target.exists():
            dead.append(f"{link}: no such file")
        elif anchor and target.suffix == ".md" and anchor not in document(target.relative_to(REPOSITORY)).anchors():
            dead.append(f"{link}: no such heading")
    assert not dead


@pytest.mark.parametrize("page", [page for page in DOCUMENTS if "/helm/" not in page.name], ids=lambda page: page.name)
def test_settings_that_are_named_exist(page, setting_keys):
    """A chart's values are called alike; tests/infrastructure compares what becomes of them."""
    sections = {key.split(".")[0] for key in setting_keys if "." in key}
    looks_like = re.compile(rf"(?:{'|'.join(sorted(sections))})\.[a-z_]+\.?[a-z_]*")
    # Tables, files, events and the attributes of spans are written alike.
    other = re.compile(r"http\.(request|response)\..*|http\.route|.*\.(db|secret|token|md|h|cpp|svg|json|yml|created|confirmed|processing|shipped|delivered|cancelled)")
    named = {word.split("=")[0].strip() for word in page.words_in_code()}
    named = {word for word in named if looks_like.fullmatch(word) and not other.fullmatch(word)}
    assert named <= setting_keys
    variables = set(re.findall(r"CLOUDCART_[A-Z_]*[A-Z]\b", page.text)) - {"CLOUDCART_BIN"}
    known = {"CLOUDCART_" + key.replace(".", "_").upper() for key in setting_keys}
    # Of the build, the tests and the compose files, and macros.
    others = re.compile(r"CLOUDCART_((IMAGE|SECRETS|TOOLS|TEST|FUZZ|SANITIZE|LTO|TESTS|DASHBOARD|CRASH|SHUFFLED)(_.*)?|TRY|CO_TRY|CHECK|URL)")
    assert {name.removesuffix("_FILE") if name not in known else name for name in variables if not others.fullmatch(name)} <= known


@each_document
def test_settings_files_and_json_can_be_read(page, setting_keys):
    for block in page.blocks("toml"):
        for key in flat(tomllib.loads(block.text)):
            assert key in setting_keys, f"{page.name}:{block.line}"
    for block in page.blocks("json"):
        json.loads(block.text)


def flat(table: dict, prefix: str = "") -> list:
    return [key for name, value in table.items()
            for key in (flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [f"{prefix}{name}"])]


@each_document
def test_commands_and_their_flags_exist(page):
    wrong = []
    for block in page.blocks("sh"):
        for command in commands(block):
            for words in re.findall(r"(?:^|[|;&(] *)cloudcart ([^|;&<>)]*)", command):
                wrong += unknown_words(words.split())
            for script in re.findall(r"(?:^|[|;&(] *)(?:\./)?((?:scripts|benchmarks|tests|\.ci)/[\w./-]+)", command):
                if not os.access(REPOSITORY / script, os.X_OK):
                    wrong.append(f"{script}: no such program")
    assert not wrong


HELP: dict = {}


def help_of(command: tuple) -> str:
    if command not in HELP:
        told = run(*command, "--help")
        HELP[command] = told.stdout if told.returncode == 0 else ""
    return HELP[command]


def unknown_words(words: list) -> list:
    """What `cloudcart WORDS` does not take: a command, or a flag of it."""
    command: tuple = ()
    while words[len(command):] and re.fullmatch(r"[a-z][a-z-]*", words[len(command)]) and \
            re.search(rf"^  {words[len(command)]}\b", help_of(command), re.MULTILINE):
        command += (words[len(command)],)
    if not command:
        return [] if words and words[0] in ("--version", "--help") else [f"cloudcart {' '.join(words)}: no such command"]
    flags = [word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)]
    return [f"cloudcart {' '.join(command)} {flag}: no such flag" for flag in flags
            if not re.search(rf"(?<![\w-]){flag}(?![\w-])", help_of(command))]


@pytest.fixture
def walk(tmp_path):
    """Runs shell blocks beside a platform on the folder `shop`, whose gateway they find at the documents' address."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "cloudcart").symlink_to(server_module.binary())

    def shell(script: str) -> None:
        bash = ["bash", "-euo", "pipefail", "-c", script]
        env = environment({"PATH": f"{bin_folder}:{os.environ['PATH']}"})
        done = subprocess.run(bash, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def walked(before: list, blocks: list) -> None:
        for block in before:
            shell(block.text)
        with Server(tmp_path / "shop") as server:
            script = "\n".join(block.text for block in blocks)
            assert "http://127.0.0.1:8080" in script
            shell(script.replace("http://127.0.0.1:8080", server.addresses["gateway"]))

    assert shutil.which("jq") and shutil.which("curl"), "scripts/setup installs jq and curl"
    return walked


@pytest.mark.files
def test_the_walk_through_the_api(walk):
    first, *blocks = document("docs/API_DOCUMENTATION.md").blocks("sh")
    walk([first], blocks)


@pytest.mark.files
def test_the_api_in_five_lines(walk, tmp_path):
    readme = document("README.md")
    (five_lines,) = [block for block in readme.blocks("sh") if "Idempotency-Key: my-first" in block.text]
    run("demo", "--data-dir", str(tmp_path / "shop"), "--orders", "50", "--products", "20", "--customers", "10")
    walk([], [five_lines])
