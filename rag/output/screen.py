"""Where text meets a terminal: what would act there, and is not meant to be read, is taken out.

Readers do so when papers come in; but an index may hold what another program put there, and names
of files, settings and servers are said as well.
"""

import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

NARROWEST, USUAL = 10, 80
"""Columns: a terminal that says it has fewer, as some programs do that run others, has the usual.
Nothing at all would be seen in none."""

_ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def harmless(text: str) -> str:
    r"""Return a text without control characters and overrides of direction; lines stay lines.

    >>> harmless("A\x1b[2J\u202eB\n\tC")
    'A[2JB\n\tC'
    """
    return _ACTS.sub("", text)


class Screen(Console):
    """A terminal, or a file in its place, to which nothing is written that acts there.

    Takes what a rich `Console` takes.
    """

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - of a console
        super().__init__(**given)
        if self.width < NARROWEST:
            self.width = USUAL

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the parts of what is shown, in their styles."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            if control:  # of rich itself: the bar moves the cursor
                yield segment
                continue
            if style and style.link and _ACTS.search(style.link):
                style = style.update_link(None)
            yield Segment(harmless(text), style)
