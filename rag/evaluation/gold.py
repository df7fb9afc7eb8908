"""What answers are worth to questions whose answers are known.

Promises to look everything up again: a citation, a quotation or a sentence is held against the
paper as the library has it, not as the answer says that it is. It does not know how answers are
made, and shares no check with what makes them.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.core.answers import Answer, Claim, Verdict
from rag.evaluation.expected import KINDS, Gold
from rag.evaluation.grounding import unsupported

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.library import Library


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question.

    Attributes
    ----------
    text
        The answer as plain text, all pages of it.
    cited
        Identifiers of the papers cited, in their order.
    seconds
        Time for the first page, in seconds.
    verdict
        What the answer says to a yes-or-no question.
    sentences, own_words, quotations
        How many there are.
    not_in_index, not_verbatim, unsupported
        A line for each citation, quotation and sentence that does not stand the check.
    """

    gold: Gold
    text: str
    abstained: bool
    verdict: Verdict
    cited: tuple[str, ...]
    seconds: float
    sentences: int
    own_words: int
    quotations: int
    not_in_index: tuple[str, ...]
    not_verbatim: tuple[str, ...]
    unsupported: tuple[str, ...]

    @property
    def hits(self) -> frozenset[str]:
        """The relevant papers that are cited."""
        return self.gold.relevant & set(self.cited)

    @property
    def missing(self) -> frozenset[str]:
        """The relevant papers that are not cited."""
        return self.gold.relevant - set(self.cited)

    @property
    def wrong(self) -> tuple[str, ...]:
        """The cited papers that are neither relevant nor acceptable."""
        known = self.gold.relevant | self.gold.acceptable
        return tuple(i for i in self.cited if i not in known)

    @property
    def precision(self) -> float:
        """Share of the cited papers that are relevant; 0 if none counts."""
        counted = len(self.hits) + len(self.wrong)
        return len(self.hits) / counted if counted else 0.0

    @property
    def recall(self) -> float:
        """Share of the relevant papers that are cited."""
        return len(self.hits) / len(self.gold.relevant) if self.gold.relevant else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        counted = len(self.hits) + len(self.wrong) + len(self.gold.relevant)
        return 2 * len(self.hits) / counted if counted else 0.0

    @property
    def said(self) -> bool:
        """Whether the answer holds one of the strings that it has to."""
        return not self.abstained and any(
            _holds(self.text, expected) for expected in self.gold.answer_contains
        )

    @property
    def rightly_cited(self) -> bool:
        """Whether a relevant paper is cited, and nothing else but acceptable ones."""
        return bool(self.hits) and not self.wrong

    @property
    def right(self) -> bool:
        """Whether the answer is what it has to be; the checks of what it says apart."""
        if self.gold.kind == "unanswerable":
            return self.abstained
        if self.gold.kind == "yes-no":
            if {self.verdict, self.gold.verdict} == {"yes", "no"}:
                return False
            return bool(self.hits) == bool(self.gold.verdict) == bool(self.verdict)
        if self.gold.kind in ("fact", "explain"):
            return self.said and self.rightly_cited
        if self.gold.kind == "compare":
            return self.said and not self.missing and not self.wrong
        return not self.missing and not self.wrong

    @property
    def sound(self) -> bool:
        """Whether all that it says stands the checks."""
        return not (self.not_in_index or self.not_verbatim or self.unsupported)


def run(
    questions: Iterable[Gold], assistant: "Assistant", progress: Callable[[int], None] | None = None
) -> list[Result]:
    """Ask questions and examine the answers; progress is called with 1 after each."""
    results = []
    for gold in questions:
        answers = list(_pages(assistant, gold.question))
        results.append(examine(gold, answers, assistant.library))
        if progress:
            progress(1)
    return results


def _pages(assistant: "Assistant", question: str) -> Iterator[Answer]:
    """Yield all pages of an answer: one shows so many papers and no more."""
    shown = 0
    while True:
        answer = assistant.ask(question, skip=shown)
        yield answer
        shown += len(answer.citations)
        if shown >= answer.matched or not answer.citations:
            return


def examine(gold: Gold, answers: Sequence[Answer], library: "Library") -> Result:
    """Hold the pages of an answer against what was expected and against the library.

    Parameters
    ----------
    gold
        The question that was asked.
    answers
        The pages of the answer, at least one.
    library
        What the answer was made from.
    """
    cited = [c.paper.id for answer in answers for c in answer.citations]
    claims = [(answer, claim) for answer in answers for claim in (*answer.summary, *answer.claims)]
    loose = [said for answer, claim in claims for said in _loose(answer, claim, library)]
    return Result(
        gold=gold,
        text="\n".join(answer.text for answer in answers),
        abstained=answers[0].abstained,
        verdict=answers[0].verdict,
        cited=tuple(dict.fromkeys(cited)),
        seconds=float(answers[0].seconds.get("total", 0.0)),
        sentences=len(claims),
        own_words=sum(claim.support == "paraphrase" for _, claim in claims),
        quotations=sum(len(claim.quotes) for _, claim in claims),
        not_in_index=tuple(line for answer in answers for line in _strangers(answer, library)),
        not_verbatim=tuple(line for _, claim in claims for line in _misquoted(claim, library)),
        unsupported=tuple(loose),
    )


def _strangers(answer: Answer, library: "Library") -> Iterator[str]:
    """Yield the citations that the library does not have, or has with another title or link."""
    for citation in answer.citations:
        paper, kept = citation.paper, library.get(citation.paper.id)
        if kept is None:
            yield f"[{citation.number}] {paper.id} {paper.title}: not in the index"
        elif (kept.title, kept.url) != (paper.title, paper.url):
            yield f"[{citation.number}] {paper.id} {paper.title} {paper.url}: not as in the index"
    listed = {citation.number for citation in answer.citations}
    for number in sorted({n for claim in answer.claims for n in claim.citations} - listed):
        yield f"[{number}]: no paper has this number"


def _misquoted(claim: Claim, library: "Library") -> Iterator[str]:
    """Yield what is marked as quoted and does not stand word for word in the abstract.

    A quotation that is shown shortened has "…" for what was left out; each part has to stand there.
    """
    for quote in claim.quotes:
        paper = library.get(quote.paper_id)
        if paper is None or not quote.text or paper.abstract[quote.start : quote.end] != quote.text:
            yield f"{quote.paper_id}[{quote.start}:{quote.end}]: {quote.text}"
    if claim.support == "quote":
        parts = [part.strip() for part in re.split(r"\[?(?:…|\.\.\.)\]?", claim.text)]
        shown = [quote.text for quote in claim.quotes]
        if not any(parts) or not any(all(part in text for part in parts) for text in shown):
            yield f"shown as quoted: {claim.text}"


def _loose(answer: Answer, claim: Claim, library: "Library") -> Iterator[str]:
    """Yield a claim that has a number or name which nothing that it cites has."""
    ids = [c.paper.id for c in answer.citations if c.number in claim.citations]
    papers = [paper for i in ids if (paper := library.get(i)) is not None]
    source = "\n".join(f"{paper.title}\n{paper.abstract}" for paper in papers)
    if claim.support == "record":
        source = "\n".join([source, *(json.dumps(paper.to_dict()) for paper in papers)])
        source += f"\n{len(library)} {' '.join(map(str, [*library.days(), library.categories()]))}"
    if details := unsupported(claim.text, source):
        yield f"{', '.join(details)} in: {claim.text}"


def _holds(text: str, expected: str) -> bool:
    """Tell whether a text holds a string; not inside a longer number ("8%" in "28%") or word."""
    wanted = _folded(expected)
    after = r"(?!\w|[.,]\d)" if wanted[-1].isalnum() else ""  # "28.5%saving" holds "28.5%"
    pattern = rf"(?<!\w)(?<!\d[.,]){re.escape(wanted)}{after}"
    return re.search(pattern, _folded(text)) is not None


def _folded(text: str) -> str:
    """Return a text with one kind of dash and space, and in lower case."""
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text).replace("×", "x")
    return " ".join(text.split()).casefold()


def figures(results: Sequence[Result]) -> dict[str, dict[str, float | None]]:
    """Return the figures of all questions together.

    Means are over questions, shares over what they are shares of; None where there is nothing to
    take a share of. Percentiles of seconds are interpolated.
    """
    sets, facts, explained, compared, doubted, empty = (
        [r for r in results if r.gold.kind == kind] for kind in KINDS
    )
    told = [r for r in doubted if r.gold.verdict]
    untold = [r for r in doubted if not r.gold.verdict]
    answerable = [*sets, *facts, *explained, *compared, *told]
    sentences = sum(r.sentences for r in results)
    return {
        "set": {
            "questions": len(sets),
            "precision": _mean(r.precision for r in sets),
            "recall": _mean(r.recall for r in sets),
            "f1": _mean(r.f1 for r in sets),
        },
        "fact": {
            "questions": len(facts),
            "said": _mean(r.said for r in facts),
            "right_paper_cited": _mean(bool(r.hits) for r in facts),
            "said_and_rightly_cited": _mean(r.right for r in facts),
        },
        "explain": {
            "questions": len(explained),
            "said_and_rightly_cited": _mean(r.right for r in explained),
        },
        "compare": {
            "questions": len(compared),
            "both_cited_and_said": _mean(r.right for r in compared),
        },
        "yes_no": {
            "told": len(told),
            "right": _mean(r.right for r in told),
            "same": _mean(bool(r.hits) and r.verdict == r.gold.verdict for r in told),
            "turned": _mean({r.verdict, r.gold.verdict} == {"yes", "no"} for r in told),
            "untold": len(untold),
            "made_up": _mean(bool(r.verdict) for r in untold),
        },
        "unanswerable": {
            "questions": len(empty),
            "abstains": _mean(r.abstained for r in empty),
        },
        "answerable": {
            "questions": len(answerable),
            "abstains": _mean(r.abstained for r in answerable),
        },
        "citations": {
            "given": sum(len(r.cited) for r in results),
            "not_in_index": sum(len(r.not_in_index) for r in results),
        },
        "quotations": {
            "given": sum(r.quotations for r in results),
            "not_verbatim": sum(len(r.not_verbatim) for r in results),
        },
        "sentences": {
            "given": sentences,
            "unsupported": sum(len(r.unsupported) for r in results),
            "own_words": sum(r.own_words for r in results) / sentences if sentences else None,
        },
        "seconds": {
            "p50": _percentile([r.seconds for r in results], 50),
            "p95": _percentile([r.seconds for r in results], 95),
        },
    }


def _mean(values: Iterable[float]) -> float | None:
    kept = [float(value) for value in values]
    return sum(kept) / len(kept) if kept else None


def _percentile(values: Sequence[float], share: int) -> float | None:
    import numpy as np

    return float(np.percentile(values, share)) if values else None
