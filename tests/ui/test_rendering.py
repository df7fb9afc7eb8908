"""Text, answers and filters as HTML, without a browser."""

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

PAPER = Paper("2104.00001", "A <b> Title", "We track $x_1$ & see. It runs.", "https://a.b/c", "")


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("$5 to $10 <i>", "$5 to $10 &lt;i&gt;"),
        (r"$x_{$", r"$x_{$"),
        (
            r"$\text{<script>}$",
            '<math display="inline"><mrow><mtext>&lt;script&gt;</mtext></mrow></math>',
        ),
        (
            r"$\href{javascript:x}{y}$",
            '<math display="inline"><mrow><mrow><mrow><mi>y</mi></mrow></mrow></mrow></math>',
        ),
    ],
)
def test_text_is_harmless(written: str, html: str) -> None:
    assert text.words(written) == html


@given(st.text(alphabet="<>&\"'$\\{}_^/ax(){}[]=%#~\n", max_size=60))
def test_no_text_becomes_an_element(written: str) -> None:
    import re

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
    assert '<p class="said own">It tracks &lt;fast&gt;. </p>' in html
    assert "<mark>We track <math" in html


def test_a_card_marks_what_claims_rest_on() -> None:
    [card] = sources.cards(made(), "turn1")
    assert 'id="turn1-1"' in card
    assert "<mark>We track" in card
    assert "see.</mark> It runs." in card
    assert 'href="https://a.b/c"' in card


def test_near_misses_are_folded_unless_there_is_nothing_else() -> None:
    near = (NearMiss(PAPER, ("tracks",), ("<flies>",)),)
    assert '<details class="near"><summary>Near' in sources.near(made(near_misses=near))
    assert "tracks, but not &lt;flies&gt;" in sources.near(made(near_misses=near))
    assert "open><summary>Nearest" in sources.near(made(near_misses=near, matched=0))
    assert sources.near(made()) == ""


def test_each_filter_is_a_chip() -> None:
    day = date(2021, 4, 2)
    filters = Filters(day, day, ("cs.CV", "cs.RO"), authors=("Ada <L>",))
    parts = dict(chips.parts(filters))
    assert list(parts) == ["on 2021-04-02", "in cs.CV", "in cs.RO", "by Ada <L>"]
    assert parts["in cs.CV"] == replace(filters, categories=("cs.RO",))
    assert parts["on 2021-04-02"] == replace(filters, since=None, until=None)
    html = chips.asked_for(made(filters=filters.to_dict()), "turn1")
    assert html.count("<li>") == 4
    assert "Ada &lt;L&gt;" in html
    assert chips.asked_for(made(), "turn1") == ""


def test_suggestions_get_an_answer(assistant) -> None:  # type: ignore[no-untyped-def]
    asked = examples(assistant)
    assert len(asked) == 4
    assert all(assistant.ask(question).citations for question in asked)
    answer = assistant.ask("which papers use transformers for tracking")
    following = follow_ups(assistant, answer, [])
    assert following
    assert all(assistant.ask(question, [answer]).citations for question in following)
    nothing = assistant.ask("which papers grow tomatoes in greenhouses on the moon?")
    assert all(
        assistant.ask(question, [nothing]).citations
        for question in follow_ups(assistant, nothing, [])
    )


def test_like_is_near(assistant) -> None:  # type: ignore[no-untyped-def]
    alike = assistant.like("2104.00194", 3)
    assert len(alike) == 3
    assert "2104.00194" not in {paper.id for paper in alike}
    assert any("Tracking" in paper.title for paper in alike)
    assert assistant.like("9999.99999") == []
