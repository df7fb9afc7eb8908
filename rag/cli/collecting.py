"""The commands about what people keep beside an index: tag, watch and new."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.choosing import Categories
from rag.cli.shared import Json, Since
from rag.errors import CollectionError, RagError

if TYPE_CHECKING:
    from rag.collections import Collections
    from rag.collections.news import Find
    from rag.library import Library
    from rag.watching import Judging

watch = typer.Typer(no_args_is_help=True, help="Questions that are asked again of what is new.")


def tag(
    name: Annotated[
        str, typer.Argument(help="The tag; without one, list the tags.", show_default=False)
    ] = "",
    identifiers: Annotated[
        list[str], typer.Argument(metavar="ID...", help="arXiv identifiers, DOIs or links.")
    ] = [],  # noqa: B006
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the tag from these papers, or from all.")
    ] = False,
) -> None:
    """Give papers a tag, by which `rag list --tag` and "in my NAME" find them."""
    from rag.cli import terminal

    library, kept = _open()
    if not name:
        for tag_name, count in kept.tags().items():
            terminal.out(f"{tag_name}  {count:,}")
        return
    papers = _resolved(library, identifiers)
    if remove:
        count = kept.untag(name, papers)
        terminal.note(f"{count:,} papers are no longer tagged {name}.")
        return
    if not papers:
        raise RagError(f"Name the papers to tag, as in `rag tag {name} 2104.00194`.")
    count = kept.tag(name, papers)
    terminal.note(f"{count:,} more papers are tagged {name}; {len(kept.tagged(name)):,} in all.")


@watch.command("add")
def watch_add(
    question: Annotated[str, typer.Argument(help="What to look for in what is new.")],
    category: Categories = [],  # noqa: B006
) -> None:
    """Add a watch; `rag new` tells what has come for it."""
    from rag.cli import terminal
    from rag.question.parsing import read

    read(question)  # an empty question is told now, and not tomorrow at night
    library, kept = _open()
    added = kept.watch(question, category, library.identifiers())
    terminal.note(f"Watch {added.number}: {added.question}")


@watch.command("list")
def watch_list(json: Json = False) -> None:
    """List the watches."""
    from rag.cli import terminal

    for each in _open()[1].watches():
        asked = each.asked.isoformat() if each.asked else None
        said = {"watch": each.number, "question": each.question}
        if json:
            more = {"categories": list(each.categories), "asked": asked}
            terminal.out(terminal.line(said | more))
        else:
            where = f" in {' or '.join(each.categories)}" if each.categories else ""
            terminal.out(f"{each.number}  {each.question}{where}")


@watch.command("remove")
def watch_remove(
    number: Annotated[int, typer.Argument(help="As `rag watch list` shows it.")],
) -> None:
    """Remove a watch."""
    if not _open()[1].unwatch(number):
        raise CollectionError(f"There is no watch {number}: see `rag watch list`.")


def new(
    since: Since = None,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    atom: Annotated[bool, typer.Option("--atom", help="Print an Atom feed.")] = False,
) -> None:
    """Tell for each watch which papers have come since it was last asked, and why.

    With --since it is those listed from that day on, whatever was told before.
    """
    from rag.cli import terminal
    from rag.collections import rendering as shown
    from rag.collections.news import news, remember
    from rag.core.filters import Filters

    library, kept = _open()
    if not kept.watches():
        raise CollectionError('Nothing is watched: begin with `rag watch add "which papers ..."`.')
    again = since is not None
    papers = library.select(Filters(since=since)) if again else kept.unknown(library.identifiers())
    with terminal.waiting(f"Looking through {len(papers):,} new papers"):
        told = news(kept, papers, _judge(library) if papers else _nothing, again=again)
    if json:
        for each in told:
            terminal.out(terminal.line(each.to_dict()))
    else:
        render = shown.markdown if markdown else shown.atom if atom else shown.text
        terminal.out(render(told))
    if not again:
        remember(kept, told, papers)


def _judge(library: "Library") -> "Judging":
    from rag.assistant import Assistant
    from rag.watching import Judging

    return Judging(Assistant.open(library.path, llm="none"))


def _nothing(question: str, papers: Sequence[str], categories: Sequence[str]) -> "Sequence[Find]":
    return ()


def _open() -> "tuple[Library, Collections]":
    from rag.collections import Collections
    from rag.library import Library
    from rag.settings import Settings

    settings = Settings()
    library = Library.open(settings.index, server=settings.chroma)
    return library, Collections(settings.index)


def _resolved(library: "Library", identifiers: Sequence[str]) -> list[str]:
    from rag.library import lookup

    return [lookup.find(library, name).id for name in identifiers]
