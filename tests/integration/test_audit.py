"""What the staff did is recorded, in chains that show when somebody has been at them."""

import json

from harness.audit import chain, verify
from harness.client import expect
from harness.shop import PASSWORD

SERVICES = ("user", "product", "order", "analytics")


def entries(shop, service, limit=100):
    data = expect(shop.admin.client.get(f"/api/audit/{service}", params={"limit": limit}), 200).data
    return [entry["entry"] for entry in data["entries"]]


def newest(shop, service, action):
    """Both entries of the newest action of that name, the first one first."""
    found = [entry for entry in entries(shop, service) if entry["action"] == action]
    assert found, f"{action} is not in the trail of {service}"
    return [entry for entry in reversed(found) if entry["request_id"] == found[0]["request_id"]]


def assert_recorded(shop, service, action, person, target, outcome="done", **details):
    begun, ended = newest(shop, service, action)
    assert (begun["outcome"], ended["outcome"]) == ("begun", outcome)
    for entry in (begun, ended):
        assert (entry["actor"], entry["role"]) == (person.id, "admin" if person is shop.admin else "staff")
        assert entry["details"] == details
        assert entry["address"].startswith("127.")
    assert ended["target"] == target


def test_what_the_staff_change_is_recorded(shop):
    staff, admin = shop.staff, shop.admin
    product = expect(staff.client.post("/api/products", {"name": "Audited cup", "price": "3.50"}), 201).data["product"]
    assert_recorded(shop, "product", "product.create", staff, product["id"], name="Audited cup", price="3.50")
    expect(staff.client.put(f"/api/products/{product['id']}", {"price": "4.00"}), 200)
    assert_recorded(shop, "product", "product.update", staff, product["id"], price="4.00")
    expect(staff.client.post(f"/api/products/{product['id']}/stock", {"change": 5, "reason": "Found by Ada"}), 200)
    assert_recorded(shop, "product", "product.adjust_stock", staff, product["id"] + "/2", change=5)
    customer = shop.customer()
    order = shop.order(customer, (product, 1))
    expect(staff.client.put(f"/api/orders/{order['id']}/status", {"status": "confirmed"}), 200)
    assert_recorded(shop, "order", "order.change_status", staff, order["id"], status="confirmed")
    expect(staff.client.put(f"/api/orders/{order['id']}/status", {"status": "delivered"}), 409)
    assert_recorded(shop, "order", "order.change_status", staff, order["id"], "invalid_transition", status="delivered")
    expect(staff.client.delete(f"/api/products/{product['id']}"), 200)
    assert_recorded(shop, "product", "product.deactivate", staff, product["id"])
    expect(admin.client.put(f"/api/users/{customer.id}", {"role": "analyst"}), 200)
    assert_recorded(shop, "user", "user.change", admin, customer.id, role="analyst")
    expect(staff.client.post("/api/ai/train"), 202)
    assert newest(shop, "analytics", "model.train")[1]["outcome"] == "done"


def test_what_the_staff_do_to_their_own_accounts_is_recorded(shop):
    person = shop.employee("staff")
    expect(person.client.put("/api/users/profile", {"first_name": "Augusta"}), 200)
    assert_recorded(shop, "user", "user.change_profile", person, person.id)
    issued = expect(shop.admin.client.post(f"/api/users/{person.id}/reset-code"), 201)
    body = {"code": issued.data["code"], "new_password": "a better horse"}
    expect(shop.client().post("/api/users/password/reset", body), 200)
    assert_recorded(shop, "user", "user.reset_password", person, person.id)
    expect(shop.client().post("/api/users/password/reset", body), 401)
    assert_recorded(shop, "user", "user.reset_password", person, person.id)


def test_customers_and_secrets_are_not_in_it(shop):
    person = shop.customer()
    order = shop.order(person, (shop.product(), 1))
    expect(person.client.post(f"/api/orders/{order['id']}/cancel"), 200)
    assert all(entry["actor"] != person.id for service in SERVICES for entry in entries(shop, service))
    expect(shop.staff.client.post("/api/users/password", {"current_password": "wrong horse", "new_password": PASSWORD}), 400)
    text = json.dumps([entries(shop, service) for service in SERVICES])
    # Nothing that says who a customer is could be taken out again: there are ids only, also where staff ask for something else.
    expect(shop.admin.client.put(f"/api/users/{person.email}", {"is_active": True}), 400)
    assert newest(shop, "user", "user.change")[0]["target"] == "(no id)"
    assert "@" not in json.dumps(entries(shop, "user"))
    assert PASSWORD not in text and "wrong horse" not in text and shop.admin.token not in text


def test_who_has_a_customers_data_copied_or_erased_is_recorded(shop):
    person = shop.customer()
    assert shop.admin.client.get(f"/api/users/{person.id}/export").status == 200
    assert_recorded(shop, "user", "user.export", shop.admin, person.id)
    expect(shop.admin.client.post(f"/api/users/{person.id}/erasure"), 202)
    assert_recorded(shop, "user", "user.erase", shop.admin, person.id)
    before = entries(shop, "user")[0]
    other = shop.customer()
    assert other.client.get(f"/api/users/{other.id}/export").status == 200
    expect(other.client.post(f"/api/users/{other.id}/erasure", {"password": PASSWORD}), 202)
    assert entries(shop, "user")[0] == before


def test_pages_hold_each_entry_once(shop):
    for _ in range(3):
        expect(shop.staff.client.post("/api/ai/train"), 202)
    whole = [entry["seq"] for entry in expect(shop.admin.client.get("/api/audit/analytics", params={"limit": 100}), 200).data["entries"]]
    seqs, cursor = [], None
    while len(seqs) < len(whole):
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        data = expect(shop.admin.client.get("/api/audit/analytics", params=query), 200).data
        seqs += [entry["seq"] for entry in data["entries"]]
        cursor = data["next_cursor"]
        if not cursor:
            break
    assert seqs[:len(whole)] == whole


def test_the_chains_are_whole_while_they_grow(shop):
    expect(shop.staff.client.post("/api/ai/train"), 202)
    code, report = verify(shop.server)
    assert (code, report["whole"]) == (0, True)
    assert {one["service"] for one in report["chains"]} == set(SERVICES)
    assert chain(report, "analytics")["seq"] >= 2
