"""Following a run from a terminal: progress to stderr, files to a folder, figures at the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tfcore.config import config
from tfcore.engine.link import EngineLink
from tfcore.errors import UserError
from tfcore.events import RunState, Verb
from tfcore.store import export
from tfcore.store.records import Run

OWNER = "command line"
_ENDED = (RunState.FINISHED, RunState.STOPPED, RunState.FAILED)
_TICK_SECONDS = 0.1
_tick = threading.Event()  # nobody sets it: its timeout is the pace at which the store is read


@contextmanager
def engine() -> Iterator[EngineLink]:
    """An engine for the length of a command."""
    link = EngineLink(config())
    try:
        link.renew_lease()
        link.ensure()
        yield link
    finally:
        link.close()


def ready_engine(link: EngineLink) -> None:
    """Wait until the engine can be reached for a short call."""
    while link.ensure() is None:
        _tick.wait(_TICK_SECONDS)


def follow(link: EngineLink, run_id: str) -> Run:
    """Show progress until the run has ended; Ctrl-C stops it and keeps what there is.

    Raises:
        UserError: The run was refused or failed.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("step {task.completed:.0f} of {task.total:.0f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=not console.is_terminal) as progress:
        bar = progress.add_task("Starting", total=1)
        while True:
            try:
                run = _look(link, run_id)
                if run is not None:
                    text = run.stage or run.title
                    progress.update(bar, description=text, completed=run.step, total=run.steps)
                    # Other networks are asked when nobody waits: not for ever on a busy engine.
                    if run.state in _ENDED and (run.is_settled or link.store.has_queue()):
                        break
                else:
                    progress.update(bar, description=link.status().stage)
                _tick.wait(_TICK_SECONDS)
            except KeyboardInterrupt:
                link.command(run_id, Verb.STOP, owner=OWNER)
    if run.state is RunState.FAILED:
        if run.reason.startswith("got "):  # it says already what to mend
            raise UserError(*_parts(run.reason))
        raise UserError("a run that failed", "one that ends", run.reason)
    return run


def _look(link: EngineLink, run_id: str) -> Run | None:
    """One glance at the run, with everything that keeps it going."""
    link.renew_lease()
    link.ensure()
    submission = link.store.submission(run_id)
    if submission is not None and submission.refusal:
        raise UserError(*_parts(submission.refusal))
    run = link.store.run(run_id)
    is_left = run is not None and run.state is RunState.INTERRUPTED
    if is_left and not link.store.open_commands(run_id):
        link.command(run_id, Verb.RESUME, owner=OWNER)  # the engine was killed: go on
    return run


def _parts(sentence: str) -> tuple[str, str, str]:
    """The three parts of a refusal again."""
    got, _, rest = sentence.removeprefix("got ").partition(", expected ")
    expected, _, fix = rest.partition(", fix: ")
    return got, expected, fix


def write_files(link: EngineLink, run: Run, out: Path) -> dict[str, str]:
    """Write picture, growth, figures and recipe; names relative to ``out``.

    Of a what-if run also each cell's picture, as ``cell-0``, ``cell-1`` and so on; of an attack the
    photo before and the amplified change.
    """
    contents = {
        "image": ("image.png", link.store.artifact(run.id, "image.png")),
        "original": ("original.png", export.original_png(run)),
        "perturbation": ("perturbation.png", export.perturbation_png(link.store, run)),
        "growth": ("growth.gif", export.gif_bytes(link.store, run.id)),
        "metrics": ("metrics.csv", export.csv_bytes(link.store, run.id)),
        "recipe_file": ("recipe.json", export.recipe_bytes(link.store, run)),
        **{
            f"cell-{index}": (f"cell-{index}.png", png)
            for index, png in enumerate(export.cell_pngs(link.store, run))
        },
    }
    out.mkdir(parents=True, exist_ok=True)
    written = {}
    for key, (name, content) in contents.items():
        if content is not None:
            (out / name).write_bytes(content)
            written[key] = name
    return written
