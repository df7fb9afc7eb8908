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
from string import ascii_lowercase

from benchmarks.corpora import opened
from rag.assistant import Assistant
from rag.evaluation.expected import Gold
from rag.evaluation.gold import figures, run
from rag.evaluation.report import gold_rows
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
    for text in parser.parse_args().corpora:
        with opened(text) as (name, gold, assistant):
            wrong = misspelt_ones(gold)
            asked = [one for one in gold if one.id in {each.id for each in wrong}]
            unread = Assistant(assistant.library, assistant.embedding, None, assistant.reranker)
            unread.manner = replace(assistant.manner, spell=misspelt.as_it_stands)
            for title, some, who in (
                ("as they stand", asked, assistant),
                ("misspelt", wrong, assistant),
                ("misspelt, and read as they stand", wrong, unread),
            ):
                rows = gold_rows(figures(run(some, who)))
                said = [f"{what} {value} ({of})" for what, value, of in rows if what in SHOWN]
                sys.stdout.write(f"{name}, {title}: {'; '.join(said)}\n")


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
