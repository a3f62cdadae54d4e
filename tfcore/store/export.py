"""What a person takes home of a run: CSV of every figure, GIF of the growth, the recipe."""

from __future__ import annotations

import csv
import io

from tfcore import images, trained
from tfcore.settings import AttackSettings
from tfcore.store import recipe_file
from tfcore.store.records import Run
from tfcore.store.runs import RunStore

_GIF_FRAMES = 20
_GIF_FRAME_MS = 100
_GIF_HOLD_MS = 2000


def csv_bytes(store: RunStore, run: str) -> bytes:
    """Every recorded step: a column a quantity, and what was steered in before it."""
    rows = store.all_metrics(run)
    names = sorted({name for _, values in rows for name in values})
    steered: dict[int, list[str]] = {}
    for mark in store.marks(run):
        texts = [f"{name}={value:g}" for name, value in mark.changes.items()]
        steered.setdefault(mark.step + 1, []).extend(texts)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["step", *names, "steered"])
    for step, values in rows:
        figures = [repr(values[name]) if name in values else "" for name in names]
        table.writerow([step, *figures, "; ".join(steered.get(step, []))])
    return text.getvalue().encode()


def gif_bytes(store: RunStore, run: str) -> bytes | None:
    """The growth of the picture in at most 20 frames, ending on the kept picture."""
    steps = store.frame_steps(run)
    if not steps:
        return None
    count = min(len(steps), _GIF_FRAMES)
    chosen = [steps[round(i * (len(steps) - 1) / max(count - 1, 1))] for i in range(count)]
    record, final = store.run(run), store.artifact(run, "image.png")
    pictures = [images.decode(frame.jpeg) for frame in store.frames(run, sorted(set(chosen)))]
    if record is not None and shows_change(record):
        pictures = [images.pieces(picture, 2)[0] for picture in pictures]
    if final is not None:
        pictures.append(images.from_png(final))
    return images.to_gif(pictures, milliseconds=_GIF_FRAME_MS, final_hold=_GIF_HOLD_MS)


def shows_change(run: Run) -> bool:
    """Whether a run's frames are two pictures: the attacked photo, and the change beside it."""
    return run.kind == "attack" and not run.settings.get("vary")


def original_png(run: Run) -> bytes | None:
    """The square of the photo that an attack began with; of other runs nothing."""
    return run.photo if run.kind == "attack" else None


def perturbation_png(store: RunStore, run: Run) -> bytes | None:
    """The change that an attack made, amplified around gray; see ``settings.attack``."""
    saved = store.artifact(run.id, "image.png")
    if saved is None or run.photo is None or not shows_change(run):
        return None
    before, after = images.from_png(run.photo), images.from_png(saved)
    return images.to_png(images.amplified(after, before, change_factor(run)))


def change_factor(run: Run) -> int:
    """By how much the change of an attack that has ended is amplified: as its last budget asks."""
    # As recorded: checking again would miss a network that was deleted since.
    settings = AttackSettings.model_construct(**run.settings)
    return settings.amplification_at(run.summary.get("epsilon_255", settings.epsilon))


def cell_pngs(store: RunStore, run: Run) -> list[bytes]:
    """The picture of each cell of a what-if run, cut out of the kept sheet without loss.

    Returns:
        A PNG a cell; nothing for a plain run or one that kept no picture.
    """
    sheet, cells = store.artifact(run.id, "image.png"), run.summary.get("cells", [])
    if sheet is None or not cells:
        return []
    return [images.to_png(one) for one in images.pieces(images.from_png(sheet), len(cells))]


def recipe_bytes(store: RunStore, run: Run) -> bytes:
    """The recipe file of a run.

    Raises:
        UserError: A network that it needs was trained here, and is gone.
    """
    image, head = store.artifact(run.id, "image.png"), store.artifact(run.id, trained.FILE)
    recipe = recipe_file.compose(run, store.marks(run.id), image, head)
    return recipe_file.to_json(recipe)
