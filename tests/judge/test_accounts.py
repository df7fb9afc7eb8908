"""What papers say of themselves: accounts, explanations, and comparisons row by row."""

import pytest

from rag.core.questions import Question
from rag.judge import accounts, sentences
from rag.judge.accounts import DATA, METHOD, RESULT, WORK
from rag.judge.evidence import Evidence, Findings
from rag.text import speech
from tests.judge.asked import (
    LOFTR,
    STMTRACK,
    TRANSMOT,
    Watched,
    check_quotable,
    ids,
    matched,
    papers_on,
    record,
)  # fmt: skip

BACKGROUND = "Tracking is a challenging task."
PROPOSAL = "We propose LeafNet, a network that follows leaves through videos."
RESULTS = "Experiments on LeafData-5 show that LeafNet outperforms the others by 4%."
SERVICE = "Code is available at https://example.org/leaf."


@pytest.fixture(scope="module")
def leaves(embedding):
    abstract = " ".join([BACKGROUND, PROPOSAL, RESULTS, SERVICE])
    return record("LeafNet: Following Leaves", abstract, embedding)


def how(name: str) -> Question:
    return Question(f"How does {name} work?", "explain", name, (name,), (name,), subjects=(name,))


def texts(evidence):
    return [p.text for p in evidence.passages]


def test_an_account_of_one_sentence_says_what_is_proposed(leaves):
    assert texts(accounts.account(leaves, 1)) == [PROPOSAL]


def test_an_account_is_in_the_order_of_the_abstract_without_background(leaves, library):
    assert texts(accounts.account(leaves, 2)) == [PROPOSAL, RESULTS]
    for one in library.sample():
        told = accounts.account(one, accounts.MOST_TOLD)
        assert 1 <= len(told.passages) <= accounts.MOST_TOLD
        starts = [p.start for p in told.passages]
        assert starts == sorted(starts)
        check_quotable(Findings((told,), ()))


def test_a_paper_without_an_abstract_is_told_by_its_title(embedding, reranker):
    bare = record("Following leaves", "", embedding)
    assert texts(accounts.account(bare, 5)) == ["Following leaves"]
    assert texts(accounts.explain(how("leaves"), bare, reranker)) == ["Following leaves"]
    assert texts(accounts.compared("leaves", bare, reranker))[:1] in ([], ["Following leaves"])


# -- explanations ----------------------------------------------------------------------------------


@pytest.mark.parametrize("judge", [True, False])
@pytest.mark.parametrize(("name", "identifier"), [("LoFTR", LOFTR), ("TransMOT", TRANSMOT)])
def test_what_a_named_paper_does(library, reranker, judge, name, identifier):
    [record] = library.records([identifier]).values()
    item = accounts.explain(how(name), record, reranker if judge else None)
    assert 1 <= len(item.passages) <= accounts.MOST_TOLD
    assert any(speech.read(p.text).proposes for p in item.passages)
    check_quotable(Findings((item,), ()))


def test_background_and_service_explain_nothing(leaves, reranker):
    item = accounts.explain(how("LeafNet"), leaves, reranker)
    assert PROPOSAL in texts(item)
    assert SERVICE not in texts(item)


def test_what_comes_before_the_paper_speaks_of_itself_explains_it_not(embedding, reranker):
    field = "Networks that follow leaves work well on still days."
    one = record("LeafNet: Following Leaves", f"{field} {PROPOSAL} It matches veins.", embedding)
    assert sentences.opening(one) == {1}
    item = accounts.explain(how("LeafNet"), one, reranker)
    assert PROPOSAL in texts(item)
    assert field not in texts(item)
    alone = record("On leaves", f"{field} Leaves fall.", embedding)
    assert sentences.opening(alone) == set()
    named = record("LeafNet: Following Leaves", f"{field} LeafNet follows leaves.", embedding)
    assert sentences.opening(named) == {1}


MATCHER = "We match two images without a feature detector: all pixels are compared."
PARSER = "Grammars are old. We parse sentences with a chart of their phrases."


@pytest.fixture(scope="module")
def two(embedding):
    """A paper on matching images, and one on parsing."""
    return record("DetectNot", MATCHER, embedding), record("Charts", PARSER, embedding)


def described(two, reranker, text, *strengths):
    question = Question(text, "explain", text)
    matched = [Evidence(one, (), s) for one, s in zip(two, strengths, strict=False)]
    return accounts.meant(question, matched, reranker)


def test_without_a_name_the_paper_is_meant_that_matches_and_says_most(two, reranker):
    matches, parses = two
    how = "how does one match two images without a feature detector?"
    assert described(two, reranker, how, 0.6, 0.6).record is matches
    assert described(two, reranker, how, 0.4, 0.6).record is matches
    assert described(two, reranker, "how does one parse a sentence?", 0.6, 0.6).record is parses


def test_what_none_of_several_papers_says_is_meant_of_none(two, reranker):
    assert described(two, reranker, "how does one bake bread?", 0.3, 0.2) is None
    assert described(two, reranker, "how does one bake bread?", 0.3).record is two[0]  # alone
    assert described((), reranker, "how does one bake bread?") is None


# -- comparisons -----------------------------------------------------------------------------------


@pytest.mark.parametrize("identifier", [LOFTR, TRANSMOT, STMTRACK])
@pytest.mark.parametrize("judge", [True, False])
def test_rows_are_filled_in_order_and_each_sentence_once(library, reranker, judge, identifier):
    [one] = library.records([identifier]).values()
    watched = Watched(reranker)
    found = accounts.compared("it", one, watched if judge else None)
    assert len(found.rows) == len(found.passages) == len(set(found.passages))
    order = [WORK, METHOD, DATA, RESULT]
    assert [order.index(row) for row in found.rows] == sorted(map(order.index, found.rows))
    assert found.rows.count(WORK) == 1
    for row in (DATA, RESULT):
        assert found.rows.count(row) <= 1
    assert len(watched.pairs) <= len(order) * len(one.passages)
    check_quotable(Findings((found,), ()))


def test_a_row_that_no_sentence_is_of_is_not_there(embedding, reranker):
    silent = record("LeafNet: Following Leaves", PROPOSAL, embedding)
    assert accounts.compared("LeafNet", silent, reranker).rows == (WORK,)


def test_data_and_results_are_what_they_say(leaves, reranker):
    found = accounts.compared("LeafNet", leaves, reranker)
    by_row = dict(zip(found.rows, texts(found), strict=True))
    assert by_row[WORK] == PROPOSAL
    assert RESULTS in by_row.values()
    assert not {BACKGROUND, SERVICE} & set(texts(found))


# -- names -----------------------------------------------------------------------------------------


def test_the_paper_that_introduces_a_name_comes_first(embedding, leaves):
    uses = record("Growing trees", "We compare to LeafNet on trees. LeafNet is slow.", embedding)
    other = record("Growing trees", "We grow trees.", embedding)
    some = [matched(one, "LeafNet", embedding) for one in (uses, other, leaves)]
    found = accounts.introducing(["LeafNet"], some)
    assert found == [leaves, uses]
    assert accounts.introducing(["Leaf-Net"], some) == found
    assert accounts.introducing(["leafnet"], some) == found
    assert accounts.introducing(["LeafNe"], some) == []
    assert accounts.introducing(["LeafNet", "trees"], some) == [uses]


def test_a_name_is_rather_that_of_the_paper_that_writes_it_so(embedding):
    task = record("Fast frames", "We recast temporal search as reading.", embedding)
    method = record("Slow frames", "We propose Temporal Search (TS), which zooms.", embedding)
    some = [matched(one, "Temporal Search", embedding) for one in (task, method)]
    assert accounts.introducing(["Temporal Search"], some) == [method, task]


def test_the_nearest_in_meaning(search):
    matches = search(papers_on("tracking"))
    found = accounts.nearest_in_meaning(matches, 3)
    assert len(found.matched) == 3
    assert {TRANSMOT, STMTRACK} & set(ids(found.matched))
    check_quotable(found)
