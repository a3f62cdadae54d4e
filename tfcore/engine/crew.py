"""Runs that are spread over workers: which of them go, and what passes between them and Dask.

They need no run's place. Their tasks ask for a resource of their own, so that a worker computes a
picture and shards side by side.
"""

from __future__ import annotations

import itertools
import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from distributed import Client, Future

from tfcore import memory
from tfcore.config import Config
from tfcore.datasets.procedure import LISTING
from tfcore.engine import carrying
from tfcore.engine.admission import recorded_mb
from tfcore.engine.cluster import RUN_RESOURCE, SHARD_RESOURCE, Capacity, Cluster, count
from tfcore.engine.fanout import FanOut, Reach
from tfcore.engine.futures import failure
from tfcore.engine.reports import REPORTS_TOPIC, Batch, Prepared, ShardDone, from_message
from tfcore.engine.shards import Part, work
from tfcore.engine.tally import Before
from tfcore.events import ORDERS_TOPIC, Event, Order, RunState, Verb, to_message
from tfcore.store.records import Run
from tfcore.store.writer import RunWriter

log = logging.getLogger(__name__)

MOST_AT_A_TIME = 1
"""Extractions; each can use every worker, so that two at once would end later than in turn."""

SHARE = 0.5
"""What a part takes of the resource: two are at a worker, one decodes while the other computes."""

PATIENCE_SECONDS = 120.0
_COUNT_SECONDS = 2.0
_NOBODY = (
    f'No worker offers the resource "{{}}": start workers with '
    f'--resources "{RUN_RESOURCE}=1 {SHARD_RESOURCE}=1"'
)

Post = Callable[[tuple[str, Any]], None]


@dataclass
class _Member:
    """One run that is under way.

    Attributes:
        megabytes: Of memory that it needs of a worker.
        futures: What Dask was given, by the part's number.
    """

    fanout: FanOut
    megabytes: int
    futures: dict[int, Future]


class Crew:
    """The runs that are spread over workers; used from the engine's thread alone.

    Args:
        store: Where runs are kept.
        config: The deployment's limits.
        record: Writes an event down.
        settle: Told of a run that has ended.
        post: Puts a message into the engine's inbox, from any thread; it comes back to ``take``.
        beside: Megabytes that the runs at their places need of the one worker of this machine.
    """

    def __init__(
        self,
        store: RunWriter,
        config: Config,
        record: Callable[[Event], None],
        settle: Callable[[Run], None],
        post: Post,
        beside: Callable[[], int] = lambda: 0,
    ) -> None:
        self._store, self._config, self._post = store, config, post
        self._record, self._settle, self._beside = record, settle, beside
        self._members: dict[str, _Member] = {}
        self._cluster: Cluster | None = None
        self._counter = ThreadPoolExecutor(1, "census")
        self._is_counting, self._counted = False, -math.inf
        self._alone_since: float | None = None
        self._numbers = itertools.count(-1, -1)

    @property
    def runs(self) -> set[str]:
        """Those under way."""
        return set(self._members)

    @property
    def has_place(self) -> bool:
        """Whether another may begin."""
        return len(self._members) < MOST_AT_A_TIME

    def open(self, cluster: Cluster) -> None:
        """Work with this cluster from now on."""
        self._cluster = cluster
        cluster.client.subscribe_topic(REPORTS_TOPIC, lambda e: self._post(("report", e[1])))

    def start(self, run: Run, *, is_paused: bool) -> None:
        """Begin an attempt."""
        attempt = self._store.begin_attempt(run.id)
        saved = self._store.checkpoint(run.id)
        state = RunState.PAUSED if is_paused else RunState.RUNNING
        self._store.update(run.id, state=state, rate=0.0)
        scan = self._store.run(str(run.settings["scan"]))
        plain = Part(
            run=run.id,
            attempt=attempt,
            number=0,
            settings=dict(run.settings),
            data=str(scan.settings["data"]) if scan else "",
            root=self._config.features_root,
            content=b"",
            most=self._config.shard_photos,
            heads=carrying.packed(self._config, run.settings),
        )
        rows = [figures for _, figures in self._store.all_metrics(run.id)]
        reach = Reach(
            give=partial(self._give, run),
            forget=partial(self._forget, run.id),
            stop=partial(self._stop, run.id, attempt),
            emit=self._record,
        )
        fanout = FanOut(
            plain,
            reach,
            Before.read(rows, run.seconds, saved[1] if saved else None),
            is_paused=is_paused,
        )
        self._members[run.id] = _Member(fanout, recorded_mb(run.settings), {})
        fanout.begin()
        self.beat()

    def pass_on(self, order: Order) -> bool:
        """Take an order that is meant for one of these runs; it is acted on from the inbox."""
        if order.run not in self._members:
            return False
        self._post(("order", order))
        return True

    def take(self, kind: str, content: Any) -> bool:
        """Act on a message of the inbox.

        Returns:
            Whether a run has ended by it.
        """
        if kind == "capacity":
            self._on_capacity(content)
            return self._clear()
        if kind == "report":
            report = from_message(content)
            member = self._member(report.run, report.attempt)
            if member is not None:
                acts: dict[type, Callable[[Any], None]] = {
                    Prepared: member.fanout.prepared,
                    Batch: member.fanout.heard,
                    ShardDone: member.fanout.kept,
                }
                acts[type(report)](report)
        elif kind == "part":
            run, attempt, number, error = content
            member = self._member(run, attempt)
            if member is not None and member.futures.pop(number, None) is not None:
                if error is not None:
                    log.warning("run %s attempt %d part %d: %r", run, attempt, number, error)
                member.fanout.over(number, error)
        elif kind == "order" and content.run in self._members:
            self._members[content.run].fanout.order(content)
        return self._clear()

    def beat(self) -> None:
        """Look who is there, where that can change."""
        if self._cluster is None:
            return
        now = time.monotonic()
        if self._cluster.is_own:
            self._share_memory(self._cluster.capacity)
        elif not self._is_counting and now - self._counted >= _COUNT_SECONDS:
            self._is_counting, self._counted = True, now
            self._counter.submit(self._count, self._cluster.client)

    # -- inside --------------------------------------------------------------------------------

    def _member(self, run: str, attempt: int) -> _Member | None:
        member = self._members.get(run)
        return member if member is not None and member.fanout.attempt == attempt else None

    def _clear(self) -> bool:
        ended = [run for run, member in self._members.items() if member.fanout.has_ended]
        for run in ended:
            del self._members[run]
            record = self._store.run(run)
            if record is not None:
                self._settle(record)
        return bool(ended)

    def _count(self, client: Client) -> None:
        """Ask the scheduler, in a thread of its own: it may take its time."""
        try:
            self._post(("capacity", count(client)))
        except OSError as error:
            log.warning("the scheduler does not say who is there: %r", error)
        finally:
            self._is_counting = False

    def _share_memory(self, capacity: Capacity) -> None:
        """On one machine shards wait while a run beside them needs the memory."""
        beside = self._beside()
        for member in self._members.values():
            needed = beside + member.megabytes - memory.BASE_MB
            if beside and needed > self._config.worker_memory_mb:
                member.fanout.allow(0)
                member.fanout.wait_for("Waiting for memory that a run beside it needs")
            else:
                member.fanout.allow(int(capacity.shards / SHARE))

    def _on_capacity(self, capacity: Capacity) -> None:
        if self._cluster is not None:
            self._cluster.capacity = capacity
        if capacity.runs < 1:
            self._store.say(stage=_NOBODY.format(RUN_RESOURCE), ready="")
        if capacity.shards > 0:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = time.monotonic()
        for member in self._members.values():
            if self._alone_since is None:
                member.fanout.allow(int(capacity.shards / SHARE))
            elif time.monotonic() - self._alone_since > PATIENCE_SECONDS:
                member.fanout.fail(f"{_NOBODY.format(SHARD_RESOURCE)}.")
            else:
                member.fanout.wait_for(_NOBODY.format(SHARD_RESOURCE))

    def _give(self, run: Run, part: Part) -> None:
        if self._cluster is None:
            return
        if part.number < 0:
            listing = self._store.artifact(str(run.settings["scan"]), LISTING) or b""
            part = part.model_copy(update={"content": listing})
        future = self._cluster.client.submit(
            work, part.model_dump(), resources={SHARD_RESOURCE: SHARE}, pure=False
        )
        self._members[run.id].futures[part.number] = future
        key = (part.run, part.attempt, part.number)
        future.add_done_callback(lambda done: self._post(("part", (*key, failure(done)))))

    def _forget(self, run: str, number: int) -> None:
        future = self._members[run].futures.pop(number, None)
        if future is not None:
            future.release()

    def _stop(self, run: str, attempt: int) -> None:
        order = Order(command=next(self._numbers), run=run, verb=Verb.STOP, attempt=attempt)
        if self._cluster is not None:
            self._cluster.client.log_event(ORDERS_TOPIC, to_message(order))
