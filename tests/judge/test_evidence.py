"""Which papers match, and the sentences that decide: on the real index, clear cases only."""

# ruff: noqa: E501 - the tables read best with one case a line

import pytest

from rag.judge import evidence
from rag.judge.coverage import LEAST, Reader, together
from rag.judge.sentences import MOST_SENTENCES
from rag.question import parsing as questions
from rag.search import retrieval


@pytest.fixture(scope="module")
def judged(library, embedding):
    def judged(text: str) -> evidence.Findings:
        question = questions.read(text)
        matches = retrieval.search(question, library, embedding)
        return evidence.gather(question, matches, library, embedding)

    return judged


def matched(findings: evidence.Findings) -> list[str]:
    return [e.paper.id for e in findings.matched]


@pytest.mark.parametrize(
    ("question", "has", "has_not"),
    [
        ("which papers use transformers for tracking", {"2104.00194", "2104.00403"}, {"2104.00678"}),
        ("which papers are about neural architecture search", {"2104.00597", "2104.00031"}, {"2104.00194"}),
        ("which papers are about NAS", {"2104.00597", "2104.00031"}, {"2104.00194"}),
        ("person re-identification papers", {"2104.00226", "2104.00202"}, {"2104.00340"}),
        ("Which papers address monocular SLAM?", {"2104.00099", "2104.00085"}, {"2104.00298"}),
        ("Which trackers report results on LaSOT?", {"2104.00403", "2104.00324"}, {"2104.00194"}),
        ("which works estimate the 6D pose of objects?", {"2104.00633", "2104.00337"}, {"2104.00272"}),
    ],
)  # fmt: skip
def test_which_papers_match(judged, question, has, has_not):
    found = set(matched(judged(question)))
    assert has <= found
    assert not has_not & found
    assert len(found) < 15


@pytest.mark.parametrize(
    ("question", "identifier", "sentence"),
    [
        ("How fast does STMTrack run?", "2104.00324", "37 FPS"),
        ("At how many frames per second does RePOSE run?", "2104.00633", "71 FPS"),
        ("What ImageNet top-1 accuracy does EfficientNetV2 achieve?", "2104.00298", "87.3%"),
        ("How much does Selective Feature Compression speed up inference?", "2104.00179", "6-7x"),
        ("What speedup over the Nvidia TX1 does the FPGA localization system have?", "2104.00192", "5.6x"),
        ("What does LoFTR use to get feature descriptors?", "2104.00680", "self and cross attention"),
        ("Which datasets is TransMOT evaluated on?", "2104.00194", "MOT15"),
    ],
)  # fmt: skip
def test_the_sentence_that_holds_the_fact(judged, question, identifier, sentence):
    findings = judged(question)
    assert matched(findings) == [identifier]
    assert any(sentence in p.text for p in findings.matched[0].passages)


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2018 football World Cup?",
        "What is the capital of France?",
        "Tell me about gravitational wave detection",
        "Which papers use Mamba state space models?",
        "which papers are about cooking recipes for vegetarians",
    ],
)
def test_nothing_matches(judged, question):
    findings = judged(question)
    assert findings.matched == ()
    assert len(findings.near) <= evidence.MOST_NEAR


def test_evidence_is_in_order_and_in_the_abstract(judged):
    findings = judged("Which papers use semi-supervised learning?")
    strengths = [e.strength for e in (*findings.matched, *findings.near)]
    assert strengths == sorted(strengths, reverse=True)
    assert all(0 <= s <= 1 for s in strengths)
    for item in findings.matched:
        assert 1 <= len(item.passages) <= MOST_SENTENCES
        for passage in item.passages:
            assert not passage.is_title
            assert item.paper.abstract[passage.start : passage.end] == passage.text
    assert not set(matched(findings)) & {e.paper.id for e in findings.near}


def test_no_candidates_no_evidence(library, embedding):
    for text in ("which papers track", "How fast is it?"):
        question = questions.read(text)
        findings = evidence.gather(question, [], library, embedding)
        assert findings == evidence.Findings((), ())


# -- coverage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("concept", "identifier"),
    [
        ("neural architecture search", "2104.00031"),
        ("NAS", "2104.00031"),
        ("simultaneous localization and mapping", "2104.00085"),
        ("semi-supervised domain adaptation", "2104.00319"),
        ("SSDA", "2104.00319"),
    ],
)
def test_an_abbreviation_covers_both_ways(library, embedding, concept, identifier):
    question = questions.read(f"papers about {concept}")
    matches = retrieval.search(question, library, embedding)
    reader = Reader(question, matches, library, embedding)
    [match] = [m for m in matches if m.paper.id == identifier]
    covered = reader.read(match)
    assert all(c.in_words for c in covered)
    assert all(0 <= c.value <= 1 for c in covered)
    assert all(len(c.passages) == len(match.record.passages) for c in covered)


def test_rare_words_weigh_more(library, embedding):
    reader = Reader(questions.read("tracking"), [], library, embedding)
    assert 0 < reader.weight("method") < reader.weight("track") < reader.weight("melanoma") <= 1
    assert reader.share(["melanoma", "method"], ["method"]) < 0.2
    assert reader.share([], ["method"]) == 0.0


def test_all_concepts_have_to_be_covered():
    assert together([], []) == 0.0
    assert together([0.5], [1.0]) == pytest.approx(0.5)
    assert together([0.8, 0.2], [1.0, 1.0]) == pytest.approx(0.4)
    assert together([1.0, 0.0], [1.0, 1.0]) == pytest.approx(LEAST**0.5)


def test_a_paper_that_lacks_a_concept_is_a_near_miss(judged):
    found = judged("which papers use transformers for tracking")
    assert {e.paper.id for e in found.matched} == {"2104.00194", "2104.00403"}
    for near in found.near:
        assert near.missing
        assert set(near.covers) | set(near.missing) == {"transformers", "tracking"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which papers introduce a new dataset?", {"2104.00340", "2104.00170", "2104.00650"}),
        ("what are surveys here", {"2104.00234"}),
        ("which methods run in real time?", {"2104.00324", "2104.00633", "2104.00681"}),
        ("which papers evaluate on KITTI?", {"2104.00556", "2104.00431", "2104.00099"}),
    ],
)
def test_what_an_abstract_does(judged, question, expected):
    found = judged(question)
    assert expected <= {e.paper.id for e in found.matched}
    assert len(found.matched) <= 12


def test_the_fact_comes_first(judged):
    found = judged("how much more efficient does the detection head get without anchors")
    assert "44%" in found.matched[0].passages[0].text
