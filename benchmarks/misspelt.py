"""Ask with one word misspelt in every question, and without.

    python -m benchmarks.misspelt LISTING:GOLD[,GOLD...] ...

In each question of the gold files that has a plain word of six letters or more, one such word gets
one letter more, less, other or changed over with its neighbour. Prints what the answers are worth
as the questions stand, with the slip, and with the slip where no word is read as another.
"""

import argparse
import random
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase
from tempfile import TemporaryDirectory

from rag import listings
from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.evaluation.expected import Gold, read_file
from rag.evaluation.gold import figures, run
from rag.evaluation.report import gold_rows
from rag.library import Library
from rag.models import reranker
from rag.models.embedding import Embedding
from rag.question import misspelt
from rag.text.slips import SHORTEST

SHOWN = (
    "which papers: F1",
    "facts: said",
    "unanswerable: abstains",
    "answerable: abstains wrongly",
)
WORD = re.compile(rf"(?<![\w-])[a-z]{{{SHORTEST},}}(?![\w-])")


def main() -> None:
    """Ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="+", metavar="LISTING:GOLD[,GOLD...]")
    embedding, judge = Embedding.load(), reranker.load()
    for text in parser.parse_args().corpora:
        listing, _, files = text.rpartition(":")
        asked = [gold for file in files.split(",") for gold in read_file(Path(file))]
        wrong = misspelt_ones(asked)
        asked = [gold for gold in asked if gold.id in {one.id for one in wrong}]
        with TemporaryDirectory() as folder:
            library = Library.create(Path(folder) / "library", embedding)
            papers = (p for p in listings.read(Path(listing)) if isinstance(p, Paper))
            library.put(papers, embedding)
            assistant = Assistant(library, embedding, None, judge)
            unread = Assistant(library, embedding, None, judge)
            unread.manner = replace(assistant.manner, spell=misspelt.as_it_stands)
            for title, some, who in (
                ("as they stand", asked, assistant),
                ("misspelt", wrong, assistant),
                ("misspelt, and read as they stand", wrong, unread),
            ):
                rows = gold_rows(figures(run(some, who)))
                said = [f"{name} {value} ({of})" for name, value, of in rows if name in SHOWN]
                sys.stdout.write(f"{Path(listing).name}, {title}: {'; '.join(said)}\n")


def misspelt_ones(asked: Sequence[Gold]) -> list[Gold]:
    """Return the questions that have a word to misspell, with one misspelt; the same each run."""
    chance, found = random.Random(0), []
    for one in asked:
        if places := [match.span() for match in WORD.finditer(one.question)]:
            start, end = chance.choice(places)
            word = slipped(one.question[start:end], chance)
            text = f"{one.question[:start]}{word}{one.question[end:]}"
            found.append(replace(one, question=text))
    return found


def slipped(word: str, chance: random.Random) -> str:
    """Return a word with a slip behind its first letter."""
    n, letter = chance.randrange(1, len(word) - 1), chance.choice(ascii_lowercase)
    return chance.choice(
        (
            f"{word[:n]}{word[n + 1]}{word[n]}{word[n + 2 :]}",
            f"{word[:n]}{word[n + 1 :]}",
            f"{word[:n]}{letter}{word[n + 1 :]}",
            f"{word[:n]}{word[n]}{word[n:]}",
        )
    )


if __name__ == "__main__":
    main()
