"""A question as it was read: what it asks for, and in what manner it wants to be answered."""

from dataclasses import dataclass
from typing import Literal

LONGEST_QUESTION = 2_000
"""Characters. The embedding model reads about 1,000; anything longer is a pasted document."""

Kind = Literal[
    "papers", "fact", "explain", "compare", "overview", "yes-no", "count", "record", "index",
    "talk", "foreign",
]  # fmt: skip
"""What a question wants.

``papers``: all that match; ``fact``: one detail that an abstract states; ``explain``: how something
works or what it is; ``compare``: named papers side by side; ``overview``: an account of a field;
``yes-no``: evidence for and against; ``count``: how many match; ``record``: what is known of a
paper beside its text (authors, day, category, link); ``index``: about the index or the program
itself; ``talk``: thanks and greetings; ``foreign``: in a language that is not read.
"""

Wanted = Literal[
    "", "number", "speed", "dataset", "name", "venue", "code", "reason",
    "authors", "date", "category", "link", "version",
]  # fmt: skip
"""The form of the detail that a ``fact`` or ``record`` question asks for; empty: any."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and how it was read.

    Attributes
    ----------
    text
        As asked, standing alone, without its filters, with white space folded; for what is no set
        of papers also without what only tells who asks, and why.
    kind
        See `Kind`.
    topic
        What it is about, in its own words and their order: without what only frames it ("I was
        wondering whether anyone has", "please") and without what it excludes. Empty: it asks for
        whatever passes its filters.
    terms
        The words of the topic that carry meaning, as written, in their order.
    parts
        The phrases of the topic that have to come together: "transformers" and "tracking". At
        least one where there is a topic.
    excluded
        Phrases for what a paper must not do or be about.
    subjects
        Names that the question is about ("LoFTR"); for ``compare`` those that are compared, each
        as the question writes it.
    asked_for
        Words for the detail that is asked for ("parameters", "learning rate"); empty: none.
    wants
        The form of that detail.
    newest
        Whether the newest are wanted first.
    most
        How many of the papers on its topic are to be compared, where it names none; 0: not said.
    genres
        Kinds of paper that are asked for ("a survey"), names of `rag.text.genres`. The topic is
        without the words that ask for them where they are surely told; where nothing else is asked
        it is these words, and has no parts.
    """

    text: str
    kind: Kind
    topic: str
    terms: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    asked_for: str = ""
    wants: Wanted = ""
    newest: bool = False
    genres: tuple[str, ...] = ()
    most: int = 0
