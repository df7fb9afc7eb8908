"""What `rag eval` counts: each counter is shown to count, and the commands to run."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from math import log2
from pathlib import Path

import pytest
from platformdirs import user_cache_path
from typer.testing import CliRunner

from benchmarks import tables
from rag import listings
from rag.assistant import Assistant
from rag.cli import app
from rag.cli.terminal import progress
from rag.core.answers import Answer, Claim, Quote, Verdict, cited
from rag.core.papers import Paper
from rag.errors import EvaluationError, LibraryBusyError
from rag.evaluation import bench, corpora, expected, gold, report
from rag.evaluation.expected import Gold
from rag.evaluation.gold import examine, figures
from rag.evaluation.grounding import unsupported
from rag.library import Library, disk
from rag.models.embedding import Embedding
from rag.models.reranker import PACKAGED
from tests import warm
from tests.conftest import LISTING

ROOT = Path(__file__).parents[2]
TRANSMOT, TREG = "2104.00194", "2104.00403"
TRACKING = Gold("s", "set", "which papers track?", frozenset({TRANSMOT, TREG}))

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def by_id(papers: list[Paper]) -> dict[str, Paper]:
    return {p.id: p for p in papers}


def answered(*papers: Paper, kind="papers", claims: tuple[Claim, ...] | None = None) -> Answer:
    """An answer that quotes the beginning of each paper, unless it is given what to claim."""
    quoting = [Quote(p.id, 0, 60, p.abstract[:60]) for p in papers]
    own = tuple(Claim(q.text, (n,), "quote", (q,)) for n, q in enumerate(quoting, 1))
    return Answer(
        "which papers track?", kind, own if claims is None else claims, cited(papers),
        len(papers), 108, (), seconds={"total": 0.5},
    )  # fmt: skip


# -- numbers and names ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("It runs at 37 FPS.", "a tracker that runs at 37FPS"),
        ("It needs 1000 images.", "1,000 images"),
        ("It saves 28.5 % and 8%.", "28.5%saving, 8 percent"),
        ("It is 5.6x faster.", "5.6× faster"),
        ("It uses a ResNet-50 and VGG16.", "ResNet50, VGG–16"),
        ("It has two million videos.", "2 million videos"),
        ("On 5-10 frames it wins.", "from 5 to 10 frames"),
        ("A ResNet-based method with GANs.", "a ResNet and a GAN"),
        ("It joins DINO and MoCo.", "MoCo/DINO"),
        ("Trackers that win. They do.", "nothing of the kind"),
        ("I show a state-of-the-art way.", "nothing of the kind"),
        ("It uses Transformers.", "a transformer"),
    ],
)
def test_what_is_borne_out(sentence: str, source: str) -> None:
    assert unsupported(sentence, source) == []


@pytest.mark.parametrize(
    ("sentence", "source", "details"),
    [
        ("It runs at 38 FPS.", "37 FPS", ["38"]),
        ("It saves 8%.", "28% in 8 frames", ["8%"]),
        ("It is 5.6x faster.", "15.6x, 5.60 and 5.6.1", ["5.6x"]),
        ("It needs 10 images.", "1,010 images, 10.5 of 3D10", ["10"]),
        ("Three datasets are used.", "four datasets", ["3"]),
        ("It uses 3 frames.", "a 3D box", ["3"]),
        ("It uses a ResNet-50.", "a ResNet-18 for 50 epochs", ["ResNet-50"]),
        ("It is tested on MOT1.", "MOT17", ["MOT1"]),
        ("FooNet wins.", "the tracker wins", ["FooNet"]),
        ("The Foo tracker wins.", "the tracker wins", ["Foo"]),
        ("It wins on COCO, on COCO and on KITTI.", "it wins", ["COCO", "KITTI"]),
        ("It wins at 9 FPS.", "", ["9", "FPS"]),
    ],
)
def test_what_is_not_borne_out(sentence: str, source: str, details: list[str]) -> None:
    assert unsupported(sentence, source) == details


def test_abstracts_bear_themselves_out(papers: list[Paper]) -> None:
    for paper in papers:
        assert unsupported(paper.abstract, paper.abstract) == []


# -- the counters, each with an answer made to be wrong ------------------------------------------


def test_a_sound_answer(by_id: dict[str, Paper], library: Library) -> None:
    result = examine(TRACKING, [answered(by_id[TRANSMOT], by_id[TREG])], library)
    assert result.right
    assert result.sound
    assert (result.precision, result.recall, result.f1) == (1.0, 1.0, 1.0)
    assert (result.sentences, result.quotations, result.own_words) == (2, 2, 0)
    assert result.seconds == 0.5


def test_citations_not_in_the_index(by_id: dict[str, Paper], library: Library) -> None:
    known = by_id[TRANSMOT]
    for foreign in (
        replace(known, id="2104.99999"),
        replace(known, title="Another Title"),
        replace(known, url="https://example.org"),
    ):
        result = examine(TRACKING, [answered(foreign, by_id[TREG])], library)
        assert len(result.not_in_index) == 1
        assert not result.sound
        assert figures([result])["citations"] == {"given": 2, "not_in_index": 1}
    answer = answered(known, kind="fact", claims=(Claim("It tracks.", (7,), "paraphrase", ()),))
    assert examine(TRACKING, [answer], library).not_in_index == ("[7]: no paper has this number",)


def test_quotations_not_verbatim(by_id: dict[str, Paper], library: Library) -> None:
    paper = by_id[TRANSMOT]
    text = paper.abstract[:60]
    good = Quote(paper.id, 0, 60, text)
    for quote, shown, count in (
        (good, text, 0),
        (good, f"{text[:20].strip()} … {text[40:].strip()}", 0),
        (good, f"… {text[10:].strip()}", 0),
        (good, "words that nobody wrote", 1),
        (good, "…", 1),
        (replace(good, start=1), text, 1),
        (replace(good, text=text.upper()), text.upper(), 1),
        (replace(good, paper_id=TREG), text, 1),
        (replace(good, paper_id="2104.99999"), text, 1),
        (Quote(paper.id, 5, 5, ""), text, 2),
    ):
        claim = Claim(shown, (1,), "quote", (quote,))
        result = examine(TRACKING, [answered(paper, claims=(claim,))], library)
        assert len(result.not_verbatim) == count, shown
    paraphrase = Claim("It tracks.", (1,), "paraphrase", (good,))
    assert not examine(TRACKING, [answered(paper, claims=(paraphrase,))], library).not_verbatim


def test_unsupported_sentences(by_id: dict[str, Paper], library: Library) -> None:
    paper = by_id[TRANSMOT]
    quote = Quote(paper.id, 0, 60, paper.abstract[:60])
    claims = tuple(
        Claim(text, numbers, "paraphrase", (quote,))
        for text, numbers in (
            ("TransMOT tracks.", (1,)),
            ("TransMOT tracks at 1234 FPS.", (1,)),
            ("It tracks with FooNet.", (1,)),
            ("TransMOT tracks.", (2,)),  # the other paper does not know that name
        )
    )
    answer = answered(paper, by_id[TREG], claims=claims)
    result = examine(TRACKING, [answer], library)
    assert ["1234" in line for line in result.unsupported] == [True, False, False]
    assert result.unsupported[1].startswith("FooNet in: ")
    assert figures([result])["sentences"] == {"given": 4, "unsupported": 3, "own_words": 1.0}


def test_sets_count_what_is_neither_relevant_nor_acceptable(
    papers: list[Paper], by_id: dict[str, Paper], library: Library
) -> None:
    accepted, wrong = [p for p in papers if p.id not in TRACKING.relevant][:2]
    question = replace(TRACKING, acceptable=frozenset({accepted.id}))
    pages = [answered(by_id[TRANSMOT], accepted), answered(wrong)]
    result = examine(question, pages, library)
    assert result.cited == (TRANSMOT, accepted.id, wrong.id)
    assert (result.precision, result.recall, result.f1) == (0.5, 0.5, 0.5)
    assert result.missing == {TREG}
    assert result.wrong == (wrong.id,)
    nothing = examine(question, [answered()], library)
    assert (nothing.precision, nothing.recall, nothing.f1) == (0.0, 0.0, 0.0)
    perfect = examine(question, [answered(by_id[TRANSMOT], by_id[TREG], accepted)], library)
    counted = figures([result, nothing, perfect])
    assert counted["set"] == {"questions": 3, "precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert counted["answerable"] == {"questions": 3, "abstains": 1 / 3}
    assert counted["unanswerable"] == {"questions": 0, "abstains": None}


def test_facts_have_to_be_said_and_rightly_cited(by_id: dict[str, Paper], library: Library) -> None:
    fact = Gold("f", "fact", "how?", frozenset({TRANSMOT}), answer_contains=("8%", "FooNet"))
    right, other = by_id[TRANSMOT], by_id[TREG]

    def said(text: str, *cites: Paper) -> gold.Result:
        claim = Claim(text, (1,), "paraphrase", ())
        return examine(fact, [answered(*cites, kind="fact", claims=(claim,))], library)

    results = [
        said("It saves 8%.", right),
        said("It saves 28%.", right),
        said("It saves 8%.", right, other),
        said("It is foonet.", other),
        said("It is FooNets.", right),
        examine(fact, [replace(answered(), looked_for=("8%",))], library),
    ]
    assert [r.said for r in results] == [True, False, True, True, False, False]
    assert [r.right for r in results] == [True, False, False, False, False, False]
    counted = figures(results)["fact"]
    assert counted == {
        "questions": 6,
        "said": 3 / 6,
        "right_paper_cited": 4 / 6,
        "said_and_rightly_cited": 1 / 6,
    }


def test_unanswerable_questions_want_no_answer(by_id: dict[str, Paper], library: Library) -> None:
    nothing = Gold("u", "unanswerable", "who?", frozenset())
    results = [examine(nothing, [a], library) for a in (answered(), answered(by_id[TREG]))]
    assert [r.right for r in results] == [True, False]
    assert figures(results)["unanswerable"] == {"questions": 2, "abstains": 0.5}
    assert figures(results)["answerable"]["abstains"] is None


def test_seconds_are_interpolated(by_id: dict[str, Paper], library: Library) -> None:
    results = [
        examine(TRACKING, [replace(answered(), seconds={"total": float(n)})], library)
        for n in range(1, 22)
    ]
    assert figures(results)["seconds"] == {"p50": 11.0, "p95": 20.0}
    assert figures([])["seconds"] == {"p50": None, "p95": None}


# -- the command on the index of 108 papers ------------------------------------------------------


@pytest.fixture(scope="module")
def rag(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the command on the index of 108 papers, with a cache of its own for benchmarks."""

    def run(*arguments: object, **settings: str) -> "subprocess.CompletedProcess[str]":
        kept = {k: v for k, v in os.environ.items() if "COLOR" not in k}
        chosen = {"RAG_LLM": "none", "RAG_INDEX": str(library.path), "COLUMNS": "100"}
        command = [sys.executable, "-m", "rag", "eval", *arguments]
        return warm.run(command, env=kept | chosen | settings)

    return run


SLAM = {"2104.00099", "2104.00085"}
# Whatever else is found counts neither way, but for what is on another subject.
BESIDE = sorted(
    entry.id
    for entry in listings.read(LISTING)
    if isinstance(entry, Paper) and entry.id not in SLAM
)
QUESTIONS = [
    {"id": "good", "kind": "set", "question": "which papers use transformers for tracking",
     "relevant": [TRANSMOT, TREG], "acceptable": BESIDE},
    {"id": "lost", "kind": "set", "question": "which papers use transformers for tracking",
     "relevant": [TRANSMOT, "2104.00674", "2104.99999"]},
    {"id": "fast", "kind": "fact", "question": "How fast does STMTrack run?",
     "relevant": ["2104.00324"], "answer_contains": ["37 FPS"]},
    {"id": "slow", "kind": "fact", "question": "How fast does STMTrack run?",
     "relevant": ["2104.00324"], "answer_contains": ["7 FPS"]},
    {"id": "none", "kind": "unanswerable", "question": "Who won the 2018 football World Cup?",
     "relevant": []},
    {"id": "some", "kind": "unanswerable", "question": "papers on tracking", "relevant": []},
]  # fmt: skip


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("gold") / "gold.jsonl"
    file.write_text("\n\n".join(json.dumps(entry) for entry in QUESTIONS) + "\n")
    return file


@pytest.mark.slow
def test_gold_prints_one_object(rag: Run, questions: Path) -> None:
    done = rag("gold", questions, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    measured = json.loads(line)
    assert measured["models"] == {
        "embedding": "all-MiniLM-L6-v2", "reranker": PACKAGED, "llm": None,
    }  # fmt: skip
    by_name = {q["id"]: q for q in measured["questions"]}
    assert list(by_name) == [entry["id"] for entry in QUESTIONS]
    assert [i for i, q in by_name.items() if q["right"]] == ["good", "fast", "none"]
    assert all(q["sound"] for q in by_name.values())
    lost = by_name["lost"]
    assert lost["missing"][0]["title"].startswith("PhySG")
    assert lost["missing"][1] == {"id": "2104.99999", "title": None}
    assert TREG in [paper["id"] for paper in lost["wrong"]]
    counted = measured["figures"]
    assert counted["fact"]["said_and_rightly_cited"] == 0.5
    assert counted["unanswerable"] == {"questions": 2, "abstains": 0.5}
    assert counted["answerable"] == {"questions": 4, "abstains": 0.0}
    assert counted["sentences"]["own_words"] == 0.0
    assert 0 < counted["seconds"]["p50"] <= counted["seconds"]["p95"]


@pytest.mark.slow
def test_gold_prints_a_table_and_what_failed(
    assistant: Assistant, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = gold.run(expected.read_file(questions), assistant)
    report.show_gold({"index": (results, assistant.library)})
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    table, _, failed = printed.partition("3 of 6 questions failed:")
    assert "unanswerable: abstains" in table
    for name, *_ in report.GOLD_ROWS:
        assert name in table
    for part in (
        "missing: 2104.00674 PhySG",
        "missing: 2104.99999 (not in the index)",
        f"wrong: {TREG} Target Transformed Regression",
        "expected: “7 FPS”",
        "came: “",
        "expected: no answer; cited: ",
    ):
        assert part in failed
    assert "World Cup" not in failed


def test_all_pages_of_an_answer_are_asked_for(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Gold("s", "set", "papers on tracking", frozenset({TRANSMOT}))
    (whole,) = gold.run([asked], assistant)
    monkeypatch.setattr("rag.assistant.MOST_SHOWN", 2)
    told: list[int] = []
    (paged,) = gold.run([asked], assistant, told.append)
    assert paged.cited == whole.cited
    assert len(paged.cited) > 2
    assert told == [1]


def test_a_question_with_nothing_wrong_says_so(
    assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    question = "Who won the 2018 football World Cup?"
    results = gold.run([Gold("none", "unanswerable", question, frozenset())], assistant)
    report.show_gold({"index": (results, assistant.library)})
    assert "All 1 questions are answered as expected." in capsys.readouterr().out


FACT = {"id": "f", "kind": "fact", "question": "how?", "relevant": ["1"], "answer_contains": ["x"]}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "holds no questions"),
        (b"\xff\xfe", "UTF-8"),
        ("nonsense\n", "line 1: it is not JSON"),
        (json.dumps(FACT) + "\n3\n", "line 2: expected an object"),
        (json.dumps(FACT | {"kind": "essay"}), "'essay' is unknown: it is one of set, fact"),
        (json.dumps({"id": "f"}), "kind None is missing"),
        (json.dumps({k: v for k, v in FACT.items() if k != "id"}), "id is missing"),
        (json.dumps({k: v for k, v in FACT.items() if k != "relevant"}), "relevant is missing"),
        (json.dumps({k: v for k, v in FACT.items() if k != "answer_contains"}), "answer_contains"),
        (json.dumps(FACT | {"answer_contains": []}), "needs strings in answer_contains"),
        (json.dumps(FACT | {"answer_contains": [" "]}), "needs strings in answer_contains"),
        (json.dumps(FACT | {"relevant": []}), "needs a relevant paper"),
        (json.dumps(FACT | {"relevant": "1"}), "no list of strings"),
        (json.dumps(FACT | {"kind": "unanswerable"}), "has no relevant paper"),
        (json.dumps(FACT | {"question": "?!"}), "question is empty"),
        (json.dumps(FACT) + "\n" + json.dumps(FACT), "line 2: the id f is there already"),
        (json.dumps(FACT | {"kind": "yes-no"}), "verdict is missing"),
        (json.dumps(FACT | {"kind": "yes-no", "verdict": "maybe"}), "not one of yes, no, mixed"),
        (json.dumps(FACT | {"verdict": "yes"}), "verdict is missing, or not one of"),
        (json.dumps(FACT | {"kind": "yes-no", "verdict": ""}), "a relevant paper a verdict"),
    ],
)
def test_bad_files_of_gold_questions(tmp_path: Path, text: str | bytes, part: str) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(EvaluationError) as refused:
        expected.read_file(file)
    assert str(file) in str(refused.value)
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_bad_arguments_are_one_line(rag: Run, tmp_path: Path) -> None:
    for arguments, part in (
        (("gold", tmp_path / "none.jsonl"), "No such file"),
        (("bench", tmp_path), "qrels.tsv cannot be read"),
    ):
        done = rag(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("rag: ")
        assert done.stderr.count("\n") == 1
        assert part in done.stderr


# -- rankings ------------------------------------------------------------------------------------

DOCUMENTS = [
    ("wing", "Lift of a wing", "The  lift of a wing\nin a slipstream is measured."),
    ("heat", "Heat in slabs", "Heat conduction in composite slabs is computed."),
    ("flow", "Flow past a cone", "Hypersonic flow past a cone at high speed."),
    ("void", "", ""),
    ("bake", "Baking bread", "Dough rises because yeast makes gas."),
]
ASKED = {
    "q1": "lift of a wing in a slipstream",
    "q2": "conduction of heat",
    "q3": "not judged",
    "q4": "judged as irrelevant",
}
JUDGED = [("q1", "wing", 2), ("q1", "flow", 1), ("q2", "heat", 1), ("q2", "bake", 0),
          ("q4", "wing", 0), ("q5", "wing", 1)]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection of five documents and two queries that count."""
    made = tmp_path / "tiny"
    made.mkdir()
    entries = [{"_id": i, "title": t, "text": x} for i, t, x in DOCUMENTS]
    (made / bench.CORPUS).write_text("".join(json.dumps(e) + "\n" for e in entries))
    asked = [{"_id": i, "text": text} for i, text in ASKED.items()]
    (made / bench.QUERIES).write_text("".join(json.dumps(e) + "\n" for e in asked))
    rows = [("query-id", "corpus-id", "score"), *JUDGED]
    (made / bench.QRELS).write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    return made


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder for the indexes of collections; the model is loaded already."""
    place = tmp_path / "cache"
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: place / name)
    return place


def test_a_folder_is_read(folder: Path) -> None:
    read = bench.read_folder(folder)
    assert list(read.queries) == ["q1", "q2"]
    assert read.judgements == {"q1": {"wing": 2, "flow": 1}, "q2": {"heat": 1}}
    assert read.documents == 5
    papers = {p.id: p for p in bench.documents(read)}
    assert papers["wing"].abstract == "The lift of a wing in a slipstream is measured."
    assert papers["void"] == Paper("void", "", "", "", "")


def test_measures_are_those_computed_by_hand() -> None:
    judged = {"a": {"x": 2, "y": 1}, "b": {"z": 1}, "c": {"x": 1}}
    runs = {"one": {"a": ["y", "n", "x"], "b": ["n", "m", "o", "p", "q", "z"]}}
    means, by_query = bench.measure(runs, judged)
    a = (1 / log2(2) + 2 / log2(4)) / (2 / log2(2) + 1 / log2(3))
    b = 1 / log2(7)
    assert means["one"]["nDCG@10"] == pytest.approx((a + b + 0) / 3)
    assert means["one"]["R@5"] == pytest.approx((1 + 0 + 0) / 3)
    assert means["one"]["R@20"] == pytest.approx((1 + 1 + 0) / 3)
    assert means["one"]["AP"] == pytest.approx(((1 + 2 / 3) / 2 + 1 / 6 + 0) / 3)
    assert by_query["a"]["one"]["nDCG@10"] == pytest.approx(a)
    assert by_query["c"]["one"] == dict.fromkeys(bench.MEASURES, 0.0)


def test_equal_scores_keep_their_places() -> None:
    found = [f"d{n}" for n in range(9)]
    for place, document in enumerate(found, start=1):
        means, _ = bench.measure({"one": {"q": found}}, {"q": {document: 1}})
        assert means["one"]["AP"] == pytest.approx(1 / place)


def test_three_rankings(folder: Path, embedding: Embedding, cache: Path) -> None:
    outcome = bench.run(bench.read_folder(folder), embedding, progress)
    assert list(outcome.means) == ["lexical", "dense", "fused"]
    for values in outcome.means.values():
        assert list(values) == list(bench.MEASURES)
        assert values["nDCG@10"] > 0.7
    assert outcome.means["fused"]["R@100"] == 1.0
    for values in outcome.means.values():
        assert 0 < values["R@5"] <= values["R@20"] <= values["R@100"] <= 1.0
    assert set(outcome.by_query) == {"q1", "q2"}
    assert len(outcome.seconds) == 2


def test_an_interrupted_index_is_finished_and_then_left_alone(
    folder: Path, embedding: Embedding, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = bench.read_folder(folder)
    monkeypatch.setattr("rag.library.writing.PAPERS_PER_COMMIT", 2)
    encoded: list[int] = []
    encode = Embedding.encode

    def counted(self: Embedding, texts: list[str]) -> object:
        encoded.append(len(texts))
        if len(encoded) == 2:
            raise KeyboardInterrupt
        return encode(self, texts)

    monkeypatch.setattr(Embedding, "encode", counted)
    with pytest.raises(KeyboardInterrupt):
        bench.index(collection, embedding, progress)
    path = bench.index_folder(collection, embedding)
    assert path.is_relative_to(cache / "arxiv-rag")
    assert path.name.startswith("tiny-")
    assert len(Library.open(path)) == 2
    assert not (path / bench.COMPLETE).exists()
    library = bench.index(collection, embedding, progress)
    assert len(library) == 5
    assert encoded[2] == encoded[1]  # the first two papers were there
    assert (path / bench.COMPLETE).exists()
    before = len(encoded)
    assert len(bench.index(collection, embedding, progress)) == 5
    assert len(encoded) == before


def test_another_corpus_has_another_index(folder: Path, embedding: Embedding, cache: Path) -> None:
    before = bench.index_folder(bench.read_folder(folder), embedding)
    with (folder / bench.CORPUS).open("a") as corpus:
        corpus.write(json.dumps({"_id": "new", "title": "New", "text": "More."}) + "\n")
    assert bench.index_folder(bench.read_folder(folder), embedding) != before


def test_an_index_that_is_being_built_is_left_alone(
    folder: Path, embedding: Embedding, cache: Path
) -> None:
    collection = bench.read_folder(folder)
    path = bench.index_folder(collection, embedding)
    with disk.writing(path), pytest.raises(LibraryBusyError):
        bench.index(collection, embedding, progress)


def test_a_missing_folder(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="There is no folder"):
        bench.read_folder(folder / "none")


@pytest.mark.parametrize(
    ("file", "text", "part"),
    [
        (bench.CORPUS, "", "holds no documents"),
        (bench.CORPUS, "nonsense\n", "line 1: it is not JSON"),
        (bench.CORPUS, '{"_id": "a", "text": "x"}\n', "line 1: expected strings"),
        (bench.CORPUS, '{"_id": "a", "title": "", "text": ""}\n' * 2, "line 2: the _id"),
        (bench.CORPUS, '{"_id": "a@b", "title": "", "text": ""}\n', "must not hold @"),
        (bench.QUERIES, "[]\n", "line 1: expected strings"),
        (bench.QUERIES, '{"_id": "q1", "text": "?"}\n', "line 1: The question is empty"),
        (bench.QUERIES, '{"_id": "other", "text": "why"}\n', "No query"),
        (bench.QRELS, "query-id corpus-id score\n", "line 1: expected query-id"),
        (bench.QRELS, "query-id\tcorpus-id\tscore\nq1\twing\tmuch\n", "line 2: expected query-id"),
        (bench.QRELS, "", "No query"),
    ],
)
def test_bad_folders(folder: Path, file: str, text: str, part: str) -> None:
    (folder / file).write_text(text)
    with pytest.raises(EvaluationError) as refused:
        bench.read_folder(folder)
    assert str(folder) in str(refused.value)
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.slow
def test_tables_of_the_commands(
    folder: Path, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is made by the commands themselves; it names no folder of this computer."""
    monkeypatch.setenv("RAG_LLM", "none")
    (kept := tmp_path / "cache" / "arxiv-rag").mkdir(parents=True)
    (kept / "embedding").symlink_to(user_cache_path("arxiv-rag") / "embedding")
    monkeypatch.setenv("XDG_CACHE_HOME", str(kept.parent))
    small = tmp_path / "small.md"
    head, *entries = tables.LISTING.read_text().split("\n### ")
    small.write_text("\n### ".join([head, *entries[:3]]))
    monkeypatch.setattr(tables, "LISTING", small)
    text = tables.measure([questions], [folder])
    assert "`rag eval gold gold.jsonl`" in text
    assert "`rag eval bench tiny`: 2 queries, 5 documents." in text
    assert "| ranking | nDCG@10 | recall@5 | recall@20 | recall@100 | MAP |" in text
    assert "| fused | " in text
    assert "| unanswerable: abstains | " in text
    assert "all-MiniLM-L6-v2 (RAG_EMBEDDING), none (RAG_LLM)" in text
    assert "ir-measures: " in text
    assert list(kept.glob("benchmarks/tiny-*/complete"))
    assert str(tmp_path) not in text
    assert str(ROOT) not in text


# -- docs/answers.md -------------------------------------------------------------------------------


def test_the_answers_of_the_documentation(assistant):
    from benchmarks.answers import FOLLOW_UPS, written

    text = written(assistant, ["which papers use transformers for tracking", "What is a fjord?"])
    assert text.count("\n## ") == 2 + len(FOLLOW_UPS)
    assert f" of {len(assistant.library)} papers match." in text
    assert "The index holds nothing on" in text
    assert "Read as: " in text
    assert "](https://arxiv.org/abs/2104.00194)" in text


# -- several corpora, explanations and comparisons -------------------------------------------------


def test_gold_files_go_by_their_listings(tmp_path: Path) -> None:
    listing, file = tmp_path / "some.md", tmp_path / "gold.jsonl"
    for made in (listing, file):
        made.write_text("x")
    found = corpora.by_listing([str(file), f"{listing}:{file}", f"{listing}:other.jsonl"])
    assert found == {None: [file], listing: [file, Path("other.jsonl")]}
    assert [corpora.name(one) for one in found] == ["index", "some.md"]
    with pytest.raises(EvaluationError, match="no listing"):
        corpora.by_listing([f"{tmp_path / 'none.md'}:{file}"])


@pytest.mark.slow
def test_a_listing_is_indexed_for_the_run_alone(
    tmp_path: Path, papers: list[Paper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LLM", "none")
    head, *entries = LISTING.read_text(encoding="utf-8").split("\n### ")
    small = tmp_path / "small.md"
    small.write_text("\n### ".join([head, *entries[:3]]), encoding="utf-8")

    def open_assistant(path: Path | None) -> Assistant:
        assert path is not None, "the index of the settings was opened"
        return Assistant.open(path)

    with corpora.opened(small, open_assistant) as opened:
        assert len(opened.library) == 3
        assert opened.reranker is not None
        place = opened.library.path
        assert place.exists()
    assert not place.exists()


def test_the_index_of_the_settings_is_opened(assistant: Assistant) -> None:
    asked: list[Path | None] = []

    def open_assistant(path: Path | None) -> Assistant:
        asked.append(path)
        return assistant

    with corpora.opened(None, open_assistant) as opened:
        assert opened is assistant
    assert asked == [None]


def test_gold_names_the_model_that_writes(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_INDEX", str(library.path))
    monkeypatch.setenv("RAG_LLM", str(tmp_path / "none.gguf"))
    file = tmp_path / "gold.jsonl"
    question = {"id": "1", "kind": "unanswerable", "question": "Who won?", "relevant": []}
    file.write_text(json.dumps(question), encoding="utf-8")
    done = CliRunner().invoke(app, ["eval", "gold", str(file), "--llm", "none", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["models"]["llm"] is None


def test_explanations_and_comparisons(by_id: dict[str, Paper], library: Library) -> None:
    one, two = by_id[TRANSMOT], by_id[TREG]
    both = frozenset({TRANSMOT, TREG})
    compare = Gold("c", "compare", "compare them", both, answer_contains=("graph",))
    explain = Gold("e", "explain", "how?", frozenset({TRANSMOT}), answer_contains=("graph",))

    def said(gold_question: Gold, *cites: Paper) -> gold.Result:
        claim = Claim("It is a graph.", (1,), "paraphrase", ())
        return examine(gold_question, [answered(*cites, claims=(claim,))], library)

    results = [said(compare, one, two), said(compare, one), said(explain, one)]
    results.append(said(explain, one, two))
    assert [r.right for r in results] == [True, False, True, False]
    counted = figures(results)
    assert counted["compare"] == {"questions": 2, "both_cited_and_said": 0.5}
    assert counted["explain"] == {"questions": 2, "said_and_rightly_cited": 0.5}


def test_yes_or_no_wants_the_right_papers_and_what_they_say(
    by_id: dict[str, Paper], library: Library
) -> None:
    one, other = by_id[TRANSMOT], by_id[TREG]
    told = Gold("y", "yes-no", "is it?", frozenset({TRANSMOT}), verdict="yes")
    untold = Gold("n", "yes-no", "is it?", frozenset(), frozenset({TREG}))

    def said(question: Gold, verdict: Verdict, *cites: Paper) -> gold.Result:
        answer = replace(answered(*cites, kind="yes-no"), verdict=verdict)
        return examine(question, [answer], library)

    results = [
        said(told, "yes", one, other),
        said(told, "no", one),
        said(told, "", one),
        said(told, "yes", other),
        said(untold, "", other),
        said(untold, "yes", other),
    ]
    assert [r.right for r in results] == [True, False, False, False, True, False]
    assert figures(results)["yes_no"] == {
        "told": 4,
        "right": 1 / 4,
        "same": 1 / 4,
        "turned": 1 / 4,
        "untold": 2,
        "made_up": 1 / 2,
    }


def test_what_is_said_from_a_record_is_held_against_the_record(
    by_id: dict[str, Paper], library: Library
) -> None:
    paper = by_id[TRANSMOT]
    for text, sound in (
        (f"It was listed on {paper.listed}.", True),
        ("It was listed on 1999-01-01.", False),
    ):
        claim = Claim(text, (1,), "record", ())
        result = examine(TRACKING, [answered(paper, kind="record", claims=(claim,))], library)
        assert result.sound is sound
