"""Second opinions: what the other networks that are here see in a finished picture.

Nobody waits for them: they are asked when no run wants the place, and give it back between two
networks as soon as one does. What has not been asked then is asked later.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any

from distributed import get_worker
from pydantic import BaseModel, ConfigDict

from tfcore import catalog, classes, images, trained
from tfcore.config import Config
from tfcore.engine import carrying, heavy
from tfcore.engine.mailbox import Mailbox
from tfcore.engine.task import listen, send
from tfcore.errors import UnknownName
from tfcore.events import SecondOpinion
from tfcore.settings import PictureRun, read_picture
from tfcore.store import heads
from tfcore.store.records import Run
from tfcore.store.runs import RunStore


class Question(BaseModel):
    """All that a worker needs to ask about one run's picture.

    Attributes:
        attempt: The attempt that made the picture.
        png: The picture as it was saved.
        asked: Networks that have spoken already.
        own: Its owner's own networks that know the same classes.
        heads: Files of the trained networks among all these, see ``carrying``.
    """

    model_config = ConfigDict(frozen=True)

    run: str
    attempt: int
    settings: dict[str, Any]
    png: bytes
    asked: list[str] = []
    own: list[str] = []
    heads: carrying.Heads = {}


def question(store: RunStore, config: Config, run: Run) -> Question | None:
    """What a worker shall be asked about a run; None when there is nothing to ask, or nobody.

    A picture of a network's own classes can be judged only by others of the same classes: by those
    that the same person has trained on them.
    """
    png = store.artifact(run.id, "image.png")
    if png is None:
        return None
    network, own = str(run.settings["network"]), list[str]()
    if trained.is_head(network):
        here = heads.of_owner(store, run.owner)
        with contextlib.suppress(UnknownName):  # gone since
            own = [row.name for row in here if classes.are_shared(network, row.name)]
        if set(own) <= {network}:
            return None
    return Question(
        run=run.id,
        attempt=run.attempt,
        settings=dict(run.settings),
        png=png,
        asked=list(run.summary.get("second_opinion", {})),
        own=own,
        heads=carrying.packed(config, run.settings, *own),
    )


def ask(question: dict[str, Any]) -> None:
    """Ask network after network, until all have spoken or any order comes.

    Args:
        question: A ``Question`` as a dictionary.
    """
    work = Question.model_validate(question)
    carrying.unpack(work.heads)
    settings = read_picture(work.settings)
    report = partial(send, get_worker())
    say = partial(SecondOpinion, run=work.run, attempt=work.attempt)
    with Mailbox(work.run, work.attempt) as mailbox:
        listen()
        heavy.load()
        pictures = images.pieces(images.decode(work.png), len(settings.cells()))
        for network in _others(settings, work.own):
            if network in work.asked:
                continue
            if mailbox.poll() is not None:  # somebody waits for the place, or the run is deleted
                return
            report(say(network=network, verdict=_verdict(network, settings, pictures)))
        report(say(network="", verdict={}))


def _others(settings: PictureRun, own: list[str]) -> list[str]:
    """Networks that are here, know the classes and did not make the picture.

    Those that made it are asked too, when each cell has its own.
    """
    makers = () if settings.vary == "network" else settings.needed_networks
    here = [*catalog.available(), *filter(catalog.is_available, map(catalog.get, own))]
    return [
        network.name
        for network in here
        if network.name not in makers and classes.are_shared(settings.network, network.name)
    ]


def _verdict(network: str, settings: PictureRun, pictures: list[Any]) -> dict[str, Any]:
    """What one network says; of a what-if run, of each picture."""
    from tfcore.backbones.predict import verdict

    wanted = [cell.wanted_class for cell in settings.cells()]
    verdicts = [
        verdict(network, picture, index) for picture, index in zip(pictures, wanted, strict=True)
    ]
    if settings.vary:
        return {"rank": None, "probability": None, "cells": verdicts}
    return dict(verdicts[0])
