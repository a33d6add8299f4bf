"""Holds a shop against its promises: by the API of the running server, and by its books."""

import pathlib
from collections import Counter, defaultdict
from typing import Dict, Iterable, List, Optional

from .journal import Journal
from .ledger import Books, Ledger
from .scene import ADDRESS_TAIL, Scene
from .wire import Wire

MAY_FOLLOW = {
    ("pending", "confirmed"), ("confirmed", "processing"), ("processing", "shipped"), ("shipped", "delivered"),
    ("pending", "cancelled"), ("confirmed", "cancelled"), ("processing", "cancelled"),
}
# What an order is answered with and keeps for good.
FIXED = ("id", "user_id", "kind", "total_amount", "currency", "shipping_address", "created_at", "items")
MOST_SHOWN = 25


class Broken(AssertionError):
    def __init__(self, findings: List[str], where: pathlib.Path):
        shown = "\n  ".join(findings[:MOST_SHOWN])
        more = f"\n  … and {len(findings) - MOST_SHOWN} more" if len(findings) > MOST_SHOWN else ""
        super().__init__(f"{len(findings)} broken promises; folder and journal are kept in {where}:\n  {shown}{more}")
        self.findings = findings


def demand(findings: Iterable[str], scene: Scene) -> None:
    """Raises Broken when there are findings, those that clients saw included."""
    every = [*scene.journal.findings, *findings]
    if every:
        raise Broken(every, scene.folder)


# -- the running server, while nobody else asks it anything --


def check_api(scene: Scene, sample: int = 40) -> List[str]:
    with Wire(scene.base, patience=scene.patience_seconds) as wire:
        scene.wait_until_settled(wire)
        orders = scene.every_order(wire)
        findings = check_orders(scene.journal, orders)
        findings += _check_single_reads(scene, wire, orders, sample)
        findings += _check_products(scene, wire)
    return findings


def check_orders(journal: Journal, orders: Dict[str, dict]) -> List[str]:
    """Each order that was answered is there as it was answered; none is there that was refused, none twice."""
    findings = []
    by_tag = defaultdict(list)
    for order in orders.values():
        by_tag[order["shipping_address"].removesuffix(ADDRESS_TAIL)].append(order["id"])
    for tag, ids in by_tag.items():
        wish = journal.wishes.get(tag)
        if wish is None:
            findings.append(f"nobody asked for order {ids}, address {tag!r}")
        elif not wish.may_exist:
            last = wish.attempts[-1] if wish.attempts else None
            findings.append(f"a ghost: {tag} was refused ({last and (last.status, last.code)}), and there is order {ids}")
        elif len(ids) > 1 and (wish.key or len(ids) > len(wish.attempts)):
            findings.append(f"{tag} with key {wish.key} has {len(ids)} orders: {ids}")
    for wish in list(journal.wishes.values()):
        if len({answer["id"] for answer in wish.answers}) > 1 and wish.key:
            findings.append(f"key {wish.key} was answered with several orders: {[a['id'] for a in wish.answers]}")
        for answer in wish.answers:
            kept = orders.get(answer["id"])
            if kept is None:
                findings.append(f"lost: order {answer['id']} of {wish.tag} was answered 201 and is not there")
                continue
            for name in FIXED:
                if kept[name] != answer[name]:
                    findings.append(f"order {answer['id']}: {name} was answered {answer[name]!r}, is {kept[name]!r}")
    for move in journal.moves:
        if move.subject not in orders:
            if move.succeeded:
                findings.append(f"lost: order {move.subject} was moved to {move.body['status']} and is not there")
        elif move.succeeded and not _is_beyond(orders[move.subject]["status"], move.data["order"]["status"]):
            findings.append(
                f"lost: order {move.subject} was answered {move.data['order']['status']}, is {orders[move.subject]['status']}"
            )
    return findings


def _is_beyond(present: str, answered: str) -> bool:
    """Whether an order that was `answered` may be `present` now."""
    reached, edge = {answered}, {answered}
    while edge:
        edge = {after for before, after in MAY_FOLLOW if before in edge} - reached
        reached |= edge
    return present in reached


def _check_single_reads(scene: Scene, wire: Wire, orders: Dict[str, dict], sample: int) -> List[str]:
    """Newest orders one by one, with their histories."""
    findings = []
    for order_id in sorted(orders, reverse=True)[:sample]:
        status, answer = wire.ask("GET", f"/api/orders/{order_id}", scene.staff.token)
        if status != 200 or answer["data"]["order"] != orders[order_id]:
            findings.append(f"order {order_id} by itself is {status} {answer}, in the list {orders[order_id]}")
        status, answer = wire.ask("GET", f"/api/orders/{order_id}/events", scene.staff.token)
        history = answer["data"]["events"] if status == 200 else []
        findings += check_history(
            order_id, orders[order_id]["status"], [(e["version"], e["status"], e["event_id"]) for e in history]
        )
    return findings


def check_history(order_id: str, status: str, events: list) -> List[str]:
    """`events`: of (version, status, event id), in order."""
    findings = []
    versions, states = [event[0] for event in events], [event[1] for event in events]
    if versions != list(range(1, len(events) + 1)) or not events:
        findings.append(f"order {order_id}: the versions of its events are {versions}")
    if states and states[0] != "pending":
        findings.append(f"order {order_id}: its history begins with {states[0]}")
    for step in zip(states, states[1:]):
        if step not in MAY_FOLLOW:
            findings.append(f"order {order_id}: an illegal step {step[0]} → {step[1]}")
    if states and states[-1] != status:
        findings.append(f"order {order_id} is {status}, its last event says {states[-1]}")
    return findings


def _check_products(scene: Scene, wire: Wire) -> List[str]:
    findings = []
    for product_id, attempts in scene.journal.products.items():
        status, answer = wire.ask("GET", f"/api/products/{product_id}")
        if status != 200:
            findings.append(f"lost: product {product_id} was answered 201 and is {status}")
            continue
        product = answer["data"]["product"]
        # The last change that was answered, and everything after it whose answer is missing, may be what counts.
        values: Dict[str, list] = {}
        for attempt in attempts:
            for name in ("name", "price"):
                if name not in attempt.body:
                    continue
                if attempt.succeeded:
                    values[name] = [attempt.body[name]]
                elif attempt.may_have_happened:
                    values.setdefault(name, []).append(attempt.body[name])
        for name, allowed in values.items():
            if product[name] not in allowed:
                findings.append(f"product {product_id}: {name} is {product[name]!r}, answered was {allowed}")
        if product["inventory_count"] < 0:
            findings.append(f"product {product_id} has a stock of {product['inventory_count']}")
    return findings


def check_reconciliation(scene: Scene) -> List[str]:
    done = scene.reconcile()
    return [] if done.returncode == 0 else [f"reconcile ended with {done.returncode}: {done.stdout}{done.stderr}"]


# -- the books --


def check_books(books: Books, journal: Optional[Journal] = None, settled: bool = False) -> List[str]:
    """`settled`: the stock has caught up with the log of orders."""
    findings = books.damage()
    if findings or not books.are_there():
        lost = not findings and journal is not None and journal.answered_orders > 0
        return [*findings, *(["lost: the stores are gone, and orders were answered"] if lost else [])]
    ledger = books.read()
    findings += _check_wholeness(ledger)
    findings += _check_events(ledger)
    findings += _check_keys(ledger)
    findings += _check_stock(ledger)
    findings += _check_reservations(ledger, settled)
    if journal:
        findings += _check_promises(ledger, journal)
    return findings


def _check_wholeness(ledger: Ledger) -> List[str]:
    findings = []
    sums: Counter = Counter()
    numbers = defaultdict(list)
    for line in ledger.lines:
        if line.order_id not in ledger.orders:
            findings.append(f"an orphan line of order {line.order_id}")
        if line.subtotal != line.price * line.quantity:
            findings.append(f"order {line.order_id}: {line.quantity} × {line.price} is not {line.subtotal}")
        sums[line.order_id] += line.subtotal
        numbers[line.order_id].append(line.line)
    for order in ledger.orders.values():
        if sorted(numbers[order.id]) != list(range(len(numbers[order.id]))) or not numbers[order.id]:
            findings.append(f"order {order.id} has the lines {numbers[order.id]}")
        if sums[order.id] != order.total:
            findings.append(f"order {order.id}: its lines make {sums[order.id]}, its total is {order.total}")
    return findings


def _check_events(ledger: Ledger) -> List[str]:
    findings = []
    seen: Dict[str, int] = {}
    of_order = defaultdict(list)
    for entry in ledger.events:
        if entry.event_id in seen:
            findings.append(f"event {entry.event_id} is in the log at {seen[entry.event_id]} and at {entry.position}")
        seen[entry.event_id] = entry.position
        if entry.order_id not in ledger.orders:
            findings.append(f"an event at {entry.position} of order {entry.order_id}, which is not there")
        of_order[entry.order_id].append((entry.version, entry.status, entry.event_id))
    for order in ledger.orders.values():
        # In order of the log: a version that came before its predecessor shows.
        findings += check_history(order.id, order.status, of_order[order.id])
        if len(of_order[order.id]) != order.version:
            findings.append(f"order {order.id} has version {order.version} and {len(of_order[order.id])} events")
    return findings


def _check_keys(ledger: Ledger) -> List[str]:
    findings = []
    for key in ledger.keys:
        if key.order_id not in ledger.orders:
            findings.append(f"key {key.key} stands for order {key.order_id}, which is not there")
    twice = [order for order, count in Counter(key.order_id for key in ledger.keys).items() if count > 1]
    return findings + [f"order {order} has several keys" for order in twice]


def _check_stock(ledger: Ledger) -> List[str]:
    findings = []
    effects = {  # on (available, reserved, sold)
        "initial": (1, 0, 0), "adjust": (1, 0, 0), "reserve": (-1, 1, 0), "sell": (0, -1, 1), "release": (1, -1, 0),
        "take_back": (1, 0, -1),
    }
    booked: Dict[str, list] = defaultdict(lambda: [0, 0, 0])
    numbers: Counter = Counter()
    for movement in ledger.movements:
        numbers[movement.product_id] += 1
        if movement.sequence != numbers[movement.product_id]:
            findings.append(
                f"product {movement.product_id}: movement {numbers[movement.product_id]} has the number {movement.sequence}"
            )
            numbers[movement.product_id] = movement.sequence
        for place, effect in enumerate(effects[movement.kind]):
            booked[movement.product_id][place] += effect * movement.delta
    for product in booked.keys() - ledger.stock.keys():
        findings.append(f"stock was moved of product {product}, which has none")
    held: Dict[str, Counter] = {"reserved": Counter(), "sold": Counter()}
    for reservation in ledger.reservations.values():
        for product, quantity, _ in reservation.lines:
            if reservation.state in held:
                held[reservation.state][product] += quantity
    for stock in ledger.stock.values():
        kept = [stock.available, stock.reserved, stock.sold]
        if min(kept) < 0:
            findings.append(f"product {stock.product_id} has a negative stock: {stock}")
        if kept != booked[stock.product_id]:
            findings.append(f"product {stock.product_id}: the stock is {kept}, its ledger says {booked[stock.product_id]}")
        orders = [held["reserved"][stock.product_id], held["sold"][stock.product_id]]
        if kept[1:] != orders:
            findings.append(f"product {stock.product_id}: reserved and sold are {kept[1:]}, orders hold {orders}")
    return findings


def orphan_reservations(ledger: Ledger) -> List[str]:
    """Stock that is held for an order which is not there (yet): an attempt died between the two stores."""
    return [r.order_id for r in ledger.reservations.values() if r.state != "released" and r.order_id not in ledger.orders]


def _check_reservations(ledger: Ledger, settled: bool) -> List[str]:
    findings = []
    lines = defaultdict(list)
    for line in ledger.lines:
        lines[line.order_id].append((line.product_id, line.quantity, line.price))
    behind = {entry.order_id for entry in ledger.events if entry.position > ledger.followed}
    if settled and behind:
        findings.append(f"the stock has followed the log to {ledger.followed} of {ledger.log_end}")
    for order in ledger.orders.values():
        reservation = ledger.reservations.get(order.id)
        if reservation is None or not reservation.lines:
            findings.append(f"order {order.id} holds no stock: nothing is reserved for it")
            continue
        if reservation.lines != lines[order.id]:
            findings.append(f"order {order.id} reserved {reservation.lines}, its lines are {lines[order.id]}")
        expected = {"pending": "reserved", "cancelled": "released"}.get(order.status, "sold")
        # The order goes first and its stock follows.
        if reservation.state != expected and order.id not in behind:
            findings.append(f"order {order.id} is {order.status}, its stock {reservation.state}")
    for orphan in orphan_reservations(ledger):
        if ledger.reservations[orphan].state != "reserved":
            findings.append(f"stock was sold to order {orphan}, which is not there")
    return findings


def _check_promises(ledger: Ledger, journal: Journal) -> List[str]:
    """What clients were told, against the books: the same as by the API, before the server has recovered anything."""
    findings = []
    keys = {(key.user_id, key.key): key.order_id for key in ledger.keys}
    by_tag = defaultdict(list)
    for order in ledger.orders.values():
        by_tag[order.address.removesuffix(ADDRESS_TAIL)].append(order.id)
    for wish in list(journal.wishes.values()):
        for answer in wish.answers:
            order = ledger.orders.get(answer["id"])
            if order is None:
                findings.append(f"lost: order {answer['id']} of {wish.tag} was answered 201 and is not in the books")
            elif f"{order.total / 100:.2f}" != answer["total_amount"] or order.user_id != answer["user_id"]:
                findings.append(f"order {order.id} was answered as {answer}, in the books is {order}")
            elif wish.key and not journal.keys_ran_out and keys.get((order.user_id, wish.key)) != order.id:
                findings.append(f"order {order.id} is there, but its key {wish.key} does not know")
        if by_tag[wish.tag] and not wish.may_exist:
            findings.append(f"a ghost: {wish.tag} was refused, and in the books is order {by_tag[wish.tag]}")
    findings += _check_adjustments(ledger, journal)
    states = defaultdict(set)
    for entry in ledger.events:
        states[entry.order_id].add(entry.status)
    for move in journal.moves:
        if move.succeeded and move.data["order"]["status"] not in states[move.subject]:
            findings.append(
                f"lost: order {move.subject} was answered {move.data['order']['status']}, it has {states[move.subject]}"
            )
    return findings


def _check_adjustments(ledger: Ledger, journal: Journal) -> List[str]:
    """Each that was answered is in the ledger once, and none that nobody asked for."""
    if any(key.startswith("set ") for key in journal.statuses):
        # Counts were set, not changed: what that books depends on the moment.
        return []
    least, most, booked = Counter(), Counter(), Counter()
    for adjustment in list(journal.adjustments):
        least[adjustment.product] += adjustment.change * adjustment.succeeded
        most[adjustment.product] += adjustment.change * adjustment.may_have_happened
    for movement in ledger.movements:
        booked[movement.product_id] += movement.delta * (movement.kind == "adjust")
    return [
        f"product {product}: adjustments of {booked[product]} units are booked, answered and open were {least[product]} "
        f"to {most[product]}"
        for product in ledger.stock
        if not least[product] <= booked[product] <= most[product]
    ]


def orphans_of(books: Books) -> List[str]:
    return orphan_reservations(books.read())
