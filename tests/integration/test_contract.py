"""The document itself, and that the program registers exactly what it describes."""

import json

import pytest

from harness import contract as contract_module
from harness.client import expect
from harness.server import run

CONTRACT = contract_module.load()
SIGNED_IN = {"customer", "staff", "analyst", "admin"}


def each_example():
    for operation in CONTRACT.operations:
        if operation.has_body:
            content = operation.spec["requestBody"]["content"]["application/json"]
            yield f"{operation.id}-request", content["schema"], content["example"]
        for status, node in operation.spec["responses"].items():
            for media_type, content in CONTRACT.resolve(node).get("content", {}).items():
                values = [content["example"]] if "example" in content else [
                    entry["value"] for entry in content["examples"].values()
                ]
                for value in values:
                    yield f"{operation.id}-{status}", content["schema"], value


def test_every_example_fits_its_schema():
    wrong = {name: CONTRACT.violations(schema, value) for name, schema, value in each_example()}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("operation", CONTRACT.operations, ids=str)
def test_every_operation_states_its_policy_and_answers(operation):
    known = {"anyone", "customer", "owner", "staff", "analyst", "admin"}
    assert operation.roles and set(operation.roles) <= known
    statuses = set(operation.spec["responses"])
    if "anyone" not in operation.roles:
        assert operation.spec["security"] == [{"bearerAuth": []}]
        assert "401" in statuses
        # Where an owner may, someone else learns nothing, not even that there is something.
        assert ("404" if "owner" in operation.roles else "401" if "customer" in operation.roles else "403") in statuses
    if operation.has_body:
        assert {"400", "413", "415"} <= statuses
    if any(parameter["in"] in ("query", "path") for parameter in operation.parameters):
        assert "400" in statuses
    for parameter in operation.parameters:
        schema = CONTRACT.resolve(parameter["schema"])
        bounds = {"string": {"enum", "pattern", "maxLength"}, "boolean": {"type"}}.get(schema["type"], {"minimum"})
        assert bounds & set(schema), f"{parameter['name']} has no bound"


def test_operation_ids_are_unique():
    assert len(CONTRACT.by_id) == len(CONTRACT.operations)


def reach(roles):
    """Policies as the set of those who may, so that different spellings of one policy compare equal."""
    roles = set(roles)
    if "anyone" in roles:
        return {"anyone"}
    return SIGNED_IN if "customer" in roles else roles


def public_routes():
    """What the program registers, without the routes that only its own services may call."""
    done = run("routes", "--json")
    assert done.returncode == 0, done.stderr
    return [route for route in json.loads(done.stdout) if route["roles"] != ["service"]]


def test_every_change_by_the_staff_is_recorded():
    """No route is forgotten: one that may change something for the staff says what is recorded of it, or that it only reads."""
    forgotten = [
        f"{route['method']} {route['path']}" for route in public_routes()
        if route["method"] in ("POST", "PUT", "PATCH", "DELETE") and {"staff", "admin", "analyst"} & set(route["roles"])
        and not route["audit"]
    ]
    assert forgotten == []
    words = {route["audit"] for route in public_routes()} - {"", "only reads"}
    assert {"product.update", "product.adjust_stock", "order.change_status", "user.change", "analytics.rebuild"} <= words
    assert all(" " not in word for word in words), "an action has a name of its own"


def test_the_program_registers_exactly_the_documented_routes():
    routes = public_routes()
    registered = {(route["method"], route["path"]) for route in routes}
    documented = {(operation.method, operation.path) for operation in CONTRACT.operations}
    assert registered == documented
    for route in routes:
        operation = CONTRACT.find(route["method"], route["path"])
        assert reach(route["roles"]) == reach(operation.roles), f"{operation.id}: the policies differ"


def test_each_service_registers_its_own_routes():
    services = {}
    for route in public_routes():
        services.setdefault((route["method"], route["path"]), set()).add(route["service"])
    for operation in CONTRACT.operations:
        if operation.service != "platform":
            assert services[(operation.method, operation.path)] == {operation.service}, operation.id


@pytest.mark.parametrize("front", ["gateway", "dashboard"])
def test_the_document_is_served_as_it_stands(shop, front):
    answer = expect(shop.client(front).get("/openapi.json"), 200)
    assert answer.body == CONTRACT.document
