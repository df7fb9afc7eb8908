"""The contrast set: true statements in free words, each with three that are false."""

import json
from dataclasses import dataclass
from pathlib import Path

CLAIMS = Path(__file__).parents[1] / "gold" / "claims.jsonl"
BUNDLED = "2021-04-02.cs.CV.md"
"""The listing whose papers are in the repository; of the others there is only the identifier."""


@dataclass(frozen=True)
class Claim:
    """A statement about a paper, and in what it is false."""

    id: str
    corpus: str
    paper: str
    kind: str
    label: bool
    claim: str


def read() -> list[Claim]:
    """Return all of them."""
    return [Claim(**json.loads(line)) for line in CLAIMS.read_text("utf-8").splitlines()]
