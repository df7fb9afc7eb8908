"""Ask for details with what people write around a question, and without.

    python -m benchmarks.framed LISTING:GOLD[,GOLD...] ...

Every question of the gold files for a detail or an explanation is asked as it stands, and between
two of the frames below, which nothing was fitted on. Prints how many are answered rightly.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.corpora import opened
from rag.evaluation.expected import Gold
from rag.evaluation.gold import figures, run
from rag.evaluation.report import gold_rows

SHOWN = ("facts: said, and nothing else cited", "explained: said, and nothing else cited")
BEFORE = (
    "My landlord and I have a bet going: ",
    "Hope the heating works where you are. ",
    "Before I sign off the proofs, ",
    "Teaching this to sixteen-year-olds on Thursday; ",
    "My notes are water-stained here. ",
    "grandpa wants to know, ",
    "new here, hello! ",
    "Could you settle something for two tired postdocs, ",
    "it's for the caption of a poster - ",
    "I used to work in insurance, so bear with me. ",
)
BEHIND = (
    " No rush at all.",
    " will owe you a coffee",
    " Reply in one line if you can.",
    " I have looked everywhere.",
    " cheers, M.",
    "",
)


def main() -> None:
    """Ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="+", metavar="LISTING:GOLD[,GOLD...]")
    for text in parser.parse_args().corpora:
        with opened(text) as (listing, gold, assistant):
            asked = [one for one in gold if one.kind in ("fact", "explain")]
            for title, some in (("as they stand", asked), ("framed", framed(asked))):
                rows = gold_rows(figures(run(some, assistant)))
                said = [f"{name} {value} ({of})" for name, value, of in rows if name in SHOWN]
                sys.stdout.write(f"{listing}, {title}: {'; '.join(said)}\n")


def framed(asked: Sequence[Gold]) -> list[Gold]:
    """Return questions with something before and behind each, the same in every run."""
    chance = random.Random(0)
    return [
        replace(one, question=chance.choice(BEFORE) + one.question + chance.choice(BEHIND))
        for one in asked
    ]


if __name__ == "__main__":
    main()
