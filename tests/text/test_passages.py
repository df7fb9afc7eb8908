from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.library.passages import passages
from rag.listings import read
from rag.text.sentences import sentences

LISTING = Path(__file__).parents[2] / "index" / "listings" / "2021-04-02.cs.CV.md"

# Each line is a text; " | " marks where its sentences part.
TEXTS = r"""
We do X. | We do Y. | It works.
Does it work? | Yes! | It does.
One only
Fast detectors, e.g. YOLO, i.e. one-stage ones, e.g., SSD. | We use them.
Smith et al. show this. | We do as Smith et al. | We agree.
Smith et al. [12] and Doe et al. (2019), Roe et al. 2020. | The end.
VGG, ResNet, etc. are used. | Others are VGG, ResNet, etc. | We use all (VGG, etc.). | Good.
As Fig. 3 and Figs. 4 show in Eq. (2), Sec. III and Tab. A. | We agree.
As shown in Fig. 1. | A project page is up.
A vs. B, CLIP vs. T5, 95 vs. 192. | Done.
w.r.t. BLEU, cf. Table 2, approx. 500 and resp. Others, a.k.a. Names. | Done.
No. 5 of St. Louis met Dr. Who near Mt. Etna. | The answer is no. | We know.
By J. Smith and George B. Moody of the U.S. Navy. | Made in the U.S. | We like it.
The plan is B. | We follow it on SUN RGB-D. | Others do not.
A rate of 0.640 at 37 FPS. | Gains of 3.2. | We win by 2. | It runs.
It improves by 2.6%. | 3D data helps. | 6-DoF poses too. | 360 images more.
YOLO ver. 2 and v. 3 of Argoverse 2. | Python 3.11 is used.
See https://github.com/x/y.z. | We like www.x.org/a.b and model.py. | Done.
Code: https://github.com/x/y. | https://x.org/z
And so on ... and on... | We stop [...] here. | The end...
With $x. Y$ and $a.$ | We see $5.8\times$. | So it is.
Runs at $5. | We pay $16,000. | It costs $3.
It works (see Sec. 2. We did. Did you?) well. | (It does. Really.) | We like "it." | "So?" asks he.
They ask "Why? | How?" and leave.
Not WHOOPS! and Quick, Draw! data. | GuessWhat?! data.
We do two things: (1) We sort; (2) We search. | Done.
We do two things. | (1) We sort. | (2) We search in Y. | 3) We win. | (4) Yes. | ii) More.
Steps: 1. Detect, 2. Track. | Then comes the rest.
It is new. | iPhone users win. | nnU-Net helps. | t-SNE shows it. | pix2pix too.
It is new. | we show it. | this works. | We use recon. models of a dept. of physics.
A super-resolution SR. | Against odds, 14.2 ms. | With one, CF. | APL has 5.
First line . | Second line ; and so on .
Ends with a formula $x=1$. | And a bracket [3]. | “Quoted.” | ‘So.’ | End
i.i.d. Gaussian noise. | Data of Jan. 2020. | We are in Dec. | We saw 5 sec. | Then none.
"""  # noqa: RUF001


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize("line", TEXTS.strip().splitlines())
def test_sentences(line):
    expected = line.split(" | ")
    assert split(" ".join(expected)) == expected


def test_sentences_that_run_together():
    text = (
        "Different scenes.Our method works.However, we win (so far).Then we see Node.js and a.b.C"
    )
    assert split(text) == [
        "Different scenes.",
        "Our method works.",
        "However, we win (so far).",
        "Then we see Node.js and a.b.C",
    ]


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    return [item for item in read(LISTING) if isinstance(item, Paper)]


def test_all_sentences_of_the_listing(papers):
    found = {paper.id: split(paper.abstract) for paper in papers}
    # All read by a person; whoever changes the splitter reads what has changed.
    assert sum(map(len, found.values())) == 812
    assert {key: len(split) for key, split in found.items() if not 4 <= len(split) <= 12} == {
        "2104.00231": 14,
        "2104.00253": 13,
        "2104.00411": 13,
    }
    for sentence in (sentence for of_paper in found.values() for sentence in of_paper):
        assert sentence[0].isupper() or sentence.startswith(("3D ", "6D ", "(1) ", "(2) "))
        assert len(sentence.split()) >= 4 or sentence.startswith("Project page: http")
    # These abstracts end with an address, without a stop, or in the middle of a word.
    assert [key for key, of_paper in found.items() if not of_paper[-1].endswith(".")] == [
        "2104.00678",
        "2104.00323",
        "2104.00297",
        "2104.00272",
    ]


@pytest.mark.parametrize("limit", [60, 120, 1000])
def test_no_passage_is_longer_than_what_fits(papers, limit):
    for paper in papers:
        title, *others = passages(paper, lambda text: len(text) <= limit)
        assert title == Passage(paper.id, 0, 0, paper.title)
        assert title.is_title
        assert others
        position = 0
        for passage in others:
            assert not passage.is_title
            assert len(passage.text) <= limit
            assert paper.abstract[passage.start : passage.end] == passage.text
            assert paper.abstract[position : passage.start].strip() == ""
            position = passage.end
        assert position == len(paper.abstract)


def test_a_long_sentence_is_divided_at_clauses_first():
    def texts(abstract: str, limit: int) -> list[str]:
        paper = Paper("2104.00001", "T", abstract, "", "")
        return [p.text for p in passages(paper, lambda text: len(text) <= limit)][1:]

    assert texts("one, two; three: four, five", 14) == ["one, two;", "three:", "four, five"]
    assert texts("one, two and three, four", 16) == ["one,", "two and three,", "four"]
    assert texts("one two three four", 10) == ["one two", "three four"]
    assert texts("abcdefgh", 4) == ["abcd", "efgh"]
    assert texts("abc", 0) == ["a", "b", "c"]  # nothing fits: nothing is lost either
    assert texts("", 10) == []


WORDS = r"""
    We we Fig. e.g. 3.2 3. $ $x._Y$ ( ) [ ] ... … ? ! . U.S. J. et al. https://x.y/z. iPhone 1) ii)
    " “ ; , : end.Our é \( \)"""
TOKENS = [*WORDS.replace("_", " ").split(), "\n", "\u00a0"]
ABSTRACTS = st.one_of(
    st.text(max_size=120), st.lists(st.sampled_from(TOKENS), max_size=30).map(" ".join)
)


@given(ABSTRACTS)
@example("A.A. ")
def test_every_character_but_spaces_is_in_one_sentence(text):
    position = 0
    for start, end in sentences(text):
        assert position <= start < end
        assert text[position:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        position = end
    assert text[position:].strip() == ""


@given(ABSTRACTS, st.integers(0, 40))
def test_passages_cover_the_abstract_and_fit(abstract, limit):
    paper = Paper("2104.00001", "Title", abstract, "", "")
    title, *others = passages(paper, lambda text: len(text) <= limit)
    assert title.is_title
    assert "".join("".join(p.text.split()) for p in others) == "".join(abstract.split())
    for passage in others:
        assert abstract[passage.start : passage.end] == passage.text
        assert len(passage.text) <= max(limit, 1)
