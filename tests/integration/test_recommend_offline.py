"""The recommender offline, by the real command, held against a second implementation of tasks and metrics."""

import gzip
import json

import pytest

from harness.offline import STREAMS, TASKS, Protocol, as_csv, check_run, invent_orders, read_run, score, write_data
from harness.server import run

CUT = "2011-06-27 10:00:00"
ALGORITHMS = ("blend", "co_purchase", "trending")
RESAMPLES = 60


class Trial:
    """A shop's history, cut, as files."""

    def __init__(self, folder):
        orders = invent_orders(seed=11)
        self.protocol = Protocol(orders, CUT)
        self.files = self.protocol.files()
        self.folder = folder / "data"
        write_data(self.folder, self.files, compressed=True)
        self.history = folder / "history.csv.gz"
        # As an export may be: lines of an order apart from each other, oldest last.
        header, *lines = as_csv(orders).splitlines()
        self.history.write_bytes(gzip.compress("\n".join([header, *reversed(lines)]).encode()))

    def batch(self, out, task, *more):
        stream = ("--stream", self.folder / "future.csv.gz") if task in STREAMS else ()
        catalogue = "catalogue_stream.txt" if task in STREAMS else "catalogue.txt"
        done = run("recommend", "batch", "--train", self.folder / "train.csv.gz", "--queries",
                   self.folder / f"{task}.queries.tsv.gz", "--task", task, "--catalogue", self.folder / catalogue,
                   "--out", out, *stream, *more)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        return read_run(out.read_text())


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    trial = Trial(tmp_path_factory.mktemp("offline"))
    # Something of everything, or the tests below say little.
    assert all(len(trial.protocol.queries[task]) > 4 for task in TASKS)
    return trial


def evaluate(*arguments):
    done = run("recommend", "evaluate", *arguments, "--json", "--bootstrap", RESAMPLES,
               *(word for algorithm in ALGORITHMS for word in ("--algorithm", algorithm)))
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    return report["train"], {(row.pop("task"), row.pop("algorithm")): row for row in report["results"]}


@pytest.fixture(scope="module")
def evaluated(trial):
    return evaluate("--data", trial.folder)


@pytest.mark.parametrize("task", TASKS)
def test_figures_are_those_of_the_answers(trial, evaluated, tmp_path, task):
    measured = evaluated[1]
    answering = [algorithm for algorithm in ALGORITHMS if (task, algorithm) in measured]
    assert {"blend", "trending"} <= set(answering)
    for algorithm in answering:
        answers = trial.batch(tmp_path / f"{algorithm}.tsv", task, "--k", 100, "--algorithm", algorithm)
        check_run(trial.protocol, task, answers, limit=100)
        expected = score(trial.protocol, task, answers, RESAMPLES)
        assert expected["answered"] == expected["queries"] == len(trial.protocol.queries[task])
        assert measured[task, algorithm] == expected


def test_the_tasks_of_a_history_are_those_of_the_protocol(trial, evaluated, tmp_path):
    size, measured = evaluate("--train", trial.history, "--cut", CUT, "--save", tmp_path / "tasks")
    saved = {path.name: path.read_text() for path in (tmp_path / "tasks").iterdir()}
    expected = {name: text for name, text in trial.files.items() if not name.endswith(".csv")}
    assert saved == expected
    assert size == {"orders": len(trial.protocol.train), "products": len(trial.protocol.catalogue),
                    "lines": sum(len(items) for *_, items in trial.protocol.train)}
    assert (size, measured) == evaluated


def test_a_shops_own_orders_make_the_same_tasks(trial, evaluated, data_dir):
    plain = data_dir.parent / "history.csv"
    lines = as_csv(trial.protocol.train + trial.protocol.future)
    # One more order, which is cancelled as a whole: it must not count.
    taken_back = "9999999,c51,2011-02-01 10:00:00,p000,{},2.50\n"
    plain.write_text(lines + taken_back.format(3) + taken_back.format(-3))
    done = run("import", plain, "--data-dir", data_dir, "--shop-time-zone", "UTC", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cancelled_sales"] == 1

    size, measured = evaluate("--data-dir", data_dir, "--cut", CUT)
    # Ids are the shop's, so chance hides other items; all else is as in the file.
    assert size == evaluated[0]
    assert {key: row["queries"] for key, row in measured.items()} == {key: row["queries"] for key, row in evaluated[1].items()}


def test_an_end_hides_what_comes_later(trial, tmp_path):
    until = "2011-07-20"
    run("recommend", "evaluate", "--train", trial.history, "--cut", CUT, "--until", until, "--save", tmp_path / "tasks")
    earlier = [order for order in trial.protocol.train + trial.protocol.future if order[2] < until]
    expected = Protocol(earlier, CUT)
    assert 0 < len(expected.future) < len(trial.protocol.future)
    for name, text in expected.files().items():
        if name.startswith("stream_") or name == "catalogue_stream.txt":
            assert (tmp_path / "tasks" / name).read_text() == text


def test_the_table_has_every_task_and_algorithm(trial):
    done = run("recommend", "evaluate", "--data", trial.folder, "--task", "next", "--task", "cold")
    assert done.returncode == 0, done.stderr
    for word in (f"next ({len(trial.protocol.queries['next'])})", "cold (", "NDCG@10", "Coverage@20", "personal_frequency"):
        assert word in done.stdout
    assert "basket" not in done.stdout and "95 %" not in done.stdout


def test_the_same_again_and_plain_files_change_nothing(trial, tmp_path):
    first, second = tmp_path / "first.tsv", tmp_path / "second.tsv"
    trial.batch(first, "stream_basket", "--k", 7)
    write_data(tmp_path / "plain", trial.files, compressed=False)
    plain = tmp_path / "plain"
    done = run("recommend", "batch", "--train", plain / "train.csv", "--queries", plain / "stream_basket.queries.tsv",
               "--task", "stream_basket", "--catalogue", plain / "catalogue_stream.txt", "--stream", plain / "future.csv",
               "--k", 7, "--out", second)
    assert done.returncode == 0, done.stderr
    assert first.read_bytes() == second.read_bytes()
    check_run(trial.protocol, "stream_basket", read_run(first.read_text()), limit=7)


class Shop:
    """A few orders of one's own, and questions to them."""

    def __init__(self, folder):
        self.folder = folder
        self.write("train.csv", as_csv([
            ("1", "ann", "2026-01-01 10:00:00", ["ink", "pen"]), ("2", "bob", "2026-01-02 10:00:00", ["cup"]),
            ("3", "cat", "2026-01-03 10:00:00", ["cup", "ink", "pen"])]))
        self.write("future.csv", as_csv([
            ("4", "dan", "2026-02-01 10:00:00", ["map", "tea"]), ("5", "eve", "2026-02-02 10:00:00", ["map", "tea"])]))
        self.write("catalogue.txt", "cup\nink\npen\nmap\ntea\n")
        self.write("queries.tsv", "query_id\tquery\nA1\tpen\n")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def batch(self, *changes, **files):
        """`changes` override options; `files` the text of a file."""
        for name, text in files.items():
            self.write({"train": "train.csv", "stream": "future.csv", "catalogue": "catalogue.txt", "queries": "queries.tsv"}[name], text)
        options = {"--train": "train.csv", "--queries": "queries.tsv", "--catalogue": "catalogue.txt", "--task": "also",
                   "--out": "run.tsv"}
        options.update(zip(changes[::2], changes[1::2]))
        paths = ("--train", "--queries", "--catalogue", "--out", "--stream")
        return run("recommend", "batch", *(part for name, value in options.items()
                                           for part in (name, self.folder / value if name in paths else value)))

    def answers(self, *changes, **files):
        done = self.batch(*changes, **files)
        assert done.returncode == 0, done.stderr
        run_of = read_run((self.folder / "run.tsv").read_text())
        return {query_id: [item for item, _ in answers] for query_id, answers in run_of.items()}


@pytest.fixture
def small(tmp_path):
    return Shop(tmp_path)


def test_an_order_is_learnt_once_it_was_asked_about(small):
    answers = small.answers("--task", "stream_basket", "--stream", "future.csv", "--algorithm", "co_purchase",
                            queries="query_id\tquery\nS4\tmap\nS5\tmap\n")
    assert "tea" not in answers["S4"]
    assert answers["S5"][0] == "tea"


def test_a_customer_of_the_stream_is_known_afterwards(small):
    orders = [("4", "dan", "2026-02-01 10:00:00", ["map", "tea"]), ("5", "dan", "2026-02-02 10:00:00", ["map"])]
    answers = small.answers("--task", "stream_next", "--stream", "future.csv", "--k", "2", stream=as_csv(orders),
                            queries="query_id\tquery\nR5\tdan\n")
    assert sorted(answers["R5"]) == ["map", "tea"]


def test_what_nobody_knows_gets_what_is_trending(small):
    trending = small.answers("--task", "cold", "--algorithm", "trending", queries="query_id\tquery\nC1\tzoe\n")["C1"]
    assert sorted(trending) == ["cup", "ink", "pen"]
    assert small.answers("--task", "next", queries="query_id\tquery\nP1\tzoe\n")["P1"] == trending
    assert small.answers(queries="query_id\tquery\nA1\tnever-seen\n")["A1"] == trending
    assert small.answers("--task", "basket", queries="query_id\tquery\nB1\tnever-seen,nor-this\n")["B1"] == trending


def test_only_the_catalogue_is_answered(small):
    assert small.answers("--algorithm", "co_purchase")["A1"] == ["ink", "cup"]
    assert small.answers("--algorithm", "co_purchase", "--k", "1", catalogue="cup\ntea\n")["A1"] == ["cup"]


def test_equal_scores_stand_in_order_of_the_catalogue(small):
    same = as_csv([("1", "ann", "2026-01-01 10:00:00", ["cup", "ink", "map", "pen", "tea"])])
    for catalogue in (["tea", "cup", "map", "ink"], ["map", "ink", "tea", "cup"]):
        answers = small.answers("--algorithm", "co_purchase", train=same, catalogue="\n".join(catalogue))
        assert answers["A1"] == catalogue


def test_lines_that_do_not_count_are_told(small):
    train = as_csv([("1", "ann", "2026-01-01 10:00:00", ["ink", "pen"])]) + "2,,2026-01-01,pen,1,1\n3,bob,2026-01-01,cup,-1,1\n"
    done = small.batch(train=train)
    assert done.returncode == 0
    assert "2 of 4 lines do not count: 1 without a user, 1 with a quantity of zero or less" in done.stderr


HEADER = "order_id,user_id,ts,item_id,quantity,unit_price\n"
GOOD = HEADER + "1,ann,2026-01-01 10:00:00,pen,1,1\n"
BAD_FILES = {
    "no columns": ({"train": "a,b\n1,2\n"}, ["train.csv, line 1", "order_id", "found: a,b"]),
    "a field is missing": ({"train": GOOD + "2,bob,2026-01-01,pen,1\n"}, ["train.csv, line 3", "5 fields"]),
    "no number": ({"train": GOOD + "2,bob,2026-01-01,pen,lots,1\n"}, ["train.csv, line 3", "lots"]),
    "no time": ({"train": GOOD + "2,bob,soon,pen,1,1\n"}, ["train.csv, line 3", "soon", "2011-10-01 08:26:00"]),
    "an order of two": ({"train": GOOD + "1,bob,2026-01-01,pen,1,1\n"}, ["train.csv, line 3", "ann", "bob"]),
    "empty": ({"train": ""}, ["train.csv is empty"]),
    "no orders": ({"train": HEADER}, ["no order that counts"]),
    "an empty catalogue": ({"catalogue": "\n"}, ["catalogue.txt is empty"]),
    "an item twice": ({"catalogue": "pen\npen\n"}, ["catalogue.txt, line 2", "twice"]),
    "a query without tab": ({"queries": "query_id\tquery\nA1 pen\n"}, ["queries.tsv, line 2", "tab"]),
    "a query twice": ({"queries": "A1\tpen\nA1\tink\n"}, ["queries.tsv, line 2", "twice"]),
}


@pytest.mark.parametrize("files, words", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_bad_files_are_named_with_the_line(small, files, words):
    done = small.batch(**files)
    assert done.returncode == 1
    assert done.stderr.count("cloudcart: ") == 1
    assert all(word in done.stderr for word in words), done.stderr


def test_a_damaged_file_is_no_shorter_file(small):
    whole = gzip.compress(as_csv([(str(i), "ann", "2026-01-01 10:00:00", ["ink", "pen"]) for i in range(999)]).encode())
    (small.folder / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    done = small.batch("--train", "cut.csv.gz")
    assert done.returncode == 1 and "cut.csv.gz" in done.stderr


def test_a_stream_must_fit_its_queries(small):
    stream = ("--task", "stream_basket", "--stream", "future.csv")
    done = small.batch(*stream, queries="query_id\tquery\nS99\tpen\n")
    assert done.returncode == 1 and "S99" in done.stderr
    done = small.batch("--task", "stream_basket", "--stream", "train.csv", queries="query_id\tquery\nS1\tpen\n")
    assert done.returncode == 1 and "both in the training part" in done.stderr


def test_where_answers_cannot_go(small):
    done = small.batch("--out", "missing/run.tsv")
    assert done.returncode == 1 and "cannot be written" in done.stderr


@pytest.mark.parametrize("changes, word", [
    (("--task", "fortune"), "--task"),
    (("--algorithm", "oracle"), "--algorithm"),
    (("--k", "0"), "--k"),
    (("--train", "missing.csv"), "missing.csv"),
    (("--task", "stream_next"), "needs --stream"),
    (("--stream", "future.csv"), "stream_basket"),
    (("--task", "basket", "--algorithm", "personal_frequency"), "personal_frequency has no answer to basket"),
])
def test_wrong_usage_of_batch(small, changes, word):
    done = small.batch(*changes)
    assert done.returncode == 2
    assert word in done.stderr
    assert not (small.folder / "run.tsv").exists()


@pytest.mark.parametrize("arguments, code, word", [
    ((), 2, "--data"),
    (("--train", "{history}"), 2, "--cut"),
    (("--train", "{history}", "--data", "{data}", "--cut", "2011-01-01"), 2, "Name one of"),
    (("--data", "{data}", "--cut", "2011-01-01"), 2, "--cut"),
    (("--train", "{history}", "--cut", "someday"), 2, "someday"),
    (("--train", "{history}", "--cut", "2011-03-01", "--until", "2011-02-01"), 2, "later"),
    (("--train", "{history}", "--cut", "1999-01-01"), 1, "0 orders before the cut"),
    (("--data", "{data}", "--task", "basket", "--algorithm", "personal_frequency"), 1, "None of the algorithms"),
    (("--data", "{empty}"), 1, "catalogue.txt"),
    (("--data-dir", "{empty}"), 2, "--cut"),
    (("--data-dir", "{empty}", "--cut", "2011-03-01"), 2, "no orders"),
])
def test_wrong_usage_of_evaluate(trial, tmp_path, arguments, code, word):
    names = {"history": trial.history, "data": trial.folder, "empty": tmp_path}
    done = run("recommend", "evaluate", *(argument.format(**names) for argument in arguments))
    assert done.returncode == code, done.stderr
    assert word in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["batch", "evaluate"])
def test_help_has_an_example(command):
    done = run("recommend", command, "--help")
    assert done.returncode == 0
    assert f"Example: cloudcart recommend {command} " in done.stdout
