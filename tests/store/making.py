"""Stores with runs in them, made without an engine."""

import numpy as np

from tfcore import images
from tfcore.events import RunState, Verb
from tfcore.settings import read
from tfcore.store.writer import RunWriter

OWNER = "secret"


def picture(shade=120, side=16):
    """A plain picture with one darker corner."""
    pixels = np.full((side, side, 3), shade, np.uint8)
    pixels[: side // 2, : side // 2] //= 2
    return pixels


def open_store(folder):
    return RunWriter(folder / "runs.sqlite")


def add_run(store, *, owner=OWNER, state=RunState.QUEUED, photo=None, fields=None, **settings):
    """A run as the engine makes it of a submission; returns its id."""
    whole = read({"kind": "synthesize", **settings}).model_dump()
    run = store.submit(whole, owner=owner, photo=photo)
    command = store.submission(run)
    store.create(command, title="a title", settings=whole)
    store.handled(command.id)
    store.update(run, state=state, **(fields or {}))
    return run


def ask(store, run, verb, payload=None, owner=OWNER):
    """What a page does when somebody presses a button."""
    return store.command(run, Verb(verb), payload, owner=owner)


def photo_png(side=224):
    return images.to_png(picture(side=side))
