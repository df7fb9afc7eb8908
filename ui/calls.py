"""Calls of the page and of programs, looked at before Gradio tries to make sense of them.

Gradio takes whatever fits its own model of a call, and hands it to the function; what that cannot
use ends in a traceback. Here a call has to be of an event that there is, with as many values as
that takes, and what the page says beside them has to be of the kind that its scripts send.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from rag.files import parsed
from ui.paths import BY_NAME, JOIN, SERVER

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

LARGEST = 1_000_000
"""Bytes of a call that is no upload; a conversation that is given back with it is far smaller."""

LARGEST_QUESTION = 4_000_000
"""The same for a program, which gives back whole answers as the history of its question: fifty
have half a megabyte, with many sources each some three."""

MOST_VALUES = 200_000
"""Values in a call. An empty one takes three bytes of JSON, and seventy of memory."""

NO_TOKEN = "Only the page itself may call this: open it, or reload it."

_UNKNOWN = 400, "There is nothing like that to call."
_FINE = 200, ""
_SESSION = re.compile(r"[\w-]{1,100}", re.ASCII)
_LONGEST_NUMBER = 1e18

_OWN = ("batched", "event_id", "oauth_token", "request", "simple_format")
"""What Gradio writes into a call for itself."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that can be called, by the number that it stands under or by its name.

    Attributes
    ----------
    private
        Whether only the page itself uses it.
    values
        How many values it takes.
    trigger
        The number of the part of the page that sets it off, if one does.
    """

    name: str
    private: bool
    values: int
    trigger: int | None


class Calls:
    """What can be called."""

    def __init__(self, events: Mapping[int, Event]) -> None:
        self._events = events
        self._named = {event.name: event for event in events.values() if not event.private}

    def largest(self, path: str) -> int:
        """Return how many bytes a call may have."""
        return LARGEST_QUESTION if BY_NAME.fullmatch(path) else LARGEST

    def wrong(self, path: str, body: bytes, known: bool) -> tuple[int, str]:
        """Say what is wrong with a call: a status, and a line; the line is empty if nothing is.

        Parameters
        ----------
        known
            Whether who calls has opened the page.
        """
        if body.count(b",") > MOST_VALUES:
            return 413, f"A call may have {MOST_VALUES:,} values."
        try:
            call = parsed(body)
        except ValueError:
            return 400, "The call is not JSON."
        if not isinstance(call, dict):
            return 400, "The call is no object in JSON."
        if named := BY_NAME.fullmatch(path):
            return self._by_name(named[1], call)
        if path == SERVER:
            return self._of_part(call, known)
        return self._by_number(call, known) if path == JOIN else _FINE

    def _by_name(self, name: str, call: Mapping[str, Any]) -> tuple[int, str]:
        event = self._named.get(name)
        if "data" not in call:
            return 400, 'A call is JSON like {"data": [...]}.'
        if call.get("fn_index") is not None:  # Gradio would call that one, whatever its name
            return 400, "A call names its event in its address alone."
        if event is None:
            return 404, _UNKNOWN[1]
        if call.get("session_hash") is not None and not _is_session(call["session_hash"]):
            return 400, "A session is named with up to 100 letters and digits."
        return _ill_given(event, call)

    def _by_number(self, call: Mapping[str, Any], known: bool) -> tuple[int, str]:
        number = call.get("fn_index")
        event = self._events.get(number) if type(number) is int else None
        if event is None or not _is_session(call.get("session_hash")):
            return _UNKNOWN
        if not event.private:
            return _ill_given(event, call)
        if not known:
            return 403, NO_TOKEN
        told = call.get("event_data")
        if not isinstance(told, dict):
            return _UNKNOWN
        for name, is_right in _FIELDS.items():
            if told.get(name) is not None and not is_right(told[name]):
                return 400, f"{name} cannot be {str(told[name])[:50]!r} in a call of {event.name}."
        return _ill_given(event, call)

    def _of_part(self, call: Mapping[str, Any], known: bool) -> tuple[int, str]:
        named = isinstance(call.get("fn_name"), str) and _is_session(call.get("session_hash"))
        if type(call.get("component_id")) is not int or not named:
            return _UNKNOWN
        return _FINE if known else (403, NO_TOKEN)


async def body_of(receive: Receive, most: int, come: Callable[[int], bool]) -> bytes | None:
    """Return the body of a request; None if it has more than so many bytes.

    Parameters
    ----------
    come
        Is told how many bytes have come, and tells whether there is room for them.
    """
    body = bytearray()
    while True:
        message = await receive()
        part = message.get("body", b"")
        body += part
        if len(body) > most or not come(len(part)):
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return bytes(body)


def _ill_given(event: Event, call: Mapping[str, Any]) -> tuple[int, str]:
    given = call.get("data")
    if not isinstance(given, list) or len(given) != event.values:
        return 400, f"/{event.name} takes {event.values} values in its data, in their order."
    if any(call.get(name) for name in _OWN) or call.get("trigger_id") not in (None, event.trigger):
        return _UNKNOWN
    return _FINE


def _is_session(given: object) -> bool:
    return isinstance(given, str) and bool(_SESSION.fullmatch(given))


def _is_text(given: object) -> bool:
    return isinstance(given, str)


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and abs(given) < _LONGEST_NUMBER


def _are_texts(given: object) -> bool:
    return isinstance(given, list) and all(map(_is_text, given))


_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(
        ("question", "instead_of", "id", "turn", "act", "form"), _is_text
    ),
    **dict.fromkeys(("file", "named", "category", "day", "run"), _is_text),
    **dict.fromkeys(("at", "time"), _is_number),
    **dict.fromkeys(("here", "have", "columns"), _are_texts),
    "numbers": lambda given: isinstance(given, list) and all(map(_is_number, given)),
    "papers": lambda given: _is_number(given) or _are_texts(given),
    "filters": lambda given: isinstance(given, dict),
    "chosen": lambda given: isinstance(given, dict) and all(map(_are_texts, given.values())),
}  # fmt: skip
"""What the page says of what happened on it; each may be missing."""
