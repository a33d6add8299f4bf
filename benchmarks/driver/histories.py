"""Invented shop histories, in the plain layout of docs/IMPORT.md: the quickest way to a catalogue of any size."""

import csv
import random
from datetime import datetime, timedelta, timezone
from itertools import accumulate
from pathlib import Path

HEADER = ("order_id", "user_id", "ts", "item_id", "quantity", "unit_price", "product_name", "category")
# Together 40 × 60 × 25 names; a word is in a fortieth to a sixtieth of them.
COLOURS = """Amber Azure Beige Black Blue Bronze Brown Copper Coral Cream Crimson Cyan Ebony Emerald Fawn Gold Green Grey
Hazel Indigo Ivory Jade Khaki Lemon Lilac Lime Maroon Mauve Navy Ochre Olive Orange Peach Pearl Pink Plum Purple Red Rose
Ruby""".split()
THINGS = """Apron Basket Bell Bench Blanket Board Book Bottle Bowl Box Brush Bucket Cabinet Candle Carpet Chair Clock Cloth
Comb Cup Curtain Cushion Desk Doll Door Drum Fan Fork Frame Glass Glove Hammer Hook Jar Kettle Key Kite Knife Ladder Lamp
Lantern Mat Mirror Mug Napkin Needle Pan Pencil Pillow Plate Quilt Rack Rug Saucer Shelf Spoon Stool Table Teapot
Tray""".split()
KINDS = """Antique Carved Classic Compact Country Double Enamel Folding Garden Glazed Large Little Metal Modern Painted
Pocket Polished Retro Rustic Sailor Stacking Striped Travel Vintage Wooden""".split()
CATEGORIES = [f"{where} {what}" for where in ("Home", "Garden", "Kitchen", "Office") for what in
              ("Basics", "Comfort", "Gifts", "Storage", "Tools")]


def product(number: int) -> tuple:
    """Code, name, category and price of a product, the same at each call."""
    chance = random.Random(number * 2_654_435_761)
    name = f"{chance.choice(KINDS)} {chance.choice(COLOURS)} {chance.choice(THINGS)} {number:06d}"
    return f"P-{number:06d}", name, CATEGORIES[number % len(CATEGORIES)], f"{chance.randrange(50, 50_000) / 100:.2f}"


def _write(path: Path, rows) -> int:
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        count = 0
        for row in rows:
            out.writerow(row)
            count += 1
    return count


def write_catalogue(path: Path, products: int) -> int:
    """Each product once, in orders of 50 lines; answers the number of lines."""
    start = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=300)

    def rows():
        for number in range(products):
            code, name, category, price = product(number)
            moment = start + timedelta(seconds=number // 50)
            yield f"C{number // 50:07d}", f"u{number // 50 % 1000}", f"{moment:%Y-%m-%d %H:%M:%S}", code, 1, price, name, category

    return _write(path, rows())


def write_orders(path: Path, orders: int, products=10_000, customers=20_000, lines=3, seed=1) -> int:
    """A year of orders with `lines` lines each, of products that sell by Zipf's law, each at least once when there are
    as many orders; answers the number of lines."""
    chance = random.Random(seed)
    catalogue = [product(number) for number in range(products)]
    weights = list(accumulate(1 / (rank + 1) for rank in range(products)))
    end = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(hours=1)
    step = timedelta(days=365) / orders

    def rows():
        for number in range(orders):
            moment = f"{end - step * (orders - number):%Y-%m-%d %H:%M:%S}"
            customer = f"u{chance.randrange(customers)}"
            chosen = {number} if number < products else set()
            while len(chosen) < lines:
                chosen.update(chance.choices(range(products), cum_weights=weights, k=lines - len(chosen)))
            for each in sorted(chosen):
                code, name, category, price = catalogue[each]
                yield f"O{number:08d}", customer, moment, code, chance.randrange(1, 4), price, name, category

    return _write(path, rows())
