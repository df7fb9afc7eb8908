"""A question read in full: what it leans on, what restricts it, what it asks for.

The one place where conversation, filters and questions meet. It needs an index, to know what is a
title or an author and which day is the newest; it searches nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.core.answers import Answer
from rag.core.filters import Filters, Known, short_name
from rag.core.questions import Question
from rag.question import comparing, languages
from rag.question import filters as restricting
from rag.question import followups as conversation
from rag.question import parsing as questions
from rag.question.filters import Reading
from rag.question.followups import Turn
from rag.question.learned import PATTERNS, Manner
from rag.question.names import arxiv_identifier
from rag.question.references import found_before


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is understood.

    Attributes
    ----------
    text
        As asked, with white space folded.
    resolved
        The same, standing alone and spelt as papers spell it; empty if it was so already.
    question
        What is looked for. Without a topic it asks for whatever passes the filters.
    filters
        What a paper has to be to be looked at. Papers that are compared are no filter: they are
        the subjects of the question.
    skip
        Matching papers that were shown before.
    """

    text: str
    resolved: str
    question: Question
    filters: Filters
    skip: int = 0


def read(
    text: str,
    known: Known,
    history: Iterable[Answer | Turn] = (),
    filters: Filters | None = None,
    manner: Manner = PATTERNS,
) -> Asked:
    """Read a question.

    Parameters
    ----------
    text
        In English, up to `questions.LONGEST_QUESTION` characters.
    known
        The index.
    history
        Earlier answers, the latest last.
    filters
        Used instead of what the question says, if given.
    manner
        How to read one that stands alone; what was learned knows more ways of asking than the
        patterns do.

    Raises
    ------
    QuestionError
        If the question is empty or too long, holds no word to look for, or points to what has not
        been said.
    """
    text = questions.checked(text)
    spelt = text if languages.foreign(text) else comparing.plainly(manner.spell(text, known))
    resolved = conversation.resolve(spelt, history, known)
    if resolved.text == spelt:
        questions.meant(spelt)
    if languages.foreign(resolved.text):
        question = questions.read(resolved.text)
        return Asked(text, "", question, Filters() if filters is None else filters)
    reading = restricting.read(found_before(resolved.text), known)
    own = reading.filters.both(Filters(ids=resolved.among))  # which its words only count
    stands_alone = resolved.text == spelt or resolved.skip > 0  # "more" asks the last one again
    question, own = _question(reading, own, known, manner if stands_alone else PATTERNS)
    return Asked(
        text,
        "" if resolved.text == text else resolved.text,
        question,
        own if filters is None else filters,
        resolved.skip,
    )


def _question(
    reading: Reading, own: Filters, known: Known, manner: Manner
) -> tuple[Question, Filters]:
    """Return the question that is left beside filters, and the filters that it keeps."""

    def titled(said: str) -> bool:
        return bool(known.titled(said))

    if not reading.filters and not own:
        return _spelt(questions.read(reading.rest, titled, manner), known), own
    if not reading.names:
        return questions.restricted(reading.rest, titled, manner), own
    return _of_papers(reading, own, titled)


def _of_papers(
    reading: Reading, own: Filters, titled: questions.Titled
) -> tuple[Question, Filters]:
    """Read a question about papers that it names one by one."""
    names = tuple(reading.names)
    asked = questions.read(reading.named, titled) if reading.named else Question("", "papers", "")
    if asked.kind == "compare":
        marked = reading.named
        for name in names:  # a title keeps its "and"
            marked = marked.replace(name, f"“{name}”", 1)
        sides = questions.read(marked, titled).subjects
        subjects = sides if len(sides) > 1 else names
        asked = replace(asked, subjects=subjects, topic=" and ".join(subjects))
        return asked, replace(own, ids=(), titles=())
    if asked.kind == "record":
        return replace(asked, subjects=names), own
    bare = questions.is_bare(reading.rest)
    if (
        bare
        and len(names) == 1
        and asked.kind in ("papers", "overview", "explain", "talk", "index")
    ):
        return Question(reading.named or reading.rest, "explain", "", subjects=names), own
    if bare and asked.kind in ("overview", "explain"):
        return Question(reading.named or reading.rest, "overview", ""), own
    if asked.kind in ("papers", "count", "overview", "talk", "index"):
        left = questions.restricted(reading.rest, titled)
        return replace(left, kind=asked.kind if asked.kind == "count" else left.kind), own
    if asked.kind == "explain":
        return replace(asked, text=reading.named, subjects=names), own
    if len(names) > 1:  # a detail of any of them
        return questions.read(reading.rest, titled), own
    # The name tells that it is the paper asked about, and would hide which sentence answers.
    return replace(asked, text=reading.pronoun, subjects=names), own


def _spelt(question: Question, known: Known) -> Question:
    """Call papers that are subjects by their titles where the question has their identifiers."""
    subjects = []
    for name in question.subjects:
        identifier = arxiv_identifier(name)
        paper = known.get(identifier) if identifier else None
        subjects.append(short_name(paper) if paper else name)
    return replace(question, subjects=tuple(subjects))
