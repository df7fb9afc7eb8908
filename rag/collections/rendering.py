"""What is new for the watches, as text, Markdown and an Atom feed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from rag.collections.news import News
from rag.core.papers import Paper

_PAGE = "https://arxiv.org/"


def text(told: Sequence[News]) -> str:
    """Return news as plain text."""
    parts = []
    for each in told:
        lines = [f"{each.watch.number}. {_heading(each)}"]
        for find in each.found:
            lines += [f"   - {find.paper.title}", f"     {find.paper.place}", f"     {find.why}"]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def markdown(told: Sequence[News]) -> str:
    """Return news as Markdown."""
    parts = []
    for each in told:
        lines = [f"## {_plain(_heading(each))}", ""]
        lines += [f"- {_linked(find.paper)}: {_plain(find.why)}" for find in each.found]
        parts.append("\n".join(lines).rstrip())
    return "\n\n".join(parts) + "\n"


def atom(told: Sequence[News]) -> str:
    """Return news as an Atom feed, an entry for each paper and watch."""
    from feedgen.feed import FeedGenerator

    now = datetime.now(UTC)
    feed = FeedGenerator()
    feed.id("urn:arxiv-rag:new")
    feed.title("New papers for your watches")
    feed.link(href=_PAGE)
    feed.updated(now)
    for each in told:
        for find in each.found:
            entry = feed.add_entry(order="append")
            entry.id(f"urn:arxiv-rag:{each.watch.number}:{find.paper.id}")
            entry.title(find.paper.title)
            if find.paper.url:
                entry.link(href=find.paper.url)
            listed = find.paper.listed
            entry.updated(datetime(*listed.timetuple()[:3], tzinfo=UTC) if listed else now)
            for name in find.paper.authors:
                entry.author(name=name)
            entry.category(term=each.watch.question)
            why = f"<p>{escape(find.why)}</p><p>{escape(find.paper.abstract)}</p>"
            entry.content(why, type="html")
    said: bytes = feed.atom_str(pretty=True)
    return said.decode()


def _heading(each: News) -> str:
    where = f" in {' or '.join(each.watch.categories)}" if each.watch.categories else ""
    return f"{each.watch.question}{where}: {len(each.found)} of {each.among:,} new papers"


def _linked(paper: Paper) -> str:
    if not paper.url:
        return f"{_plain(paper.title)} {_plain(paper.place)}".rstrip()
    return f"[{_plain(paper.title)}]({paper.url.replace(')', '%29')})"


def _plain(said: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_[]<>" else c for c in said)
