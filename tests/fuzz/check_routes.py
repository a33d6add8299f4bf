#!/usr/bin/env python3
"""Every operation of api/openapi.yaml that takes a body is among the routes of targets/request.cpp."""

import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
# Read by the real routes of the product service, which the target takes as they are.
TAKEN_WHOLE = {("post", "/api/products/{id}/stock")}


def main() -> None:
    document = yaml.load((HERE.parents[1] / "api/openapi.yaml").read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    with_body = {
        (method, path) for path, item in document["paths"].items() for method, operation in item.items()
        if isinstance(operation, dict) and "requestBody" in operation
    }
    source = (HERE / "targets/request.cpp").read_text(encoding="utf-8")
    fuzzed = set(re.findall(r'Method::(\w+),\s*"([^"]+)"', source)) | TAKEN_WHOLE
    missing = sorted(with_body - fuzzed)
    if missing:
        sys.exit(f"tests/fuzz/targets/request.cpp lacks routes that take a body: {missing}")
    assert len(with_body) > 15, "the contract was not read"


main()
