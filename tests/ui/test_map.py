"""The map: places that are made once, topics with names, and what one does with it."""

import json
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from rag.assistant import Assistant
from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.library import Library
from rag.models.embedding import Embedding
from tests.library.tiny import Tiny, paper
from tests.ui.conftest import Look, Site
from tests.ui.test_looks import check
from ui import layout, mapping, topics
from ui.mapping import COLOURS, Maps

GROUNDS = ("#ffffff", "#1e2125")  # what the map and its topics stand on, as base.css has it
RANGES = (
    "() => ['xaxis', 'yaxis'].map((name) => document.querySelector('.plot').layout[name].range)"
)

SHOWN = """() => document.querySelector('.plot').data.slice(1, -1)
  .filter(({visible}) => visible === true).flatMap(({x, y}) => [...x].map((at, n) => [at, y[n]]))"""


def groups(count: int = 4, each: int = 40) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Unit vectors around some directions, and which each is of."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(count), each)
    rows = random.normal(size=(count, 32))[labels] + 0.6 * random.normal(size=(len(labels), 32))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), labels


def nearest(places: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    apart = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.asarray(np.argsort(apart, axis=1)[:, :k])


def until_drawn(
    maps: Maps, assistant: Assistant, **asked: Any
) -> tuple[dict[str, Any], list[float]]:
    """The map, and what was told of its progress."""
    told, done = maps.figure(assistant, asked), []
    while "progress" in told:
        done.append(float(told["progress"]))
        time.sleep(0.02)
        told = maps.figure(assistant, {})
    return told, done


# -- places --------------------------------------------------------------------------------------


def test_neighbours_stay_neighbours() -> None:
    space, labels = groups()
    done: list[float] = []
    places = layout.laid_out(space, done.append)
    assert places.shape == (len(space), 2)
    assert np.isfinite(places).all()
    assert (labels[nearest(places, 5)] == labels[:, None]).mean() > 0.95
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert (layout.laid_out(space, done.append) == places).all()


@pytest.mark.parametrize("count", [3, 10, 30])
def test_few_papers_are_laid_out_too(count: int) -> None:
    space, _ = groups(2, count)
    places = layout.laid_out(space[:count], lambda _: None)
    assert np.isfinite(places).all()
    assert len(np.unique(places, axis=0)) == count


def test_a_grid_pushes_as_the_pairs_do() -> None:
    places = np.random.default_rng(0).normal(scale=4.0, size=(200, 2)).astype(np.float32)
    pairs, grid = layout._pushing_pairs(places), layout._pushing_on_grid(places)
    assert np.abs(grid - pairs).max() < 0.1 * np.abs(pairs).max()


def test_a_new_paper_is_placed_among_its_like() -> None:
    space, labels = groups()
    old = np.arange(len(space)) % 8 > 0
    places = layout.laid_out(space[old], lambda _: None)
    new = layout.placed(space[~old], space[old], places)
    for place, label in zip(new, labels[~old], strict=True):
        closest = np.argsort(((places - place) ** 2).sum(axis=1))[:5]
        assert (labels[old][closest] == label).mean() > 0.5


# -- the map of an index -------------------------------------------------------------------------


@pytest.fixture
def few(tmp_path: Path) -> Assistant:
    """Twenty papers of an embedding that is none: enough for a map, and soon drawn."""
    made = Library.create(tmp_path / "library", Tiny())
    made.put([paper(n) for n in range(20)], Tiny())
    return Assistant(made, Tiny(), None)


@pytest.mark.slow
def test_it_is_drawn_once_and_what_comes_later_moves_nothing(
    unshared: Assistant, embedding: Embedding
) -> None:
    assistant, library = unshared, unshared.library
    first, done = until_drawn(Maps(), assistant)
    assert done == sorted(done)
    assert set(first["ids"]) == set(library.select(Filters()))
    place = dict(zip(first["ids"], zip(first["x"], first["y"], strict=True), strict=True))
    transmot = library.get("2104.00194")
    assert transmot
    library.put(
        [
            Paper("2107.00001", "Another TransMOT", transmot.abstract, "", ""),
            Paper(
                "2107.00002", "Volcanoes", "Lava flows down. It cools and turns to stone.", "", ""
            ),
        ],
        embedding,
    )
    library.drop(["2105.00001"])
    other = Maps()  # as after a restart: what was kept is read
    again = other.figure(assistant, {})
    assert "progress" not in again
    now = dict(zip(again["ids"], zip(again["x"], again["y"], strict=True), strict=True))
    assert set(now) == {*place, "2107.00001", "2107.00002"} - {"2105.00001"}
    assert all(now[name] == place[name] for name in place if name in now)
    assert (
        np.linalg.norm(np.subtract(now["2107.00001"], place["2104.00194"])) < np.ptp(first["x"]) / 4
    )
    assert "2 came later and stand among their like." in again["said"]
    anew, done = until_drawn(other, assistant, again=True)
    assert done
    assert "came later" not in anew["said"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"made": 1}'])
def test_a_damaged_file_is_drawn_anew(few: Assistant, content: str) -> None:
    file = few.library.path / "map.json"
    file.write_text(content)
    told, done = until_drawn(Maps(), few)
    assert done
    kept = json.loads(file.read_text())
    assert kept["ids"] == told["ids"]
    assert "progress" not in Maps().figure(few, {})
    file.write_text(json.dumps(kept | {"topic": [*kept["topic"][:-1], 99]}))
    assert until_drawn(Maps(), few)[1]


def test_what_goes_wrong_is_told_and_tried_again(
    few: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    maps = Maps()
    with monkeypatch.context() as patch:

        def full(*_: Any) -> None:
            raise MemoryError("no room")

        patch.setattr(layout, "laid_out", full)
        with pytest.raises(MemoryError, match="no room"):
            until_drawn(maps, few)
    assert until_drawn(maps, few)[0]["ids"]


def test_a_map_takes_papers(tmp_path: Path, embedding: Embedding) -> None:
    empty = Assistant(Library.create(tmp_path / "library", embedding), embedding, None)
    assert Maps().figure(empty, {}) == {
        "said": f"A map takes at least {mapping.FEWEST} papers; the index has 0."
    }


# -- topics --------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_stand_out_on_both_grounds() -> None:
    css = (Path(mapping.__file__).parent / "page" / "base.css").read_text()
    for ground in GROUNDS:
        assert f"--raised: {ground}" in css
        for colour in COLOURS:
            light, dark = sorted(map(luminance, (ground, colour)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 3, (colour, ground)


def test_topics_are_called_by_what_many_of_their_titles_have(embedding: Embedding) -> None:
    kinds = ("Depth Estimation", "Face Recognition")
    titles = [
        f"{word} {kinds[n % 2]} with Graph Networks"
        for n, word in enumerate("Fast Robust Joint Activating Sparse Learning Deep Dense".split())
    ]
    space = embedding.encode(titles)
    members = [[n for n in range(8) if n % 2 == side] for side in (0, 1)]
    assert topics.names(members, titles, space, embedding) == [kind.lower() for kind in kinds]


def test_what_only_begins_various_names_is_called_by_its_plural(embedding: Embedding) -> None:
    medical = [
        "Medical Image Segmentation with Graphs", "Robust Medical Image Segmentation",
        "Medical Image Classification", "On Medical Image Analysis", "Medical Image Retrieval",
        "Fairness for Medical Images", "Attention in Medical Images",
    ]  # fmt: skip
    others = [f"{word} Depth Estimation with Radar" for word in ("Fast", "Joint", "Deep", "Sparse")]
    titles = [*medical, *others]
    members = [list(range(len(medical))), list(range(len(medical), len(titles)))]
    space = embedding.encode(titles)
    named = topics.names(members, titles, space, embedding)
    assert named == ["medical images", "depth estimation"]
    of_one = [title.replace("Classification", "Segmentation") for title in medical[:3]]
    assert topics.names([[0, 1, 2]], of_one, embedding.encode(of_one), embedding) == [
        "medical image segmentation"
    ]


# -- in a browser --------------------------------------------------------------------------------


def opened(site: Site, look: Look, webgl: bool = False, **more: Any) -> Page:
    page = look(site, **more)
    if webgl:
        page.evaluate("rag.mostPoints = 50")
    page.get_by_role("link", name="Map", exact=True).click()
    page.locator(f".plot[data-drawn={'webgl' if webgl else 'svg'}]").wait_for()
    return page


def places(page: Page) -> list[str]:
    points = page.locator(".plot .scatterlayer .trace .point").all()
    return [str(point.get_attribute("transform")) for point in points]


def test_a_topic_alone_or_hidden_moves_nothing(site: Site, look: Look) -> None:
    page = opened(site, look)
    topic = page.locator(".topics button")
    everywhere, ranges = places(page), page.evaluate(RANGES)
    count = int(topic.nth(1).inner_text().split()[-1])
    topic.nth(1).click()
    expect(page.locator(".plot .scatterlayer .point")).to_have_count(count)
    assert set(places(page)) < set(everywhere)
    assert [each.get_attribute("aria-pressed") for each in topic.all()].count("true") == 1
    check(page)
    topic.nth(1).click()
    expect(page.locator(".plot .scatterlayer .point")).to_have_count(len(everywhere))
    topic.nth(1).click(modifiers=["Shift"])
    expect(page.locator(".plot .scatterlayer .point")).to_have_count(len(everywhere) - count)
    assert set(places(page)) < set(everywhere)
    assert page.evaluate(RANGES) == ranges


def test_it_is_zoomed_and_shown_whole_again(site: Site, look: Look) -> None:
    page = opened(site, look)
    whole = page.evaluate(RANGES)
    page.get_by_role("button", name="Zoom in").click()
    closer = page.evaluate(RANGES)
    assert [high - low for low, high in closer] == pytest.approx(
        [(high - low) / 1.6 for low, high in whole]
    )
    page.locator(".topics button").first.click()
    page.locator(".plot .point").first.wait_for(state="attached")
    assert page.evaluate(RANGES) == closer
    page.get_by_role("button", name="Zoom out").click()
    assert np.array(page.evaluate(RANGES)) == pytest.approx(np.array(whole))
    page.get_by_role("button", name="Zoom in").click()
    for _ in range(8):  # whatever is shown stays in sight
        page.get_by_role("button", name="Zoom in").click()
        (left, right), (low, high) = page.evaluate(RANGES)
        assert any(left <= x <= right and low <= y <= high for x, y in page.evaluate(SHOWN))
    page.get_by_role("button", name="Show all").click()  # of all topics, too
    expect(page.locator(".topics [aria-pressed=false]")).to_have_count(0)
    expect(page.locator(".plot .scatterlayer .point")).to_have_count(len(site.assistant.library))
    page.wait_for_function(
        f"(whole) => JSON.stringify(({RANGES})()) === JSON.stringify(whole)", arg=whole
    )


def test_what_is_found_is_marked(site: Site, look: Look) -> None:
    page = opened(site, look)
    found = site.assistant.library.listing("tracking")[0]
    page.locator("#map-words").fill("tracking")
    expect(page.locator(".marks")).to_have_text(f"{found} found")
    rings = "document.querySelector('.plot').data.at(-1).customdata.length"
    page.wait_for_function(f"{rings} === {found}")
    shapes = "[...new Set(document.querySelector('.plot').data.at(-1).marker.symbol)]"
    own = "document.querySelector('.plot').data.slice(1, -1).map((trace) => trace.marker.symbol)"
    assert set(page.evaluate(shapes)) <= set(page.evaluate(own))
    page.locator("[data-topic]").last.click()
    away = re.compile(rf"{found} found, (\d+) of them in topics that are hidden")
    expect(page.locator(".marks")).to_have_text(away)
    hidden = away.fullmatch(page.locator(".marks").inner_text())
    assert hidden
    page.wait_for_function(f"{rings} === {found - int(hidden[1])}")
    page.locator("[data-topic]").last.click()
    expect(page.locator(".marks")).to_have_text(f"{found} found")
    page.locator("#map-words").fill("")
    page.wait_for_function(f"{rings} === 0")
    expect(page.locator(".marks")).to_have_text("")


def test_more_than_are_marked_are_told(
    site: Site, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "MOST_FOUND", 3)
    page = opened(site, look)
    found = site.assistant.library.listing("tracking")[0]
    assert found > 3
    page.locator("#map-words").fill("tracking")
    expect(page.locator(".marks")).to_have_text(f"The best 3 of {found}")


def test_many_papers_are_drawn_in_webgl(site: Site, look: Look) -> None:
    page = opened(site, look, webgl=True)
    kinds = "[...new Set(document.querySelector('.plot').data.map((trace) => trace.type))]"
    assert page.evaluate(kinds) == ["scattergl"]
    expect(page.locator(".plot .point")).to_have_count(0)
    page.locator(".topics button").first.click()
    named = "(trace) => trace.visible === true && trace.name"
    alone = f"document.querySelector('.plot').data.filter({named}).length"
    page.wait_for_function(f"{alone} === 1")
    for at in range(20):  # drawn again and again, it takes no further contexts: none is lost
        page.locator(".topics button").nth(at % 2).click()
        page.locator("[aria-pressed=true][data-topic]").first.wait_for()
    page.get_by_role("button", name="Dark or light").click()
    assert page.locator(".plot").get_attribute("data-drawn") == "webgl"
