"""The HTTP contract as something that answers can be held against."""

import functools
import pathlib
import re
from dataclasses import dataclass
from typing import Any, Iterator, Optional

import jsonschema
import yaml

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
METHODS = ("get", "post", "put", "patch", "delete")


class ContractError(AssertionError):
    """An answer that the contract does not allow."""


@dataclass(frozen=True, repr=False)
class Operation:
    id: str
    method: str
    path: str
    service: str
    roles: tuple
    spec: dict
    parameters: tuple

    @property
    def has_body(self) -> bool:
        return "requestBody" in self.spec

    @property
    def speaks_web_socket(self) -> bool:
        return "101" in self.spec["responses"]

    @property
    def success(self) -> int:
        """What a plain request of one who may is answered with."""
        if self.speaks_web_socket:
            return 426
        return min(int(status) for status in self.spec["responses"] if status.startswith("2"))

    def __repr__(self) -> str:
        return self.id


class Contract:
    def __init__(self, document: dict):
        self.document = document
        self.operations = list(self._read_operations())
        self.by_id = {operation.id: operation for operation in self.operations}
        # A literal segment wins over a parameter, as in /api/products/categories/all.
        self._patterns = sorted(
            ((path.count("{"), _pattern(path), path) for path in document["paths"]), key=lambda entry: entry[0]
        )
        self._validators: dict = {}

    def _read_operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    spec = item[method]
                    parameters = [self.resolve(p) for p in item.get("parameters", []) + spec.get("parameters", [])]
                    yield Operation(
                        spec["operationId"], method.upper(), path, spec["x-service"], tuple(spec["x-roles"]), spec,
                        tuple(parameters),
                    )

    def resolve(self, node: dict) -> dict:
        while "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def path_of(self, path: str) -> Optional[str]:
        for _, pattern, template in self._patterns:
            if pattern.fullmatch(path):
                return template
        return None

    def find(self, method: str, path: str) -> Optional[Operation]:
        template = self.path_of(path)
        return next((o for o in self.operations if o.path == template and o.method == method.upper()), None)

    def methods_of(self, template: str) -> set:
        return {operation.method for operation in self.operations if operation.path == template}

    def response(self, method: str, path: str, status: int) -> dict:
        """The documented response, or ContractError."""
        operation = self.find(method, path)
        documented = operation.spec["responses"] if operation else self.document["x-server-responses"]
        node = documented.get(str(status))
        if node is None:
            name = operation.id if operation else "an unknown route"
            raise ContractError(f"{method} {path}: status {status} is not documented for {name}")
        return self.resolve(node)

    def violations(self, schema: dict, value: Any) -> list:
        """What keeps `value` from fitting `schema`, one line each; empty when it fits."""
        # Schemas are parts of the document and live as long as it does, so that their ids name them.
        key = id(schema)
        if key not in self._validators:
            whole = dict(schema, components=self.document["components"])
            self._validators[key] = jsonschema.Draft202012Validator(whole)
        errors = self._validators[key].iter_errors(value)
        return [f"{'/'.join(map(str, error.absolute_path)) or '(root)'}: {error.message}" for error in errors]

    def component(self, name: str) -> dict:
        return self.document["components"]["schemas"][name]

    def check(self, schema: dict, value: Any, where: str) -> None:
        found = self.violations(schema, value)
        if found:
            raise ContractError(f"{where} does not fit the contract:\n  " + "\n  ".join(found))


def _pattern(path: str) -> re.Pattern:
    return re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)))


@functools.lru_cache(maxsize=None)
def load() -> Contract:
    with open(REPOSITORY / "api" / "openapi.yaml", encoding="utf-8") as file:
        return Contract(yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
