"""Answers as they leave the program: plain text, JSON, Markdown, BibTeX."""

# ruff: noqa: E501 - the tables read best with one case a line

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rag.core.answers import Answer, Claim, NearMiss, Quote, cited, numbers
from rag.core.filters import Filters
from rag.core.papers import Paper, abstract_page, pdf_link
from rag.output.text import count_line, rest_line, said, titled


def paper(
    n: int, title: str = "A Title", abstract: str = "We track. We see.", **more: Any
) -> Paper:
    name = f"2104.{n:05}"
    known: dict[str, Any] = {"listed": date(2021, 4, 2), "categories": ("cs.CV",)} | more
    return Paper(name, title, abstract, abstract_page(name), pdf_link(name), **known)


def quoting(p: Paper, number: int, start: int = 0, end: int = 9) -> Claim:
    text = p.abstract[start:end]
    return Claim(text, (number,), "quote", (Quote(p.id, start, end, text),))


def made(*papers: Paper, kind="papers", matched=None, total=108, near_misses=(), **more) -> Answer:
    claims = tuple(quoting(p, n) for n, p in enumerate(papers, start=1))
    matched = len(papers) if matched is None else matched
    return Answer("which papers", kind, claims, cited(papers), matched, total, near_misses, **more)


def check_shape(value, shape, where="answer"):
    """Compare a decoded answer with the shape that others build on."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), where
        assert set(value) == set(shape), where
        for name, inner in shape.items():
            check_shape(value[name], inner, f"{where}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        for item in value:
            check_shape(item, shape[0], f"{where}[]")
    else:
        assert isinstance(value, shape), f"{where}: {value!r}"
        assert shape is bool or not isinstance(value, bool), where


CLAIM = {
    "text": str,
    "citations": [int],
    "support": str,
    "group": str,
    "quotes": [{"paper_id": str, "start": int, "end": int, "text": str}],
}
SHAPE = {
    "question": str,
    "resolved": str,
    "kind": str,
    "abstained": bool,
    "text": str,
    "matched": int,
    "searched": int,
    "total": int,
    "among": (int, type(None)),
    "skipped": int,
    "matching": [str],
    "numbers": [int],
    "mentioned": [str],
    "looked_for": [str],
    "unknown": [str],
    "excluded": [str],
    "left_out": int,
    "doubtful": bool,
    "verdict": str,
    "counts": dict,
    "newest": bool,
    "summary": [CLAIM],
    "claims": [CLAIM],
    "citations": [{"number": int, "id": str, "title": str, "url": str, "pdf": str}],
    "near_misses": [
        {"id": str, "title": str, "url": str, "pdf": str, "covers": [str], "lacks": [str]}
    ],
    "filters": dict,
    "index": {"path": str, "papers": int, "model": str, "dimensions": int, "format": int},
    "models": {"embedding": str, "reranker": str, "llm": (str, type(None))},
    "seconds": dict,
}
EVERY_KIND = {
    "papers": "which papers use transformers for tracking",
    "fact": "How fast does STMTrack run?",
    "explain": "How does LoFTR work?",
    "compare": "compare LoFTR and TransMOT",
    "overview": "Give me an overview of monocular SLAM",
    "yes-no": "does label smoothing hurt knowledge distillation?",
    "count": "how many papers are about person re-identification?",
    "record": "when was LoFTR published?",
    "index": "how many papers are in the index?",
    "talk": "thank you!",
    "foreign": "Welche Arbeiten verwenden Transformer für die Verfolgung von Objekten?",
}


@pytest.fixture(scope="module")
def every(assistant):
    """The answer to a question of each kind, and one that has none."""
    asked = [*EVERY_KIND.values(), "Who won the 2018 football World Cup?"]
    return {question: assistant.ask(question) for question in asked}


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_answered_in_its_manner(every, kind):
    answer = every[EVERY_KIND[kind]]
    assert answer.kind == kind
    assert answer.claims
    assert not answer.abstained
    supports = {claim.support for claim in answer.claims}
    if kind in ("index", "talk", "record"):
        assert supports == {"record"}
    else:
        assert supports <= ({"quote", "blank"} if kind == "compare" else {"quote"})


def test_json_is_what_others_build_on(every, papers):
    by_id = {p.id: p for p in papers}
    for question, answer in every.items():
        line = answer.to_json()
        assert "\n" not in line
        found = json.loads(line)
        assert found == answer.to_dict()
        check_shape(found, SHAPE)
        assert found["question"] == question
        assert found["total"] == len(papers)
        assert found["text"] == answer.text
        assert found["abstained"] == (not found["claims"])
        assert found["matching"][: len(found["citations"])] or not found["citations"]
        for entry in [*found["citations"], *found["near_misses"]]:
            assert entry["title"] == by_id[entry["id"]].title
            assert entry["url"] == f"https://arxiv.org/abs/{entry['id']}"
        numbered = [c["number"] for c in found["citations"]]
        assert numbered == list(range(1, len(numbered) + 1))
        for claim in found["claims"]:
            assert bool(claim["quotes"]) == (claim["support"] in ("quote", "paraphrase"))
            for quote in claim["quotes"]:
                abstract = by_id[quote["paper_id"]].abstract
                assert abstract[quote["start"] : quote["end"]] == quote["text"]
                assert quote["paper_id"] in {
                    c["id"] for c in found["citations"] if c["number"] in claim["citations"]
                }
        assert found["seconds"]["total"] >= 0


def test_an_answer_is_read_back_whole(every):
    for answer in every.values():
        again = Answer.from_dict(json.loads(answer.to_json()))
        assert again.to_dict() == answer.to_dict()
        assert again.text == answer.text
        assert again.to_markdown() == answer.to_markdown()
        assert again.filters == answer.filters
        assert (again.index, again.models) == (answer.index, answer.models)


@pytest.mark.parametrize("kept", [{}, {"question": "which"}, {"claims": 3}])
def test_what_is_no_answer_is_not_read(kept):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Answer.from_dict(kept)


def test_links_are_read_back_as_they_were_sent():
    """A paper by DOI keeps its own address."""
    odd = replace(paper(1), id="10.1000/x", url="https://doi.org/10.1000/x", pdf="")
    again = Answer.from_dict(made(odd).to_dict())
    assert again.citations[0].paper.url == "https://doi.org/10.1000/x"
    assert again.citations[0].paper.pdf == ""


def test_json_keeps_letters():
    assert "Schrödinger — 目標" in made(paper(1, "Schrödinger — 目標")).to_json()


# -- plain text ------------------------------------------------------------------------------------


def test_text_of_a_list():
    answer = made(paper(1, "First"), paper(2, "Second"))
    assert answer.text == (
        "2 of 108 papers match.\n\n[1] First: “We track.”\n[2] Second: “We track.”"
    )


def test_text_of_a_fact():
    assert made(paper(1), kind="fact").text == "“We track.” [1]"


def test_a_paraphrase_stands_without_quotation_marks():
    answer = made(paper(1))
    claim = replace(answer.claims[0], text="It tracks.", support="paraphrase")
    assert replace(answer, claims=(claim,)).text.endswith("[1] A Title: It tracks.")


@pytest.mark.parametrize(
    ("matched", "total", "expected"),
    [
        (1, 108, "1 of 108 papers matches."),
        (2, 108, "2 of 108 papers match."),
        (1234, 20000, "1,234 of 20,000 papers match."),
    ],
)
def test_counts(matched, total, expected):
    assert count_line(made(paper(1), matched=matched, total=total)) == expected
    assert count_line(made(paper(1), matched=matched, total=total, kind="fact")) == ""


def test_abstention_says_what_was_looked_for():
    answer = made(matched=0, total=1000, looked_for=("mamba or S4", "tracking"))
    assert answer.abstained
    assert answer.text == (
        "The index holds nothing on “mamba or S4”, “tracking”: none of 1,000 papers answers this."
    )
    assert made(matched=0).text == (
        "The index holds nothing on this: none of 108 papers answers this."
    )


def test_a_kind_of_paper_is_told_beside_the_topic():
    both = made(matched=0, looked_for=("LLM agents", "a survey"))
    assert both.text.startswith("The index holds nothing on “LLM agents” (a survey): none of")
    alone = made(matched=0, looked_for=("real time",))  # the words of the question itself
    assert alone.text.startswith("The index holds nothing on “real time”: none of")


def test_abstention_names_the_words_that_no_paper_has():
    answer = made(matched=0, looked_for=("Mamba for tracking",), unknown=("Mamba", "S4"))
    assert answer.text.endswith(" answers this. No abstract has “Mamba” or “S4”.")
    three = made(matched=0, unknown=("Mamba", "S4", "RWKV"))
    assert three.text.endswith(" answers this. No abstract has “Mamba”, “S4” or “RWKV”.")


@pytest.mark.parametrize("kind", ["fact", "record", "yes-no"])
def test_the_words_of_a_question_for_a_detail_are_no_subject(kind):
    answer = made(matched=0, kind=kind, looked_for=("learning rate TransMOT use",))
    assert answer.text == "The index holds nothing on this: none of 108 papers answers this."


ROBOTS = Filters(categories=("cs.RO",))


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("papers", {}, "2 of 108 papers match."),
        ("overview", {}, "2 of 108 papers match."),
        ("papers", {"filters": ROBOTS, "searched": 9, "looked_for": ("x",)},
         "2 of 9 papers in cs.RO match."),
        ("papers", {"filters": ROBOTS, "searched": 2}, "2 papers in cs.RO."),
        ("papers", {"filters": ROBOTS, "searched": 0, "matched": 0},
         "The index has no papers in cs.RO (108 in all)."),
        ("papers", {"filters": Filters(ids=("2104.99999",)), "searched": 0, "matched": 0},
         "None of the 108 papers in the index is 2104.99999."),
        ("papers", {"filters": Filters(ids=("2104.00001",)), "searched": 1, "matched": 0},
         "The index holds nothing on this: the one paper named in the question does not answer "
         "this."),
        ("papers", {"excluded": ("GANs",), "left_out": 1},
         "2 of 108 papers match. 1 paper is left out for “GANs”."),
        ("papers", {"excluded": ("GANs", "video"), "left_out": 3},
         "2 of 108 papers match. 3 papers are left out for “GANs” or “video”."),
        ("papers", {"excluded": ("GANs",)},
         "2 of 108 papers match. Left out is what has to do with “GANs”; no paper that matches "
         "does."),
        ("papers", {"newest": True}, "2 of 108 papers match. The newest come first."),
        ("papers", {"doubtful": True}, "None of 108 papers surely answers this; 2 may."),
        ("overview", {"doubtful": True, "unknown": ("parachutes", "capsules")},
         "None of 108 papers surely answers this; 2 may. No abstract has “parachutes” or "
         "“capsules”."),
        ("count", {"doubtful": True, "mentioned": ("a",), "looked_for": ("tracking",)},
         "None of 108 papers surely answers this; 2 may; 1 more mentions it."),
        ("yes-no", {"doubtful": True, "verdict": "yes", "counts": {"verdict": {"yes": 2}}},
         "None of 108 papers surely answers this; 2 may. 2 say yes."),
        ("count", {"looked_for": ("tracking",)}, "2 of 108 papers are about “tracking”."),
        ("count", {"filters": Filters(ids=("2104.00194", "2104.00403"), since=date(2026, 1, 1)),
                   "searched": 1, "matched": 1}, "1 paper named in the question since 2026-01-01."),
        ("count", {"looked_for": ("tracking",), "matched": 1},
         "1 of 108 papers is about “tracking”."),
        ("count", {"looked_for": ("release code",)}, "2 of 108 papers match “release code”."),
        ("count", {"looked_for": ("x",), "counts": {"year": {"2022": 1, "2021": 1_234}}},
         "2 of 108 papers are about “x”. By year: 2022 1, 2021 1,234."),
        ("count", {"looked_for": ("x",), "counts": {"year": {"2021": 2}}},
         "2 of 108 papers are about “x”."),
        ("yes-no", {"verdict": "yes", "counts": {"verdict": {"yes": 2}}},
         "2 of 108 papers bear on it; 2 say yes."),
        ("yes-no", {"verdict": "no", "matched": 1, "counts": {"verdict": {"no": 1}}},
         "1 of 108 papers bears on it; it says no, or only with limits."),
        ("yes-no", {"verdict": "mixed", "counts": {"verdict": {"yes": 1, "mixed": 1}}},
         "2 of 108 papers bear on it; 1 says yes, 1 tells of limits."),
        ("yes-no", {"doubtful": True, "verdict": "told", "matched": 1},
         "None of 108 papers surely answers this; 1 may. It speaks for itself."),
        ("yes-no", {"verdict": "told", "counts": {"verdict": {"told": 2}}},
         "2 of 108 papers bear on it; 2 speak for themselves."),
        ("yes-no", {"verdict": "yes"}, "2 of 108 papers bear on it; they say yes."),
        ("yes-no", {"counts": {"verdict": {}}},
         "2 of 108 papers bear on it; none surely settles it."),
        ("yes-no", {"matched": 1, "counts": {"verdict": {}}},
         "1 of 108 papers bears on it; it does not settle it."),
        ("papers", {"among": 40}, "2 of the 40 nearest of 108 papers match."),
        ("papers", {"among": 400}, "2 of 108 papers match."),
        ("compare", {}, ""),
        ("compare", {"looked_for": ("x",), "mentioned": ("3", "4")}, "2 of 4 are compared."),
        ("compare", {"looked_for": ("x",), "matched": 1},
         "1 of 108 papers is about it: there is nothing to compare it with."),
        ("compare", {"looked_for": ("x",), "doubtful": True},
         "None of 108 papers is surely about it; 2 may be."),
        ("compare", {"unknown": ("Mamba",)}, "The index has no paper that introduces “Mamba”."),
        ("fact", {}, ""),
        ("explain", {}, ""),
        ("record", {}, ""),
        ("fact", {"filters": ROBOTS, "searched": 9}, "Of 9 papers in cs.RO:"),
        ("talk", {"matched": 0}, ""),
        ("index", {"matched": 0}, ""),
        ("foreign", {}, "Questions are read in English. These papers are nearest in meaning:"),
    ],
)  # fmt: skip
def test_first_lines(kind, more, expected):
    assert count_line(made(paper(1), paper(2), kind=kind, **more)) == expected


def test_another_language_where_there_is_nothing():
    assert count_line(made(matched=0, kind="foreign")) == "Questions are read in English."


@pytest.mark.parametrize(
    ("shown", "skipped", "matched", "expected"),
    [
        (2, 0, 2, ""),
        (2, 0, 40, "Shown are papers 1 to 2 of 40."),
        (2, 30, 40, "Shown are papers 31 to 32 of 40."),
        (2, 1030, 2000, "Shown are papers 1,031 to 1,032 of 2,000."),
        (0, 40, 40, "There are no more."),
    ],
)
def test_paging(shown, skipped, matched, expected):
    answer = made(*(paper(n) for n in range(shown)), matched=matched, skipped=skipped)
    assert rest_line(answer) == expected
    assert answer.text.endswith(expected)
    assert answer.abstained is False


def test_a_title_opens_the_first_line_of_its_paper_only():
    first = paper(1)
    answer = made(first)
    second = quoting(first, 1, 10, 17)
    answer = replace(answer, claims=(*answer.claims, second))
    assert titled(answer, answer.claims[0]) == first
    assert titled(answer, second) is None
    assert answer.text.endswith("“We see.” [1]")


def test_numbers_go_by_first_use():
    one, two = paper(1), paper(2)
    citations = cited([two, one, two])
    assert [(c.number, c.paper) for c in citations] == [(1, two), (2, one)]
    assert numbers(citations) == {two.id: 1, one.id: 2}


# -- Markdown --------------------------------------------------------------------------------------

HOSTILE = [
    "](javascript:alert(1))",
    "[x](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "`rm -rf`",
    "```\ncode",
    "**bold** _em_ ~~gone~~",
    "# heading",
    "a | b | c",
    "\\](javascript:alert(1))",
    "&lt;script&gt;",
    "<http://evil.example>",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markdown_means_nothing_in_titles_and_abstracts(hostile):
    answer = made(paper(1, hostile, hostile + " We track."))
    claim = quoting(answer.citations[0].paper, 1, 0, len(hostile) + 10)
    answer = replace(
        answer, claims=(claim,), near_misses=(NearMiss(paper(2, hostile), (), (hostile,)),)
    )
    text = answer.to_markdown()
    free = re.sub(r"\\[\\`*_\[\]<>#|!~&]", "", text)  # what is not escaped
    assert "<" not in free
    assert "&" not in free
    assert "`" not in free
    assert "_" not in free
    assert re.findall(r"\]\(([^)]*)\)", free) == [
        "https://arxiv.org/abs/2104.00001",
        "https://arxiv.org/pdf/2104.00001",
        "https://arxiv.org/abs/2104.00002",
    ]


def test_markdown_of_a_list():
    answer = made(paper(1, "First"), matched=5)
    assert answer.to_markdown() == (
        "5 of 108 papers match.\n\n- **First** [1] “We track.”\n\n"
        "Shown are papers 1 to 1 of 5.\n\n"
        "[1] [First](https://arxiv.org/abs/2104.00001) ([PDF](https://arxiv.org/pdf/2104.00001))  \n"
    )


def test_markdown_of_an_abstention():
    answer = made(matched=0, near_misses=(NearMiss(paper(1, "Near")),))
    assert answer.to_markdown().endswith(
        "\n\nNearest papers:\n\n- [Near](https://arxiv.org/abs/2104.00001)\n"
    )
    assert "Near misses:" in made(paper(2), near_misses=(NearMiss(paper(1)),)).to_markdown()


# -- BibTeX ----------------------------------------------------------------------------------------


def parse(text: str) -> list[dict[str, str]]:
    """Read BibTeX entries as BibTeX does: fields in braces that balance, months by its words."""
    text = re.sub(r"(?m)^  month = ([a-z]{3}),$", r"  month = {\1},", text)
    entries, at = [], 0
    while (found := re.compile(r"\s*@(\w+)\{([^,\s{}]+),").match(text, at)) is not None:
        entry, at = {"type": found[1], "key": found[2]}, found.end()
        while field := re.compile(r"\s*(\w+) = \{").match(text, at):
            depth, end = 1, field.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            entry[field[1]] = text[field.end() : end - 1]
            at = end + (text[end : end + 1] == ",")
        assert text[at : at + 2] == "\n}", text[at : at + 40]
        at += 2
        entries.append(entry)
    assert not text[at:].strip()
    return entries


def test_ris():
    answer = made(paper(1, "First\nline", authors=("Ann Ax", "Bo Bee")), paper(2, listed=None))
    first, second = answer.to_ris().split("\n\n")
    assert first.splitlines() == [
        "TY  - UNPB",
        "TI  - First line",
        "AU  - Ax, Ann",
        "AU  - Bee, Bo",
        "PY  - 2021",
        "DA  - 2021/04/02",
        "AB  - We track. We see.",
        "KW  - cs.CV",
        "ID  - 2104.00001",
        "UR  - https://arxiv.org/abs/2104.00001",
        "L1  - https://arxiv.org/pdf/2104.00001",
        "ER  - ",
    ]
    assert second.startswith("TY  - UNPB\n")
    assert "PY  - 2021\nAB" in second
    assert made().to_ris() == ""


def test_bibtex():
    answer = made(paper(1, "First", authors=("Ann Ax", "Bo Bee")), paper(2))
    first, second = parse(answer.to_bibtex())
    assert first == {
        "type": "misc",
        "key": "ax2021first",
        "title": "{First}",
        "author": "Ann Ax and Bo Bee",
        "year": "2021",
        "month": "apr",
        "day": "2",
        "eprint": "2104.00001",
        "archiveprefix": "arXiv",
        "primaryclass": "cs.CV",
        "url": "https://arxiv.org/abs/2104.00001",
    }
    assert "author" not in second


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("In&Out: 50% of #1 a_b", r"{In\&Out: 50\% of \#1 a\_b}"),
        (r"Loss of $\ell_n$ & more", r"{Loss of $\ell_n$ \& more}"),
        ("$5 and no more", r"{\$5 and no more}"),
        ("DF^2AM", r"{DF\^{}2AM}"),
        ("x ~ y", r"{x \textasciitilde{} y}"),
    ],
)
def test_bibtex_escapes(title, written):
    [entry] = parse(made(paper(1, title)).to_bibtex())
    assert entry["title"] == written


@pytest.mark.parametrize("title", ["A } B", "{ A", "}{", "A \\", r"\{", "@misc{x,"])
def test_bibtex_with_braces_that_do_not_balance(title):
    [entry] = parse(made(paper(1, title)).to_bibtex())
    assert entry["eprint"] == "2104.00001"


def test_bibtex_of_every_paper_parses(papers):
    entries = parse(made(*papers).to_bibtex())
    assert [e["eprint"] for e in entries] == [p.id for p in papers]
    for entry in entries:
        outside = re.sub(r"\$[^$]+\$", "", entry["title"])
        assert not re.search(r"(?<!\\)[&%#_]", outside)


def test_bibtex_of_an_old_identifier():
    old = replace(paper(1), id="cond-mat/0612198", listed=None, categories=())
    [entry] = parse(made(old).to_bibtex())
    assert entry["key"] == "2006title"
    assert entry["year"] == "2006"


# -- what the lines say ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("covers", "lacks", "why"),
    [
        (("tracking",), ("transformers",), "tracking, but not transformers"),
        (("video", "tracking"), ("GANs", "NeRF"), "video and tracking, but not GANs or NeRF"),
        ((), ("transformers",), ""),
        (("tracking",), (), ""),
    ],
)
def test_a_near_miss_says_what_it_lacks(covers, lacks, why):
    near = NearMiss(paper(2), covers, lacks)
    assert near.why == why
    text = made(paper(1), near_misses=(near,)).to_markdown()
    assert text.endswith(f" ({why})\n" if why else "2104.00002)\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("We track.", "“We track.”"),
        ("we track", "“… we track …”"),
        ("We track", "“We track …”"),
        ("we track.", "“… we track.”"),
    ],
)
def test_a_cut_quotation_is_marked(text, shown):
    assert said(Claim(text, (1,), "quote", ())) == shown
    assert said(Claim(text, (1,), "paraphrase", ())) == text


def test_a_paper_on_both_sides_is_named_on_both():
    answer = made(paper(1, "First"), kind="yes-no", verdict="mixed")
    [claim] = answer.claims
    against = replace(quoting(paper(1), 1, 10, 17), group="against it")
    answer = replace(answer, claims=(replace(claim, group="for it"), against))
    assert answer.text.split("\n\n")[1:] == [
        "For it (1)", "[1] First: “We track.”", "Against it (1)", "[1] First: “We see.”"
    ]  # fmt: skip


def test_a_comparison_names_its_papers_in_every_row():
    answer = made(paper(1, "Alpha: A Method"), paper(2, "Beta: Another"), kind="compare")
    first, second = answer.claims
    blank = Claim("The abstract does not say.", (2,), "blank", (), "data")
    claims = (
        replace(first, group="what it does"), replace(second, group="what it does"),
        replace(first, group="data"), blank,
    )  # fmt: skip
    text = replace(answer, claims=claims).text
    assert text == (
        "What it does\n\n[1] Alpha: “We track.”\n[2] Beta: “We track.”\n\n"
        "Data\n\n[1] Alpha: “We track.”\n[2] Beta: The abstract does not say."
    )


def test_what_a_record_says_stands_alone():
    claim = Claim("“A” was listed on 2021-04-02.", (1,), "record", ())
    answer = replace(made(paper(1), kind="record"), claims=(claim,))
    assert answer.text == "“A” was listed on 2021-04-02. [1]"
    assert answer.to_markdown().startswith("“A” was listed on 2021-04-02. [1]\n")
    talk = replace(made(kind="talk"), claims=(Claim("Glad to help.", (), "record", ()),))
    assert talk.text == "Glad to help."
    assert talk.to_markdown() == "Glad to help.\n"


def test_what_was_leant_on_is_read_out_first():
    answer = made(paper(1), resolved="papers on tracking without transformers")
    assert answer.text.startswith("Read as: papers on tracking without transformers\n\n1 of ")


def test_an_overview_has_headings():
    answer = made(paper(1, "A"), paper(2, "B"), paper(3, "C"), kind="overview")
    first, second, third = answer.claims
    claims = (replace(first, group="x"), replace(second, group="x"), replace(third, group="y"))
    lines = replace(answer, claims=claims).text.split("\n")
    assert [line for line in lines if line[:1] in "XY" and line] == ["X (2)", "Y (1)"]
    assert lines.index("Y (1)") > lines.index("[2] B: “We track.”")
