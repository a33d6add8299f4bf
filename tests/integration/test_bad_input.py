"""Input that is broken or hostile: refused with a documented answer, and the server goes on."""

import json

import pytest

from harness import contract as contract_module
from harness import raw
from harness.client import expect

CONTRACT = contract_module.load()
WITH_BODY = [operation for operation in CONTRACT.operations if operation.has_body]
LIMIT = 1024 * 1024


@pytest.fixture(scope="module")
def product_and_order(shop):
    product = shop.product()
    return product["id"], shop.order(shop.staff, (product, 1))["id"]


@pytest.fixture
def send(shop, product_and_order):
    """Sends a body to an operation as an admin, past every policy; an erasure as the owner, of whom a body is asked."""
    product, order = product_and_order
    owner = shop.customer()

    def send(operation, body, headers=None):
        if operation.id == "eraseAccount":
            return owner.client.request(operation.method, operation.path.replace("{id}", owner.id), raw=body, headers=headers)
        path = operation.path.replace("{id}", order if "/orders/" in operation.path else product)
        return shop.admin.client.request(operation.method, path, raw=body, headers=headers)

    return send


def example(operation):
    return operation.spec["requestBody"]["content"]["application/json"]["example"]


MALFORMED = {
    "empty": b"",
    "truncated": b'{"name": "Cup", "pri',
    "not JSON": b"name=Cup&price=1",
    "trailing comma": b'{"name": "Cup",}',
    "single quotes": b"{'name': 'Cup'}",
    "comment": b'{"name": /* cup */ "Cup"}',
    "two values": b'{"name": "Cup"} {"name": "Cup"}',
    "NaN": b'{"price": NaN}',
    "leading zero": b'{"price": 007}',
    "raw control character": b'{"name": "a\x01b"}',
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "overlong UTF-8": b'{"name": "\xc0\xaf"}',
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "duplicate key": b'{"name": "Cup", "name": "Mug"}',
    "duplicate key further in": b'{"items": [{"quantity": 1, "quantity": 2}]}',
    "duplicate key in two spellings": b'{"name": "Cup", "n\\u0061me": "Mug"}',
    "65 levels of arrays": b'{"a":' + b"[" * 64 + b"]" * 64 + b"}",
    "100,000 levels": b"[" * 100000,
    "65 levels of objects": b'{"a":' * 64 + b"{}" + b"}" * 64,
}


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_malformed_json(send, operation, name):
    expect(send(operation, MALFORMED[name]), 400, "malformed_request")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"5", b"true", b"null"])
@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_json_that_is_no_object(send, operation, body):
    answer = expect(send(operation, body), 400)
    assert answer.code in ("validation_failed", "malformed_request")


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_an_object_of_wrong_types_names_its_fields(send, operation):
    schema = CONTRACT.resolve(operation.spec["requestBody"]["content"]["application/json"]["schema"])
    body = json.dumps({name: {"unexpected": []} for name in schema["properties"]}).encode()
    answer = expect(send(operation, body), 400, "validation_failed")
    # Of an object it is the fields inside that are named.
    assert {field.split(".")[0] for field in answer.fields} == set(schema["properties"])


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", ""])
@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_other_media_types(send, operation, media_type):
    body = json.dumps(example(operation)).encode()
    expect(send(operation, body, {"Content-Type": media_type}), 415, "unsupported_media_type")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"])
def test_json_is_known_by_its_parameters_too(shop, media_type):
    body = json.dumps({"name": "Cup", "price": "1.00"}).encode()
    expect(shop.staff.client.post("/api/products", raw=body, headers={"Content-Type": media_type}), 201)


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_bodies_over_the_limit(send, operation):
    body = json.dumps({**example(operation), "padding": "x" * LIMIT}).encode()
    expect(send(operation, body), 413, "payload_too_large")


def test_a_body_that_nobody_asked_for_is_read_as_well(shop):
    path = f"/api/users/{shop.customer().id}/erasure"
    expect(shop.admin.client.post(path, raw=b"{"), 400, "malformed_request")
    expect(shop.admin.client.request("POST", path, raw=b"{}", headers={"Content-Type": "text/plain"}), 415)
    expect(shop.admin.client.get(path), 404)


def test_a_body_just_under_the_limit_is_taken(shop):
    body = json.dumps({"name": "Cup", "price": "1.00", "padding": ""}).encode()
    padding = b"x" * (LIMIT - len(body))
    body = body.replace(b'"padding": ""', b'"padding": "' + padding + b'"')
    assert len(body) == LIMIT
    expect(shop.staff.client.post("/api/products", raw=body), 201)


def test_a_body_over_the_limit_is_refused_before_it_is_read(shop):
    head = (
        f"POST /api/users/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {10**9}\r\n\r\n"
    ).encode()
    assert_is_a_failure(shop, raw.exchange(shop.server.addresses["gateway"], head, seconds=5), 413, "payload_too_large")


def test_a_chunked_body_over_the_limit(shop):
    def chunks():
        for _ in range(40):
            yield b" " * 65536

    answer = shop.client().send("POST", "/api/users/login", raw=chunks())
    assert answer.status_code == 413


SMUGGLED = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("front", ["user", "gateway"])
@pytest.mark.parametrize("head", [
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    b"Content-Length: 0\r\nContent-Length: 36\r\n\r\n",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
])
def test_what_follows_an_ambiguous_request_is_not_answered(shop, front, head):
    answer = raw.exchange(shop.server.addresses[front], b"POST /api/users/login HTTP/1.1\r\nHost: x\r\n" + head + SMUGGLED)
    assert answer.text.count("HTTP/1.1 ") == 1 and answer.status == 400, answer
    assert answer.closed


def test_trailers_are_not_headers(shop, ada):
    """What comes after a body was not seen by whoever checked the head."""
    request = (
        b"POST /api/users/logout HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n"
        b"0\r\nAuthorization: Bearer " + ada.token.encode() + b"\r\n\r\n"
    )
    assert raw.exchange(shop.server.addresses["gateway"], request).status == 401


def assert_is_a_failure(shop, answer, status, code):
    """Answers that are given before a route is known keep to the envelope too."""
    assert answer.status == status, answer
    head, _, body = answer.text.partition("\r\n\r\n")
    failure = json.loads(body)
    shop.contract.check(shop.contract.component("Failure"), failure, answer.text)
    assert failure["code"] == code
    assert f"x-request-id: {failure['request_id']}" in head.lower()


FRONTS = ["user", "product", "order", "analytics", "gateway", "dashboard"]
BROKEN = {
    "two lengths": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    "length with transfer encoding": (
        b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "two hosts": b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "bare line feeds": b"GET /health HTTP/1.1\nHost: x\n\n",
    "folded header": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n",
    "blank before the colon": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n",
    "negative length": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "length that is no number": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: two\r\n\r\n",
    "length beyond all numbers": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "control character in a header": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: b\x00c\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03hello\r\n\r\n",
    "unknown transfer encoding": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two equal lengths": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a list of lengths": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\n{}",
    "length with a sign": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}",
    "two equal hosts": b"GET /health HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    "host that is none": b"GET /health HTTP/1.1\r\nHost: x y\r\n\r\n",
    "bare carriage return": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: b\rX-B: c\r\n\r\n",
    "bare line feed in a header": b"GET /health HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n",
    "header without a colon": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A\r\n\r\n",
    "header before the first line": b" Host: x\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n",
    "delete character in a header": b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: b\x7fc\r\n\r\n",
    "header name that is not ASCII": b"GET /health HTTP/1.1\r\nHost: x\r\nX-\xc3\xa4: b\r\n\r\n",
    "absolute target": b"GET http://x/health HTTP/1.1\r\nHost: y\r\n\r\n",
    "target of a tunnel": b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "target with a raw byte": b"GET /health?\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n",
    "target with a blank": b"GET /health x HTTP/1.1\r\nHost: x\r\n\r\n",
    "another version": b"GET /health HTTP/1.9\r\nHost: x\r\n\r\n",
    "no version": b"GET /health\r\n\r\n",
    "transfer encoding in HTTP/1.0": b"POST /api/users/login HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "transfer encoding twice": (
        b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"
    ),
    "hidden transfer encoding": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "unknown expectation": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nExpect: more\r\nContent-Length: 2\r\n\r\n{}",
    "another protocol with a body": b"GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 2\r\n\r\n{}",
    "chunk size with a sign": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
    "chunk size with a prefix": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
    "chunk size beyond all numbers": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff2\r\n{}\r\n0\r\n\r\n",
    "chunk extension with a line feed": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;a\n{}\r\n0\r\n\r\n",
    "chunk longer than its size": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
    "chunks without line ends": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
    "broken chunk": b"POST /api/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("front", ["user", "gateway"])
def test_broken_http_is_400_and_ends_the_connection(shop, front, name):
    answer = raw.exchange(shop.server.addresses[front], BROKEN[name])
    # What does not even look like HTTP may be cut off without a word.
    if name != "no HTTP" or answer.status is not None:
        assert_is_a_failure(shop, answer, 400, "malformed_request")
    assert answer.closed, answer


@pytest.mark.parametrize("front", FRONTS)
def test_a_target_over_8_kib(shop, front):
    request = b"GET /api/products?search=" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert_is_a_failure(shop, raw.exchange(shop.server.addresses[front], request), 414, "uri_too_long")


@pytest.mark.parametrize("front", FRONTS)
def test_a_head_over_32_kib(shop, front):
    request = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Padding: " + b"a" * 40000 + b"\r\n\r\n"
    assert_is_a_failure(shop, raw.exchange(shop.server.addresses[front], request), 431, "headers_too_large")


def test_a_head_that_does_not_end_is_408(shop):
    answer = raw.exchange(shop.server.addresses["gateway"], b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: ", seconds=15)
    assert_is_a_failure(shop, answer, 408, "request_timeout")
    assert answer.closed, answer


@pytest.mark.parametrize("path", [
    "/api/products/%", "/api/products/%zz", "/api/products/%00", "/api/products?search=%ff", "/api/products?search=%",
    "/api/products?search=a%00b", "/api/%2e%2e/%2e%2e/etc/passwd", "//", "/api//products", "/%c0%af",
])
def test_hostile_targets_do_no_harm(shop, path):
    for front in ("product", "gateway", "dashboard"):
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        answer = raw.exchange(shop.server.addresses[front], request)
        assert answer.status in (200, 400, 404), answer
        assert "root:" not in answer.text


@pytest.mark.parametrize("path", ["/../../../../etc/passwd", "/assets/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd"])
def test_pages_stay_inside_their_folder(shop, path):
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    assert "root:" not in raw.exchange(shop.server.addresses["dashboard"], request).text


def test_requests_one_after_the_other_on_one_connection(shop):
    request = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = raw.exchange(shop.server.addresses["gateway"], request)
    assert answer.text.count("HTTP/1.1 200") == 3
    assert answer.closed


def test_the_server_is_well_after_all_this(shop, ada):
    shop.order(ada, (shop.product(), 1))
    for front in FRONTS:
        assert expect(shop.client(front).get("/health"), 200).data["status"] == "ok"
