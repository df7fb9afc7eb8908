"""What the judge finds: papers, how strongly they match, and the sentences that show it."""

from dataclasses import dataclass

from rag.core.answers import Verdict
from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.library.records import Record


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper and the sentences of its abstract that decide, the strongest first.

    Attributes
    ----------
    strength
        How likely the paper matches, in [0, 1].
    covers, missing
        The parts of the question that the paper has, and those that it lacks.
    stance
        For a yes-or-no question, what its sentences say to it; with limits, the last one tells.
    rows
        For a comparison: what each sentence is of, as many as there are sentences; else none.
    """

    record: Record
    passages: tuple[Passage, ...]
    strength: float
    covers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    stance: Verdict = ""
    rows: tuple[str, ...] = ()

    @property
    def paper(self) -> Paper:
        """The paper itself."""
        return self.record.paper


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found.

    Attributes
    ----------
    matched
        The papers that match, best first. Those beyond the page that was asked for have no
        passages.
    near
        The nearest of those that do not.
    left_out
        How many papers match but for doing what was excluded.
    unknown
        Words of the question that stand in no paper of the index.
    mentioned
        Identifiers of the papers that hold all words of the question and were not found to match,
        the best first.
    order
        Identifiers of all candidates, by how likely they match.
    among
        How many candidates that is, where the index has too many papers to compare each with the
        question; None: every paper was looked at.
    """

    matched: tuple[Evidence, ...]
    near: tuple[Evidence, ...]
    left_out: int = 0
    unknown: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    among: int | None = None
