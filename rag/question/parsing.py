"""A question read by rule: what is asked for, and the concepts that a paper has to cover.

``read`` turns a question into its kind (papers, fact or overview), its topic (the question without
the words that only frame it) and its concepts: all of them have to be covered, each by one of its
alternatives. It knows English grammar words and how people ask for papers; it knows nothing of the
papers themselves.
"""

import json
import re
from itertools import pairwise
from pathlib import Path

from rag.core.questions import LONGEST_QUESTION, Concept, Kind, Question
from rag.errors import QuestionError

_PAPERS = (
    r"(?:papers?|works?|articles?|stud(?:y|ies)|publications?|preprints?|methods?|approach(?:es)?|"
    r"models?|systems?|techniques?|algorithms?|trackers?|detectors?|networks?|architectures?|"
    r"authors?|researchers?|groups?|surveys?|frameworks?|pipelines?)"
)
_FOLDED = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:[-'’+./^][^\W_]+)*\+*", re.UNICODE)

_WORD_OR_MARK = re.compile(rf"{_WORD.pattern}|[,;()]")

# Words that frame a question about papers and name nothing in it.
_FRAME = frozenset(
    """
    a about across actually address addresses addressing all also always am an and another any
    anything applied applies apply applying approach approaches are article articles as at
    attempt attempts author authors based be been being between both build builds but by can
    carry combine combined combines consider considers contain contains cope copes could cover
    covering covers deal dealing deals describe describes did discuss discusses do does doing
    done each either else employ employs especially etc evaluate evaluated evaluates
    evaluating ever every everything explain explore explores find focus focused focuses
    following for from get give gives had handle handles has have having help helps here how i
    if in include includes including instead into investigate investigates involve involves is
    it its itself just kind know known like list listed listing look looking mainly make makes many
    may me mention mentions method methods might more most much my name need needs of on one
    ones only onto or other our out over own paper papers per perform performs please preprint
    preprints present presents propose proposed proposes proposing provide provides
    publication publications relate related relates relating report reported reports research
    researcher researchers result results run running runs same say says see should show shows
    so solve solves some studies study studying such summarise summarize tackle tackles
    tackling talk talks technique techniques tell test tested testing tests than that the
    their them then there these they thing things this those through to tries try under upon
    us use used uses using utilise utilize via want was way ways we were what when where
    whether which while who whom whose why will with within without work works would you your
    accurately automatically commonly directly effectively efficiently explicitly generally jointly
    known normally overview primarily rely relies relying robustly simultaneously specifically
    summary together typically usually
    """.split()
)

# Between two of these a new concept begins: a paper has to cover what is on either side.
_BOUNDARY = frozenset(
    """
    for in on with by to from of via using use uses used at into through over under without within
    during against between among that which who whose where when while is are was were be do does
    did can could has have as than
    """.split()
)

_EXAMPLES = re.compile(
    r"\b(?:such as|like|e\.?g\.?,?|i\.?e\.?,?|including|for example|namely)\s", re.I
)
_ASIDE = re.compile(r"\([^()]*\)")
_NUMBER_WORDS = re.compile(
    r"\bhow (?:many|much|fast|long|large|big|often|few|high|low|far|accurate|efficient)\b|"
    r"\b(?:speed-?up|accuracy|score|rate|gain|factor|fps|frames per second|percent(?:age)?|psnr|"
    r"ssim|map|auc|iou|dice|number of|range|size|error|improvement|reduction|parameters|latency|"
    r"throughput|precision|recall)\b",
    re.IGNORECASE,
)
_DATASET_WORDS = re.compile(
    r"\b(?:datasets?|benchmarks?|corpora|corpus|data sets?)\b", re.IGNORECASE
)
# "Which papers report results on KITTI": what follows is used, and need not be the topic.
_USED = re.compile(
    r"\b(?:evaluat|report|test|result|experiment|benchmark|train|includ|compar)\w*\b.*?"
    r"\b(?:on|of|with|includes?|including)\s+(?P<what>.+)",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b(?!\d[dD]\b)(?:\w*\d|\w*[A-Z])")
_PRONOUNS = frozenset("them it those".split())
_ADJECTIVE = re.compile(r"(?:ed|[^aeiou]y|al|ic|ive|ous|ar|ble|less|ent|ant|ance)$", re.IGNORECASE)
_NOUNLIKE = re.compile(r"(?:ing|ion|ity|ment|ness|ics)s?$|[A-Z0-9]")

_ASKS_FOR_PAPERS = re.compile(
    rf"^(?:(?:which|what)\s+(?!(?:two|three|four|five)\b)(?:\w+\s+){{0,2}}?{_PAPERS}\b(?!(?:\s+\w+)?\s+(?:is|was|does|did)\b)"
    rf"|(?:any|all|recent|list|find|show|give|name)\b.*?\b{_PAPERS}\b"
    r"|(?:are|is)\s+there\b|who\s+(?:else\s+)?(?:report|use|evaluate|propose|work|stud|address|tackle|"
    r"present|introduce|do(?:es)?\b|ha(?:s|ve)\b|appl|test|train|build|compare|combine|investigate|"
    r"deal|focus|try|tries|look)\w*"
    rf"|{_PAPERS}\s+(?:that|which|on|about|for|with|using|based)\b"
    rf"|what\s+are\b|(?:which|what)\s+\w+(?:ers|ors)\b)",
    re.IGNORECASE,
)
_ASKS_FOR_DETAIL = re.compile(
    r"^(?:how\s+(?:many|much|fast|long|large|big|often|few|high|low|far|accurate|efficient|do(?:es)?|is|are|can)|"
    r"(?:at|by|on|in|over|with|for|to|from|against|under|through)\s+(?:how|which|what)|what|which|when|where|why|who\s+(?:won|is|was|painted|"
    r"invented|wrote|discovered|founded)|whose|does|do|is|can|did)\b",
    re.IGNORECASE,
)
_ASKS_FOR_ACCOUNT = re.compile(
    r"^(?:tell\s+me|explain|describe|summari[sz]e|give\s+(?:me\s+)?an?\s+(?:overview|summary)|overview|"
    r"what\s+(?:is|are)\s+(?:known|new|the\s+state|there)|what\s+do\s+(?:we|the\s+papers)|"
    r"how\s+do\s+(?:the\s+)?(?:papers|people|researchers|methods|authors))\b",
    re.IGNORECASE,
)


def read(text: str) -> Question:
    """Read a question.

    Raises
    ------
    QuestionError
        If the question is empty, holds no word, or is longer than ``LONGEST_QUESTION``.
    """
    text = _FOLDED.sub(" ", text).strip()
    if not _WORD.search(text):
        raise QuestionError("The question is empty: ask about the papers in words.")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(text):,} characters, {LONGEST_QUESTION:,} are allowed: "
            "shorten it."
        )
    kind = _kind(text)
    concepts = _concepts(text, kind, False)
    topic = " ".join(_content(text)) or text
    concepts = concepts or (Concept((topic,)),)  # "which papers are there?" names nothing else
    wants = _wants(text) if kind == "fact" else ""
    return Question(
        text,
        kind,
        topic,
        tuple(_content(text)),
        tuple(c.alternatives[0] for c in concepts),
        concepts=concepts,
        wants=wants,  # type: ignore[arg-type]
    )


def is_bare(text: str) -> bool:
    """Tell whether words only frame a question, as "which papers are there?" does."""
    return not _content(text)


def read_file(path: Path) -> list[tuple[str, str]]:
    """Read identifiers and questions from a JSON lines file with ``id`` and ``question``.

    Raises
    ------
    QuestionError
        If the file cannot be read, or a line of it is no question; nothing is asked then.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise QuestionError(f"{path} cannot be read ({why}): give a JSON lines file.") from error
    asked = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            asked.append((str(entry["id"]), str(entry["question"])))
            read(asked[-1][1])
        except (ValueError, KeyError, TypeError) as error:
            raise QuestionError(
                f'{path}, line {number}: expected {{"id": ..., "question": ...}}.'
            ) from error
        except QuestionError as error:
            raise QuestionError(f"{path}, line {number}: {error}") from error
    if not asked:
        raise QuestionError(f"{path} holds no questions: give a JSON lines file.")
    return asked


def framing(word: str) -> bool:
    """Tell whether a word frames what is said and names nothing in it."""
    return word.lower() in _FRAME or word.lower() in _BOUNDARY


def _kind(text: str) -> Kind:
    if _ASKS_FOR_ACCOUNT.match(text):
        return "overview"
    if _ASKS_FOR_PAPERS.match(text) and not re.match(r"who\s+(?:won|is|was|painted)\b", text, re.I):
        return "papers"
    return "fact" if _ASKS_FOR_DETAIL.match(text) else "papers"


def _wants(text: str) -> str:
    if _DATASET_WORDS.search(text) and not re.search(r"\bhow (?:many|much)\b", text, re.I):
        return "dataset"
    return "number" if _NUMBER_WORDS.search(text) else "name"


def _content(text: str) -> list[str]:
    return [w for w in _WORD.findall(text) if w.lower() not in _FRAME]


def _concepts(text: str, kind: Kind, may_be_none: bool) -> tuple[Concept, ...]:
    """Split at boundary words into concepts, at commas and "or" into their alternatives."""
    body = _ASIDE.sub(" ", text).rstrip("?!. ")
    body = body if may_be_none or _content(body) else text
    head, marker, examples = _at_examples(body)
    bare = kind == "papers" and not _ASKS_FOR_PAPERS.match(text)
    groups = _groups(head, bare)
    _share_verb(groups, head)
    if marker:
        last = groups.pop() if groups else []
        noun = last[0].split()[-1] if last else ""
        named = [
            f"{item} {noun}" if noun and " " not in item and not _NOUNLIKE.search(item) else item
            for item in _items(examples)
        ]
        groups.append([*last, *named])
    used = _USED.search(body)
    return tuple(
        Concept(tuple(dict.fromkeys(group)), named=_is_used(group, used["what"] if used else ""))
        for group in groups
        if group
    )


def _share_verb(groups: list[list[str]], body: str) -> None:
    """Say the verb of "cluster pixels, patches or images" with each of its objects."""
    asks = _ASKS_FOR_PAPERS.match(body)
    rest = body[asks.end() :] if asks else body
    first = _WORD.search(rest)
    if not groups or first is None or not groups[0][0].startswith(f"{first[0]} "):
        return
    if first[0].endswith("ing") or (asks and not _LINKS.search(asks[0])):
        others = [item if _starts_verb(item) else f"{first[0]} {item}" for item in groups[0][1:]]
        groups[0][1:] = others


_LINKS = re.compile(r"\b(?:on|about|for|with|using|based)$", re.IGNORECASE)


def _starts_verb(item: str) -> bool:
    return item.partition(" ")[0].endswith("ing")


def _is_used(group: list[str], used: str) -> bool:
    """Tell whether what a question looks for are names of things that papers use."""
    return all(_NAME.search(item) and item in used for item in group)


def _at_examples(body: str) -> tuple[str, str, str]:
    head, colon, tail = body.partition(": ")
    if colon and not _ASKS_FOR_PAPERS.match(tail):
        return head, colon, tail
    if colon:
        return f"{tail} {head}", "", ""
    found = _EXAMPLES.search(body)
    if found and _content(body[: found.start()]):
        return body[: found.start()], found[0], body[found.end() :]
    return body, "", ""


def _items(text: str) -> list[str]:
    parts = re.split(r"[,;/()]|\bor\b|\band\b", text)
    return [" ".join(words) for part in parts if (words := _content(part))]


def _groups(body: str, bare: bool) -> list[list[str]]:
    """Return the alternatives of each concept, as phrases of content words."""
    groups: list[list[list[str]]] = [[[]]]
    for token in _WORD_OR_MARK.findall(body):
        word = token.lower()
        if word in {"or", ",", ";", "(", ")"} or (word == "and" and bare):
            groups[-1].append([])
        elif word == "and" or word in _BOUNDARY:
            groups.append([[]])
        elif word in _PRONOUNS and len(groups) > 1 and groups[-2][0]:
            _fold_back(groups)
        elif word not in _FRAME:
            groups[-1][-1].append(token)
    return [named for group in groups if (named := _named(group))]


def _fold_back(groups: list[list[list[str]]]) -> None:
    """Put what a pronoun stands for in its place: "attacks or robustness to them"."""
    earlier = groups[-2]
    if len(earlier) > 1 and earlier[-1]:
        earlier[-1].extend(earlier[0])


def _named(group: list[list[str]]) -> list[str]:
    """Share the noun of "noisy or ambiguous labels" and join the words."""
    phrases = [words for words in group if words]
    for left, right in pairwise(phrases):
        if len(left) == 1 and len(right) > 1 and _ADJECTIVE.search(left[0]):
            left.append(right[-1])
    return [" ".join(words) for words in phrases]
