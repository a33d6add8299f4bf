"""The catalogue: adding, changing, taking out, finding."""

import pytest

from harness.client import expect, expect_violations

HOSTILE_TEXTS = [
    "Cup'); DELETE FROM products; --", "<img src=x onerror=alert(1)>", "茶壺", "🍵🫖", "%_\\%", '=cmd|"/c calc"!A1',
    "a\u0300\u0301\u0302", "\u2066isolate\u2069",
]


def create(shop, **fields):
    body = {"name": shop.unique("Cup"), "price": "3.50", **fields}
    return shop.staff.client.post("/api/products", {name: value for name, value in body.items() if value is not ...})


def test_a_product_comes_back_as_it_was_sent(shop, anyone):
    body = {
        "name": shop.unique("Teapot"), "description": "Holds one litre", "price": "19.99", "category_name": "Kitchen",
        "inventory_count": 40, "image_url": "https://img.example.com/a.jpg?x=1&y=2", "sku": shop.unique("SKU"),
    }
    product = expect(shop.staff.client.post("/api/products", body), 201).data["product"]
    assert {name: product[name] for name in body} == body
    assert product["is_active"] is True
    assert product["created_at"] == product["updated_at"]
    assert expect(anyone.get(f"/api/products/{product['id']}"), 200).data["product"] == product


def test_what_may_be_left_out(shop):
    product = expect(create(shop), 201).data["product"]
    assert product["inventory_count"] == 0
    assert (product["description"], product["category_name"], product["image_url"], product["sku"]) == (None,) * 4


@pytest.mark.parametrize("price, stored", [
    ("19.99", "19.99"), (19.99, "19.99"), (20, "20.00"), ("20", "20.00"), ("20.5", "20.50"), (20.5, "20.50"),
    (0.01, "0.01"), ("0.01", "0.01"), (0.1, "0.10"), (1.1, "1.10"), ("99999999.99", "99999999.99"), (4.35, "4.35"),
    (1e2, "100.00"),
])
def test_prices_are_exact(shop, price, stored):
    assert expect(create(shop, price=price), 201).data["product"]["price"] == stored


BAD_FIELDS = [
    ("name", None), ("name", ""), ("name", "A"), ("name", "n" * 256), ("name", 5), ("name", "nul\x00"),
    ("name", ["Cup"]),
    ("description", "d" * 2001), ("description", 5), ("description", "bell\x07"),
    ("price", None), ("price", 0), ("price", "0.00"), ("price", -1), ("price", "-1.00"), ("price", 1.999),
    ("price", "1.999"), ("price", "abc"), ("price", ""), ("price", True), ("price", "1e3"), ("price", 1e12),
    ("price", "100000000.00"), ("price", " 5.00x"), ("price", "0x10"), ("price", [5]), ("price", "1,50"),
    ("category_name", "c" * 101), ("category_name", 5),
    ("inventory_count", -1), ("inventory_count", 1.5), ("inventory_count", "5"), ("inventory_count", True),
    ("inventory_count", 10**10), ("inventory_count", 10**30),
    ("image_url", "not a url"), ("image_url", "javascript:alert(1)"), ("image_url", "ftp://example.com/a.jpg"),
    ("image_url", "https://example.com/" + "a" * 490), ("image_url", 5), ("image_url", "http://"),
    ("sku", "s" * 101), ("sku", 5),
]


@pytest.mark.parametrize("field, value", BAD_FIELDS)
def test_create_names_the_bad_field(shop, field, value):
    expect_violations(create(shop, **{field: value}), field)


@pytest.mark.parametrize("field", ["name", "price"])
def test_create_names_the_missing_field(shop, field):
    expect_violations(create(shop, **{field: ...}), field)


def test_create_lists_all_violations_at_once(shop):
    bad = {
        "name": "A", "description": "d" * 2001, "price": -1, "category_name": "c" * 101, "inventory_count": -1,
        "image_url": "nowhere", "sku": "s" * 101,
    }
    expect_violations(shop.staff.client.post("/api/products", bad), *bad)


@pytest.mark.parametrize("fields", [
    {"name": "ab"}, {"name": "n" * 255}, {"name": "😀" * 255}, {"description": "d" * 2000}, {"sku": "limit"},
    {"category_name": "c" * 100}, {"inventory_count": 0}, {"inventory_count": 1000000000},
    {"image_url": "http://example.com/" + "a" * 480},
])
def test_values_at_the_limits_are_taken(shop, fields):
    if "sku" in fields:
        fields = {"sku": shop.unique("s").ljust(100, "s")}
    product = expect(create(shop, **fields), 201).data["product"]
    assert {name: product[name] for name in fields} == fields


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_texts_come_back_as_they_were_sent_or_are_refused(shop, anyone, text):
    answer = create(shop, name=text + " ok", description=text, category_name=text)
    if answer.status == 400:
        assert set(answer.fields) <= {"name", "description", "category_name"}
        return
    product = expect(answer, 201).data["product"]
    assert (product["name"], product["description"], product["category_name"]) == (text + " ok", text, text)
    listed = expect(anyone.get("/api/products", params={"category": text}), 200).data["products"]
    assert product["id"] in [entry["id"] for entry in listed]


def test_a_sku_is_unique(shop):
    sku = shop.unique("SKU")
    expect(create(shop, sku=sku), 201)
    assert expect(create(shop, sku=sku), 409, "conflict").fields in ([], ["sku"])
    other = shop.product()
    expect(shop.staff.client.put(f"/api/products/{other['id']}", {"sku": sku}), 409, "conflict")
    expect(shop.staff.client.put(f"/api/products/{other['id']}", {"sku": shop.unique("SKU")}), 200)


def test_update_changes_only_what_is_sent(shop, anyone):
    product = shop.product(description="old", category_name="Kitchen")
    changes = {"price": "21.50", "description": "new", "inventory_count": 7}
    after = expect(shop.staff.client.put(f"/api/products/{product['id']}", changes), 200).data["product"]
    assert {**product, **changes, "updated_at": after["updated_at"]} == after
    assert after["updated_at"] >= product["updated_at"]
    assert anyone.get(f"/api/products/{product['id']}").data["product"] == after


def test_null_empties_a_field(shop):
    product = shop.product(description="old", sku=shop.unique("SKU"), category_name="Kitchen")
    empty = {"description": None, "sku": None, "category_name": None}
    after = expect(shop.staff.client.put(f"/api/products/{product['id']}", empty), 200).data["product"]
    assert {name: after[name] for name in empty} == empty


@pytest.mark.parametrize("field", ["name", "price", "inventory_count", "is_active"])
def test_what_a_product_must_have_cannot_be_emptied(shop, teapot, field):
    answer = shop.staff.client.put(f"/api/products/{teapot['id']}", {field: None})
    expect(answer, 400, "validation_failed")
    assert answer.fields in ([field], ["body"])


@pytest.mark.parametrize("field, value", [(field, value) for field, value in BAD_FIELDS if value is not None])
def test_update_names_the_bad_field(shop, teapot, field, value):
    expect_violations(shop.staff.client.put(f"/api/products/{teapot['id']}", {field: value}), field)


@pytest.fixture(scope="module")
def teapot(shop):
    return shop.product()


def test_update_lists_all_violations_at_once(shop, teapot):
    bad = {"name": "", "price": "free", "inventory_count": -5, "image_url": "x", "is_active": "yes"}
    expect_violations(shop.staff.client.put(f"/api/products/{teapot['id']}", bad), *bad)


@pytest.mark.parametrize("body", [
    {}, {"id": "x"}, {"colour": "blue"}, {"created_at": "2020-01-01T00:00:00.000Z"}, {"price; DROP TABLE products": 1},
])
def test_update_needs_a_writable_field(shop, teapot, body):
    expect_violations(shop.staff.client.put(f"/api/products/{teapot['id']}", body), "body")


def test_unknown_fields_are_ignored(shop):
    product = shop.product()
    body = {"name": "New Name", "id": "x", "created_at": "never", "1=1; --": True, "tenant": "other"}
    after = expect(shop.staff.client.put(f"/api/products/{product['id']}", body), 200).data["product"]
    assert {**product, "name": "New Name", "updated_at": after["updated_at"]} == after


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("id, status", [
    ("01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40", 404), ("not-a-uuid", 400), ("1", 400),
    ("01932c07-8f1a-7c3e-9b55-0a4c1d2e3f4z", 400), ("' OR 1=1 --", 400), ("..%2f..%2fetc%2fpasswd", 400),
])
def test_ids_that_lead_nowhere(shop, method, id, status):
    body = {"price": "5.00"} if method == "PUT" else None
    answer = shop.staff.client.request(method, f"/api/products/{id}", json=body)
    if status == 400:
        expect_violations(answer, "id")
    else:
        expect(answer, 404, "not_found")


def test_a_deactivated_product_is_gone_for_the_public_only(shop, anyone, ada):
    product = shop.product(category_name=shop.unique("Gone"))
    path = f"/api/products/{product['id']}"
    gone = expect(shop.staff.client.delete(path), 200).data["product"]
    assert (gone["id"], gone["is_active"]) == (product["id"], False)
    for client in (anyone, ada.client, shop.analyst.client):
        expect(client.get(path), 404, "not_found")
    for person in (shop.staff, shop.admin):
        assert expect(person.client.get(path), 200).data["product"]["is_active"] is False
    listed = anyone.get("/api/products", params={"category": product["category_name"]})
    assert listed.data["products"] == []
    assert product["category_name"] not in anyone.get("/api/products/categories/all").data["categories"]


def test_deactivating_twice_is_the_same(shop):
    product = shop.product()
    for _ in range(2):
        answer = expect(shop.staff.client.delete(f"/api/products/{product['id']}"), 200)
        assert answer.data["product"]["is_active"] is False


def test_a_deactivated_product_can_come_back(shop, anyone):
    product = shop.product()
    path = f"/api/products/{product['id']}"
    expect(shop.staff.client.delete(path), 200)
    expect(shop.staff.client.put(path, {"is_active": True}), 200)
    assert expect(anyone.get(path), 200).data["product"]["is_active"] is True


def test_your_own_write_is_visible_at_once(shop):
    product = shop.product()
    path = f"/api/products/{product['id']}"
    fronts = [shop.client(front) for front in ("product", "gateway", "dashboard")]
    for cents in range(1, 11):
        price = f"5.{cents:02}"
        expect(shop.staff.client.put(path, {"price": price}), 200)
        for client in fronts:
            assert client.get(path).data["product"]["price"] == price


def test_categories_are_listed_once_in_order(shop, anyone):
    names = [shop.unique(word) for word in ("Cc", "Aa", "Bb")]
    for name in names + names[:1]:
        shop.product(category_name=name)
    listed = expect(anyone.get("/api/products/categories/all"), 200).data["categories"]
    assert [name for name in listed if name in names] == sorted(names)


@pytest.fixture(scope="module")
def shelf(shop):
    """A category of its own, whose products differ in everything that can be sorted by."""
    category = shop.unique("Shelf")
    rows = [("Apple Bowl", "9.00", 5), ("Cedar Box", "10.00", 3), ("Birch Tray", "100.00", 4), ("Dark Mug", "2.50", 9)]
    products = [
        shop.product(name=name, price=price, inventory_count=count, category_name=category) for name, price, count in rows
    ]
    return category, products


def names(anyone, **params):
    return [product["name"] for product in expect(anyone.get("/api/products", params=params), 200).data["products"]]


@pytest.mark.parametrize("sort, expected", [
    ("name", ["Apple Bowl", "Birch Tray", "Cedar Box", "Dark Mug"]),
    ("price", ["Dark Mug", "Apple Bowl", "Cedar Box", "Birch Tray"]),
    ("inventory_count", ["Cedar Box", "Birch Tray", "Apple Bowl", "Dark Mug"]),
    ("created_at", ["Apple Bowl", "Cedar Box", "Birch Tray", "Dark Mug"]),
])
def test_sorting(anyone, shelf, sort, expected):
    category, _ = shelf
    assert names(anyone, category=category, sortBy=sort, sortOrder="ASC") == expected
    assert names(anyone, category=category, sortBy=sort, sortOrder="DESC") == expected[::-1]


def test_newest_come_first_unless_asked_otherwise(anyone, shelf):
    category, products = shelf
    assert names(anyone, category=category) == [product["name"] for product in reversed(products)]


@pytest.mark.parametrize("bounds, expected", [
    ({"minPrice": "9"}, {"Apple Bowl", "Cedar Box", "Birch Tray"}),
    ({"minPrice": "9.01"}, {"Cedar Box", "Birch Tray"}),
    ({"maxPrice": "9.00"}, {"Apple Bowl", "Dark Mug"}),
    ({"minPrice": "9", "maxPrice": "10"}, {"Apple Bowl", "Cedar Box"}),
    ({"minPrice": "9", "maxPrice": "9"}, {"Apple Bowl"}),
    ({"minPrice": "0", "maxPrice": "0"}, set()),
])
def test_price_bounds_include_both_ends(anyone, shelf, bounds, expected):
    assert set(names(anyone, category=shelf[0], **bounds)) == expected


def test_search_finds_words_without_regard_to_case(shop, anyone):
    word = shop.unique("Zebra").replace("-", "")
    by_name = shop.product(name=f"Striped {word} Cup")
    by_description = shop.product(description=f"Shows a {word.upper()} in the sun")
    by_sku = shop.product(sku=f"{word}")
    shop.product(name="Nothing of it")
    found = expect(anyone.get("/api/products", params={"search": word.lower()}), 200).data["products"]
    assert {product["id"] for product in found} == {by_name["id"], by_description["id"], by_sku["id"]}


def test_search_and_filters_narrow_together(shop, anyone, shelf):
    assert names(anyone, category=shelf[0], search="bowl") == ["Apple Bowl"]
    assert names(anyone, category=shelf[0], search="bowl", minPrice="50") == []


@pytest.mark.parametrize("text", ["'", '"', "' OR '1'='1", "*", "a*b OR c", "NEAR(", "(((", "%", "_", "\\", "-", "😀", "a" * 255])
def test_search_takes_any_text(anyone, text):
    expect(anyone.get("/api/products", params={"search": text}), 200)
    assert anyone.get("/api/products", params={"category": f"no such category {text}"[:100]}).data["products"] == []


BAD_PARAMETERS = [
    ("page", "0"), ("page", "-1"), ("page", "abc"), ("page", "1.5"), ("page", ""), ("page", "1000001"),
    ("page", "99999999999999999999"), ("limit", "0"), ("limit", "101"), ("limit", "abc"), ("limit", "-5"), ("limit", ""),
    ("sortBy", "password"), ("sortBy", ""), ("sortBy", "price; DROP TABLE products"), ("sortOrder", "UP"),
    ("minPrice", "abc"), ("minPrice", "-1"), ("minPrice", "1.999"), ("maxPrice", "abc"), ("maxPrice", "-0.01"),
    ("maxPrice", "1e9"), ("category", "c" * 101), ("search", "s" * 256), ("cursor", "not-a-cursor"), ("cursor", ""),
    ("cursor", "x" * 513),
]


@pytest.mark.parametrize("name, value", BAD_PARAMETERS)
def test_bad_parameters_are_named(anyone, name, value):
    expect_violations(anyone.get("/api/products", params={name: value}), name)


def test_all_bad_parameters_are_named_at_once(anyone):
    bad = {"page": "0", "limit": "101", "sortBy": "colour", "sortOrder": "UP", "minPrice": "x", "maxPrice": "y"}
    expect_violations(anyone.get("/api/products", params=bad), *bad)


def test_bounds_the_wrong_way_round_are_named(anyone):
    answer = expect(anyone.get("/api/products", params={"minPrice": "10", "maxPrice": "5"}), 400, "validation_failed")
    assert set(answer.fields) <= {"minPrice", "maxPrice"}


def test_the_cache_keeps_parameters_apart(anyone, shelf):
    category, _ = shelf
    asked = [
        {"limit": 1}, {"limit": 2}, {"limit": 1, "page": 2}, {"sortBy": "price"}, {"sortBy": "price", "sortOrder": "ASC"},
        {"minPrice": "10"}, {"maxPrice": "10"}, {"search": "bowl"},
    ]
    first = [names(anyone, category=category, **params) for params in asked]
    again = [names(anyone, category=category, **params) for params in asked]
    assert first == again
    assert len({tuple(answer) for answer in first}) == len(asked)
