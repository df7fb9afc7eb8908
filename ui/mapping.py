"""The map: papers in two dimensions, near ones alike, in the colours of their topics.

The vectors of whole papers are laid out by t-SNE (van der Maaten and Hinton, JMLR 9, 2008) and
grouped by k-means; `ui.topics` names each. t-SNE keeps neighbours together and
says little about what lies far apart. The time that it takes grows with the papers, so no more than
the `MOST` newest are shown. A map is kept beside the index, and drawn anew when one of its papers
has changed.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.assistant import Assistant
from rag.core.filters import Filters
from rag.core.papers import Paper
from ui import topics

MOST = 2_000
"""Papers on the map, the newest: nine seconds on one core."""

FEWEST = 10
"""Papers from which there is a map."""

COMPONENTS = 50
"""Principal components that t-SNE gets, as its authors advise; the rest is mostly noise."""

NEIGHBOURS = 30
"""Perplexity of t-SNE, what its authors found to work from 5 to 50; less for few papers."""

TOPICS = (2, 10)
"""Fewest and most topics; in between, one for every twelve papers."""

COLOURS = (
    "#4477aa", "#cc6677", "#228833", "#aa8822", "#66aacc", "#882255", "#5d9b8a", "#aa4499",
    "#dd7733", "#777788",
)  # fmt: skip
"""One a topic, at least 3:1 against either background, after Paul Tol's palettes for the colour
blind; a topic has a shape too."""

SHAPES = {"circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲", "cross": "✚"}
"""The shapes as Plotly names them, and as they stand beside a topic."""

HOVER_WIDTH = 48  # characters of a title on one line

_FILE = "map.json"
_FORMAT = 2
_drawing = threading.Lock()


def figure(assistant: Assistant, _asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the map as a Plotly figure, and its topics in words."""
    library = assistant.library
    records = library.records(library.select(Filters(), k=MOST))
    papers = [record.paper for record in records.values()]
    if len(papers) < FEWEST:
        return {"said": f"A map takes at least {FEWEST} papers; the index has {len(papers)}."}
    state = json.dumps([_FORMAT, *((i, record.digest) for i, record in records.items())])
    key = sha256(state.encode()).hexdigest()
    file = library.path / _FILE
    with _drawing:
        laid = _kept(file, key)
        if laid is None:
            laid = _drawn(assistant, papers)
            with suppress(OSError):  # an index that is only read from
                file.write_text(json.dumps(laid | {"key": key}), encoding="utf-8")
    all_ = len(papers) == len(library)
    of = f"the {len(papers):,} papers" if all_ else f"the newest {len(papers):,} papers"
    said = f"Each point is one of {of}; near ones are alike. Click one to read it."
    return {"said": said, "figure": _figure(papers, laid), "topics": _topics(laid)}


def _kept(file: Path, key: str) -> dict[str, Any] | None:
    with suppress(OSError, ValueError, AttributeError):
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept.pop("key") == key:
            return dict(kept)
    return None


def _drawn(assistant: Assistant, papers: Sequence[Paper]) -> dict[str, Any]:
    """Return the place of each paper, its topic, and the names of the topics."""
    wholes = assistant.wholes(paper.id for paper in papers)
    space = np.stack([wholes[paper.id] for paper in papers])
    labels = _clusters(space)
    members = [np.flatnonzero(labels == n).tolist() for n in range(int(labels.max()) + 1)]
    members.sort(key=lambda group: (-len(group), group[0]))
    topic = {n: at for at, group in enumerate(members) for n in group}
    return {
        "places": np.round(_places(space), 2).tolist(),
        "topic": [topic[n] for n in range(len(papers))],
        "names": [topics.name(group, papers, space, assistant.embedding) for group in members],
    }


def _places(space: NDArray[np.float32]) -> NDArray[np.float32]:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    reduced = PCA(min(COMPONENTS, *space.shape), random_state=0).fit_transform(space)
    neighbours = min(NEIGHBOURS, (len(space) - 1) / 3)
    # Its threads wait for each other by spinning: beside other work on two cores, 24 s for 108
    # papers against 0.6 s with one.
    with threadpool_limits(1):
        laid = TSNE(perplexity=neighbours, init="pca", random_state=0).fit_transform(reduced)
    return np.asarray(laid, dtype=np.float32)


def _clusters(space: NDArray[np.float32]) -> NDArray[np.int32]:
    from sklearn.cluster import KMeans

    fewest, most = TOPICS
    count = min(max(len(space) // 12, fewest), most)
    found = KMeans(count, n_init=10, random_state=0).fit_predict(space)
    return np.asarray(found, dtype=np.int32)


def _figure(papers: Sequence[Paper], laid: Mapping[str, Any]) -> str:
    import plotly.graph_objects as go

    drawn = go.Figure()
    for at, name in enumerate(laid["names"]):
        own = [n for n, topic in enumerate(laid["topic"]) if topic == at]
        drawn.add_trace(
            go.Scatter(
                x=[laid["places"][n][0] for n in own],
                y=[laid["places"][n][1] for n in own],
                mode="markers",
                name=escape(name),
                customdata=[papers[n].id for n in own],
                text=["<br>".join(wrap(escape(papers[n].title), HOVER_WIDTH)) for n in own],
                hovertemplate="%{text}<extra></extra>",
                marker={
                    "color": COLOURS[at % len(COLOURS)],
                    "symbol": list(SHAPES)[at % len(SHAPES)],
                    "size": 10,
                    "line": {"width": 0},
                },
            )
        )
    hidden = {"visible": False, "scaleanchor": None}
    drawn.update_layout(template="none", showlegend=False, xaxis=hidden, yaxis=hidden)
    drawn.update_layout(margin={"l": 8, "r": 8, "t": 8, "b": 8}, hovermode="closest")
    return str(drawn.to_json())


def _topics(laid: Mapping[str, Any]) -> str:
    """Return the topics with their colours and how many papers each has."""
    shown = "".join(
        f'<li><button type="button" data-topic="{at}" aria-pressed="true">'
        f'<span class="shape" data-colour="{COLOURS[at % len(COLOURS)]}" aria-hidden="true">'
        f"{list(SHAPES.values())[at % len(SHAPES)]}</span> "
        f"{escape(name)} <span>{laid['topic'].count(at):,}</span></button></li>"
        for at, name in enumerate(laid["names"])
    )
    return f"<ul>{shown}</ul>"
