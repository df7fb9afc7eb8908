"""The sentences of an abstract that decide: those to show for a paper that matches.

The judge picks them: a sentence is good when it answers what was asked. Beside that it should tell
of the paper itself and not of its field, and stand alone; a sentence of background, motivation or
service is evidence only where there is no other. Whether the paper matches is not asked here.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from rag.core.passages import Passage
from rag.core.questions import Question
from rag.judge.figures import nearest, sentence
from rag.judge.wording import Wording
from rag.models.reranker import Reranker
from rag.search.retrieval import Match
from rag.text import genres, speech
from rag.text.words import stems

READ = 2
"""Sentences of a paper that the judge reads to pick one."""

MOST_SENTENCES = 2
"""Sentences of evidence a paper: the strongest, and one for what it leaves open."""

OWN, PROPOSES, BACKGROUND, SERVICE, LEANS = 7.0, 0.5, -5.0, -9.0, -1.0
"""What a sentence gains or loses, in logits of the judge, for telling of the paper itself or of its
results, for saying what it proposes, for being background or service text, and for leaning on
another; read on answers of the development corpora."""

WORDS, GENRE = 4.0, 8.0
"""What it gains for holding all words of the question, and for showing the genre asked for."""

EASY_WORDS, WORD_COST = 25, 0.06
"""Words of a sentence that are read at a glance, and what each more costs it."""

WITHOUT_JUDGE = 12.0
"""Logits that a cosine of 1 stands for where there is no judge."""

OPENS = 0.3
"""Share of the question's words that a second sentence has to add to the first."""


def read(
    text: str,
    matches: Sequence[Match],
    wording: Wording,
    names: Sequence[str],
    reranker: Reranker | None,
    most: int = READ,
) -> list[dict[int, float]]:
    """Return for each match what the judge says of its most promising sentences.

    Parameters
    ----------
    text
        What is asked.
    names
        Genres that are asked for.
    most
        Sentences of each that it reads.

    Returns
    -------
    list
        For each match its logits, by the position of the passage.
    """
    chosen = [_promising(match, wording, names, most) for match in matches]
    if reranker is None:
        return [
            {n: WITHOUT_JUDGE * float(match.cosines[n]) - WITHOUT_JUDGE / 2 for n in some}
            for match, some in zip(matches, chosen, strict=True)
        ]
    pairs = [
        (text, sentence(match.record, n))
        for match, some in zip(matches, chosen, strict=True)
        for n in some
    ]
    logits = iter(reranker.score(pairs).tolist())
    return [{n: next(logits) for n in some} for some in chosen]


def deciding(
    question: Question,
    match: Match,
    logits: Mapping[int, float],
    wording: Wording,
    names: Sequence[str],
) -> tuple[Passage, ...]:
    """Choose the sentence that answers best, and one more for words that it does not have."""
    passages = match.record.passages
    shares = wording.shares(match)
    value = {
        n: logit + standing(passages[n].text, names) + WORDS * float(shares[n])
        for n, logit in logits.items()
    }
    order = sorted(value, key=lambda n: (-value[n], n))
    chosen = order[:1]
    for n in order[1:]:
        both = wording.share({*stems(passages[chosen[0]].text), *stems(passages[n].text)})
        if both - float(shares[chosen[0]]) >= OPENS and value[n] > value[chosen[0]] - WORDS:
            chosen.append(n)
            break
    return tuple(passages[n] for n in chosen[: 1 if question.kind == "overview" else 2])


def standing(text: str, names: Sequence[str] = ()) -> float:
    """Return what a sentence gains or loses by what it speaks of, in logits."""
    said = speech.read(text)
    own = said.own or (said.result and not said.others and not said.background)
    gain = OWN * own + PROPOSES * said.proposes
    gain += BACKGROUND * (said.background or (said.others and not said.own))
    gain += SERVICE * said.service + LEANS * said.leans
    if any(genres.shown(name, text, False) for name in names):
        gain += GENRE + (0.0 if not said.service else -SERVICE)
    return gain - WORD_COST * max(text.count(" ") - EASY_WORDS, 0)


def _promising(match: Match, wording: Wording, names: Sequence[str], most: int) -> list[int]:
    """Return the sentences that the judge is to read: by nearness, words and standing."""
    passages = match.record.passages
    shares = wording.shares(match)
    value = [
        float(match.cosines[n]) + shares[n] / 2 + standing(passages[n].text, names) / 10
        for n in range(len(passages))
    ]
    ranked = [int(n) for n in np.argsort(-np.array(value), kind="stable")]
    found = [n for n in ranked if not passages[n].is_title] or ranked
    return list(dict.fromkeys([*found[: most - 1], nearest(match)[0], *found]))[:most]
