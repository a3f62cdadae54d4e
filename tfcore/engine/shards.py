"""What workers do of an extraction: plan it, compute its shards, conclude it.

Each is a task of its own; ``fanout.py`` says which comes when. TensorFlow is imported inside the
functions, because the engine imports this module without it.
"""

from __future__ import annotations

import json
import sys
import threading
import zlib
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from dask.system import CPU_COUNT
from distributed import get_worker
from pydantic import BaseModel, ConfigDict

from tfcore import catalog, parsing
from tfcore.config import config
from tfcore.datasets import listing, sources
from tfcore.datasets.names import locate
from tfcore.engine import carrying, heavy
from tfcore.engine.mailbox import Mailbox
from tfcore.engine.reports import REPORTS_TOPIC, Batch, Prepared, Report, ShardDone
from tfcore.engine.task import listen, send
from tfcore.engine.weights import bring
from tfcore.errors import UserError
from tfcore.events import Finished, Progress, RunState, Verb
from tfcore.features import planning
from tfcore.features.planning import Shard, Source
from tfcore.settings import ExtractSettings
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

if TYPE_CHECKING:
    from tfcore.features.program import Floats, Pixels, Program

PREPARE, CONCLUDE = -1, -2
"""Numbers of the tasks that are no shard."""

_TURN = threading.Lock()


class Part(BaseModel):
    """One task of an extraction.

    Attributes:
        number: Of the shard, or ``PREPARE`` or ``CONCLUDE``.
        data: Where the data set lies.
        root: Where features are kept, the same for every worker.
        content: The shard; to prepare and to conclude, the listing.
        most: Photos of a shard; to prepare.
        left_out: Digests of photos that this run has set aside before; to prepare.
        space: Fields of the ``Space`` that the run was planned for.
        totals: The other fields of ``conclusion.Totals``; to conclude.
        steps: Photos there are; to conclude.
        heads: Files of the trained networks that it needs, see ``carrying``.
    """

    model_config = ConfigDict(frozen=True)

    run: str
    attempt: int
    number: int
    settings: dict[str, Any]
    data: str
    root: str
    content: bytes
    most: int = planning.MOST_PHOTOS
    left_out: list[str] = []
    space: dict[str, Any] = {}
    totals: dict[str, Any] = {}
    steps: int = 0
    heads: carrying.Heads = {}


def work(part: dict[str, Any]) -> None:
    """Do one part; what came of it leaves as reports and events before the task ends.

    Args:
        part: A ``Part`` as a dictionary.

    Raises:
        UserError: It cannot be done, in one sentence.
    """
    todo = Part.model_validate(part)
    with Mailbox(todo.run, todo.attempt) as mailbox:
        listen()
        carrying.unpack(todo.heads)
        if todo.number == PREPARE:
            _prepare(todo, mailbox)
        elif todo.number == CONCLUDE:
            _conclude(todo)
        else:
            _compute(todo, mailbox)


def _prepare(part: Part, mailbox: Mailbox) -> None:
    """Bring the network here and find out which photos are missing."""
    settings, emit = _settings(part), partial(send, get_worker())
    tell = partial(Progress, run=part.run, attempt=part.attempt)
    if bring(settings.needed_weights, 0, mailbox, emit) is not None:
        return  # stopped: who said so knows
    if "tensorflow" not in sys.modules:
        emit(tell(stage="Loading TensorFlow"))
    heavy.load()
    emit(tell(stage=f"Preparing {catalog.get(settings.network).title}"))
    program = _program(settings)
    emit(tell(stage="Looking up what is known already"))
    gone = set(part.left_out)
    photos = [one for one in listing.from_bytes(part.content).photos if one.digest not in gone]
    root = sources.lay_out(part.data, config()).root
    wanted = planning.sources(root, photos)
    plan = planning.plan(FeatureStore(part.root), program.space, wanted, part.most)
    files = {photo.digest: photo.file for photo in photos}
    figures: dict[str, float] = {}
    if plan.shards:
        emit(tell(stage="Compiling the first step"))
        program(np.zeros((1, program.space.size, program.space.size, 3), np.uint8))
        if settings.precision != "float32":
            emit(tell(stage=f"Comparing {settings.precision} with float32"))
            figures = _probed(settings, program, plan.shards[0])
    _report(
        Prepared(
            run=part.run,
            attempt=part.attempt,
            space=asdict(plan.space),
            photos=plan.photos,
            known=plan.cache_hits,
            shards=[(len(shard.sources), _packed(shard, files)) for shard in plan.shards],
            probe=figures,
        )
    )


def _compute(part: Part, mailbox: Mailbox) -> None:
    """Compute one shard and keep it."""
    worker = str(get_worker().name)
    tell = partial(Batch, run=part.run, attempt=part.attempt, shard=part.number, worker=worker)
    done = partial(ShardDone, run=part.run, attempt=part.attempt, shard=part.number, worker=worker)
    heavy.load()
    from tfcore.features.extraction import run_shards
    from tfcore.features.shard import Progress as Figures

    settings, store = _settings(part), FeatureStore(part.root)
    program = _program(settings)
    shard = _unpacked(part)
    if shard.space != program.space:
        raise UserError(
            f"other weights or code on the worker {worker} than where the run was planned",
            "the same on every worker",
            "install the same packages and weights everywhere",
        )
    digests = [source.digest for source in shard.sources]
    _report(tell(done=0))
    if store.holds(shard.space, digests):  # whoever computed it died before that was told
        _report(done(found=len(digests)))
        return
    rows: list[dict[str, float]] = []
    before = Figures()

    def stepped(total: Figures) -> None:
        nonlocal before
        row = {
            "photos": float(total.photos - before.photos),
            "set_aside": float(total.set_aside - before.set_aside),
            "waiting": total.waiting - before.waiting,
            "computing": total.computing - before.computing,
        }
        before = total
        rows.append(row)
        _report(tell(done=total.photos + total.set_aside))

    try:
        outcome = run_shards(
            store,
            _InTurn(program),
            [shard],
            threads=max(2, CPU_COUNT // 4),
            on_progress=stepped,
            should_stop=lambda: mailbox.first(Verb.STOP) is not None,
        )
    except OSError as error:
        raise UserError(
            f"{part.root}, where features are kept ({error.strerror or error})",
            "a place that can be written to",
            "make room, or set TRANSFERLAB_FEATURES to another place",
        ) from error
    aside = [
        {
            "file": one.source.path,
            "digest": one.source.digest,
            "reason": one.reason,
            "sentence": one.sentence,
        }
        for one in outcome.set_aside
    ]
    _report(done(rows=rows, set_aside=aside))


def _conclude(part: Part) -> None:
    """Sum up; the run has finished."""
    from tfcore.features import conclusion

    totals = conclusion.Totals(space=Space(**part.space), **part.totals)
    result = conclusion.conclude(totals, FeatureStore(part.root), part.content)
    send(
        get_worker(),
        Finished(
            run=part.run,
            attempt=part.attempt,
            state=RunState.FINISHED,
            step=part.steps,
            summary=result.summary,
            png=None,
            files=dict(result.files),
        ),
    )


class _InTurn:
    """A network that two shards of one worker use in turn: each alone keeps every core busy.

    While one computes the other has its photos decoded, so that no gap comes between shards.
    """

    def __init__(self, program: Program) -> None:
        self._program, self.space = program, program.space

    def __call__(self, photos: Pixels) -> Floats:
        with _TURN:
            return self._program(photos)


def _settings(part: Part) -> ExtractSettings:
    settings = parsing.recorded(part.settings)
    if not isinstance(settings, ExtractSettings):
        raise TypeError(f"a run of kind {settings.kind} has no shards")
    return settings


def _program(settings: ExtractSettings) -> Program:
    """The network, loaded once in a worker's life."""
    from tfcore.features.program import program_for

    return program_for(
        settings.network,
        settings.layer,
        settings.pooling,
        seed=settings.weights_seed,
        precision=settings.precision,
    )


def _probed(settings: ExtractSettings, program: Program, shard: Shard) -> dict[str, float]:
    """What a program of few digits gains here; it is refused where that is too little."""
    from tfcore.features import precision

    exact = _program(settings.model_copy(update={"precision": "float32"}))
    figures = precision.check(exact, program, shard.sources)
    return asdict(figures) if figures is not None else {}


def _packed(shard: Shard, files: dict[str, str]) -> bytes:
    """A shard for the way: names inside the data set, because each worker has its own folders."""
    rows = [(files[source.digest], source.digest) for source in shard.sources]
    return zlib.compress(json.dumps(rows).encode(), level=1)


def _unpacked(part: Part) -> Shard:
    root = sources.lay_out(part.data, config()).root.resolve()
    rows = json.loads(zlib.decompress(part.content))
    files = (Source(str(locate(root, file)), digest) for file, digest in rows)
    return Shard(Space(**part.space), tuple(files))


def _report(report: Report) -> None:
    get_worker().log_event(REPORTS_TOPIC, report.model_dump())
