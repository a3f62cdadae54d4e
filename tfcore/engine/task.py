"""What a worker does: the only place where a run is executed.

A page, the command line, a test and a cluster all end here. TensorFlow is imported inside the
functions, because the engine and the pages import this module without it.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from distributed import Worker, get_client, get_worker
from pydantic import BaseModel, ConfigDict

from tfcore import catalog, images, parsing
from tfcore.config import config
from tfcore.datasets import sources
from tfcore.datasets.archives import UnpackingStopped
from tfcore.datasets.procedure import ScanProcedure
from tfcore.downloads.downloading import DownloadStopped
from tfcore.engine import carrying, heavy, tuning
from tfcore.engine.extracted import Extracted
from tfcore.engine.loop import Drive
from tfcore.engine.mailbox import Mailbox, deliver
from tfcore.engine.report import Emit
from tfcore.engine.training import Training
from tfcore.engine.weights import bring
from tfcore.errors import UserError
from tfcore.events import (
    EVENTS_TOPIC,
    ORDERS_TOPIC,
    Event,
    Failed,
    Finished,
    Order,
    Progress,
    RunState,
    Started,
    Verb,
    to_message,
)
from tfcore.procedure import Procedure, StoppedEarly
from tfcore.settings import (
    AnySettings,
    AttackSettings,
    CurveSettings,
    ExportSettings,
    ExtractSettings,
    FineTuneSettings,
    MapSettings,
    ScanSettings,
    TrainSettings,
)

log = logging.getLogger(__name__)

_LISTENING = threading.Lock()
_listening_to: set[str] = set()


class Assignment(BaseModel):
    """All that a worker needs to do one attempt at a run.

    Attributes:
        photo: PNG bytes of the picture to start from.
        extracted: The extraction that the run was made of, if it was made of one.
        test: Another one, whose photos are asked at the end.
        taught: The head that a fine-tuning begins with.
        training: What is known of the training whose network a run takes home.
        checkpoint: State to go on from.
        marks: ``(step, changes)`` steered in by earlier attempts.
        is_paused: Start in pause.
        step: The checkpoint's step.
        heads: Files of the trained networks that it needs, see ``carrying``.
    """

    model_config = ConfigDict(frozen=True)

    run: str
    attempt: int
    settings: dict[str, Any]
    photo: bytes | None = None
    extracted: Extracted | None = None
    test: Extracted | None = None
    taught: tuning.Taught | None = None
    training: Training | None = None
    checkpoint: bytes | None = None
    marks: list[tuple[int, dict[str, float]]] = []
    is_paused: bool = False
    step: int = 0
    heads: carrying.Heads = {}


def send(worker: Worker, event: Event) -> None:
    """Report an event to the engine."""
    worker.log_event(EVENTS_TOPIC, to_message(event))


def listen() -> None:
    """Take orders from the engine, subscribed once a worker process."""
    client = get_client()
    with _LISTENING:
        if client.id not in _listening_to:
            client.subscribe_topic(
                ORDERS_TOPIC, lambda event: deliver(Order.model_validate(event[1]))
            )
            _listening_to.add(client.id)


def execute(assignment: dict[str, Any]) -> None:
    """Run one attempt; everything worth knowing leaves as events.

    Args:
        assignment: An ``Assignment`` as a dictionary.
    """
    work = Assignment.model_validate(assignment)
    emit = partial(send, get_worker())
    with Mailbox(work.run, work.attempt) as mailbox:
        listen()
        try:
            _drive(work, mailbox, emit)
        except UserError as error:
            emit(Failed(run=work.run, attempt=work.attempt, step=0, reason=str(error)))
        except Exception:
            # Whatever broke, the page gets a sentence and the log the traceback.
            log.exception("run %s broke", work.run)
            reason = "Something broke inside the lab; the engine's log tells what. Start again."
            emit(Failed(run=work.run, attempt=work.attempt, step=0, reason=reason))


def _drive(work: Assignment, mailbox: Mailbox, emit: Emit) -> None:
    """Bring the networks here, do the steps, send the picture."""
    carrying.unpack(work.heads)
    settings = parsing.recorded(work.settings)
    tell = partial(Progress, run=work.run, attempt=work.attempt)
    end = partial(Finished, run=work.run, attempt=work.attempt)
    stop = bring(settings.needed_weights, work.step, mailbox, emit)
    if stop is not None:
        emit(
            end(
                state=RunState.STOPPED,
                step=work.step,
                summary={},
                png=None,
                command=stop.command,
            )
        )
        return
    if settings.needs_tensorflow and "tensorflow" not in sys.modules:
        emit(tell(stage="Loading TensorFlow"))
    if isinstance(settings, ScanSettings):
        # The task listens: a Stop that came before it did is now said again.
        emit(Started(run=work.run, attempt=work.attempt, step=work.step))
    try:
        job = _job(settings, work, mailbox, lambda stage: emit(tell(stage=stage)))
    except (DownloadStopped, UnpackingStopped, StoppedEarly):
        stop = mailbox.first(Verb.STOP)
        number = stop.command if stop else None
        emit(end(state=RunState.STOPPED, step=0, summary={}, png=None, command=number))
        return
    if work.checkpoint is not None:
        job.restore(work.checkpoint)
    if settings.needs_tensorflow:
        emit(tell(stage="Compiling the first step"))
    drive = Drive(job, work.run, work.attempt, mailbox, emit, work.marks, work.is_paused)
    state = drive.go()
    if state is None:
        return
    result = job.result()
    png = images.to_png(result.image) if result.image is not None else None
    emit(
        end(
            state=state,
            step=job.step_number,
            summary=result.summary,
            png=png,
            files=dict(result.files),
            command=drive.stop_command,
        )
    )


def _job(
    settings: AnySettings, work: Assignment, mailbox: Mailbox, tell: Callable[[str], None]
) -> Procedure:
    """The procedure that the kind of run asks for."""
    should_stop = lambda: mailbox.first(Verb.STOP) is not None  # noqa: E731
    if isinstance(settings, ScanSettings):
        sources.bring(settings.data, config(), tell=tell, should_stop=should_stop)
        tell("Listing the files")
        source = sources.lay_out(settings.data, config(), should_stop=should_stop)
        return ScanProcedure(settings, source)
    if isinstance(settings, MapSettings):
        tell("Comparing the photos")
        return _map(settings, work)
    heavy.load()
    if isinstance(settings, TrainSettings | CurveSettings):
        tell("Reading the features")
        return _train(settings, work)
    if isinstance(settings, FineTuneSettings):
        made_of = work.taught, _made_of(work), work.test
        return tuning.procedure(settings, *made_of, tell=tell, should_stop=should_stop)
    if isinstance(settings, ExtractSettings):
        raise TypeError("an extraction is spread over workers: see shards.py")
    if isinstance(settings, ExportSettings):
        tell(f"Preparing {catalog.get(settings.network).title}")
        return _export(settings, work.training or Training())
    tell(f"Preparing {catalog.get(settings.network).title}")
    pixels = images.decode(work.photo) if work.photo else None
    if isinstance(settings, AttackSettings):
        from tfcore.attacks import choosing as attacks

        return attacks.procedure_for(settings, pixels)
    from tfcore.synthesis import choosing as synthesis

    return synthesis.procedure_for(settings, pixels)


def _map(settings: MapSettings, work: Assignment) -> Procedure:
    """The map of photos whose features were extracted."""
    from tfcore.similarity.analysis import from_bytes
    from tfcore.similarity.procedure import MapProcedure
    from tfcore.store.features import FeatureStore
    from tfcore.store.space import Space

    made_of = _made_of(work)
    store, space = FeatureStore(config().features_root), Space(**made_of.space)
    return MapProcedure(settings, from_bytes(made_of.analysis), store, space)


def _train(settings: TrainSettings | CurveSettings, work: Assignment) -> Procedure:
    """The training of a head on features that were extracted, or of many."""
    from tfcore.datasets import listing
    from tfcore.heads.curve import CurveProcedure
    from tfcore.heads.material import Material, load
    from tfcore.heads.procedure import TrainProcedure
    from tfcore.store.features import FeatureStore
    from tfcore.store.space import Space

    def material(made_of: Extracted) -> Material:
        store, found = FeatureStore(config().features_root), listing.from_bytes(made_of.listing)
        return load(store, Space(**made_of.space), found, made_of.title)

    made_of = _made_of(work)
    if isinstance(settings, CurveSettings):
        return CurveProcedure(settings, material(made_of))
    test = material(work.test) if work.test else None
    return TrainProcedure(settings, material(made_of), test, weights_seed=made_of.weights_seed)


def _made_of(work: Assignment) -> Extracted:
    if work.extracted is None:
        raise UserError("no extraction", "features to work with", "extract the features first")
    return work.extracted


def _export(settings: ExportSettings, training: Training) -> Procedure:
    """The files of a network that was trained here."""
    from tfcore.exports.procedure import ExportProcedure, Given

    given = Given(training.listing, training.data, training.evaluation)
    return ExportProcedure(settings, given)
