"""The few calls that prepare a shop and look at what became of it."""

import http.client
import json
from urllib.parse import urlencode, urlsplit

from .trouble import Invalid

PASSWORD = "correct horse battery"


class Api:
    """One keep-alive connection to one address."""

    def __init__(self, address: str, token: str = ""):
        where = urlsplit(address)
        self._connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        self.token = token

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_) -> None:
        self._connection.close()

    def call(self, method: str, path: str, body=None, **params) -> dict:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None
        if body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/json"
        target = path + ("?" + urlencode(params) if params else "")
        self._connection.request(method, target, data, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if not 200 <= answer.status < 300:
            raise Invalid(f"{method} {target} was answered {answer.status}: {text[:300].decode(errors='replace')}")
        return json.loads(text).get("data", {})

    def get(self, path: str, **params) -> dict:
        return self.call("GET", path, **params)

    def register(self, number: int) -> tuple:
        """A new customer's id and token."""
        data = self.call("POST", "/api/users/register", {
            "email": f"customer{number}@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace"})
        return data["user"]["id"], data["token"]

    def sign_in(self, email: str) -> str:
        return self.call("POST", "/api/users/login", {"email": email, "password": PASSWORD})["token"]

    def products(self, at_most=None):
        """Ids of all products (or as many as are asked for) and the cursor behind each page of a hundred, newest first."""
        ids, cursors = [], []
        page = self.get("/api/products", limit=100)
        while True:
            ids += [product["id"] for product in page["products"]]
            cursor = page["next_cursor"]
            if cursor is None or (at_most and len(ids) >= at_most):
                return ids[:at_most], cursors
            cursors.append(cursor)
            page = self.get("/api/products", limit=100, cursor=cursor)
