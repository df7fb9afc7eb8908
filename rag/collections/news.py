"""What is new for each watch: the papers that have come and match it, each with why.

Which papers match is not decided here: who asks gives a function that does (`Judge`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rag.collections import Collections, Watch
from rag.core.papers import Paper


@dataclass(frozen=True, slots=True)
class Find:
    """A paper that matches, and the sentence that says why."""

    paper: Paper
    why: str


Judge = Callable[[str, Sequence[str], Sequence[str]], Sequence[Find]]
"""From a question, the identifiers to look at and the categories to which the papers have to belong
(any, if none are given) to the papers that match, the best first."""


@dataclass(frozen=True, slots=True)
class News:
    """What is new for one watch, among how many new papers."""

    watch: Watch
    found: tuple[Find, ...]
    among: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can say it."""
        return {
            "watch": self.watch.number,
            "question": self.watch.question,
            "categories": list(self.watch.categories),
            "among": self.among,
            "papers": [
                {"id": find.paper.id, "title": find.paper.title, "url": find.paper.url,
                 "listed": find.paper.listed.isoformat() if find.paper.listed else None,
                 "why": find.why}
                for find in self.found
            ],
        }  # fmt: skip


def news(
    collections: Collections, papers: Sequence[str], judge: Judge, again: bool = False
) -> list[News]:
    """Return what is new for each watch.

    Parameters
    ----------
    papers
        Identifiers of what has come.
    judge
        Says which of them match.
    again
        Whether to tell also what a watch has told before.
    """
    told = []
    for watch in collections.watches():
        found = tuple(judge(watch.question, papers, watch.categories)) if papers else ()
        before = collections.told(watch.number, (f.paper.id for f in found)) if not again else set()
        kept = tuple(find for find in found if find.paper.id not in before)
        told.append(News(watch, kept, len(papers)))
    return told


def remember(collections: Collections, told: Iterable[News], papers: Iterable[str]) -> None:
    """Remember what was told, and about which papers the watches were asked."""
    finds = {each.watch.number: [find.paper.id for find in each.found] for each in told}
    collections.tell(finds, papers)
