"""Pages and cursors of every list."""

import pytest

from harness.client import expect, expect_violations

COUNT = 23


class List:
    """A list whose whole content is known, newest first."""

    def __init__(self, client, path, field, ids, params):
        self.client, self.path, self.field, self.ids, self.params = client, path, field, ids, params

    def read(self, **params):
        return expect(self.client.get(self.path, params={**self.params, **params}), 200)

    def ids_of(self, answer):
        return [entry["id"] for entry in answer.data[self.field]]


@pytest.fixture(scope="module")
def lists(shop):
    category = shop.unique("Shelf")
    products = [shop.product(category_name=category, price="5.00") for _ in range(COUNT)]
    person = shop.customer()
    orders = [shop.order(person, (products[0], 1)) for _ in range(COUNT)]
    newest_first = lambda entries: [entry["id"] for entry in reversed(entries)]
    return {
        "products": List(shop.client(), "/api/products", "products", newest_first(products), {"category": category}),
        "orders": List(person.client, f"/api/orders/user/{person.id}", "orders", newest_first(orders), {}),
    }


@pytest.fixture(params=["products", "orders"])
def known(request, lists):
    return lists[request.param]


def test_pages_cover_the_list(known):
    seen = []
    for page, size in [(1, 10), (2, 10), (3, 3)]:
        answer = known.read(page=page, limit=10)
        assert answer.data["pagination"] == {"page": page, "limit": 10, "total": COUNT, "pages": 3}
        assert len(known.ids_of(answer)) == size
        seen += known.ids_of(answer)
    assert seen == known.ids


def test_a_page_has_twenty_entries_unless_asked_otherwise(known):
    answer = known.read()
    assert answer.data["pagination"] == {"page": 1, "limit": 20, "total": COUNT, "pages": 2}
    assert known.ids_of(answer) == known.ids[:20]


@pytest.mark.parametrize("page", [4, 1000000])
def test_pages_after_the_last_are_empty(known, page):
    answer = known.read(page=page, limit=10)
    assert known.ids_of(answer) == []
    assert answer.data["pagination"] == {"page": page, "limit": 10, "total": COUNT, "pages": 3}
    assert answer.data["next_cursor"] is None


def walk(known, **params):
    """The pages that following the cursor gives."""
    answer = known.read(**params)
    pages = [known.ids_of(answer)]
    while (cursor := answer.data["next_cursor"]) is not None:
        answer = known.read(cursor=cursor, **params)
        pages.append(known.ids_of(answer))
        assert len(pages) <= COUNT + 1, "the cursor does not come to an end"
    return pages


@pytest.mark.parametrize("limit", [1, 7, 10, 22, 23, 24, 100])
def test_the_cursor_walks_the_whole_list(known, limit):
    pages = walk(known, limit=limit)
    assert sum(pages, []) == known.ids
    assert all(len(page) == limit for page in pages[:-1])


def test_the_cursor_goes_on_from_any_page(known):
    cursor = known.read(page=2, limit=5).data["next_cursor"]
    assert known.ids_of(known.read(cursor=cursor, limit=5)) == known.ids[10:15]


@pytest.mark.parametrize("sort", ["name", "price", "created_at", "inventory_count"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_the_cursor_keeps_every_order_of_products(lists, sort, direction):
    products = lists["products"]
    params = {"sortBy": sort, "sortOrder": direction}
    whole = products.ids_of(products.read(limit=100, **params))
    assert set(whole) == set(products.ids)
    # Equal values must not repeat or drop an entry where a page ends.
    assert sum(walk(products, limit=4, **params), []) == whole


def test_what_is_added_meanwhile_neither_repeats_nor_hides(shop):
    category = shop.unique("Moving")
    ids = [shop.product(category_name=category)["id"] for _ in range(6)]
    moving = List(shop.client(), "/api/products", "products", ids[::-1], {"category": category})
    first = moving.read(limit=3)
    shop.product(category_name=category)
    rest = moving.read(limit=3, cursor=first.data["next_cursor"])
    assert moving.ids_of(first) + moving.ids_of(rest) == moving.ids


def test_cursor_and_page_exclude_each_other(known):
    cursor = known.read(limit=5).data["next_cursor"]
    answer = known.client.get(known.path, params={**known.params, "limit": 5, "cursor": cursor, "page": 2})
    expect_violations(answer, "cursor")


@pytest.mark.parametrize("spoil", [lambda cursor: cursor[:-2], lambda cursor: cursor + "AAAA", lambda cursor: "!" + cursor])
def test_a_spoilt_cursor_is_named(known, spoil):
    cursor = known.read(limit=5).data["next_cursor"]
    expect_violations(known.client.get(known.path, params={**known.params, "cursor": spoil(cursor)}), "cursor")


def test_a_cursor_of_another_order_is_named(lists):
    products = lists["products"]
    cursor = products.read(limit=5, sortBy="name").data["next_cursor"]
    answer = products.client.get(products.path, params={**products.params, "cursor": cursor, "sortBy": "price"})
    expect_violations(answer, "cursor")


@pytest.mark.parametrize("path, field", [("/api/orders", "orders"), ("/api/users/all", "users")])
def test_the_lists_of_everything_walk_by_cursor_too(shop, path, field):
    client = shop.admin.client
    by_page = [client.get(path, params={"page": page, "limit": 2}).data[field] for page in (1, 2)]
    first = expect(client.get(path, params={"limit": 2}), 200)
    second = expect(client.get(path, params={"limit": 2, "cursor": first.data["next_cursor"]}), 200)
    ids = lambda entries: [entry["id"] for entry in entries]
    assert ids(first.data[field] + second.data[field]) == ids(by_page[0] + by_page[1])
    pagination = first.data["pagination"]
    assert pagination["pages"] == -(-pagination["total"] // 2)
