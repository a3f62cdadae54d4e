"""A visitor without a browser: speaks Streamlit's WebSocket protocol as its page in a browser does.

It opens pages, presses buttons, follows redirections, and asks for each fragment again at the
interval that the server has named. What it leaves out is drawing, so that one machine can hold a
class of them and the time it measures is the server's.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.components.identity import COOKIE

ANSWER_SECONDS = 120.0
_PLACE = re.compile(rb"(Next|Number \d+) in line[^\"<]*")
_RUN = re.compile(r"(?:^|[?&])run=([0-9a-f]+)")


@dataclass
class Notes:
    """What a visitor has seen.

    Attributes:
        opened: Seconds from asking for a page until the script has finished.
        pressed: The same from pressing a button.
        ticks: Seconds from asking for a fragment again until it has been run.
        places: What was said of its place in the line, in order, each word once.
        errors: Exceptions and error boxes on the page.
    """

    opened: list[float] = field(default_factory=list)
    pressed: list[float] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Visitor:
    """One open tab.

    Args:
        url: The server's address, without a slash at its end.
        owner: The visitor's token, 32 hexadecimal digits, as its cookie holds it.

    Example:
        >>> async with Visitor(server.url, "0" * 32) as visitor:  # doctest: +SKIP
        ...     await visitor.open("synthesize", "recipe=lesson-tv&steps=20")
        ...     await visitor.press("Grow the image")
    """

    def __init__(self, url: str, owner: str) -> None:
        self._address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._cookie = f"{COOKIE}={owner}"
        self.notes = Notes()
        self.query = ""
        self._page = ""
        self._buttons: dict[str, str] = {}
        self._asked: dict[str, float] = {}
        self._running: list[str] = []
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._finished = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._socket = await websockets.connect(
            self._address,
            subprotocols=[websockets.Subprotocol("streamlit")],
            additional_headers={"Cookie": self._cookie},
            max_size=None,
            open_timeout=ANSWER_SECONDS,
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._forget_timers()
        await self._socket.close()
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError, websockets.ConnectionClosed):
            await self._reader

    @property
    def run(self) -> str | None:
        """The run that the address names."""
        found = _RUN.search(self.query)
        return found.group(1) if found else None

    async def open(self, page: str = "", query: str = "") -> float:
        """Open a page and wait until it is whole; returns the seconds it took."""
        self.query = query
        return await self._ask(self.notes.opened, page_name=page, query_string=query)

    async def press(self, label: str) -> float:
        """Press the button of that label and wait for the page that follows."""
        if label not in self._buttons:
            raise LookupError(f"no button {label!r} among {sorted(self._buttons)}")
        message = {"id": self._buttons[label], "trigger_value": True}
        widgets = {"widgets": [message]}
        return await self._ask(self.notes.pressed, widget_states=widgets, **self._here())

    def _here(self) -> dict[str, Any]:
        return {"page_script_hash": self._page, "query_string": self.query}

    async def _ask(self, noted: list[float], **state: Any) -> float:
        self._finished.clear()
        began = time.perf_counter()
        await self._send(**state)
        await asyncio.wait_for(self._finished.wait(), ANSWER_SECONDS)
        took = time.perf_counter() - began
        noted.append(took)
        return took

    async def _send(self, **state: Any) -> None:
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())

    async def _read(self) -> None:
        async for content in self._socket:
            if isinstance(content, bytes):
                self._take(ForwardMsg.FromString(content))

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page = message.new_session.page_script_hash
            self._running = list(message.metadata.run.fragment_ids)
            if not self._running:  # the whole page: its fragments name their intervals anew
                self._forget_timers()
        elif kind == "navigation":  # the app itself says which page the address means
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            fragment, interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
            if fragment not in self._timers:
                self._timers[fragment] = asyncio.create_task(self._tick(fragment, interval))
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._forget_timer(fragment)
        elif kind == "delta":
            self._look(message)
        elif kind == "script_finished":
            self._close(message.script_finished)

    def _close(self, status: int) -> None:
        """A script or fragment run is over."""
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.notes.errors.append("the page did not compile")
        for fragment in self._running:
            asked = self._asked.pop(fragment, None)
            if asked is not None:
                self.notes.ticks.append(time.perf_counter() - asked)
        if status == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._asked.clear()
            self._finished.set()

    def _look(self, message: ForwardMsg) -> None:
        """See what matters here of an element."""
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "button":
            self._buttons[element.button.label] = element.button.id
        elif kind == "exception":
            self.notes.errors.append(element.exception.message)
        elif kind == "alert" and element.alert.format == element.alert.ERROR:
            self.notes.errors.append(element.alert.body)
        found = _PLACE.search(element.SerializeToString())
        if found:
            said = found.group(0).decode(errors="replace").strip()
            with contextlib.suppress(ValueError):  # a part's data come as JSON
                said = json.loads(f'"{said}"')
            if said not in self.notes.places[-1:]:
                self.notes.places.append(said)

    async def _tick(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            if fragment not in self._asked:  # a tick that was not answered yet is asked for once
                self._asked[fragment] = time.perf_counter()
                await self._send(fragment_id=fragment, is_auto_rerun=True, **self._here())

    def _forget_timers(self) -> None:
        for fragment in list(self._timers):
            self._forget_timer(fragment)
        self._asked.clear()

    def _forget_timer(self, fragment: str) -> None:
        timer = self._timers.pop(fragment, None)
        if timer is not None:
            timer.cancel()
        self._asked.pop(fragment, None)
