"""Answers as they leave the program: plain text, JSON, Markdown, BibTeX."""

# ruff: noqa: E501 - the tables read best with one case a line

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from rag.core.answers import Answer, Claim, NearMiss, Quote, cited, numbers
from rag.core.papers import Paper, abstract_page, pdf_link
from rag.output.text import count_line, rest_line, said, titled


def paper(n: int, title: str = "A Title", abstract: str = "We track. We see.", **more) -> Paper:
    name = f"2104.{n:05}"
    known = {"listed": date(2021, 4, 2), "categories": ("cs.CV",)} | more
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


SHAPE = {
    "question": str,
    "resolved": str,
    "kind": str,
    "abstained": bool,
    "text": str,
    "matched": int,
    "searched": int,
    "total": int,
    "skipped": int,
    "claims": [
        {
            "text": str,
            "citations": [int],
            "support": str,
            "group": str,
            "quotes": [{"paper_id": str, "start": int, "end": int, "text": str}],
        }
    ],
    "citations": [{"number": int, "id": str, "title": str, "url": str, "pdf": str}],
    "near_misses": [{"id": str, "title": str, "url": str, "covers": [str], "lacks": [str]}],
    "filters": dict,
    "index": dict,
    "models": dict,
    "seconds": {"retrieval": float, "evidence": float, "writing": float, "total": float},
}


@pytest.mark.parametrize(
    "question",
    [
        "which papers use transformers for tracking",
        "How fast does STMTrack run?",
        "Tell me about monocular SLAM",
        "Who won the 2018 football World Cup?",
    ],
)
def test_json_is_what_others_build_on(assistant, papers, question):
    answer = assistant.ask(question)
    line = answer.to_json()
    assert "\n" not in line
    found = json.loads(line)
    assert found == answer.to_dict()
    check_shape(found, SHAPE)
    assert found["question"] == question
    assert found["kind"] in {"papers", "fact", "overview"}
    assert found["total"] == 108
    assert found["abstained"] == (found["matched"] == 0) == (not found["claims"])
    by_id = {p.id: p for p in papers}
    for entry in [*found["citations"], *found["near_misses"]]:
        assert entry["title"] == by_id[entry["id"]].title
        assert entry["url"] == f"https://arxiv.org/abs/{entry['id']}"
    assert [c["number"] for c in found["citations"]] == list(range(1, len(found["citations"]) + 1))
    for claim in found["claims"]:
        assert claim["support"] in {"quote", "paraphrase"}
        assert claim["quotes"]
        for quote in claim["quotes"]:
            abstract = by_id[quote["paper_id"]].abstract
            assert abstract[quote["start"] : quote["end"]] == quote["text"]
            assert quote["paper_id"] in {
                c["id"] for c in found["citations"] if c["number"] in claim["citations"]
            }
    assert found["seconds"]["total"] >= 0


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
    """Read BibTeX entries as BibTeX does: fields in braces that balance."""
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


def test_an_overview_has_headings():
    answer = made(paper(1, "A"), paper(2, "B"), paper(3, "C"), kind="overview")
    first, second, third = answer.claims
    claims = (replace(first, group="x"), replace(second, group="x"), replace(third, group="y"))
    lines = replace(answer, claims=claims).text.split("\n")
    assert [line for line in lines if line[:1] in "XY" and line] == ["X (2)", "Y (1)"]
    assert lines.index("Y (1)") > lines.index("[2] B: “We track.”")
