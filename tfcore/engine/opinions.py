"""Second opinions: what the other networks that are here see in a finished picture.

Nobody waits for them: they are asked when no run wants the place, and give it back between two
networks as soon as one does. What has not been asked then is asked later.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from distributed import get_worker
from pydantic import BaseModel, ConfigDict

from tfcore import catalog, images
from tfcore.engine import heavy
from tfcore.engine.mailbox import Mailbox
from tfcore.engine.task import listen, send
from tfcore.events import SecondOpinion
from tfcore.settings import PictureRun, read_picture


class Question(BaseModel):
    """All that a worker needs to ask about one run's picture.

    Attributes:
        attempt: The attempt that made the picture.
        png: The picture as it was saved.
        asked: Networks that have spoken already.
    """

    model_config = ConfigDict(frozen=True)

    run: str
    attempt: int
    settings: dict[str, Any]
    png: bytes
    asked: list[str] = []


def ask(question: dict[str, Any]) -> None:
    """Ask network after network, until all have spoken or any order comes.

    Args:
        question: A ``Question`` as a dictionary.
    """
    work = Question.model_validate(question)
    settings = read_picture(work.settings)
    report = partial(send, get_worker())
    say = partial(SecondOpinion, run=work.run, attempt=work.attempt)
    with Mailbox(work.run, work.attempt) as mailbox:
        listen()
        heavy.load()
        pictures = images.pieces(images.decode(work.png), len(settings.cells()))
        for network in _others(settings):
            if network in work.asked:
                continue
            if mailbox.poll() is not None:  # somebody waits for the place, or the run is deleted
                return
            report(say(network=network, verdict=_verdict(network, settings, pictures)))
        report(say(network="", verdict={}))


def _others(settings: PictureRun) -> list[str]:
    """Networks that are here and did not make the picture; all, when each cell has its own."""
    makers = () if settings.vary == "network" else settings.needed_networks
    return [network.name for network in catalog.available() if network.name not in makers]


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
