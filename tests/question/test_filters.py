"""What restricts a search: read by rule, and kept to by everything that is found."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import Assistant
from rag.core.filters import Filters
from rag.core.papers import Paper, abstract_page, pdf_link
from rag.errors import LibraryError
from rag.library import Library, disk
from rag.question import languages
from rag.question.filters import read
from rag.search import retrieval

GOLD = Path(__file__).parents[1] / "gold"
NEWEST = date(2021, 4, 2)


BOTH = ["2104.00194", "2104.00403"]


class Index:
    """What an index is asked for while filters are read."""

    papers = (
        Paper("2104.00194", "TransMOT: Graph Transformers for Tracking", "", "", ""),
        Paper("2104.00403", "Target Transformed Regression for Accurate Tracking", "", "", ""),
        Paper("https://doi.org/10.1000/kite.77", "Kites in Gusty Wind", "", "", ""),
    )
    authors = ("jane doe", "geoffrey hinton", "ludwig van beethoven", "mingsheng long")

    def newest(self):
        return NEWEST

    def get(self, identifier):
        return next((p for p in self.papers if p.id == identifier), None)

    def titled(self, text):
        plain = text.lower()
        return [p for p in self.papers if plain in (p.title.lower(), p.title.lower().split(":")[0])]

    def has_author(self, name):
        return any(f" {name.lower()} " in f" {author} " for author in self.authors)

    def has_word(self, word):
        return True

    def nearly(self, word, first=()):
        return ""


def days(since, until=None):
    return {name: day for name, day in (("since", since), ("until", until)) if day}


@pytest.mark.parametrize(
    ("text", "rest", "filters"),
    [
        ("papers on GANs since 2021", "papers on GANs", days("2021-01-01")),
        ("GANs in April 2021", "GANs", days("2021-04-01", "2021-04-30")),
        ("papers in 2020 using GANs?", "papers using GANs?", days("2020-01-01", "2020-12-31")),
        ("papers before May 2021", "papers", days("", "2021-04-30")),
        ("after 2 April 2021", "", days("2021-04-03")),
        ("GANs after 2020", "GANs", days("2021-01-01")),
        ("between 2019 and 2021", "", days("2019-01-01", "2021-12-31")),
        ("GANs from 2021 to 2022", "GANs", days("2021-01-01", "2022-12-31")),
        ("papers from 2021 on tracking", "papers on tracking", days("2021-01-01", "2021-12-31")),
        ("from 2021 onwards", "", days("2021-01-01")),
        ("on 2021-04-02", "", days("2021-04-02", "2021-04-02")),
        ("papers published on April 2, 2021", "papers", days("2021-04-02", "2021-04-02")),
        ("which 2021 papers use GANs", "which papers use GANs", days("2021-01-01", "2021-12-31")),
        ("since last week", "", days("2021-03-27", "2021-04-02")),
        ("papers last week", "papers", days("2021-03-27", "2021-04-02")),
        ("this month", "", days("2021-04-01", "2021-04-02")),
        ("last month", "", days("2021-03-01", "2021-03-31")),
        ("since last month", "", days("2021-03-01")),
        ("GANs of the last 30 days", "GANs", days("2021-03-04", "2021-04-02")),
        ("last year", "", days("2020-01-01", "2020-12-31")),
        ("yesterday's papers", "papers", days("2021-04-01", "2021-04-01")),
        ("papers from today", "papers", days("2021-04-02", "2021-04-02")),
        ("since April", "", days("2021-04-01")),
        ("in May?", "?", days("2020-05-01", "2020-05-31")),
        ("papers in cs.RO", "papers", {"categories": ["cs.RO"]}),
        ("cs.cv papers on GANs", "papers on GANs", {"categories": ["cs.CV"]}),
        ("GANs from stat.ML or cs.LG", "GANs", {"categories": ["stat.ML", "cs.LG"]}),
        ("quant-ph papers", "papers", {"categories": ["quant-ph"]}),
        ("papers in cs.RO since 2021", "papers", {**days("2021-01-01"), "categories": ["cs.RO"]}),
        ("What does 2104.00194 do?", "What does do?", {"ids": ["2104.00194"]}),
        ("What does arxiv.org/abs/2104.00194v2 do?", "What does do?", {"ids": ["2104.00194"]}),
        ("papers (2104.00194)", "papers", {"ids": ["2104.00194"]}),
        ("compare 2104.00194 and 2104.99999", "compare", {"ids": ["2104.00194", "2104.99999"]}),
        ("which of 2104.00194 and 2104.00403 runs?", "which papers runs?", {"ids": BOTH}),
        ("do any of 2104.00194, 2104.00403 use GANs", "which papers use GANs", {"ids": BOTH}),
        ("papers that run, of 2104.00194", "papers that run", {"ids": ["2104.00194"]}),
        ('how fast is "transmot"?', "how fast is?", {"titles": [Index.papers[0].title]}),
        ("how fast is “TransMOT”?", "how fast is?", {"titles": [Index.papers[0].title]}),
        ("papers by Hinton on GANs", "papers on GANs", {"authors": ["Hinton"]}),
        ("papers by hinton on GANs", "papers on GANs", {"authors": ["hinton"]}),
        ("GANs by Jane Doe and Hinton", "GANs", {"authors": ["Jane Doe", "Hinton"]}),
        ("work written by van Beethoven et al.", "work", {"authors": ["van Beethoven"]}),
    ],
)  # fmt: skip
def test_filters_are_read_and_taken_out(text, rest, filters):
    found = read(text, Index())
    assert found.rest == rest
    assert found.filters.to_dict() == filters
    assert Filters.from_dict(json.loads(json.dumps(filters))) == found.filters


@pytest.mark.parametrize(
    "text",
    [
        "Which papers evaluate on PASCAL VOC 2007?",
        "results on ImageNet 2012 and MOT17",
        "which papers win in 2019 ICDAR tasks",
        "trained for 2000 iterations, in 2000 steps",
        "embeddings in 2048 dimensions",
        "Who won the football World Cup in 2018?",
        "winner of the COCO challenge in 2017",
        "recent papers on tracking",
        "papers on weekly data",
        "predict the past frames",
        "since 2021-02-31",
        "may transformers march on?",
        "by attention",
        "detection by Transformers",
        "papers by Long Short-Term Memory",
        'papers that say "real time"',
        "“in 2020” and “cs.CV”",
        "a ratio of 2104.1 to 0.00194",
        "cs and cv",
    ],
)
def test_what_is_no_filter_is_left(text):
    found = read(text, Index())
    assert (found.rest, found.filters) == (text, Filters())


@pytest.mark.parametrize(
    ("text", "named", "pronoun"),
    [
        ("How fast is “TransMOT”?", "How fast is TransMOT?", "How fast is it?"),
        ("What does 2104.00194 use?", "What does TransMOT use?", "What does it use?"),
        ("What do 2104.00194 and 2104.00403 use?",) +
        ("What do TransMOT and Target Transformed Regression for Accurate Tracking use?",) * 2,
    ],
)  # fmt: skip
def test_papers_are_called_by_their_names(text, named, pronoun):
    found = read(text, Index())
    assert (found.named, found.pronoun) == (named, pronoun)


@pytest.mark.parametrize(
    "text",
    [
        "chatbots that recall what i told them last week",
        "fakes like the one we saw this week",
        "how many thieves did that detector find when they ran it for real in 2024?",
    ],
)
def test_what_somebody_did_then_is_no_day_of_a_paper(text):
    assert read(text, Index()).filters == Filters()


def gold_questions():
    lines = [
        line for file in sorted(GOLD.glob("*.*.jsonl")) for line in file.read_text().splitlines()
    ]
    return [entry["question"] for line in lines if "question" in (entry := json.loads(line))]


@pytest.mark.slow
def test_no_development_question_has_a_filter(library):
    asked = gold_questions()
    assert len(asked) >= 102
    for text in asked:
        found = read(text, library)
        assert (found.rest, found.filters) == (text, Filters()), text
        assert not languages.foreign(text)


WORDS = st.sampled_from(
    """which papers use transformers for tracking in on of by with and GANs 3D what is it fast MOT17
    ImageNet 2012x the a real-time (NAS) "quoted" 7 1,000 87.3% cs CV arXiv last past this Which?
    """.split()
)


@given(st.lists(WORDS, min_size=1, max_size=12))
@settings(max_examples=200, deadline=None)
def test_a_question_without_filter_words_stays_as_it_is(words):
    text = " ".join(words)
    found = read(text, Index())
    assert (found.rest, found.filters) == (text, Filters())


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_read(text):
    found = read(text, Index())
    if not found.filters:
        assert found.rest == re.sub(r"\s+", " ", text).strip()


def test_in_words():
    assert str(Filters()) == ""
    assert not Filters()
    assert (
        str(Filters(since=date(2021, 1, 1), categories=("cs.RO",))) == "since 2021-01-01 in cs.RO"
    )
    both = Filters(since=date(2021, 1, 1), until=date(2021, 1, 31), authors=("Doe", "Hinton"))
    assert str(both) == "from 2021-01-01 to 2021-01-31 by Doe and Hinton"
    assert str(Filters(since=NEWEST, until=NEWEST)) == "on 2021-04-02"
    assert str(Filters(ids=("2104.00194",))) == "named in the question"


# -- with a library --------------------------------------------------------------------------------

TOPICS = ("graph transformers for tracking", "relighting of faces", "grasping with robots")


def made(number: int) -> Paper:
    day = date(2020 + number // 6, 1 + number % 6 * 2, 3)
    identifier = f"{day:%y%m}.{number + 1:05d}"
    topic = TOPICS[number % 3]
    abstract = (
        f"Many people work on {topic}. In this paper, we propose System{chr(65 + number)}, a "
        f"method for {topic} that learns from {number + 2} videos. Experiments on MOT{number + 10} "
        "show that it achieves state-of-the-art results. The code is available at https://x.org."
    )
    return Paper(
        identifier,
        f"System{chr(65 + number)}: Learning {topic.title()}",
        abstract,
        abstract_page(identifier),
        pdf_link(identifier),
        day,
        ("cs.RO", "cs.CV") if number % 2 else ("cs.CV",),
        ("Jane Doe", "Geoffrey Hinton") if number % 4 == 0 else ("Léa Möller",),
    )


DOZEN = [made(number) for number in range(12)]


@pytest.fixture(scope="module")
def dozen(embedding, reranker, tmp_path_factory):
    library = Library.create(tmp_path_factory.mktemp("dozen") / "library", embedding)
    library.put(DOZEN, embedding)
    return Assistant(library, embedding, None, reranker)


def passing(**filters) -> set[str]:
    return {
        p.id
        for p in DOZEN
        if (not filters.get("since") or p.listed >= filters["since"])
        and (not filters.get("until") or p.listed <= filters["until"])
        and (not filters.get("categories") or set(p.categories) & set(filters["categories"]))
        and (not filters.get("ids") or p.id in filters["ids"])
        and all(any(a in b for b in p.authors) for a in filters.get("authors", ()))
    }


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"since": date(2021, 1, 3)},
        {"until": date(2020, 5, 3)},
        {"since": date(2020, 5, 1), "until": date(2021, 1, 3)},
        {"categories": ("cs.RO",)},
        {"categories": ("cs.RO", "stat.ML")},
        {"categories": ("stat.ML",)},
        {"authors": ("Hinton",)},
        {"authors": ("Jane Doe", "Geoffrey Hinton")},
        {"authors": ("Jane Hinton",)},
        {"ids": (DOZEN[0].id, DOZEN[5].id, "2104.99999")},
        {"since": date(2021, 1, 1), "categories": ("cs.RO",), "authors": ("Léa Möller",)},
    ],
)
def test_the_library_selects_what_passes(dozen, filters):
    expected, given = passing(**filters), Filters(**filters)
    found = dozen.library.select(given)
    assert set(found) == expected
    assert len(found) == len(expected) == dozen.library.count(given)
    days = [dozen.library.get(i).listed for i in found]
    assert days == sorted(days, reverse=True)
    assert dozen.library.select(given, skip=1, k=2) == found[1:3]
    assert set(dozen.library.select(given, among=[p.id for p in DOZEN[:4]])) == expected & {
        p.id for p in DOZEN[:4]
    }


def test_titles_and_names(dozen):
    library = dozen.library
    assert library.newest() == DOZEN[-1].listed
    assert [p.id for p in library.titled("systema")] == [DOZEN[0].id]
    for text in ("System A: learning graph-transformers for tracking", DOZEN[0].title[:-1]):
        assert [p.id for p in library.titled(text)] == [DOZEN[0].id]
    assert library.titled("graph transformers for tracking") == []
    assert library.select(Filters(titles=(DOZEN[3].title,))) == [DOZEN[3].id]
    assert library.has_author("hinton") and library.has_author("lea moller")  # noqa: PT018
    assert not library.has_author("Doe Geoffrey")
    assert not library.has_author("Attention")
    assert not library.has_author("…")


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("which papers track with transformers in cs.RO?", {"categories": ("cs.RO",)}),
        ("relighting since 2021", {"since": date(2021, 1, 1)}),
        ("relighting by Hinton before 2021", {"authors": ("Hinton",), "until": date(2020, 12, 31)}),
        (
            "Tell me about tracking in 2020",
            {"since": date(2020, 1, 1), "until": date(2020, 12, 31)},
        ),
        ("on which benchmark is grasping shown since May 2021?", {"since": date(2021, 5, 1)}),
    ],
)
def test_everything_stays_within_the_filter(dozen, text, filters):
    answer, allowed = dozen.ask(text), passing(**filters)
    assert {c.paper.id for c in answer.citations} <= allowed
    assert {near.paper.id for near in answer.near_misses} <= allowed
    assert {m.paper.id for m in dozen.search(text)} == allowed
    assert (answer.searched, answer.total) == (len(allowed), 12)
    assert answer.filters == Filters(**filters)
    if answer.kind != "fact":
        assert 1 <= answer.matched <= len(allowed)
    assert f"{len(allowed)} papers {Filters(**filters)}" in answer.text.splitlines()[0]
    assert not re.search(r"RO|2021|2020|Hinton", " ".join(answer.looked_for))
    assert json.loads(answer.to_json())["filters"] == answer.filters.to_dict()


def test_nothing_but_filters_lists_what_passes(dozen):
    answer = dozen.ask("papers in cs.RO since 2021")
    expected = passing(categories=("cs.RO",), since=date(2021, 1, 1))
    assert answer.kind == "papers"
    assert {c.paper.id for c in answer.citations} == expected
    days = [c.paper.listed for c in answer.citations]
    assert days == sorted(days, reverse=True)
    assert answer.text.startswith(f"{len(expected)} papers since 2021-01-01 in cs.RO.")
    assert len(answer.claims) == len(expected)
    assert all(c.support == "quote" and "we propose" in c.text for c in answer.claims)
    assert [m.paper.id for m in dozen.search("papers in cs.RO since 2021", 2)] == [
        c.paper.id for c in answer.citations[:2]
    ]
    rest = dozen.ask("papers in cs.RO since 2021", skip=1)
    assert rest.citations[0].paper == answer.citations[1].paper
    assert rest.matched == answer.matched


def test_one_paper_is_given_an_account_of(dozen):
    for text in ("2002.00002", f"summarize {DOZEN[1].id}", "What does “SystemB” do?"):
        answer = dozen.ask(text.replace("2002.00002", DOZEN[1].id))
        assert [c.paper.id for c in answer.citations] == [DOZEN[1].id]
        assert answer.kind == "explain"
        assert "SystemB: Learning" in answer.text.splitlines()[0]
        assert all(c.support == "quote" for c in answer.claims)
        starts = [c.quotes[0].start for c in answer.claims]
        assert starts == sorted(starts)
        assert 1 < len(starts) <= 5
    fact = dozen.ask(f"How many videos does {DOZEN[1].id} learn from?")
    assert fact.kind == "fact"
    assert "3 videos" in fact.claims[0].text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("papers in stat.ML", "The index has no papers in stat.ML (12 in all)."),
        ("What does 2104.99999 do?", "None of the 12 papers in the index is 2104.99999."),
        ("tracking since 2031", "The index has no papers since 2031-01-01 (12 in all)."),
    ],
)
def test_no_paper_passes(dozen, text, said):
    answer = dozen.ask(text)
    assert answer.abstained
    assert answer.text == said
    assert answer.near_misses == ()
    assert dozen.search(text) == []


def test_an_abstention_names_the_filter(dozen):
    said = dozen.ask("crowd counting in cs.RO").text
    assert said.startswith(
        "The index holds nothing on “crowd counting”: none of 6 papers in cs.RO answers this."
    )


def test_filters_that_are_given_replace_those_in_the_words(dozen):
    text = "tracking in cs.RO since 2021"
    assert dozen.ask(text, filters=Filters()).filters == Filters()
    assert dozen.ask(text, filters=Filters()).searched == 12
    given = Filters(categories=("cs.RO",))
    answer = dozen.ask(text, filters=given)
    assert answer.filters == given
    assert answer.looked_for == ("tracking",)
    assert {m.paper.id for m in dozen.search(text, 50, filters=given)} == passing(
        categories=("cs.RO",)
    )
    assert dozen.ask("papers since 2021", filters=Filters()).matched == 12
    claims = list(dozen.stream(text, filters=given))
    assert claims == list(answer.claims)


def test_a_filter_leaves_the_scores_as_they_are(dozen):
    text = "which papers track with transformers"
    whole = {m.paper.id: (m.score, m.dense, m.lexical) for m in dozen.search(text, 12)}
    for match in dozen.search(f"{text} in cs.RO", 12):
        assert (match.score, match.dense, match.lexical) == pytest.approx(whole[match.paper.id])


def test_a_large_library_is_searched_within_the_filter(dozen, monkeypatch):
    text = "which papers track with transformers since 2021"
    whole = dozen.ask(text)
    monkeypatch.setattr(retrieval, "SMALL_LIBRARY", 2)
    assert dozen.ask(text).citations == whole.citations
    assert {m.paper.id for m in dozen.search(text)} <= passing(since=date(2021, 1, 1))


def test_an_index_of_the_old_format_is_told(tmp_path, embedding):
    Library.create(tmp_path / "library", embedding)
    file = tmp_path / "library" / "identity.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 1}))
    with pytest.raises(LibraryError, match=f"has format 1, this version reads {disk.FORMAT}"):
        Library.open(tmp_path / "library")


def test_the_retriever_keeps_to_the_filter(dozen):
    found = dozen.as_retriever(k=3).invoke("papers in cs.RO")
    assert len(found) == 3
    assert {d.id for d in found} <= passing(categories=("cs.RO",))
    assert all(d.metadata["evidence"] for d in found)


@pytest.mark.parametrize(
    "name",
    [
        "https://doi.org/10.1000/KITE.77",
        "doi:10.1000/kite.77",
        "10.1000/kite.77",
        "doi.org/10.1000/kite.77.",
    ],
)
def test_a_paper_is_named_by_its_doi(name):
    [paper] = (p for p in Index.papers if "doi" in p.id)
    assert read(f"tell me more about {name}", Index()).filters.ids == (paper.id,)
    assert read("tell me more about 10.1000/other", Index()).filters == Filters()
