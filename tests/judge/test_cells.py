"""Cells of evidence tables: what the rules find, on the labels and on plain examples."""

# ruff: noqa: E501 - the tables read best with one case a line

import json
from collections import defaultdict

import pytest

from benchmarks import cells as measuring
from rag.core.papers import Paper, abstract_page
from rag.judge import cells, columns, datasets
from rag.judge.cells import Found
from rag.library.passages import passages
from rag.library.records import Record

PRECISION, FOUND = 0.9, 0.6
"""What the columns have to reach on the labelled papers of the bundled listing."""


def record(abstract: str, title: str = "A Title") -> Record:
    paper = Paper("2104.00001", title, abstract, abstract_page("2104.00001"), "")
    spans = [(p.start, p.end) for p in passages(paper, lambda text: len(text) < 1000)]
    return Record.of(paper, spans, b"", 1)


def text(found: Found | None) -> str:
    return found.passage.text if found else ""


def test_labelled_cells_of_the_bundled_listing_are_found(papers: list[Paper]) -> None:
    by_id = {paper.id: paper for paper in papers}
    counts: dict[str, measuring.Counts] = defaultdict(measuring.Counts)
    for line in measuring.LABELS.read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        if label["paper"] in by_id:
            cell = measuring.filled(by_id[label["paper"]])[label["kind"]]
            counts[label["kind"]].add(cell, label, label["any"])
    assert set(counts) == set(cells.RULES)
    right = sum(c.right for c in counts.values())
    assert right >= PRECISION * sum(c.filled for c in counts.values())
    for kind, counted in counts.items():
        assert counted.found >= FOUND * counted.there, kind


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Experiments on the KITTI and Scenes11 datasets show gains.", "KITTI and Scenes11 datasets"),
        ("We collect a large-scale dataset named Mirrored-Human.", "Mirrored-Human"),
        ("Results on two benchmarks, i.e., Office-Home and DomainNet, are good.", "Office-Home and DomainNet"),
        ("We evaluate it on MNIST, CIFAR-10 and Tiny-ImageNet.", "MNIST, CIFAR-10 and Tiny-ImageNet"),
        ("We validate it on three widely recognized COD benchmarks.", "three widely recognized COD benchmarks"),
    ],
)  # fmt: skip
def test_data_is_named(sentence: str, name: str) -> None:
    assert name in text(cells.data(record(f"Things are hard. {sentence}")))


@pytest.mark.parametrize(
    "sentence",
    [
        "Experiments on GPUs with ResNet-50 show that it is fast.",
        "We evaluate it with BLEU, ROUGE and BERTScore.",
        "Our experiments show that LoFTR is better on all of them.",
        "Extensive experiments on several datasets demonstrate its use.",
        "Most existing methods are trained on ImageNet and remain limited.",
    ],
)
def test_what_is_no_data_stays_blank(sentence: str) -> None:
    assert text(cells.data(record(f"{sentence}", "LoFTR: Matching"))) == ""


def test_a_paper_own_name_is_no_data_unless_the_title_says_so() -> None:
    abstract = "Experiments on CoMatch-2 show gains."
    assert text(cells.data(record(abstract, "CoMatch-2: Matching"))) == ""
    assert "CoMatch-2" in text(cells.data(record(abstract, "CoMatch-2: A Dataset of Matches")))


@pytest.mark.parametrize(
    ("abstract", "method", "result", "code"),
    [
        (
            "Existing methods are developed for known blur. We propose a network that learns blur. "
            "It outperforms all others by 2.1% on BSD. Code is available at https://github.com/a/b.",
            "We propose a network that learns blur.", "outperforms all others by 2.1%", "github.com/a/b",
        ),
        (
            "Code generation by language models is popular. This survey reviews work on it.",
            "This survey reviews work on it.", "", "",
        ),
        ("Stars are bright. They shine at night.", "", "", ""),
    ],
)  # fmt: skip
def test_method_result_and_code(abstract: str, method: str, result: str, code: str) -> None:
    read = record(abstract)
    for rule, wanted in ((cells.method, method), (cells.result, result), (cells.code, code)):
        found = text(rule(read))
        assert wanted in found
        assert bool(found) == bool(wanted)


def test_what_was_found_stands_where_it_says(papers: list[Paper]) -> None:
    for paper in papers:
        spans = [(p.start, p.end) for p in passages(paper, lambda said: len(said) < 1000)]
        read = Record.of(paper, spans, b"", 1)
        for rule in cells.RULES.values():
            if found := rule(read):
                passage = found.passage
                assert paper.abstract[passage.start : passage.end] == passage.text
                assert 0 <= found.keeps[0] <= found.keeps[1] <= len(passage.text)


def test_task_and_metric_have_rules() -> None:
    read = record(
        "We propose a framework for video captioning. It reaches higher accuracy and BLEU."
    )
    assert text(columns.rule("task", read)) == "video captioning"
    assert text(columns.rule("Metrics", read)) == "accuracy and BLEU"
    assert columns.rule("loss function", read) is None


def test_other_columns_are_read_by_the_judge_and_left_blank_where_nothing_says_it(reranker) -> None:
    says = record("We introduce a new loss function, the corner align loss. It is fast.", "Boxes")
    back = record(
        "It lacks a loss function. To overcome this limitation, we propose boxes.", "Boxes"
    )
    found = columns.read(["loss function", "limitation", "battery"], [says], reranker)
    assert "loss function" in found["loss function"][says.id].passage.text
    assert found["battery"] == {}
    assert columns.read(["limitation"], [back], reranker) == {"limitation": {}}
    assert columns.read(["loss function"], [says], None) == {"loss function": {}}


def test_the_judge_reads_a_bounded_number_of_pairs(reranker) -> None:
    class Counting:
        name, read = "counting", 0

        def score(self, pairs):
            self.read += len(pairs)
            return reranker.score(pairs[:1]).repeat(len(pairs))

    counting = Counting()
    many = [record("We propose a loss function. Our loss function is new.")] * 400
    columns.read(["loss function"], many, counting)
    assert 0 < counting.read <= columns.MOST_READ


def test_columns_go_by_several_names() -> None:
    assert cells.kind("Dataset") == cells.kind("data") == "data"
    assert cells.kind("loss function") == ""
    assert datasets.named("A Title", []) is None
