"""The offline protocol of the recommender, worked out a second time: its tasks, its metrics and what an answer may have."""

import csv
import gzip
import hashlib
import io
import math
import random
from collections import defaultdict

STREAMS = ("stream_basket", "stream_next")
TASKS = ("next", "new", "cold", "basket", "also", *STREAMS)
OF_ITEMS = ("basket", "also", "stream_basket")
METRICS = ("Recall@10", "Recall@20", "NDCG@10", "HitRate@1", "HitRate@5", "HitRate@10", "HitRate@20", "MRR")


def invent_orders(seed: int, orders: int = 700, cut: int = 498) -> list:
    """(order, customer, ts, items): groups of products that go together, customers who come again, and products and
    customers that are new after the cut. Several orders of one moment."""
    rng = random.Random(seed)
    made = []
    for number in range(orders):
        is_late = number >= cut
        group = rng.randrange(8)
        # Numbers are drawn, so that the order of names is not that of time.
        name = str(1_000 + (number * 389) % 9_973)
        customer = f"c{rng.randrange(50, 110 if is_late else 90)}"
        items = {f"p{group}{rng.randrange(12):02d}" for _ in range(rng.randrange(1, 9))}
        if rng.random() < 0.3:
            items.add(f"bag{rng.randrange(3)}")
        if is_late and rng.random() < 0.2:
            items.add(f"a-new{rng.randrange(6)}")
        moment = number // 3
        made.append((name, customer, f"2011-{1 + moment // 28:02d}-{1 + moment % 28:02d} 10:00:00", sorted(items)))
    return made


def as_csv(orders: list) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["order_id", "user_id", "ts", "item_id", "quantity", "unit_price"])
    for order, customer, moment, items in orders:
        for item in items:
            rows.writerow([order, customer, moment, item, 1, "2.50"])
    return out.getvalue()


def draw(salt: str, order: str, items) -> str:
    return min(items, key=lambda item: hashlib.sha256(f"{salt}|{order}|{item}".encode()).hexdigest())


class Protocol:
    """What is asked at a cut: `queries[task]` and `truth[task]`, by query id."""

    def __init__(self, orders: list, cut: str):
        ordered = sorted(orders, key=lambda order: (order[2], order[0]))
        self.train = [order for order in ordered if order[2] < cut]
        self.future = [order for order in ordered if order[2] >= cut]
        self.catalogue = sorted({item for *_, items in self.train for item in items})
        self.stream_catalogue = sorted({item for *_, items in ordered for item in items})
        self.bought = defaultdict(set)
        for _, customer, _, items in self.train:
            self.bought[customer].update(items)
        self.queries = {task: {} for task in TASKS}
        self.truth = {task: {} for task in TASKS}
        self._ask_customers()
        self._ask_orders()

    def _add(self, task, query_id, query, relevant) -> None:
        if relevant:
            self.queries[task][query_id] = query
            self.truth[task][query_id] = sorted(relevant)

    def _ask_customers(self) -> None:
        first = {}
        for _, customer, _, items in self.future:
            first.setdefault(customer, set(items) & set(self.catalogue))
        for customer, items in sorted(first.items()):
            if customer in self.bought:
                self._add("next", "P" + customer, customer, items)
                self._add("new", "N" + customer, customer, items - self.bought[customer])
            else:
                self._add("cold", "C" + customer, customer, items)

    def _ask_orders(self) -> None:
        known = set(self.bought)
        for order, customer, _, items in self.future:
            sold = set(items) & set(self.catalogue)
            if len(sold) > 1:
                hidden, page = draw("basket", order, sold), draw("also", order, sold)
                self._add("basket", "B" + order, ",".join(sorted(sold - {hidden})), {hidden})
                self._add("also", "A" + order, page, sold - {page})
            if len(items) > 1:
                hidden = draw("basket", order, items)
                self._add("stream_basket", "S" + order, ",".join(sorted(set(items) - {hidden})), {hidden})
            if customer in known:
                self._add("stream_next", "R" + order, customer, set(items))
            known.add(customer)

    def files(self) -> dict:
        """Name -> text of everything that `recommend evaluate --data` reads."""
        files = {
            "train.csv": as_csv(self.train), "future.csv": as_csv(self.future),
            "catalogue.txt": "".join(item + "\n" for item in self.catalogue),
            "catalogue_stream.txt": "".join(item + "\n" for item in self.stream_catalogue),
        }
        for task in TASKS:
            queries, truth = self.queries[task], self.truth[task]
            files[f"{task}.queries.tsv"] = "query_id\tquery\n" + "".join(f"{key}\t{query}\n" for key, query in queries.items())
            files[f"{task}.truth.tsv"] = "query_id\titem_id\n" + "".join(
                f"{key}\t{item}\n" for key, items in truth.items() for item in items)
        return files

    def catalogue_of(self, task: str) -> list:
        return self.stream_catalogue if task in STREAMS else self.catalogue

    def forbidden(self, task: str, query_id: str) -> set:
        query = self.queries[task][query_id]
        if task in OF_ITEMS:
            return set(query.split(","))
        return self.bought[query] if task == "new" else set()


def read_run(text: str) -> dict:
    """query id -> [(item, score)], best first; ranks must count from 1."""
    run = defaultdict(list)
    for line in text.splitlines():
        query_id, rank, item, score = line.split("\t")
        run[query_id].append((item, float(score)))
        assert int(rank) == len(run[query_id]), line
    return dict(run)


def check_run(protocol: Protocol, task: str, run: dict, limit: int) -> None:
    """What an answer may have, and its order."""
    places = {item: place for place, item in enumerate(protocol.catalogue_of(task))}
    for query_id, answers in run.items():
        assert query_id in protocol.queries[task]
        items = [item for item, _ in answers]
        assert len(items) <= limit and len(set(items)) == len(items), query_id
        assert set(items) <= set(places), query_id
        assert not set(items) & protocol.forbidden(task, query_id), query_id
        assert all(math.isfinite(score) for _, score in answers), query_id
        # Best first, and where scores are equal in order of the catalogue.
        assert answers == sorted(answers, key=lambda answer: (-answer[1], places[answer[0]])), query_id


def judge(items: list, relevant: set) -> list:
    hits = [item in relevant for item in items[:100]]
    gain = sum(1 / math.log2(rank + 2) for rank, hit in enumerate(hits[:10]) if hit)
    best = sum(1 / math.log2(rank + 2) for rank in range(min(len(relevant), 10)))
    reciprocal = next((1 / (rank + 1) for rank, hit in enumerate(hits) if hit), 0.0)
    return [sum(hits[:10]) / len(relevant), sum(hits[:20]) / len(relevant), gain / best,
            *(float(any(hits[:ranks])) for ranks in (1, 5, 10, 20)), reciprocal]


def score(protocol: Protocol, task: str, run: dict, resamples: int) -> dict:
    """The figures of a run, rounded as the protocol says."""
    items = {query_id: [item for item, _ in run.get(query_id, [])] for query_id in protocol.queries[task]}
    judged = {query_id: judge(items[query_id], set(protocol.truth[task][query_id])) for query_id in items}
    figures = {"queries": len(judged), "answered": sum(bool(answer) for answer in items.values())}
    for place, name in enumerate(METRICS):
        figures[name] = round(math.fsum(values[place] for values in judged.values()) / len(judged), 6)
    for ranks in (10, 20):
        seen = {item for answer in items.values() for item in answer[:ranks]}
        figures[f"Coverage@{ranks}"] = round(len(seen) / len(protocol.catalogue_of(task)), 6)
    values = [judged[query_id][2] for query_id in sorted(judged)]
    means = sorted(resampled_mean(values, resample) for resample in range(resamples))
    figures["NDCG@10_ci95"] = [round(means[int(0.025 * resamples)], 5), round(means[int(0.975 * resamples) - 1], 5)]
    return figures


def resampled_mean(values: list, resample: int) -> float:
    blocks = (hashlib.sha256(f"{resample}.{block}".encode()).digest() for block in range(len(values) // 8 + 1))
    chance = b"".join(blocks)
    drawn = (int.from_bytes(chance[4 * i:4 * i + 4], "big") % len(values) for i in range(len(values)))
    return sum(values[index] for index in drawn) / len(values)


def write_data(folder, files: dict, compressed: bool) -> None:
    folder.mkdir()
    for name, text in files.items():
        if compressed and not name.startswith("catalogue"):
            (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (folder / name).write_text(text)
