"""The map: papers in two dimensions, near ones alike, in the colours of their topics.

`ui.layout` gives the papers places, k-means puts them into topics, and `ui.topics` names each. That
is done once, in the background, and kept beside the index: a paper that comes later is placed among
those like it, and no other one moves. When half of the papers have come later, or somebody asks for
it, the map is drawn anew.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.assistant import Assistant
from rag.core.filters import Filters
from rag.library import Library
from ui import layout, once, topics

MOST = 25_000
"""Papers on the map, the newest: more are a blot, and half a minute of work."""

FEWEST = 10
"""Papers from which there is a map."""

MOST_LATER = 0.5
"""How many of the papers may have been placed later, until the map is drawn anew."""

MOST_UNASKED = 5_000
"""Papers up to which it is drawn before anybody looks at it: some seconds of one core."""

MOST_FOUND = 2_000
"""Papers that a search marks."""

COLOURS = (
    "#4477aa", "#cc6677", "#228833", "#9a7d1f", "#1b95a8", "#8a6fd1", "#4f9a86", "#aa4499",
    "#d2691e", "#777788",
)  # fmt: skip
"""One a topic, at least 3:1 against the ground in the light and in the dark; a topic has a shape
too, for the colour blind."""

SHAPES = {"circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲", "cross": "✚"}
"""The shapes as Plotly names them, and as they stand beside a topic."""

_FILE, _NAMES = "map.json", "topics.json"
_FORMAT = 4
_TITLES_AT_ONCE = 500
_LAYING = 0.9  # of the work; the rest is grouping and naming


@dataclass(frozen=True, slots=True)
class Laid:
    """A map.

    Attributes
    ----------
    made
        Of what: the format of the file, and the model that the vectors are from.
    drawn
        How many papers it was drawn of; the others came later.
    ids, titles, places, topic
        Of each paper: also its title, its place (x, y), and the number of its topic.
    names, centres
        Of each topic: its name, and the direction of its papers.
    """

    made: str
    drawn: int
    ids: list[str]
    titles: list[str]
    places: list[list[float]]
    topic: list[int]
    names: list[str]
    centres: list[list[float]]


class Maps:
    """The map of an index, drawn in the background."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: float | None = None  # of the map that is being drawn; None: none is
        self._problem: Exception | None = None
        self._laid: Laid | None = None

    def figure(self, assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the map as points and topics, or how much of it is drawn, from 0 to 1.

        Parameters
        ----------
        asked
            ``again``: whether it is to be drawn anew.
        """
        library = assistant.library
        ids = library.select(Filters(), k=MOST)
        if len(ids) < FEWEST:
            return {"said": f"A map takes at least {FEWEST} papers; the index has {len(ids)}."}
        with self._lock:
            if self._problem:
                problem, self._problem = self._problem, None
                raise problem
            if self._done is not None:
                return _progress(self._done, len(ids))
            laid = self._laid or _kept(library)
            if asked.get("again") or laid is None or not _fits(laid, library, ids):
                self._done = 0.0
                threading.Thread(
                    target=self._draw, args=(assistant, ids), name="drawing", daemon=True
                ).start()
                return _progress(0.0, len(ids))
            self._laid = _with(laid, assistant, ids)
            _name(library, self._laid)
            return _shown(self._laid, library)

    def named(self, assistant: Assistant) -> list[tuple[str, int]] | None:
        """Return the topics with how many papers each has, the largest first.

        They are kept apart, since the map of many papers takes a second to be read. None if there
        is no map of just the papers that the index has now.
        """
        found = once.kept(assistant.library, _NAMES) or {}
        if found.get("of") != _state(assistant.library):
            return None
        return [(str(name), int(count)) for name, count in found.get("named", ())]

    def prepare(self, assistant: Assistant) -> bool:
        """Begin to draw the map of few papers unasked; returns whether it is being drawn."""
        if not FEWEST <= len(assistant.library) <= MOST_UNASKED or self._problem:
            return False  # what went wrong is told to who looks at the map
        return "progress" in self.figure(assistant, {})

    def marked(self, assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the identifiers of the papers that hold ``words``, the best first."""
        words = str(asked.get("words") or "").strip()
        count, found = assistant.library.listing(words, sort="relevance", k=MOST_FOUND)
        return {"ids": [paper.id for paper in found], "count": count}

    def _draw(self, assistant: Assistant, ids: Sequence[str]) -> None:
        def told(done: float) -> None:
            self._done = done

        try:
            laid = _drawn(assistant, ids, told)
            once.keep(assistant.library, _FILE, asdict(laid))
            with self._lock:
                self._laid = laid
        except Exception as error:  # it is told to who looks at the map next
            self._problem = error
        finally:
            self._done = None


def _progress(done: float, papers: int) -> dict[str, Any]:
    said = f"The map of {papers:,} papers is being drawn, once; it is kept beside the index."
    return {"said": said, "progress": round(done, 3)}


def _fits(laid: Laid, library: Library, ids: Sequence[str]) -> bool:
    """Tell whether a map is of this index, and most of its papers were there when it was drawn."""
    later = len(set(ids) - set(laid.ids[: laid.drawn]))
    return laid.made == _made(library) and later <= MOST_LATER * len(ids)


def _made(library: Library) -> str:
    return f"{_FORMAT} {library.identity.fingerprint}"


def _state(library: Library) -> list[Any]:
    """Return what tells this state of the index, as JSON takes it."""
    return [_made(library), *library.store().stamp]


def _name(library: Library, laid: Laid) -> None:
    """Keep what the topics are called, and how many papers each has."""
    counted = Counter(laid.topic)
    named = [[name, counted[at]] for at, name in enumerate(laid.names)]
    told = {"of": _state(library), "named": named}
    if once.kept(library, _NAMES) != told:
        once.keep(library, _NAMES, told)


def _kept(library: Library) -> Laid | None:
    with suppress(TypeError):
        return Laid(**(once.kept(library, _FILE) or {}))
    return None


def _drawn(assistant: Assistant, ids: Sequence[str], told: Any) -> Laid:  # noqa: ANN401
    """Return a map of papers; ``told`` is called with how much is done."""
    space = _space(assistant, ids)
    places = layout.laid_out(space, lambda done: told(done * _LAYING))
    titles = _titles(assistant.library, ids)
    centres, labels = topics.grouped(space)
    members = [np.flatnonzero(labels == n).tolist() for n in range(len(centres))]
    order = sorted(range(len(members)), key=lambda n: (-len(members[n]), members[n][:1]))
    names = topics.names([members[n] for n in order], titles, space, assistant.embedding)
    rank = np.argsort(order)
    return Laid(
        made=_made(assistant.library),
        drawn=len(ids),
        ids=list(ids),
        titles=titles,
        places=np.round(places, 2).tolist(),
        topic=[int(rank[label]) for label in labels],
        names=names,
        centres=np.round(centres[order], 4).tolist(),
    )


def _with(laid: Laid, assistant: Assistant, ids: Sequence[str]) -> Laid:
    """Return a map with the papers that are there now: what came is placed, what went is gone."""
    there, known = set(ids), set(laid.ids)
    if there == known:
        return laid
    stay = [n for n, name in enumerate(laid.ids) if name in there]
    later = [name for name in ids if name not in known]
    ids_, titles = [laid.ids[n] for n in stay], [laid.titles[n] for n in stay]
    places, topic = [laid.places[n] for n in stay], [laid.topic[n] for n in stay]
    if later:
        new = _space(assistant, later)
        around = layout.placed(new, _space(assistant, ids_), np.array(places, np.float32))
        places += np.round(around, 2).tolist()
        topic += (new @ np.array(laid.centres, np.float32).T).argmax(axis=1).tolist()
        titles += _titles(assistant.library, later)
    drawn = sum(n < laid.drawn for n in stay)
    laid = replace(
        laid, drawn=drawn, ids=[*ids_, *later], titles=titles, places=places, topic=topic
    )
    once.keep(assistant.library, _FILE, asdict(laid))
    return laid


def _space(assistant: Assistant, ids: Sequence[str]) -> NDArray[np.float32]:
    """Return the vector of each paper as a whole."""
    library = assistant.library
    if not library.compares_all:
        wholes = assistant.wholes(ids)
        return np.stack([wholes[name] for name in ids])
    every, space = library.wholes()
    place = {name: n for n, name in enumerate(every)}
    return space[[place[name] for name in ids]]


def _titles(library: Library, ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for start in range(0, len(ids), _TITLES_AT_ONCE):
        records = library.records(ids[start : start + _TITLES_AT_ONCE])
        found += [record.paper.title for record in records.values()]
    return found


def _shown(laid: Laid, library: Library) -> dict[str, Any]:
    shown, all_ = len(laid.ids), len(library)
    of = f"the {shown:,} papers" if shown == all_ else f"the newest {shown:,} papers"
    later = shown - laid.drawn
    said = f"Each point is one of {of}; near ones are alike. Click one to read it."
    if later:
        stand = "stands among its like" if later == 1 else "stand among their like"
        said += f" {later:,} came later and {stand}."
    places = np.array(laid.places, np.float32).T
    return {
        "said": said,
        "drawn": laid.drawn,
        "ids": laid.ids,
        "titles": laid.titles,
        "x": np.round(places[0].astype(float), 2).tolist(),
        "y": np.round(places[1].astype(float), 2).tolist(),
        "topic": laid.topic,
        "looks": [
            {
                "name": name,
                "colour": COLOURS[at % len(COLOURS)],
                "shape": list(SHAPES)[at % len(SHAPES)],
            }
            for at, name in enumerate(laid.names)
        ],
        "topics": _topics(laid),
    }


def _topics(laid: Laid) -> str:
    """Return the topics with their colours and how many papers each has."""
    shown = "".join(
        f'<li><button type="button" data-topic="{at}" aria-pressed="true">'
        f'<span class="shape" data-colour="{COLOURS[at % len(COLOURS)]}" aria-hidden="true">'
        f"{list(SHAPES.values())[at % len(SHAPES)]}</span> "
        f"{escape(name)} <span>{laid.topic.count(at):,}</span></button></li>"
        for at, name in enumerate(laid.names)
    )
    return f"<ul>{shown}</ul>"
