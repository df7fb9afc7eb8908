"""Text, answers and filters as HTML, without a browser."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.answers import Answer, Claim, NearMiss, Quote, cited
from rag.core.filters import Filters
from rag.core.papers import Paper
from ui import answer as shown
from ui import chips, sources, text
from ui.suggestions import examples, follow_ups
from ui.table import MOST, first, render
from ui.topics import stands_alone

PAPER = Paper("2104.00001", "A <b> Title", "We track $x_1$ & see. It runs.", "https://a.b/c", "")


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("$5 to $10 <i>", "$5 to $10 &lt;i&gt;"),
        (r"$x_{$", r"$x_{$"),
        (
            r"$\text{<script>}$",
            r'<math data-latex="$\text{&lt;script&gt;}$" display="inline">'
            "<mrow><mtext>&lt;script&gt;</mtext></mrow></math>",
        ),
        (
            r'$a"<$',
            '<math data-latex="$a&quot;&lt;$" display="inline"><mrow><mi>a</mi><mi>&quot;</mi>'
            "<mo>&lt;</mo></mrow></math>",
        ),
        (
            r"$\href{javascript:x}{y}$",
            r'<math data-latex="$\href{javascript:x}{y}$" display="inline">'
            "<mrow><mrow><mrow><mi>y</mi></mrow></mrow></mrow></math>",
        ),
    ],
)
def test_text_is_harmless(written: str, html: str) -> None:
    assert text.words(written) == html


@given(st.text(alphabet="<>&\"'$\\{}_^/ax(){}[]=%#~\n", max_size=60))
def test_no_text_becomes_an_element(written: str) -> None:
    made = text.words(written)
    assert set(re.findall(r"</?\s*([a-zA-Z]+)", made)) <= {*text._ELEMENTS}
    assert not re.search(r"<[^>]*(?:href|style|class|on\w+)\s*=", made)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://arxiv.org/abs/2104.00194", "https://arxiv.org/abs/2104.00194"),
        ('http://a.b/"onclick="x', "http://a.b/&quot;onclick=&quot;x"),
        ("javascript:alert(1)", ""),
        (" JaVaScRiPt:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.b/c", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_links_lead_to_the_web(address: str, kept: str) -> None:
    assert text.link(address) == kept
    if not kept:
        assert text.linked("here", address) == "here"


@pytest.mark.parametrize(
    ("spans", "html"),
    [
        ([(0, 2)], "<mark>We</mark> track"),
        ([(0, 2), (1, 8)], "<mark>We track</mark>"),
        ([(3, 5), (5, 8)], "We <mark>track</mark>"),
        ([(8, 8)], "We track"),
    ],
)
def test_spans_are_marked(spans: list[tuple[int, int]], html: str) -> None:
    assert text.marked("We track", spans) == html


def test_a_formula_is_marked_whole() -> None:
    made = text.marked("a $x_1$ b", [(0, 4)])
    assert made.startswith("<mark>a <math")
    assert made.endswith("</math></mark> b")


def made(**more: object) -> Answer:
    quote = Quote(PAPER.id, 0, 21, PAPER.abstract[:21])
    claim = Claim("It tracks <fast>.", (1,), "paraphrase", (quote,))
    answer = Answer("which", "papers", (claim,), cited([PAPER]), 1, 9, ())
    return replace(answer, **more)  # type: ignore[arg-type]


def test_a_claim() -> None:
    [html] = shown.claims(made(), "turn1")
    assert 'href="#turn1-1"' in html
    assert "A &lt;b&gt; Title" in html
    assert 'aria-expanded="false" aria-controls="turn1-c0"' in html
    assert 'It tracks &lt;fast&gt;. <span class="dot"' in html
    assert "<mark>We track <math" in html


def test_a_card_marks_what_claims_rest_on() -> None:
    [card] = sources.cards(made(), "turn1")
    assert 'id="turn1-1"' in card
    assert "<mark>We track" in card
    assert "see.</mark> It runs." in card
    assert 'href="https://a.b/c"' in card


def test_a_paper_without_a_link_names_its_files() -> None:
    paper = replace(PAPER, url="", sources=("notes (old)", "list (2021)"))
    assert "in notes (old), list (2021)<" in sources.byline(paper)
    assert "()" not in sources.byline(replace(paper, sources=()))


def test_near_misses_are_folded_unless_there_is_nothing_else() -> None:
    near = (NearMiss(PAPER, ("tracks",), ("<flies>",)),)
    assert '<details class="near"><summary>Near' in sources.near(made(near_misses=near))
    assert "tracks, but not &lt;flies&gt;" in sources.near(made(near_misses=near))
    assert sources.near(made(near_misses=near, matched=0)) == ""
    assert "<h3>Nearest papers" in shown.head(made(near_misses=near, matched=0), "turn1")
    assert sources.near(made()) == ""


def test_each_filter_is_a_chip() -> None:
    day = date(2021, 4, 2)
    filters = Filters(day, day, ("cs.CV", "cs.RO"), authors=("Ada <L>",))
    parts = dict(chips.parts(filters, {}))
    assert list(parts) == ["on 2021-04-02", "in cs.CV", "in cs.RO", "by Ada <L>"]
    assert parts["in cs.CV"] == replace(filters, categories=("cs.RO",))
    assert parts["on 2021-04-02"] == replace(filters, since=None, until=None)
    html = chips.asked_for(made(filters=filters), "turn1", {})
    assert html.count("<li>") == 4
    assert "Ada &lt;L&gt;" in html
    assert chips.asked_for(made(), "turn1", {}) == ""


def test_papers_are_chips_by_their_short_titles() -> None:
    two = Filters(ids=("2104.00001", "2104.00002"))
    assert [said for said, _ in chips.parts(two, {"2104.00001": "LoFTR"})] == [
        "“LoFTR”",
        "“2104.00002”",
    ]
    many = Filters(ids=tuple(f"2104.0000{n}" for n in range(9)), not_authors=("Ada",))
    assert dict(chips.parts(many, {})) == {
        "not by Ada": replace(many, not_authors=()),
        "9 papers above": replace(many, ids=()),
    }
    read = "which of 2104.00001, 2104.00002 and 2104.00003 introduce a dataset?"
    html = shown.head(made(resolved=read), "turn1")
    assert "Read as: which of the 3 papers above introduce a dataset?" in html


@pytest.mark.parametrize(
    ("question", "word", "rest"),
    [
        (
            "which papers grow tomatoes in greenhouses?",
            "greenhouses",
            "which papers grow tomatoes?",
        ),
        ("tracking on the moon", "moon", "tracking"),
        ("tomatoes", "tomatoes", ""),
    ],
)
def test_unknown_words_can_be_taken_off(question: str, word: str, rest: str) -> None:
    html = chips.unknown(made(question=question, unknown=(word,), matched=0), "turn1")
    assert (f'data-instead="{rest}"' in html) if rest else html == ""


def test_what_is_known_from_the_record_is_no_quotation() -> None:
    claims = (Claim("By Ada.", (1,), "record", ()), Claim("Not stated.", (1,), "blank", ()))
    html = "".join(shown.claims(made(kind="record", claims=claims), "turn1"))
    assert '<p class="said record"><span>By Ada.</span>' in html
    assert '<p class="said blank"><span>Not stated.</span>' in html
    assert "evidence" not in html
    assert "“" not in html


def test_a_comparison_has_a_column_for_each_paper() -> None:
    papers = [PAPER, replace(PAPER, id="2104.00002", title="Other: a Title")]
    said = [("What it does", 1), ("What it does", 2), ("How", 1), ("How", 1), ("How", 2)]
    claims = tuple(Claim(f"{n}.", (of,), "record", (), row) for n, (row, of) in enumerate(said))
    html = shown.claims(made(kind="compare", claims=claims, citations=cited(papers)), "turn1")
    assert html[0].count('class="column"') == 2
    places = [re.findall(r'cell" data-column="(\d)" style="grid-row:(\d)"', one) for one in html]
    assert places == [[("1", "3")], [("2", "3")], [("1", "5")], [("1", "6")], [("2", "5")]]
    assert 'class="group" style="grid-row:4">How<' in html[2]


@pytest.mark.slow
def test_suggestions_get_an_answer(assistant) -> None:  # type: ignore[no-untyped-def]
    asked = examples(assistant)
    assert len(asked) == 4
    assert all(assistant.ask(question).citations for question in asked)
    answer = assistant.ask("which papers use transformers for tracking")
    following = follow_ups(assistant, answer, [])
    assert following
    assert all(assistant.ask(question, [answer]).citations for question in following)
    assert not set(following) & set(
        follow_ups(assistant, answer, [replace(answer, question=q) for q in following])
    )
    assert follow_ups(assistant, assistant.ask("thanks"), []) == []
    nothing = assistant.ask("which papers grow tomatoes in greenhouses on the moon?")
    assert all(
        assistant.ask(question, [nothing]).citations
        for question in follow_ups(assistant, nothing, [])
    )


def test_a_subject_that_only_begins_a_longer_one_is_no_example() -> None:
    titles = [
        "Medical Image Segmentation",
        "Medical Image Retrieval",
        "On Medical Image Segmentation",
    ]
    assert stands_alone("medical image segmentation", titles)
    assert not stands_alone("medical image", titles)
    assert stands_alone("medical image", [*titles[:1], "A Medical Image: Why", "One Medical Image"])


def test_like_is_near(assistant) -> None:  # type: ignore[no-untyped-def]
    alike = assistant.like("2104.00194", 3)
    assert len(alike) == 3
    assert "2104.00194" not in {paper.id for paper in alike}
    assert any("Tracking" in paper.title for paper in alike)
    assert assistant.like("9999.99999") == []


@pytest.mark.parametrize(
    ("count", "said"), [(1, "The 1 paper that is left."), (2, "The 2 papers that are left.")]
)
def test_a_narrowed_table_says_how_many_are_left(count: int, said: str) -> None:
    names = tuple(f"2104.{n:05}" for n in range(MOST + 1))
    answer = made(matching=names, numbers=tuple(range(1, len(names) + 1)))
    some, told = first(answer, names[:count])
    assert some.matching == names[:count]
    assert told == said


def test_a_table_quotes_and_leaves_blank(assistant) -> None:  # type: ignore[no-untyped-def]
    answer = assistant.ask("which papers use transformers for tracking")
    table = assistant.table(answer)
    html = render(table)
    assert html.count("<tr>") == 1  # the headings
    assert html.count("<tr data-number=") == len(answer.matching)
    quoted = [cell for row in table.rows for cell in row.cells if cell.is_quoted]
    assert quoted
    assert html.count('class="opens quoted"') == len(quoted)
    blank = [n for n in range(len(table.columns)) if not any(r.cells[n].text for r in table.rows)]
    assert html.count('scope="col"') == 1 + len(table.columns) - len(blank)
