"""Conversations that are kept: the shelf itself, and what a visitor has of it."""

import random
import re
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from rag.assistant import Assistant
from rag.core.claims import Claim
from tests.ui.conftest import Look, Site, ask, free_port
from tests.ui.test_looks import check
from ui import asking, chat, palette
from ui.app import build
from ui.chat import Desk, moves
from ui.exchange import Exchange
from ui.kept import DAMAGED, LONGEST_TITLE, Shelf, new_name
from ui.rail import day_of, listed
from ui.server import launch
from ui.titles import topic

WHICH = "which papers use transformers for tracking"
FAST = "How fast does STMTrack run?"


def put(shelf: Shelf, user: str, conversation: str, question: str, parent: str = "") -> str:
    name = f"t{new_name()}"
    shelf.put(user, conversation, name, parent, {"question": question, "answer": None})
    return name


# -- the shelf -----------------------------------------------------------------------------------


def test_what_is_kept_is_there_for_others_who_open_the_file(shelf: Shelf) -> None:
    first = put(shelf, "", "a", "one?")
    second = put(shelf, "", "a", "two?", first)
    assert shelf.file
    loaded = Shelf(shelf.file).load("", "a")
    assert loaded is not None
    leaf, rows = loaded
    assert leaf == second
    assert [(row["name"], row["parent"], row["question"]) for row in rows] == [
        (first, "", "one?"),
        (second, first, "two?"),
    ]
    assert shelf.file.stat().st_mode & 0o077 == 0
    shelf.put("", "a", first, "", {"question": "one?", "answer": None})  # what is asked next came
    kept = shelf.load("", "a")
    assert kept is not None
    assert kept[0] == second


def test_everybody_has_their_own(shelf: Shelf) -> None:
    put(shelf, "ada", "a", "mine?")
    assert shelf.load("eve", "a") is None
    assert shelf.list("eve") == []
    shelf.rename("eve", "a", "hers")
    shelf.delete("eve", "a")
    assert [each.title for each in shelf.list("ada")] == ["mine?"]


def test_they_are_found_renamed_and_deleted(shelf: Shelf) -> None:
    put(shelf, "", "a", "which papers track 100% of the kites?")
    put(shelf, "", "b", "which papers fly?")
    assert [each.id for each in shelf.list("")] == ["b", "a"]
    assert [each.id for each in shelf.list("", "kites papers")] == ["a"]
    assert [each.id for each in shelf.list("", "100%")] == ["a"]
    assert shelf.list("", "%_") == []
    shelf.rename("", "a", "  Kites\n ")
    shelf.rename("", "a", " ")
    assert shelf.list("", "kites")[0].title == "Kites"
    shelf.delete("", "a")
    assert shelf.load("", "a") is None
    assert [each.id for each in shelf.list("")] == ["b"]
    shelf.delete("", "a", undo=True)
    assert [each.id for each in shelf.list("")] == ["a", "b"] or shelf.load("", "a")


def test_a_conversation_is_called_by_its_topic_until_somebody_names_it(shelf: Shelf) -> None:
    def title() -> str:
        [each] = shelf.list("")
        assert each.question == "hi, which papers fly kites?"
        return each.title

    first = {"question": "hi, which papers fly kites?"}
    shelf.put("", "a", "t1", "", first)
    assert title() == first["question"]  # nothing is known of it yet
    shelf.put("", "a", "t1", "", first, "Kites")
    assert title() == "Kites"
    shelf.put("", "a", "t2", "t1", {"question": "and which of them are red?"}, "Kites")
    assert title() == "Kites"
    shelf.put("", "a", "t3", "", {"question": "which papers fly dragons?"}, "Dragons")
    assert title() == "Dragons"  # another version of its first question
    shelf.rename("", "a", "Mine")
    shelf.put("", "a", "t4", "", first, "Kites")
    assert title() == "Mine"
    assert [each.id for each in shelf.list("", "hi fly kites")] == ["a"]
    shelf.put("", "b", "t5", "", {"question": "hello"})
    shelf.put("", "b", "t6", "t5", {"question": "which papers fly kites?"}, "x" * 99)
    assert shelf.list("")[0].title == "x" * (LONGEST_TITLE - 1) + "…"  # greetings are about nothing


def test_a_name_is_what_was_asked_for(site: Site) -> None:
    said = {
        question: topic(site.assistant.ask(question))
        for question in (
            "hi, my thesis is on video; which papers use transformers for tracking?",
            "papers on tracking since 2020 in cs.CV",
            "tell me more about 2104.00194",
            "which papers are on object detection, but not in videos?",
            "hello",
            "how many papers are there?",
        )
    }
    assert list(said.values()) == [
        "Transformers for tracking",
        "Tracking since 2020-01-01 in cs.CV",
        "TransMOT",
        "Object detection without videos",
        "",
        "",
    ]


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    file = tmp_path / "none" / "library.conversations.sqlite"
    shelf = Shelf(file)
    put(shelf, "", "a", "one?")
    assert not shelf.keeps
    assert "not kept" in str(listed(shelf, "", {})["html"])
    damaged = tmp_path / "damaged"
    damaged.write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    broken = Shelf(damaged)
    assert broken.list("") == []
    assert "not kept" in broken.trouble
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(damaged).execute("SELECT * FROM sqlite_master")


def test_flipped_bits_stop_nothing(shelf: Shelf, tmp_path: Path) -> None:
    """Whatever is damaged: what can be read is there, and a question whose answer cannot is."""
    first = put(shelf, "", "a", "which papers track kites?")
    put(shelf, "", "a", "which of them fly?", first)
    assert shelf.file
    whole, chance = shelf.file.read_bytes(), random.Random(7)
    for n in range(300):
        spoiled, place = bytearray(whole), chance.randrange(len(whole) * 8)
        spoiled[place // 8] ^= 1 << place % 8
        copy = tmp_path / f"{n}.sqlite"
        copy.write_bytes(spoiled)
        other = Shelf(copy)
        for each in other.list(""):
            other.load("", each.id)
        other.list("", "kites")
        put(other, "", "b", "and?")
    copy = tmp_path / "answers.sqlite"
    copy.write_bytes(whole.replace(b'"answer": null', b'"answer": nul}'))
    loaded = Shelf(copy).load("", "a")
    assert loaded
    assert [row["question"] for row in loaded[1]] == [
        "which papers track kites?",
        "which of them fly?",
    ]
    assert {row["note"] for row in loaded[1]} == {DAMAGED}


def test_without_a_file_nothing_is_kept() -> None:
    shelf = Shelf(None)
    put(shelf, "", "a", "one?")
    assert (shelf.keeps, shelf.load("", "a"), shelf.list("")) == (False, None, [])


def test_what_was_asked_for_last_is_opened() -> None:
    desk = Desk()
    assert moves(desk, {"at": 5.0})
    assert not moves(desk, {"at": 4.0})
    assert moves(desk, {"at": 6.0})
    assert desk.moved == 6.0


def test_conversations_that_are_called_alike_are_told_apart(site: Site, shelf: Shelf) -> None:
    for name in ("a", "b"):
        put(shelf, "", name, "which papers fly kites?")
    put(shelf, "", "c", "which papers fly?")
    assert len(re.findall(r' data-at="\d\d:\d\d"', listed(shelf, "", {})["html"])) == 2
    titles = [talk["title"] for talk in palette.found(site.assistant, shelf, {})["talks"]]
    assert [" · 2" in title for title in titles] == [False, True, True]
    told = listed(shelf, "", {"rename": "a", "title": "Kites"})
    assert "data-at" not in told["html"]


def test_days_are_headings() -> None:
    today = date(2026, 11, 25)
    said = {day: day_of(datetime(*day).timestamp(), today) for day in [
        (2026, 11, 25), (2026, 11, 24), (2026, 11, 20), (2026, 10, 1),
    ]}  # fmt: skip
    assert list(said.values()) == ["Today", "Yesterday", "Friday", "1 October 2026"]


# -- on the page ---------------------------------------------------------------------------------


def test_a_conversation_survives(keeping: Site, look: Look, shelf: Shelf) -> None:
    page = look(keeping)
    ask(page, WHICH)
    ask(page, FAST)
    address = page.url
    assert "#/c/" in address
    said = page.locator(".said").all_inner_texts()
    page.reload()
    expect(page.locator(".asked")).to_have_text([WHICH, FAST])
    assert page.locator(".said").all_inner_texts() == said
    room = "document.querySelector('.turn:last-child').offsetHeight"
    assert page.evaluate(room) == page.evaluate("document.querySelector('.log').clientHeight")
    other = look(keeping)  # a second tab, of another browser even
    other.locator(".listed a").click()
    expect(other.locator(".asked")).to_have_text([WHICH, FAST])
    assert other.url == address
    again = build(Assistant(keeping.assistant.library, keeping.assistant.embedding, None), shelf)
    started = launch(again, "127.0.0.1", free_port()).rstrip("/")
    try:
        third = look(Site(started, keeping.assistant), f"#{address.partition('#')[2]}")
        expect(third.locator(".asked")).to_have_text([WHICH, FAST])
        turn = ask(third, "tell me more about the second one")
        assert turn.get_attribute("data-state") != "failed"
        third.close()
    finally:
        again.close(verbose=False)


def test_what_is_asked_elsewhere_shows_when_the_tab_is_come_back_to(
    keeping: Site, look: Look
) -> None:
    page = look(keeping)
    ask(page, WHICH)
    other = look(keeping, f"#{page.url.partition('#')[2]}")
    expect(other.locator(".asked")).to_have_text([WHICH])
    ask(other, FAST)
    expect(page.locator(".asked")).to_have_text([WHICH])
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator(".asked")).to_have_text([WHICH, FAST])
    ask(page, "which datasets do they use?")  # leans on both
    assert page.url == other.url


def test_a_question_goes_where_one_has_just_gone(keeping: Site, look: Look) -> None:
    page = look(keeping)
    ask(page, WHICH)
    address = page.url.partition("#")[2]
    other = look(keeping)
    other.evaluate("([where, asked]) => { rag.go(where); rag.ask(asked); }", [f"#{address}", FAST])
    expect(other.locator(".asked")).to_have_text([WHICH, FAST])
    expect(other.locator("[data-do=ask]")).to_be_visible()
    assert other.url.endswith(address)
    other.evaluate("asked => { rag.go('#/'); rag.ask(asked); }", FAST)
    expect(other.locator(".asked")).to_have_text([FAST])
    expect(other.locator("[data-do=ask]")).to_be_visible()
    expect(other.locator(".said")).not_to_have_count(0)
    assert not other.url.endswith(address)


def test_a_page_that_keeps_nothing_says_so(site: Site, look: Look) -> None:
    page = look(site)  # as with --no-history
    ask(page, FAST)
    expect(page.locator(".rail .none")).to_have_text("Conversations are not kept.")
    assert "#/c/" not in page.url
    page.reload()
    expect(page.locator(".welcome h2")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_a_paragraph_stands_on_top_and_its_sentences_open_what_supports_them(
    keeping: Site, look: Look, shelf: Shelf
) -> None:
    answer = keeping.assistant.ask(WHICH)
    first, second = answer.claims[:2]
    several = Claim("Two papers track with transformers.", (1, 2), "paraphrase", first.quotes)
    quoted = replace(second, text="They say how.", support="quote")
    told = replace(answer, summary=(several, quoted))  # as a capable model has it
    exchange = Exchange("t1", WHICH, answer.total, answer=told, state="done")
    shelf.put("", "a", "t1", "", exchange.kept())
    page = look(keeping, "#/c/a")
    summary = page.locator(".turn .head .summary")
    expect(summary.locator(".opens-evidence")).to_have_count(2)
    expect(summary.locator(".dot")).to_have_count(1)
    expect(summary.locator(".ref")).to_have_text(["[1]", "[2]", "[2]"])
    above, below = summary.bounding_box(), page.locator(".claim").first.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
    summary.locator(".opens-evidence").first.press("Enter")
    expect(page.locator(".head blockquote mark:visible")).to_have_text(first.quotes[0].text)
    check(page)


def test_a_conversation_of_an_earlier_version_is_called_by_its_first_topic(
    keeping: Site, look: Look, shelf: Shelf
) -> None:
    question = f"hello, {WHICH}"
    answer = keeping.assistant.ask(question)
    exchange = Exchange("t1", question, answer.total, answer=answer, state="done")
    shelf.put("", "a", "t1", "", exchange.kept())
    page = look(keeping, "#/c/a")
    link = page.locator(".listed a")
    expect(link).to_have_text(question)
    expect(page.locator(".turn")).to_have_count(1)  # it is open
    ask(page, "which of them run in real time?")
    expect(link).to_have_text("Transformers for tracking")


def test_back_and_forward(keeping: Site, look: Look) -> None:
    page = look(keeping)
    ask(page, FAST)
    first = page.url
    page.locator("[data-do=clear]").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, WHICH)
    page.locator(".by [data-paper]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page).to_have_url(re.compile(r"#/paper/\d"))
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".asked")).to_have_text([WHICH])
    page.go_back()
    expect(page.locator(".turn")).to_have_count(0)
    page.go_back()
    expect(page.locator(".asked")).to_have_text([FAST])
    expect(page).to_have_url(first)
    page.go_forward()
    page.go_forward()
    expect(page.locator(".asked")).to_have_text([WHICH])


def test_the_list_is_searched_and_changed(keeping: Site, look: Look) -> None:
    page = look(keeping)
    fast, which = (topic(keeping.assistant.ask(question)) for question in (FAST, WHICH))
    ask(page, FAST)
    page.locator("[data-do=clear]").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, WHICH)
    links = page.locator(".listed a")
    expect(links).to_have_text([which, fast])
    expect(links.first).to_have_attribute("title", re.compile(f"^{WHICH} · "))
    page.fill("#sought", "which transformers")
    expect(links).to_have_text([which])
    page.fill("#sought", "")
    expect(links).to_have_count(2)
    links.last.hover()
    page.get_by_role("button", name=f"Rename “{fast}”").click()
    page.keyboard.type("Speed")
    page.keyboard.press("Enter")
    expect(links).to_have_text([which, "Speed"])
    links.first.hover()
    page.get_by_role("button", name=f"Delete “{which}”").click()
    expect(links).to_have_text(["Speed"])
    expect(page.locator(".turn")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(links).to_have_count(2)
    expect(page.locator(".asked")).to_have_text([WHICH])  # it was open, and is again


def test_what_was_answered_so_far_survives_a_reload(
    keeping: Site, look: Look, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = look(keeping)
    begun, held = asking.steps, threading.Event()

    def slow(*given: Any) -> Iterator[asking.Step]:
        for step in begun(*given):
            yield step
            if step.answer and len(step.answer.claims) == 2:
                held.wait()

    monkeypatch.setattr(chat, "steps", slow)
    page.fill("#question", WHICH)
    page.keyboard.press("Enter")
    page.locator(".claim").nth(1).wait_for()
    page.wait_for_function("location.hash.startsWith('#/c/')")
    page.reload()
    expect(page.locator(".asked")).to_have_text([WHICH])
    held.set()
    claims: list[Any] = []
    while len(claims) < 2:
        page.wait_for_timeout(100)
        found = shelf.load("", page.url.rpartition("/")[2])
        claims = (found[1][0]["answer"] or {}).get("claims", []) if found else []
    page.reload()
    expect(page.locator(".claim").nth(1)).to_be_visible()


def test_a_draft_and_a_search_survive(keeping: Site, look: Look) -> None:
    page = look(keeping)
    page.fill("#question", "half a thought")
    page.reload()
    expect(page.locator("#question")).to_have_value("half a thought")
    page.fill("#question", "papers on tracking since 2020")
    page.keyboard.press("Enter")
    page.locator(".head .chip").wait_for()
    page.locator("[data-do=ask]").wait_for()
    page.fill("#question", "half a thought")
    page.locator(".head .chip").click()
    expect(page.locator(".which")).to_have_text("2 of 2")
    page.locator("[data-do=ask]").wait_for()
    expect(page.locator("#question")).to_have_value("half a thought")
    page.goto(f"{keeping.address}/#/library?q=TransMOT")
    expect(page.locator("#part-library tbody tr")).to_have_count(1)
    page.goto(f"{keeping.address}/#/c/nothing")
    expect(page.locator(".missing")).to_contain_text("not here")


def test_a_number_tells_what_it_stands_for(keeping: Site, look: Look) -> None:
    page = look(keeping, permissions=["clipboard-read", "clipboard-write"])
    answer = keeping.assistant.ask(WHICH)
    ask(page, WHICH)
    page.locator(".ref").first.hover()
    peek = page.locator("#peek")
    expect(peek).to_contain_text(answer.citations[0].paper.title)
    expect(peek.locator("mark")).to_have_text(answer.claims[0].quotes[0].text)
    peek.get_by_role("button", name="Copy BibTeX").click()
    expect(page.locator(".taken-told")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert answer.citations[0].paper.title in copied
    assert copied.count("@") == 1
    page.keyboard.press("Escape")
    expect(peek).to_be_hidden()
    page.locator(".ref").nth(1).focus()
    expect(peek).to_contain_text(answer.citations[1].paper.title)
    expect(peek).to_contain_text(str(answer.citations[1].paper.appeared))
    peek.get_by_role("button", name="Open").click()
    expect(page.get_by_role("dialog").locator("h2")).to_have_text(answer.citations[1].paper.title)
    page.keyboard.press("Escape")
    page.locator(".turn [data-act=copy]").click()
    for _ in range(600):
        if (now := page.evaluate("navigator.clipboard.readText()")) != copied:
            break
        page.wait_for_timeout(100)
    assert now == answer.to_markdown()
