"""How a page or a command line reaches the engine: it writes commands and rings the bell.

This module never imports TensorFlow. It starts the engine when there is none, notices a dead one,
and asks one that runs older code to leave when it has finished.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from distributed import Client, KilledWorker

from tfcore.config import Config
from tfcore.engine import calls, carrying
from tfcore.engine.cluster import security
from tfcore.engine.connection import Connection, code_digest
from tfcore.errors import UserError
from tfcore.events import WAKE_TOPIC, Verb
from tfcore.store.records import SteeringMark
from tfcore.store.runs import RunStore

_CALL_SECONDS = 2.0
_ANSWER_SECONDS = 120.0

T = TypeVar("T")


@dataclass(frozen=True)
class EngineStatus:
    """How the engine is, for people.

    Attributes:
        is_alive: Its process is there.
        is_ready: A run would start at once.
        stage: What is being waited for.
    """

    is_alive: bool
    is_ready: bool
    stage: str


class EngineLink:
    """The way to one data folder's engine; safe to use from several threads.

    Args:
        config: The deployment's limits.

    Example:
        >>> link = EngineLink(config())
        >>> link.ensure()
        >>> run = link.submit({"target": "zebra"}, owner="secret")
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = RunStore(config.database)
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._client: tuple[Connection, Client] | None = None
        self._asked_to_leave: Connection | None = None
        self._bell = ThreadPoolExecutor(1, thread_name_prefix="bell")
        self.holder = uuid.uuid4().hex

    def ensure(self) -> Connection | None:
        """Start the engine unless it lives; returns at once, None while it is starting."""
        with self._lock:
            connection = Connection.read(self.config.data)
            if connection is None:
                if self._child is None or self._child.poll() is not None:
                    self._child = self._spawn()
                return None
            if self._child is not None:
                self._child.poll()
            if connection.code != code_digest() and connection != self._asked_to_leave:
                self._asked_to_leave = connection
                self.store.command("", Verb.RETIRE, {"code": code_digest()}, owner="")
            return connection

    def status(self) -> EngineStatus:
        """How the engine is."""
        is_alive = Connection.read(self.config.data) is not None
        said = self.store.engine_status()
        stage = said.get("stage", "") or "Starting the engine"
        return EngineStatus(is_alive, is_alive and said.get("ready") == "yes", stage)

    def submit(
        self,
        settings: Mapping[str, Any],
        *,
        owner: str,
        photo: bytes | None = None,
        marks: Sequence[SteeringMark] = (),
    ) -> str:
        """Ask for a new run and return its id."""
        run = self.store.submit(settings, owner=owner, photo=photo, marks=marks)
        self.wake()
        return run

    def command(
        self, run: str, verb: Verb, payload: Mapping[str, Any] | None = None, *, owner: str
    ) -> int:
        """Ask something of a run and return the command's number."""
        number = self.store.command(run, verb, payload, owner=owner)
        self.wake()
        return number

    def wake(self) -> None:
        """Ring the bell, without waiting; the engine also looks by itself once a second."""
        self._bell.submit(self._ring)

    def renew_lease(self) -> None:
        """Say that somebody is there."""
        self.store.renew_lease(self.holder, self.config.lease_seconds)

    def predict(self, network: str, png: bytes) -> list[tuple[int, float]]:
        """The five classes that a network sees, while runs go on.

        Raises:
            UserError: The network's weights are missing, or the engine does not answer.
        """
        return self.ask(calls.predict, network, png)

    def ask(self, question: Callable[..., T], *details: object) -> T:
        """Have a worker answer one of ``engine.calls`` at once, while runs go on.

        Args:
            question: A function of ``engine.calls``.
            details: What it is told.

        Raises:
            UserError: What the question itself raises, or the engine does not answer.

        Example:
            >>> link.ask(calls.predict, "efficientnet-lite0", png)[0]  # doctest: +SKIP
            (284, 0.93)
        """
        client = self._connect()
        if client is None:
            raise UserError("no engine", "a running engine", "wait a moment and try again")
        heads = carrying.packed(self.config, *details)
        asked = (carrying.answered, heads, question) if heads else (question,)
        try:
            answer: T | UserError = client.submit(
                calls.attempt, *asked, *details, pure=False
            ).result(timeout=_ANSWER_SECONDS)
        except TimeoutError as error:
            raise UserError(
                f"no answer in {_ANSWER_SECONDS:.0f} s", "an answer", "try again in a moment"
            ) from error
        except (KilledWorker, CancelledError, OSError) as error:
            raise UserError(
                "no answer, because the worker or the engine ended",
                "an answer",
                "try again in a moment",
            ) from error
        if isinstance(answer, UserError):
            raise answer
        return answer

    def close(self) -> None:
        """Say goodbye: the engine may leave when nobody else needs it."""
        self._bell.shutdown(wait=True, cancel_futures=True)
        self.store.drop_lease(self.holder)
        self._disconnect()

    def _spawn(self) -> subprocess.Popen[bytes]:
        """A process of its own, so that it survives the web server and sees no Ctrl-C."""
        self.store.engine_status()  # makes the store before two processes could
        environment = {**os.environ, "TRANSFERLAB_DATA": str(self.config.data)}
        with (self.config.data / "engine.out").open("ab") as out:
            return subprocess.Popen(  # our own interpreter and module
                [sys.executable, "-m", "tfcore.engine"],
                cwd=Path(__file__).parents[2],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def _ring(self) -> None:
        client = self._connect()
        if client is None:
            return  # it reads the store when it starts
        try:
            client.sync(
                client.scheduler.log_event,
                topic=WAKE_TOPIC,
                msg={},
                callback_timeout=_CALL_SECONDS,
            )
        except (OSError, TimeoutError):
            self._disconnect()

    def _connect(self) -> Client | None:
        """A client of the living engine's cluster; attaching takes a twentieth of a second."""
        connection = Connection.read(self.config.data)
        with self._lock:
            if self._client is not None and self._client[0] == connection:
                return self._client[1]
        self._disconnect()
        if connection is None:
            return None
        try:
            client = Client(
                connection.address,
                security=security(connection.ca, connection.cert, connection.key),
                timeout=_CALL_SECONDS,
                set_as_default=False,
            )
        except (OSError, TimeoutError):
            return None
        with self._lock:
            self._client = (connection, client)
        return client

    def _disconnect(self) -> None:
        with self._lock:
            known, self._client = self._client, None
        if known is not None:
            with contextlib.suppress(OSError, TimeoutError):
                known[1].close(timeout=_CALL_SECONDS)
