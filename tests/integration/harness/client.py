"""A client that holds every answer against the contract."""

import json as json_module
from typing import Any, Iterable, Optional
from urllib.parse import urlsplit

import requests
import requests.adapters

from .contract import Contract, ContractError

TIMEOUT_SECONDS = 20


class Answer:
    def __init__(self, response: requests.Response, body: Any):
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.body = body

    @property
    def data(self) -> dict:
        assert 200 <= self.status < 300, self
        return self.body["data"]

    @property
    def code(self) -> Optional[str]:
        return self.body.get("code") if isinstance(self.body, dict) else None

    @property
    def errors(self) -> list:
        return self.body.get("errors", [])

    @property
    def fields(self) -> list:
        """The fields or parameters that `errors` names, in order."""
        return [error.split(":", 1)[0] for error in self.errors]

    def __repr__(self) -> str:
        return f"<{self.status} {self.text[:600]}>"


class _FromAddress(requests.adapters.HTTPAdapter):
    def __init__(self, address: str):
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=(self._address, 0), **kwargs)


class Client:
    """Speaks to one base address as one caller. Not for several threads at once: each makes its own (`as_new`)."""

    def __init__(self, contract: Contract, base: str, token: Optional[str] = None, source: Optional[str] = None):
        self.contract = contract
        self.base = base
        self.token = token
        self._source = source
        self._session = requests.Session()
        # Neither proxies nor a netrc file of the machine may change what is sent.
        self._session.trust_env = False
        if source:
            self._session.mount("http://", _FromAddress(source))

    def at(self, base: str) -> "Client":
        return Client(self.contract, base, self.token, self._source)

    def with_token(self, token: Optional[str]) -> "Client":
        return Client(self.contract, self.base, token, self._source)

    def from_address(self, source: str) -> "Client":
        return Client(self.contract, self.base, self.token, source)

    def as_new(self) -> "Client":
        return Client(self.contract, self.base, self.token, self._source)

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        raw: Optional[bytes] = None,
        params: Any = None,
        headers: Optional[dict] = None,
        stream: bool = False,
    ) -> requests.Response:
        """One request without any check. `raw` is sent as JSON unless `headers` say otherwise."""
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        body = raw
        if json is not None:
            body = json_module.dumps(json).encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        return self._session.request(
            method, self.base + path, data=body, params=params, headers=sent, stream=stream,
            timeout=TIMEOUT_SECONDS, allow_redirects=False,
        )

    def request(self, method: str, path: str, **kwargs) -> Answer:
        response = self.send(method, path, **kwargs)
        return Answer(response, check_answer(self.contract, method, urlsplit(path).path, response))

    def get(self, path: str, **kwargs) -> Answer:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs) -> Answer:
        return self.request("POST", path, json=json, **kwargs)

    def put(self, path: str, json: Any = None, **kwargs) -> Answer:
        return self.request("PUT", path, json=json, **kwargs)

    def delete(self, path: str, **kwargs) -> Answer:
        return self.request("DELETE", path, **kwargs)


def check_answer(contract: Contract, method: str, path: str, response: requests.Response) -> Any:
    """Holds an answer against the contract and returns its JSON, or None where it has no JSON body."""
    where = f"{method} {path} → {response.status_code}"
    documented = contract.response(method, path, response.status_code)
    _check_headers(contract, documented, response, where)
    content = documented.get("content")
    if content is None:
        if response.content:
            raise ContractError(f"{where}: a body where none belongs: {response.content[:200]!r}")
        return None
    media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media_type not in content:
        raise ContractError(f"{where}: Content-Type is {media_type!r}, documented are {list(content)}: {response.text[:200]}")
    if media_type != "application/json":
        return None
    try:
        body = json_module.loads(response.content.decode("utf-8"), object_pairs_hook=_object_without_repeated_keys)
    except ValueError as error:
        raise ContractError(f"{where}: not JSON ({error}): {response.content[:200]!r}") from None
    contract.check(content[media_type]["schema"], body, f"{where}: {response.text[:400]}")
    if isinstance(body, dict) and body.get("success") is False:
        if body["request_id"] != response.headers["X-Request-Id"]:
            raise ContractError(f"{where}: request_id differs from X-Request-Id")
        # Details of the inside are for the log, not for the client.
        for word in ("sqlite", "select ", "exception", "stack", ".cpp"):
            if word in body["message"].lower():
                raise ContractError(f"{where}: the message shows the inside: {body['message']}")
    return body


def _check_headers(contract: Contract, documented: dict, response: requests.Response, where: str) -> None:
    for name, node in documented.get("headers", {}).items():
        header = contract.resolve(node)
        value: Any = response.headers.get(name)
        if value is None:
            if header.get("required"):
                raise ContractError(f"{where}: the header {name} is missing")
            continue
        if header["schema"].get("type") == "integer" and value.isdigit():
            value = int(value)
        contract.check(header["schema"], value, f"{where}: the header {name}")


def _object_without_repeated_keys(pairs: Iterable) -> dict:
    answer: dict = {}
    for key, value in pairs:
        if key in answer:
            raise ValueError(f"the key {key!r} comes twice")
        answer[key] = value
    return answer


def expect(answer: Answer, status: int, code: Optional[str] = None) -> Answer:
    assert answer.status == status, answer
    if code is not None:
        assert answer.code == code, answer
    return answer


def expect_violations(answer: Answer, *fields: str) -> Answer:
    """400 whose `errors` name exactly these fields or parameters."""
    expect(answer, 400, "validation_failed")
    assert set(answer.fields) == set(fields), answer
    return answer
