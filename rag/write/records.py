"""What is said from records: of a paper beside its text, of the index, and in small talk.

Nothing here is read from an abstract, so nothing is quoted.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from rag.core.answers import Claim
from rag.core.filters import short_name
from rag.core.papers import Paper
from rag.core.questions import Question

CATEGORIES = 5
"""Categories that are named, the largest."""

TALK = (
    "Glad to help. Ask which papers deal with something, how one works, what it reports, how two "
    "differ, or for an overview."
)
"""What is answered to thanks and greetings."""


def known(question: Question, paper: Paper, number: int) -> Claim:
    """Return what the record of a paper says to a question for its authors, day, or link."""
    name = f"“{short_name(paper)}”"
    if question.wants == "authors":
        said = _listed(paper.authors)
        text = f"{name} is by {said}." if said else _unknown(name, "authors")
    elif question.wants == "date":
        text = _dated(name, paper)
    elif question.wants == "category":
        said = _listed(paper.categories)
        text = f"{name} is filed under {said}." if said else _unknown(name, "category")
    elif question.wants == "version":
        text = f"The index has version {paper.version} of {name}." if paper.version else (
            _unknown(name, "version"))  # fmt: skip
    else:
        links = [f"its page is {paper.url}"] if paper.url else []
        links += [f"its PDF {paper.pdf}"] if paper.pdf else []
        text = f"{name}: {', '.join(links)}." if links else _unknown(name, "link")
    return Claim(text, (number,), "record", ())


def of_index(
    total: int,
    days: tuple[date | None, date | None],
    categories: Mapping[str, int],
    authors: bool,
) -> list[Claim]:
    """Return what the index holds, and what can be asked of it.

    Parameters
    ----------
    total
        Number of papers.
    days
        The oldest and the newest day of a listing.
    categories
        How many papers each has, the largest first.
    authors
        Whether the index knows any author.
    """
    first, last = days
    when = ""
    if first and last:
        when = f", listed on {first}" if first == last else f", listed from {first} to {last}"
    papers = "1 paper" if total == 1 else f"{total:,} papers"
    most = [f"{name} ({count:,})" for name, count in list(categories.items())[:CATEGORIES]]
    largest = "The only category is" if len(categories) == 1 else "The largest categories are"
    filed = f" {largest} {_listed(most)}." if most else ""
    rest_on = "titles, abstracts and authors" if authors else "titles and abstracts"
    return [
        Claim(f"The index has {papers}{when}.{filed}", (), "record", ()),
        Claim(
            f"Answers rest on {rest_on}, not on full texts. You can ask which papers "
            "deal with something, how a method works, for a number that an abstract states, for a "
            "comparison or an overview, and restrict all of it to days, categories and papers.",
            (),
            "record",
            (),
        ),
    ]


def talk() -> Claim:
    """Return a friendly line."""
    return Claim(TALK, (), "record", ())


def _dated(name: str, paper: Paper) -> str:
    if not paper.listed:
        return _unknown(name, "date")
    newer = f"; its version of {paper.updated} is the one in the index" if paper.updated else ""
    return f"{name} was listed on {paper.listed}{newer}."


def _unknown(name: str, what: str) -> str:
    return f"The index does not know the {what} of {name}."


def _listed(words: Sequence[str]) -> str:
    """Return words as a list: "A, B and C"."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
