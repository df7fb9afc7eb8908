"""The answer before its sentences: what matches, with which numbers, and what it was made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.core.answers import Answer, Index, Models, NearMiss, cited
from rag.core.questions import Question
from rag.core.tables import Table
from rag.judge import counts, stances
from rag.judge.evidence import Evidence, Findings
from rag.library import Library
from rag.question.followups import Turn
from rag.question.reading import Asked
from rag.text import genres
from rag.write import records

ONE_PAPER = ("fact", "explain")
"""Kinds of question that one paper can answer whole."""

WEIGHED = ("papers", "overview", "count", "compare", "yes-no", "explain")
"""Kinds of question whose papers match more or less likely."""

SURE = 0.7
"""Probability of the likeliest paper below which an answer is doubtful: of such questions on the
corpora of benchmarks/UNSEEN.md one in four has no answer, of the others one in fifty."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, what of it is shown, the number of each paper, and groups by number."""

    findings: Findings
    shown: tuple[Evidence, ...]
    numbers: Mapping[str, int]
    groups: dict[int, str] = field(default_factory=dict)


def begun(
    asked: Asked,
    found: Found,
    skip: int,
    library: Library,
    models: Models,
    tabulate: Callable[[Answer], Table],
) -> Answer:
    """Return the answer as far as it goes before anything is written.

    Parameters
    ----------
    skip
        How many of the matching papers come before those shown.
    tabulate
        What makes the table of all papers that match.
    """
    question, findings = asked.question, found.findings
    matched = findings.matched
    counted = counts.of([item.record for item in matched])
    said = [item.stance for item in found.shown]
    if question.kind == "yes-no" and matched:
        counted["verdict"] = stances.counted(said)
    doubtful = question.kind in WEIGHED and 0 < max((i.strength for i in matched), default=0) < SURE
    return Answer(
        question=asked.text,
        kind=question.kind,
        claims=(),
        citations=cited((item.paper for item in found.shown), found.numbers),
        matched=len(matched),
        total=len(library),
        near_misses=_near(question, findings),
        looked_for=_looked_for(question),
        skipped=skip,
        searched=library.count(asked.filters),
        among=findings.among,
        resolved=asked.resolved,
        matching=tuple(item.paper.id for item in matched),
        numbers=tuple(found.numbers[item.paper.id] for item in matched),
        mentioned=findings.mentioned,
        unknown=(findings.unknown if not matched or doubtful or question.kind == "compare" else ()),
        excluded=question.excluded,
        left_out=findings.left_out,
        doubtful=doubtful,
        verdict=stances.verdict(said),
        counts=counted,
        newest=question.newest,
        filters=asked.filters,
        index=index_of(library),
        models=models,
        tabulate=tabulate,
    )


def told(asked: Asked, library: Library, models: Models) -> Answer:
    """Return the answer to small talk, or to a question about the index itself."""
    total = len(library)
    claims = [records.talk()]
    if asked.question.kind == "index":
        sample = library.sample()
        authors = any(record.paper.authors for record in sample)
        days, categories = library.days(), library.categories()
        claims = records.of_index(total, days, categories, authors)
    return Answer(
        question=asked.text,
        kind=asked.question.kind,
        claims=tuple(claims),
        citations=(),
        matched=0,
        total=total,
        near_misses=(),
        resolved=asked.resolved,
        index=index_of(library),
        models=models,
    )


def index_of(library: Library) -> Index:
    """Return which index this is."""
    identity = library.identity
    return Index(
        str(library.path),
        len(library),
        identity.model,
        identity.dimensions,
        identity.format,
    )


def numbers_of(history: Sequence[Answer | Turn]) -> dict[str, int]:
    """Return the numbers that papers have in a conversation; the first one that a paper got."""
    found: dict[str, int] = {}
    for each in history:
        turn = each if isinstance(each, Turn) else Turn.of(each)
        found = turn.known | found
    return found


def _looked_for(question: Question) -> tuple[str, ...]:
    """Return what is looked for: the topic, and the genres of paper beside it."""
    if not question.topic:
        return question.subjects
    return (question.topic, *(genres.sure(question.genres) if question.parts else ()))


def _near(question: Question, findings: Findings) -> tuple[NearMiss, ...]:
    if findings.matched and question.kind in ("compare", "record", "foreign", *ONE_PAPER):
        return ()  # one paper that holds the answer leaves nothing nearly missed
    return tuple(NearMiss(e.paper, e.covers, e.missing) for e in findings.near)
