"""A procedure of three numbers: quick, deterministic, and it remembers how it was steered."""

import json
import math

import numpy as np

from tfcore.engine.loop import Drive
from tfcore.engine.mailbox import Mailbox
from tfcore.events import Order
from tfcore.procedure import Preview, Result


class Clock:
    """Time that passes only when a test lets it."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Tiny:
    """Implements ``Procedure``; ``then[step]`` is called right after that step."""

    def __init__(self, steps=10, *, nan_at=None, clock=None, seconds=0.0):
        self.step_number, self.steps = 0, steps
        self.values, self.rate = [0.0, 1.0, 2.0], 0.5
        self.steered, self.follows = [], {}
        self.then = {}
        self._nan_at, self._clock, self._seconds = nan_at, clock, seconds

    def step(self):
        self.step_number += 1
        if self._clock is not None:
            self._clock.now += self._seconds
        loss = sum(self.values)
        # A draw keyed by the step, so that a resumed job goes on the same way.
        self.values = [
            v + self.rate * math.cos(i + self.step_number) for i, v in enumerate(self.values)
        ]
        if self.step_number == self._nan_at:
            self.values = [math.nan] * 3
            loss = math.nan
        if self.step_number in self.then:
            self.then[self.step_number]()
        return {"loss": loss, "rate": self.rate}

    def preview(self):
        if math.isnan(self.values[0]):
            raise FloatingPointError("a picture of a job that has diverged")
        shade = int(abs(self.values[0]) * 7) % 256
        return Preview(np.full((8, 8, 3), shade, np.uint8), ((self.step_number % 1000, 0.5),))

    def steer(self, changes):
        self.steered.append((self.step_number, dict(changes)))
        self.rate = changes.get("learning_rate", self.rate)
        return {**changes, **self.follows} if changes else changes

    def state(self):
        return json.dumps([self.step_number, self.values, self.rate]).encode()

    def restore(self, state):
        self.step_number, self.values, self.rate = json.loads(state)

    def result(self):
        return Result({"values": self.values}, self.preview().image)


class Scripted(Mailbox):
    """A mailbox that never blocks: while a run waits, the next order of a script arrives."""

    def __init__(self, *while_waiting, run="r", attempt=1):
        super().__init__(run, attempt)
        self.script = list(while_waiting)

    def wait(self):
        order = self.poll()
        if order is None:
            assert self.script, "the run waits and nobody says anything"
            step = self.script.pop(0)
            order = step() if callable(step) else step
        return order


_numbers = iter(range(1, 1_000_000))


def order(verb, changes=None, *, attempt=0, command=None):
    number = next(_numbers) if command is None else command
    return Order(command=number, run="r", verb=verb, changes=changes or {}, attempt=attempt)


def drive(job, mailbox=None, *, clock=None, **options):
    """Drive to the end: what ``go`` returned, and the events."""
    events = []
    driving = Drive(
        job, "r", 1, mailbox or Scripted(), events.append, clock=clock or Clock(), **options
    )
    return driving.go(), events


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]
