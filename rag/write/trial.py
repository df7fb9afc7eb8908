"""The self-test of a language model: whether its free sentences can be trusted.

Three questions on invented papers, always the same. The model has to tell true statements about
them from false ones that no word list sees, and to write paragraphs of which sentences pass the
check. What came of it is kept beside the model, so that it is tested once. The size of a model says
nothing here: it is what it does that counts.
"""

import hashlib
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rag.core.answers import cited
from rag.core.papers import Paper, abstract_page, pdf_link
from rag.core.passages import Passage
from rag.core.questions import Kind, Question
from rag.judge.evidence import Evidence
from rag.library.records import Record
from rag.models.language import PACKAGED
from rag.text.sentences import sentences
from rag.write import agreement, synthesis

if TYPE_CHECKING:
    from rag.models.language import LanguageModel

VERSION = 1
"""Of the questions and of what has to come of them; an outcome of another one is not used."""

APART = 0.4
"""By how much the median of the true statements has to exceed the highest of the false ones."""

ABOVE = 0.25
"""Where the threshold lies between those two: near the false ones, since the rest of the check
comes before it. Of tests/gold/claims.jsonl a model of 1.5 billion parameters, with 2.9 by this,
shows 0.6 of the true and 0.006 of the false statements on the papers that the check was made on,
and 0.45 and 0.05 of those that somebody else wrote on others."""

SENTENCES = 2
"""Sentences of a paragraph that have to pass, in two of the three."""

_ENDING = ".trial.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a self-test.

    Attributes
    ----------
    passed
        Whether the model is trusted with free sentences.
    threshold
        The odds from which its "yes" counts.
    seconds
        How long a sentence took here, its check included; 0 where it wrote none.
    reason
        Why it did not pass.
    """

    version: int
    passed: bool
    threshold: float
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Task:
    kind: Kind
    question: str
    topic: str
    papers: tuple[tuple[str, str], ...]
    true: tuple[tuple[int, str], ...]
    false: tuple[tuple[int, str], ...]


_TASKS = (
    _Task(
        "papers",
        "Which papers forecast road traffic with graphs?",
        "forecasting road traffic with graphs",
        (
            ("FlowGraph: Traffic Forecasting from Sparse Sensors",
             "Sensors on roads are expensive. We propose FlowGraph, a graph attention network that "
             "forecasts the traffic of a city from the readings of few sensors. On the CityFlow "
             "dataset it lowers the error of recurrent networks by 12% with half of the sensors. "
             "It does not need maps of the roads."),
            ("Roads as Graphs: Learning Travel Times without History",
             "Travel times on new roads are hard to predict because there is no history. We model "
             "the roads as a graph and learn travel times from the shape of the network alone. Our "
             "model is less accurate than methods with history, but works on the first day."),
        ),
        (
            (0, "FlowGraph predicts a city's traffic from the readings of few sensors."),
            (1, "It learns travel times from the shape of the network."),
        ),
        (
            (0, "FlowGraph predicts a city's traffic from maps of the roads."),
            (1, "From the history of a road it learns how long trips take on the first day."),
        ),
    ),
    _Task(
        "explain",
        "How does LeafNet recognise plant diseases?",
        "how LeafNet recognises plant diseases",
        (
            ("LeafNet: Plant Diseases on a Phone",
             "Farmers need a diagnosis in the field. LeafNet first finds the leaf in a photograph "
             "and then compares its spots with those of healthy leaves. A large teacher network is "
             "distilled into a student with 2 million parameters, which runs on a phone at 12 FPS. "
             "The student reaches 91.3% accuracy on PlantSet, two points less than the teacher."),
        ),
        (
            (0, "LeafNet finds the leaf before it compares its spots with healthy leaves."),
            (0, "The student is two points less accurate than the teacher."),
        ),
        (
            (0, "LeafNet looks at the spots before it locates the leaf."),
            (0, "The large network learns from a small one that runs on a phone."),
        ),
    ),
    _Task(
        "compare",
        "How do EchoMask and TwinEar differ?",
        "EchoMask TwinEar",
        (
            ("EchoMask: Denoising Speech with One Microphone",
             "We remove noise from speech with a single microphone. EchoMask estimates a mask with "
             "a recurrent network and is trained on pairs of clean and noisy speech. It improves "
             "intelligibility by 8% on VoiceBank."),
            ("TwinEar: Self-Supervised Denoising with Two Microphones",
             "Clean recordings are rare. TwinEar learns to remove noise from two microphones that "
             "hear the same voice, without any clean speech. It is as good as supervised methods "
             "on VoiceBank while needing no labels."),
        ),
        (
            (0, "EchoMask is trained on clean and noisy speech."),
            (1, "TwinEar needs no clean speech."),
        ),
        (
            (0, "EchoMask learns from noisy recordings of two microphones."),
            (1, "TwinEar learns from recordings that exist both clean and noisy."),
        ),
    ),
)  # fmt: skip


def tried(
    model: "LanguageModel", say: Callable[[str], None] = lambda line: None
) -> "LanguageModel":
    """Return a model with what its self-test found; it is tested if it has not been yet.

    Parameters
    ----------
    model
        As `rag.models.language.load` gives it.
    say
        Is told in a line that a test begins, which takes from seconds to minutes.

    Raises
    ------
    ModelError
        If the model fails.
    """
    outcome = kept(model)
    if outcome is None:
        say(f"testing once whether {model.name} can be trusted with sentences of its own")
        outcome = test(model)
        keep(model, outcome)
    return replace(model, capable=outcome.passed, threshold=outcome.threshold)


def kept(model: "LanguageModel") -> Outcome | None:
    """Return what an earlier self-test found; None if there was none, or the file has changed."""
    if model.name == PACKAGED:
        return Outcome(VERSION, False, 0.0, 0.0, "it writes one sentence a paper")
    for path in _places(model):
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            if known.pop("of") == _of(model) and known["version"] == VERSION:
                return Outcome(**known)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def keep(model: "LanguageModel", outcome: Outcome) -> Path | None:
    """Keep an outcome beside the model, or in the user's data where that cannot be written."""
    text = json.dumps({"of": _of(model)} | asdict(outcome), indent=1) + "\n"
    for path in _places(model):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f"{path.name}.new")
            new.write_text(text, encoding="utf-8")
            new.replace(path)
        except OSError:
            continue
        return path
    return None


def test(model: "LanguageModel") -> Outcome:
    """Test a model, whatever was found before."""
    true = [odds for task in _TASKS for odds in _asked(task, task.true, model)]
    false = [odds for task in _TASKS for odds in _asked(task, task.false, model)]
    if None in true or None in false:
        return Outcome(VERSION, False, 0.0, 0.0, "it does not say how sure it is")
    middle = statistics.median(odds for odds in true if odds is not None)
    highest = max(odds for odds in false if odds is not None)
    threshold = round(highest + ABOVE * (middle - highest), 3)
    if middle - highest < APART:
        reason = "it does not tell true statements from false ones"
        return Outcome(VERSION, False, threshold, 0.0, reason)
    trusted = replace(model, capable=True, threshold=threshold)
    started = time.perf_counter()
    written = [_written(task, trusted) for task in _TASKS]
    seconds = round((time.perf_counter() - started) / max(sum(written), 1), 2)
    good = sum(count >= SENTENCES for count in written)
    if good < len(_TASKS) - 1:
        reason = f"of its three paragraphs {good} had {SENTENCES} sentences that passed"
        return Outcome(VERSION, False, threshold, seconds, reason)
    return Outcome(VERSION, True, threshold, seconds)


def _asked(
    task: _Task, statements: tuple[tuple[int, str], ...], model: "LanguageModel"
) -> list[float | None]:
    papers = [item.paper for item in _evidence(task)]
    return [agreement.believed(text, papers[n], model) for n, text in statements]


def _written(task: _Task, model: "LanguageModel") -> int:
    """Return how many sentences of a paragraph passed, as far as they are needed."""
    evidence = _evidence(task)
    question = Question(task.question, task.kind, task.topic)
    claims = synthesis.write(question, evidence, cited(e.paper for e in evidence), model)
    return len(list(islice(claims, SENTENCES)))


def _evidence(task: _Task) -> list[Evidence]:
    found = []
    for n, (title, abstract) in enumerate(task.papers, start=1):
        name = f"trial-{n}"
        paper = Paper(name, title, abstract, abstract_page(name), pdf_link(name))
        spans = sentences(abstract)
        passages = tuple(Passage(name, a, b, abstract[a:b]) for a, b in spans)
        found.append(Evidence(Record.of(paper, spans, b"", 1), passages, 1.0))
    return found


def _of(model: "LanguageModel") -> str:
    """Return what tells a model from another of its name: its address, or its size and time."""
    path = _file(model)
    if path is None:
        return f"{model.server.base if model.server else ''}#{model.name}"
    state = path.stat()
    return f"{path.name} {state.st_size} {state.st_mtime_ns}"


def _file(model: "LanguageModel") -> Path | None:
    path = getattr(model.chat, "path", None)
    return Path(path) if path else None


def _places(model: "LanguageModel") -> list[Path]:
    """Return where an outcome may be kept, the first that can be written."""
    from platformdirs import user_data_path

    path = _file(model)
    name = hashlib.sha256(_of(model).encode()).hexdigest()[:16]
    data = user_data_path("arxiv-rag") / "trials" / f"{name}{_ENDING}"
    return [path.with_name(f"{path.name}{_ENDING}"), data] if path else [data]
