"""An answer as plain text: its first line, its claims, and what is left to show."""

from collections.abc import Callable

from rag.core.answers import Answer, Claim
from rag.core.filters import Filters
from rag.core.papers import Paper


def render(answer: Answer) -> str:
    """Return the answer as plain text, with bracket numbers."""
    return "\n".join(lines(answer, _plain_claim))


def count_line(answer: Answer) -> str:
    """Return the first line of an answer: how many papers match, of which, or that none does."""
    filters = Filters.from_dict(answer.filters)
    if filters and not answer.searched:
        return _none_passes(filters, answer.total)
    among = _among(answer, filters)
    if answer.abstained:
        sought = ", ".join(f"“{words}”" for words in answer.looked_for)
        about = f" on {sought}" if sought else " on this"
        if filters and answer.searched == 1:
            return f"The index holds nothing{about}: the one paper {filters} does not answer this."
        return f"The index holds nothing{about}: none of {among} answers this."
    named = bool(filters.ids or filters.titles)
    if answer.kind == "fact":
        return f"Of {among}:" if filters and not named else ""
    if filters and not answer.looked_for:
        return "" if named and answer.searched == 1 else f"{among[:1].upper()}{among[1:]}."
    verb = "matches" if answer.matched == 1 else "match"
    return f"{answer.matched:,} of {among} {verb}."


def read_line(answer: Answer) -> str:
    """Say how a question was understood that leant on earlier ones; empty if it did not."""
    return f"Read as: {answer.resolved}" if answer.resolved else ""


def _among(answer: Answer, filters: Filters) -> str:
    """Return which papers were looked at: "34 papers in cs.RO"."""
    count = answer.searched if filters and answer.searched is not None else answer.total
    noun = "paper" if filters and count == 1 else "papers"
    return f"{count:,} {noun} {filters}".rstrip()


def _none_passes(filters: Filters, total: int) -> str:
    named = [*filters.ids, *(f"“{title}”" for title in filters.titles)]
    if filters == Filters(ids=filters.ids, titles=filters.titles):
        return f"None of the {total:,} papers in the index is {' or '.join(named)}."
    return f"The index has no papers {filters} ({total:,} in all)."


def rest_line(answer: Answer) -> str:
    """Say which of the matching papers are shown, where not all are."""
    shown = len(answer.citations)
    if answer.abstained or answer.kind == "fact" or shown == answer.matched:
        return ""
    if not shown:
        return "There are no more."
    first, last = answer.skipped + 1, answer.skipped + shown
    return f"Shown are papers {first:,} to {last:,} of {answer.matched:,}."


def titled(answer: Answer, claim: Claim) -> Paper | None:
    """Return the paper whose title opens the line of a claim: its first in a list of papers."""
    if answer.kind == "fact" or not claim.citations:
        return None
    first = next(c for c in answer.claims if c.citations == claim.citations)
    by_number = {c.number: c.paper for c in answer.citations}
    return by_number[claim.citations[0]] if claim is first and len(claim.citations) == 1 else None


def said(claim: Claim) -> str:
    """Return what a claim says, a quotation in quotation marks and with dots where it is cut."""
    if claim.support != "quote":
        return claim.text
    before = "… " if claim.text[:1].islower() else ""
    after = "" if claim.text.endswith((".", "!", "?", ".”", '."', ".)")) else " …"
    return f"“{before}{claim.text}{after}”"


def heading(answer: Answer, claim: Claim) -> str:
    """Return the line above the first claim of a group: its name and how many papers it has."""
    together = [c for c in answer.claims if c.group == claim.group]
    if not claim.group or together[0] is not claim:
        return ""
    return f"{claim.group[:1].upper()}{claim.group[1:]} ({len({c.citations for c in together})})"


def lines(answer: Answer, line: Callable[[Answer, Claim], str]) -> list[str]:
    """Return an answer line by line, each claim as ``line`` renders it."""
    body: list[str] = []
    for claim in answer.claims:
        if above := heading(answer, claim):
            body += [*([""] if body else []), above, ""]
        body.append(line(answer, claim))
    parts = [[read_line(answer)], [count_line(answer)], body, [rest_line(answer)]]
    filled = [part for part in parts if part and part[0]]
    return [text for n, part in enumerate(filled) for text in (*([""] if n else []), *part)]


def _plain_claim(answer: Answer, claim: Claim) -> str:
    paper = titled(answer, claim)
    numbers = "".join(f"[{n}]" for n in claim.citations)
    return f"{numbers} {paper.title}: {said(claim)}" if paper else f"{said(claim)} {numbers}"
