"""From evidence to claims: a checked sentence of the language model, else words of the abstract.

For each paper in the order of the evidence. Every claim carries the words that bear it out; a draft
that does not pass its check is mended once, and quoted where that does not pass either.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.core.answers import Citation, Claim, Quote, numbers
from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.core.questions import Question
from rag.judge.evidence import Evidence
from rag.models.embedding import Embedding
from rag.write import check, clauses, drafts, records

if TYPE_CHECKING:
    from rag.models.language import LanguageModel

YES, LIMITS = "yes", "with limits, or against it"
TOLD, SILENT = "what may settle it", "on it, without settling it"
"""What sentences say to a yes-or-no question, and papers that say nothing to it."""

DOES_NOT_SAY = "The abstract does not say."
"""What stands in a comparison where an abstract is silent."""

_ROWS = ("what it does", "how", "data", "results")


class Writing:
    """Writes the claims of one answer.

    Parameters
    ----------
    question
        What was asked.
    citations
        The papers to cite, with their numbers.
    model
        What drafts sentences; None: quotations alone.
    groups
        What the claims on a paper go under in an overview, by its number.
    watch
        Called with what is being written while it grows, before it is checked.
    """

    def __init__(
        self,
        question: Question,
        citations: Sequence[Citation],
        embedding: Embedding,
        model: "LanguageModel | None" = None,
        groups: "dict[int, str] | None" = None,
        watch: Callable[[str], None] | None = None,
    ) -> None:
        self._question = question
        self._number = numbers(citations)
        self._embedding = embedding
        self._model = model
        self._groups = groups or {}
        self._watch = watch

    def claims(self, shown: Sequence[Evidence]) -> Iterator[Claim]:
        """Yield the claims on the papers shown."""
        kind = self._question.kind
        if kind == "compare":
            yield from self._compared(shown)
        elif kind == "record":
            for item in shown:
                yield records.known(self._question, item.paper, self._number[item.paper.id])
        elif kind == "yes-no":
            yield from self._weighed(shown)
        elif kind in ("explain", "foreign") or not self._question.topic:
            for item in shown:
                yield from (self._whole(p) for p in item.passages)
        else:
            for claim in self._drafted(shown):
                group = self._groups.get(claim.citations[0], "")
                yield replace(claim, group=group) if group else claim

    def _drafted(self, shown: Sequence[Evidence]) -> Iterator[Claim]:
        """Yield checked drafts, else quotations, in the order of the evidence."""
        coming = drafts.drafts(self._question, shown, self._model, self._watch)
        written: dict[int, str] = {}
        for position, item in enumerate(shown):
            while position not in written and (draft := next(coming, None)):
                written[draft.about] = draft.text
            yield self._claim(written.get(position, ""), item)
            if self._question.kind == "fact":
                yield from (self._quotation(p) for p in item.passages[1:])

    def _weighed(self, shown: Sequence[Evidence]) -> Iterator[Claim]:
        """Yield what says yes, what says which way, what tells of limits, and what says nothing."""
        for group in (YES, TOLD, LIMITS, SILENT):
            for item in shown:
                for place, passage in enumerate(item.passages):
                    if group == _side(item, place):
                        yield replace(self._whole(passage), group=group)

    def _compared(self, shown: Sequence[Evidence]) -> Iterator[Claim]:
        """Yield row after row what each paper says; where it is silent, that it is."""
        for row in _ROWS:
            told = [
                [p for p, of in zip(item.passages, item.rows, strict=True) if of == row]
                for item in shown
            ]
            if not any(told):
                continue
            for item, passages in zip(shown, told, strict=True):
                for passage in passages:
                    yield replace(self._whole(passage), group=row)
                if not passages:
                    number = self._number[item.paper.id]
                    yield Claim(DOES_NOT_SAY, (number,), "blank", (), row)

    def _claim(self, text: str, item: Evidence) -> Claim:
        """Return a draft if it passes, else its mended form if that does, else the quotation."""
        borne_out = self._supporting(text, item)
        if text and borne_out is None:
            text = drafts.mended(self._question, item, text, self._model, self._watch)
            borne_out = self._supporting(text, item)
        if borne_out is not None:
            cites = (self._number[item.paper.id],)
            return Claim(text, cites, "paraphrase", (_quote(borne_out),))
        return self._quotation(item.passages[0])

    def _supporting(self, text: str, item: Evidence) -> Passage | None:
        """Return the sentence that bears a draft out, if the draft says what the evidence shows."""
        if not text or _repeats(text, item.paper):
            return None
        clause = clauses.cut(self._question, item.passages[0])
        if not clauses.keeper(self._question, clause.text)(text):
            return None
        return check.check(text, item.paper, item.passages, self._embedding).passage

    def _whole(self, passage: Passage) -> Claim:
        """Quote a whole sentence: its end may be what explains, or what limits."""
        number = self._number[passage.paper_id]
        return Claim(passage.text, (number,), "quote", (_quote(passage),))

    def _quotation(self, passage: Passage) -> Claim:
        clause = clauses.cut(self._question, passage)
        return Claim(clause.text, (self._number[passage.paper_id],), "quote", (_quote(clause),))


def _side(item: Evidence, place: int) -> str:
    """Return what a sentence of a paper goes under: the last one of limits tells of them."""
    if item.stance == "mixed":
        return LIMITS if place == len(item.passages) - 1 else TOLD
    return {"yes": YES, "told": TOLD}.get(item.stance, SILENT)


def _repeats(text: str, paper: Paper) -> bool:
    """Tell whether a text is but the title again, or words of the abstract: those are quoted."""
    said = text.rstrip(".").lower()
    return said in paper.abstract.lower() or said in paper.title.lower()


def _quote(passage: Passage) -> Quote:
    return Quote(passage.paper_id, passage.start, passage.end, passage.text)
