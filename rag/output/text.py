"""An answer as plain text: its first line, its claims, and what is left to show."""

from collections.abc import Callable, Sequence

from rag.core.answers import Answer, Claim
from rag.core.filters import Filters, short_name
from rag.core.papers import Paper
from rag.text import genres

ENGLISH_ONLY = "Questions are read in English."
"""What is said to a question in another language."""

YEARS_SHOWN = 12
"""Years or categories that a count names, the largest."""

_ONE_PAPER = ("fact", "explain", "record")
_DETAILS = ("fact", "record", "yes-no")  # what these are about is no name for a subject
_SIDES = {
    "yes": ("says yes", "say yes"),
    "no": ("says no, or only with limits", "say no, or only with limits"),  # of earlier versions
    "mixed": ("tells of limits", "tell of limits"),
    "told": ("speaks for itself", "speak for themselves"),
}


def render(answer: Answer) -> str:
    """Return the answer as plain text, with bracket numbers."""
    return "\n".join(lines(answer, _plain_claim))


def with_sources(answer: Answer) -> str:
    """Return the answer as plain text with its sources, or the nearest papers if it has none."""
    sources = [f"[{c.number}] {c.paper.title}  {c.paper.place}" for c in answer.citations]
    if answer.abstained and answer.near_misses:
        sources = ["Nearest papers:"]
        sources += [f"- {near.paper.title}  {near.paper.place}" for near in answer.near_misses]
    return "\n".join([render(answer), *([""] if sources else []), *sources])


def count_line(answer: Answer) -> str:
    """Return the first line of an answer: how many papers match, of which, or that none does."""
    if answer.kind in ("talk", "index"):
        return ""
    said = _found(answer)
    if answer.kind == "foreign":
        nearest = " These papers are nearest in meaning:" if answer.citations else ""
        return f"{ENGLISH_ONLY}{nearest}"
    return " ".join(part for part in (said, _left_out(answer), _order(answer)) if part)


def _found(answer: Answer) -> str:
    filters = answer.filters
    if filters and not answer.searched:
        return _none_passes(filters, answer.total)
    among = _among(answer, filters)
    if answer.abstained:
        return _nothing(answer, among)
    named = bool(filters.ids or filters.titles)
    if answer.kind in _ONE_PAPER and not answer.doubtful:
        return f"Of {among}:" if filters and not named else ""
    if answer.kind == "compare":
        return _unnamed(answer) or _beside(answer, among)
    if filters and not answer.looked_for:
        one = named and answer.searched == 1 and answer.kind != "count"
        return "" if one else f"{among[:1].upper()}{among[1:]}."
    if answer.doubtful:
        said = _verdict(answer) if answer.kind == "yes-no" and answer.verdict else ""
        told = f" {said[:1].upper()}{said[1:]}." if said else ""
        may = f"{answer.matched:,} may{_more(answer)}.{told}{_absent(answer)}"
        return f"None of {among} surely answers this; {may}"
    if answer.kind == "count":
        return _counted(answer, among)
    if answer.kind == "yes-no":
        verb = "bears" if answer.matched == 1 else "bear"
        return f"{answer.matched:,} of {among} {verb} on it; {_verdict(answer)}."
    if answer.mentioned:
        verb = "is" if answer.matched == 1 else "are"
        return f"{answer.matched:,} of {among} {verb} about it{_more(answer)}."
    verb = "matches" if answer.matched == 1 else "match"
    return f"{answer.matched:,} of {among} {verb}."


def _counted(answer: Answer, among: str) -> str:
    about = _sought(answer, _any_of)
    verb = "is about" if answer.matched == 1 else "are about"
    if all(map(_is_genre, answer.looked_for)):  # nothing is about "have code"
        verb = "matches" if answer.matched == 1 else "match"
    return f"{answer.matched:,} of {among} {verb} {about}{_more(answer)}.{_by(answer)}"


def _is_genre(words: str) -> bool:
    """Tell whether words ask for a kind of paper, and for nothing that it is about."""
    names = genres.asked(words)
    return bool(names) and not genres.without(names, words)


def _verdict(answer: Answer) -> str:
    """Say how many papers say what."""
    if not answer.verdict:
        return "it does not settle it" if answer.matched == 1 else "none surely settles it"
    if answer.matched == 1:
        return f"it {_SIDES[answer.verdict][0]}"
    said = answer.counts.get("verdict")
    if said is None:  # kept by a version that did not count them
        return f"they {_SIDES[answer.verdict][1]}"
    told = [f"{n:,} {_SIDES[side][n != 1]}" for side, n in said.items()]
    return ", ".join(told)


def _more(answer: Answer) -> str:
    """Say how many papers mention what was asked beside those that are about it."""
    count = len(answer.mentioned)
    return f"; {count:,} more {'mentions' if count == 1 else 'mention'} it" if count else ""


def _nothing(answer: Answer, among: str) -> str:
    """Say that nothing answers, and which words of the question no paper has."""
    sought = _sought(answer, lambda words: ", ".join(f"“{one}”" for one in words))
    about = f" on {sought}" if sought and answer.kind not in _DETAILS else " on this"
    unknown = _absent(answer)
    if not unknown and answer.mentioned:
        count = len(answer.mentioned)
        unknown = f" {count:,} {'paper mentions' if count == 1 else 'papers mention'} all of it."
    if answer.filters and answer.searched == 1:
        one = f"the one paper {answer.filters} does not answer this"
        return f"The index holds nothing{about}: {one}.{unknown}"
    return f"The index holds nothing{about}: none of {among} answers this.{unknown}"


def _sought(answer: Answer, joined: Callable[[Sequence[str]], str]) -> str:
    """Return what was looked for: “LLM agents” (a survey)."""
    beside = [one for one in answer.looked_for[1:] if one in genres.NAMES]
    words = joined([*answer.looked_for[:1], *(w for w in answer.looked_for[1:] if w not in beside)])
    return f"{words} ({' and '.join(beside)})" if beside else words


def _any_of(words: Sequence[str]) -> str:
    """Return words in quotation marks: “a”, “b” or “c”."""
    *first, last = (f"“{each}”" for each in words) if words else ("",)
    return f"{', '.join(first)} or {last}" if first else last


def _absent(answer: Answer) -> str:
    """Say which words of the question no paper has."""
    words = _any_of(answer.unknown)
    return f" No abstract has {words}." if words else ""


def _unnamed(answer: Answer) -> str:
    """Say which of the names that were to be compared no paper bears."""
    names = _any_of(answer.unknown)
    return f"The index has no paper that introduces {names}." if names else ""


def _beside(answer: Answer, among: str) -> str:
    """Say how many papers on the topic are not compared, where they were found and not named."""
    if not answer.looked_for or not answer.matched:
        return ""
    found = answer.matched + len(answer.mentioned)
    if answer.doubtful:
        return f"None of {among} is surely about it; {found:,} may be."
    if found == 1:
        return f"1 of {among} is about it: there is nothing to compare it with."
    return f"{answer.matched:,} of {found:,} are compared." if answer.mentioned else ""


def _by(answer: Answer) -> str:
    """Return how many papers there are by year and category, where that was asked."""
    said = ""
    for name in ("year", "category"):
        counts = answer.counts.get(name, {})
        most = list(counts.items())[:YEARS_SHOWN]
        if len(most) > 1:
            said += f" By {name}: {', '.join(f'{key} {count:,}' for key, count in most)}."
    return said


def _left_out(answer: Answer) -> str:
    """Say what was excluded, and how many papers that cost."""
    if not answer.excluded:
        return ""
    what = _any_of(answer.excluded)
    if not answer.left_out:
        return f"Left out is what has to do with {what}; no paper that matches does."
    papers = "1 paper is" if answer.left_out == 1 else f"{answer.left_out:,} papers are"
    return f"{papers} left out for {what}."


def _order(answer: Answer) -> str:
    return "The newest come first." if answer.newest and answer.matched > 1 else ""


def read_line(answer: Answer) -> str:
    """Return what a follow-up was read as; empty for a question that stands alone."""
    return f"Read as: {answer.resolved}" if answer.resolved else ""


def _among(answer: Answer, filters: Filters) -> str:
    """Return which papers were looked at: "34 papers in cs.RO"."""
    count = answer.searched if filters and answer.searched is not None else answer.total
    noun = "paper" if filters and count == 1 else "papers"
    papers = f"{count:,} {noun} {filters}".rstrip()
    if answer.among is None or answer.among >= count:
        return papers
    return f"the {answer.among:,} nearest of {papers}"


def _none_passes(filters: Filters, total: int) -> str:
    named = [*filters.ids, *(f"“{title}”" for title in filters.titles)]
    if filters == Filters(ids=filters.ids, titles=filters.titles):
        return f"None of the {total:,} papers in the index is {' or '.join(named)}."
    return f"The index has no papers {filters} ({total:,} in all)."


def rest_line(answer: Answer) -> str:
    """Say which of the matching papers are shown, where not all are."""
    shown = len(answer.citations)
    one = answer.kind in (*_ONE_PAPER, "compare", "index", "talk", "foreign")
    if answer.abstained or one or shown == answer.matched:
        return ""
    if not shown:
        return "There are no more."
    first, last = answer.skipped + 1, answer.skipped + shown
    return f"Shown are papers {first:,} to {last:,} of {answer.matched:,}."


def summary_line(answer: Answer, words: Callable[[str], str] = lambda text: text) -> str:
    """Return the paragraph on top, each sentence with its numbers; empty if there is none."""
    return " ".join(
        f"{words(claim.text)} {''.join(f'[{n}]' for n in claim.citations)}"
        for claim in answer.summary
    )


def titled(answer: Answer, claim: Claim) -> Paper | None:
    """Return the paper whose title opens the line of a claim: its first under a heading."""
    if answer.kind in ("fact", "record", "compare") or len(claim.citations) != 1:
        return None
    alike = (c for c in answer.claims if c.citations == claim.citations)
    first = next(c for c in alike if c.group == claim.group)
    by_number = {c.number: c.paper for c in answer.citations}
    return by_number[claim.citations[0]] if claim is first else None


def named(answer: Answer, claim: Claim) -> str:
    """Return the name of the paper that opens a claim in a comparison; empty elsewhere."""
    if answer.kind != "compare" or len(claim.citations) != 1:
        return ""
    return next(short_name(c.paper) for c in answer.citations if c.number == claim.citations[0])


def said(claim: Claim) -> str:
    """Return what a claim says, a quotation in quotation marks and with dots where it is cut."""
    if claim.support != "quote":
        return claim.text
    before = "… " if claim.text[:1].islower() else ""
    after = "" if claim.text.endswith((".", "!", "?", ".”", '."', ".)")) else " …"
    return f"“{before}{claim.text}{after}”"


def heading(answer: Answer, claim: Claim) -> str:
    """Return the line above the first claim of a group: its name, and how many papers it has."""
    together = [c for c in answer.claims if c.group == claim.group]
    if not claim.group or together[0] is not claim:
        return ""
    name = f"{claim.group[:1].upper()}{claim.group[1:]}"
    if answer.kind == "compare":
        return name
    return f"{name} ({len({c.citations for c in together})})"


def lines(
    answer: Answer,
    line: Callable[[Answer, Claim], str],
    words: Callable[[str], str] = lambda text: text,
) -> list[str]:
    """Return an answer line by line: claims as ``line`` renders them, free text as ``words``."""
    body: list[str] = []
    for claim in answer.claims:
        if above := heading(answer, claim):
            body += [*([""] if body else []), above, ""]
        body.append(line(answer, claim))
    top = [summary_line(answer, words)]
    parts = [[read_line(answer)], [count_line(answer)], top, body, [rest_line(answer)]]
    filled = [part for part in parts if part and part[0]]
    return [text for n, part in enumerate(filled) for text in (*([""] if n else []), *part)]


def _plain_claim(answer: Answer, claim: Claim) -> str:
    paper, name = titled(answer, claim), named(answer, claim)
    numbers = "".join(f"[{n}]" for n in claim.citations)
    if name or paper:
        return f"{numbers} {name or (paper.title if paper else '')}: {said(claim)}"
    return f"{said(claim)} {numbers}".rstrip()
