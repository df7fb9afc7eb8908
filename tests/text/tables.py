"""Tables of sentences by what they are cases of, as the tests of this room write them."""

from collections.abc import Iterator


def cases(table: str) -> Iterator[tuple[str, str]]:
    """Yield the heading ("# ...") that each line of a table stands under, and the line."""
    name = ""
    for line in table.strip().splitlines():
        if line.startswith("# "):
            name = line[2:]
        else:
            yield name, line
