"""What Gradio remembers of those who ask, within bounds.

By itself it remembers ten thousand sessions, each call of a program being one, and of each what the
parts of the page look like and the last answer: half a megabyte a session, and more every minute.
Here a session that has no conversation is forgotten as soon as some others have come since, and so
is what was never fetched, and no session has a copy of what its page shows (which Gradio's links to
the state of a page would need: there are none here). A conversation is remembered as long as its
page is open, and an hour more.
"""

import sys
from typing import Any

import gradio as gr
from gradio.queueing import Queue
from gradio.state_holder import SessionState, StateHolder

MOST_IDLE = 100
"""Sessions without a conversation, and answers that nobody fetched, that are remembered."""

MOST_OPEN = 2_000
"""Sessions with a conversation; the one that was used longest ago makes room for a further one."""


class Session(SessionState):
    """A session without a copy of what its page shows."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(blocks)
        self.config_values = {}

    def __setitem__(self, key: int, value: Any) -> None:  # noqa: ANN401
        """Remember the value of a part."""
        super().__setitem__(key, value)
        self.config_values = {}

    def _update_config(self, key: int) -> None:
        """Copy nothing."""

    def _update_value_in_config(self, key: int, value: Any) -> None:  # noqa: ANN401
        """Copy nothing."""


class Sessions(StateHolder):
    """The sessions of a page that is being served. All that it does is done in the server's loop.

    Parameters
    ----------
    page
        The page.
    queue
        Its queue, which has what is on its way to each session.
    """

    def __init__(self, page: gr.Blocks, queue: Queue) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.set_blocks(page)
        self.capacity = MOST_OPEN
        self._queue = queue
        queue.ANALYTICS_MAX_EVENTS = MOST_IDLE  # statistics that nobody is shown, made anew
        queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # with each event of the last ten thousand

    def __getitem__(self, session_id: str) -> SessionState:
        """Return a session; one that is not remembered begins anew."""
        if session_id not in self.session_data:
            self._forget_idle()
            self._forget_fetched()
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)

    def _forget_idle(self) -> None:
        idle = [name for name, session in self.session_data.items() if not session.state_data]
        for name in idle[:-MOST_IDLE]:
            del self.session_data[name]
            self.time_last_used.pop(name, None)

    def _forget_fetched(self) -> None:
        """Forget what has been fetched, and of what nobody fetches all but the latest."""
        events, waiting = self._queue.pending_event_ids_session, self._queue.event_ids_to_events
        over = [name for name, ids in events.items() if not any(id_ in waiting for id_ in ids)]
        fetched = [name for name in over if not events[name]]
        unfetched = [name for name in over if events[name]]
        for name in (*fetched, *unfetched[:-MOST_IDLE]):
            del events[name]
            self._queue.pending_messages_per_session.pop(name, None)


def waiting(queue: Queue) -> int:
    """Return how many bytes the calls have that wait in a queue, or are being answered."""
    lines = [each.queue for each in queue.event_queue_per_concurrency_id.values()]
    calls = [call for some in (*lines, *queue.active_jobs) for call in some or ()]
    return sum(len(getattr(call.request, "_body", b"")) for call in calls)


def bound(page: gr.Blocks) -> None:
    """Bound what a page that has been launched remembers."""
    page.app.state_holder = Sessions(page, page._queue)
