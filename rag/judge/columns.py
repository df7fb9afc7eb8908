# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""What answers a column that a reader names freely: "task", "metric", "loss function", "limitations".

Two that everybody asks for, task and metric, have rules. Any other is read by the judge, and only in
sentences that hold its words and speak of the paper itself: of the rest the judge is too often wrong,
and a blank cell is better than a wrong one.
"""

import re
from collections.abc import Sequence

from rag.core.passages import Passage
from rag.judge.cells import Found
from rag.judge.figures import sentence
from rag.library.records import Record
from rag.models.reranker import CrossEncoder
from rag.text import speech
from rag.text.words import same, stems

MOST_READ = 200
"""Pairs that the judge reads for one table, some two seconds: first a sentence of each paper."""

AHEAD = 2.5
"""Logits by which a sentence has to answer better than to be about the paper at all."""

QUESTION, NEUTRAL = "What is the {} of this paper?", "What is this paper?"

_END = r"(?=[,.;:()]|\s(?:that|which|where|who|while|by|via|using|with|based|called|named|termed|and (?:we|it|its)|as well|through|whose|under|when|without|as|is|are|to|across|within|in (?:this|which))\b|$)"
_TASK = re.compile(
    rf"\b(?:tasks? of|problems? of|challenges? of) (?P<a>(?!the proposed)[a-z\d][^,.;:()]{{4,90}}?){_END}"
    r"|\b(?:we|(?:this|the) (?:paper|work|article|study|survey)) (?:\w+ly )?(?:stud(?:y|ies)|address|addresses|tackles?|investigates?|focus(?:es)? on|concerns?|explores?) "
    rf"(?:the (?:task|problem|challenge) of )?(?P<b>(?!th(?:e|is|ese) (?:issue|problem|challenge|gap|limitation|question|effect|use)|how|whether|various|different|these|this|both|a (?:new|novel)|an? (?:\w+ )?setting|learning a)[a-z\d][^,.;:()]{{4,90}}?){_END}"
    r"|\b(?:method|framework|approach|model|network|system|algorithm|architecture|pipeline|benchmark|dataset|strategy|technique|scheme|solution|module|tool|toolkit|library|survey|review)s?"
    rf"(?:, [A-Z][\w+-]*,| \([\w+-]+\)| (?:named|called|dubbed|termed) \S+)?,? for (?P<c>(?!the (?:first|same|proposed)|each|this|that|these|it\b|our|both|better|more|address|solve|tackle|overcome|learn\b|improve|bridge|mitigate|alleviate|exploit|leverage|fully|effectively|efficiency|prompts|real-time,)[a-z\d][^,.;:()]{{4,90}}?){_END}",
    re.IGNORECASE,
)
_MEASURE = (
    r"(?:(?:m?AP|m?IoU|AUC|AUROC|ROUGE|BLEU(?:-\d)?|CIDEr|METEOR|BERTScore|PSNR|SSIM|LPIPS|FID|KID|CLIP[- ]?[Ss]core|MOTA|MOTP|IDF1|HOTA|WER|CER|EER|MAE|RMSE|MSE|DSC|HD95|NDCG(?:@\d+)?|nDCG(?:@\d+)?|MRR|F1(?:[- ][Ss]cores?)?|pass@\d+|FPS|FLOPs|MPJPE|PCK|ADE|FDE|BD-rate|perplexity"
    r"|(?:top-\d |verified |robust |classification |recognition |mean |average |balanced |overall |localization |pose |depth |task )*(?:accurac(?:y|ies)|precision|recall|Dice(?: \w+)?|success rates?|error rates?|inference time|latency|throughput|runtime|computational costs?|memory (?:usage|consumption)|compression ratios?))(?:@\w+)?)"
)
_METRIC = re.compile(rf"\b(?:the )?{_MEASURE}(?:(?:, and |, | and | or |/){_MEASURE})*(?![\w-])")


def rule(column: str, record: Record) -> Found | None:
    """Return what a rule finds for a column that has one, else None."""
    name = _name(column)
    if name not in _RULES:
        return None
    pattern = _RULES[name]
    best: tuple[float, Passage] | None = None
    for place, passage in enumerate(p for p in record.passages if not p.is_title):
        said = speech.read(passage.text)
        if not (said.result if name == "metric" else said.proposes) or said.background:
            continue
        for match in pattern.finditer(passage.text):
            group = match.lastgroup or 0
            start, end = match.span(group)
            if name == "task" and " " not in passage.text[start:end]:
                continue
            value = (end - start) / 100 + said.result if name == "metric" else said.own - place / 5
            if best is None or value > best[0]:
                at = passage.start
                text = passage.text[start:end]
                best = value, Passage(passage.paper_id, at + start, at + end, text)
    return Found(best[1], (0, len(best[1].text)), whole=True) if best else None


def has_rule(column: str) -> bool:
    """Tell whether a column is found by a rule."""
    return _name(column) in _RULES


def read(
    columns: Sequence[str], records: Sequence[Record], reranker: CrossEncoder | None
) -> dict[str, dict[str, Found]]:
    """Return what answers columns that are named freely, by column and identifier.

    Parameters
    ----------
    reranker
        The judge; without it only columns with a rule are filled.
    """
    found: dict[str, dict[str, Found]] = {column: {} for column in columns}
    for column in filter(has_rule, columns):
        found[column] = {r.id: cell for r in records if (cell := rule(column, r))}
    wanted = [column for column in columns if not has_rule(column)]
    if reranker is not None and wanted:
        found |= _judged(wanted, records, reranker)
    return found


def _judged(
    columns: Sequence[str], records: Sequence[Record], reranker: CrossEncoder
) -> dict[str, dict[str, Found]]:
    """Let the judge read the sentences that may answer, and take the ones it is sure of."""
    asked = [
        (place, column, record, n)
        for column in columns
        for record in records
        for place, n in enumerate(_holding(column, record))
    ]
    asked = sorted(asked, key=lambda one: one[0])[: MOST_READ // 2]
    pairs = [(QUESTION.format(column), sentence(record, n)) for _, column, record, n in asked]
    plain = [(NEUTRAL, text) for _, text in pairs]
    logits = reranker.score([*pairs, *plain])
    best: dict[tuple[str, str], tuple[float, Found]] = {}
    for (_, column, record, n), of, without in zip(
        asked, logits[: len(pairs)], logits[len(pairs) :], strict=True
    ):
        ahead, key = float(of - without), (column, record.id)
        if ahead >= AHEAD and (key not in best or ahead > best[key][0]):
            passage = record.passages[n]
            best[key] = ahead, Found(passage, _where(column, passage.text))
    return {c: {i: f for (of, i), (_, f) in best.items() if of == c} for c in columns}


def _holding(column: str, record: Record) -> list[int]:
    """Return the sentences on the paper itself that hold all words of a column."""
    wanted = stems(column)
    found = []
    for n, passage in enumerate(record.passages):
        said = speech.read(passage.text)
        if passage.is_title or said.background or not said.own:
            continue
        held = stems(_POINTS_BACK.sub("", passage.text))
        if wanted and all(any(same(a, b) for b in held) for a in wanted):
            found.append(n)
    return found


def _where(column: str, text: str) -> tuple[int, int]:
    """Return where the words of a column stand in a sentence."""
    places = [
        match.span()
        for match in re.finditer(r"[^\W_]+", text)
        if any(same(a, b) for a in stems(column) for b in stems(match[0]))
    ]
    return (min(a for a, _ in places), max(b for _, b in places)) if places else (0, len(text))


def _name(column: str) -> str:
    plain = " ".join(column.casefold().split())
    return {"tasks": "task", "problem": "task", "metrics": "metric", "measure": "metric",
            "measures": "metric", "evaluation metric": "metric"}.get(plain, plain)  # fmt: skip


# "To overcome this limitation" is about the limitation of others.
_POINTS_BACK = re.compile(r"\b(?:this|these|such|those|that|the above) (?:\w+ )?\w+", re.IGNORECASE)
_RULES = {"task": _TASK, "metric": _METRIC}
