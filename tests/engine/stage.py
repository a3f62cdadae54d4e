"""A run that is spread over workers, without workers: a test plays them."""

import dataclasses

from tests.engine.tiny import Clock, of, order
from tfcore.engine.fanout import FanOut, Reach
from tfcore.engine.reports import Batch, Prepared, ShardDone
from tfcore.engine.shards import PREPARE, Part
from tfcore.engine.tally import Before
from tfcore.events import Metrics
from tfcore.store.space import Space

SPACE = Space(network="x", weights="", size=8, preprocessing="none", dim=3)
SHARD, BATCH = 64, 32


class Stage:
    """A ``FanOut`` and everything that it asks for; whoever plays the workers is the test."""

    def __init__(self, *, known=0, shards=4, most=2, **options):
        self.given, self.forgotten, self.events, self.stops = [], [], [], 0
        self.clock = Clock()
        reach = Reach(
            give=self.given.append,
            forget=self.forgotten.append,
            stop=self._stop,
            emit=self.events.append,
        )
        part = Part(
            run="r", attempt=1, number=0, settings={}, data="d", root="memory://", content=b""
        )
        before = options.pop("before", Before())
        self.fanout = FanOut(part, reach, before, clock=self.clock, **options)
        self.fanout.begin()
        self.fanout.allow(most)
        self.plan = Prepared(
            run="r",
            attempt=1,
            space=dataclasses.asdict(SPACE),
            photos=known + SHARD * shards,
            known=known,
            shards=[(SHARD, b"%d" % number) for number in range(shards)],
        )

    def _stop(self):
        self.stops += 1

    def prepared(self):
        self.fanout.prepared(self.plan)
        self.fanout.over(PREPARE, None)
        return self

    def batch(self, shard, done):
        self.clock.now += 1.0
        self.fanout.heard(Batch(run="r", attempt=1, shard=shard, done=done, worker=f"w{shard % 3}"))

    def keep(self, shard, *sizes, aside=0, found=0):
        rows = [
            {"photos": float(n), "set_aside": 0.0, "waiting": 0.0, "computing": 1.0} for n in sizes
        ]
        gone = [
            {"file": f"{shard}-{n}", "digest": f"{shard}-{n}", "reason": "changed", "sentence": "."}
            for n in range(aside)
        ]
        if aside:
            rows[-1]["set_aside"] = float(aside)
        self.fanout.kept(
            ShardDone(
                run="r",
                attempt=1,
                shard=shard,
                worker=f"w{shard % 3}",
                rows=rows,
                set_aside=gone,
                found=found,
            )
        )
        self.fanout.over(shard, None)

    def compute(self, shard):
        self.batch(shard, 0)
        self.batch(shard, BATCH)
        self.batch(shard, SHARD)
        self.keep(shard, BATCH, BATCH)

    def ask(self, verb, **more):
        asked = order(verb, **more)
        self.fanout.order(asked)
        return asked.command

    @property
    def numbers(self):
        return [part.number for part in self.given]

    @property
    def rows(self):
        return [row for event in of(Metrics, self.events) for row in event.rows]

    @property
    def told(self):
        return sum(row["photos"] for _, row in self.rows)
