"""What a fine-tuning ends with: the network and its head, judged beside what it began with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tfcore import trained
from tfcore.evaluation import FILE as EVALUATION
from tfcore.evaluation import Evaluation
from tfcore.evaluation import Side as Judged
from tfcore.head_file import Trained
from tfcore.heads.calibration import temperature
from tfcore.heads.evaluation import evaluated
from tfcore.heads.finetuning_network import Floats, TunedNetwork, Values
from tfcore.heads.finetuning_sides import Held, Side, Sides
from tfcore.heads.guard import Guard
from tfcore.heads.layers import tempered
from tfcore.intervals import paired
from tfcore.procedure import Result
from tfcore.procedures.provenance import provenance
from tfcore.settings.finetune import FineTuneSettings


@dataclass(frozen=True)
class Course:
    """How a fine-tuning went.

    Attributes:
        kept_epoch: The epoch whose weights are kept; 0 is before the first.
        loss, accuracy: Of the validation photos at that epoch, as they were measured then.
        epochs: Epochs that were done.
        seconds: What they took.
        epoch_steps: Batches of an epoch.
        start: The network's variables before the first step.
    """

    kept_epoch: int
    loss: float
    accuracy: float
    epochs: float
    seconds: float
    epoch_steps: int
    start: Values


def outcome(
    settings: FineTuneSettings,
    head: Trained,
    network: TunedNetwork,
    sides: Sides,
    validation: Held,
    guard: Guard,
    course: Course,
) -> Result:
    """Judge the network as it is now, and as it was before.

    Args:
        settings: Of the run.
        head: What it began with.
        network: Its variables are those to be kept; they are the same afterwards.
        sides: The photos.
        validation: Those that were asked after each epoch.
        guard: What it saw.
        course: How it went.

    Returns:
        The head's file with the weights of the network that were changed, the evaluation, and a
        summary that has both beside each other.
    """
    test = _held(sides.test, network, validation) if sides.test is not None else None
    kept = network.read()
    layers, changed = network.dense(), network.changed(head)
    after = _asked(validation, test)
    network.write(course.start)
    before = _asked(validation, test)
    network.write(kept)
    classes = head.about.classes
    heat = temperature(after[0], sides.validation.labels)
    judged = {"validation": _judged(after[0], sides.validation, classes, heat)}
    if sides.test is not None and after[1] is not None:
        judged["test"] = _judged(after[1], sides.test, classes, heat)
    evaluation = Evaluation(
        classes=classes, network=head.about.network, temperature=heat, sides=judged
    )
    summary = {
        **_figures(judged, sides, course, network, head),
        "temperature": heat,
        "blocks": settings.blocks,
        "before": _before(before, sides),
        "change": _change(before[0], after[0], sides.validation),
        "test_change": (
            _change(before[1], after[1], sides.test)
            if sides.test is not None and before[1] is not None and after[1] is not None
            else None
        ),
        "rollbacks": [
            {"epoch": one.epoch, "step": one.step, "text": one.text} for one in guard.rollbacks
        ],
        "notes": [*sides.notes, *_notes(settings, guard, course)],
        **provenance([network.backbone]),
    }
    about = head.about.model_copy(
        update={
            "temperature": heat,
            "is_fine_tuned": bool(changed),
            "title": _title(head, bool(changed)),
            "figures": {
                name: summary[name] for name in ("val_accuracy", "val_loss", "test_accuracy")
            },
        }
    )
    made = Trained(about, tempered(layers, heat), changed)
    return Result(
        summary=summary,
        files={trained.FILE: made.to_bytes(), EVALUATION: evaluation.to_bytes()},
    )


def _held(side: Side, network: TunedNetwork, validation: Held) -> Held:
    return Held(side, network=network, batch=validation.batch, kept=True)


def _asked(validation: Held, test: Held | None) -> tuple[Floats, Floats | None]:
    return validation.logits(), test.logits() if test is not None else None


def _judged(logits: Floats, side: Side, classes: tuple[str, ...], heat: float) -> Judged:
    return evaluated(logits, side.labels, side.records, classes, heat)


def _figures(
    judged: dict[str, Judged],
    sides: Sides,
    course: Course,
    network: TunedNetwork,
    head: Trained,
) -> dict[str, Any]:
    checked, test = judged["validation"], judged.get("test")
    return {
        "classes": list(head.about.classes),
        "network": head.about.network,
        "data": sides.title,
        "train_images": len(sides.train),
        "val_images": checked.n,
        "val_accuracy": checked.accuracy,
        "val_ci_low": checked.ci_low,
        "val_ci_high": checked.ci_high,
        "val_loss": round(course.loss, 6),
        "test_images": test.n if test else None,
        "test_accuracy": test.accuracy if test else None,
        "test_ci_low": test.ci_low if test else None,
        "test_ci_high": test.ci_high if test else None,
        "epochs": round(course.epochs, 3),
        "best_epoch": course.kept_epoch,
        "epoch_steps": course.epoch_steps,
        "parameters": network.parameters,
        "seconds": round(course.seconds, 3),
    }


def _before(asked: tuple[Floats, Floats | None], sides: Sides) -> dict[str, Any]:
    """What the head knew before; the loss is that of its own, calibrated probabilities."""
    right = _right(asked[0], sides.validation)
    told = {
        "val_accuracy": round(float(right.mean()), 4),
        "val_loss": round(mean_loss(asked[0], sides.validation.labels), 6),
        "test_accuracy": None,
    }
    if sides.test is not None and asked[1] is not None:
        told["test_accuracy"] = round(float(_right(asked[1], sides.test).mean()), 4)
    return told


def _change(before: Floats, after: Floats, side: Side) -> dict[str, float]:
    """By how much accuracy changed on the same photos, with its 95 % interval."""
    was, now = _right(before, side), _right(after, side)
    gained, lost = int((now & ~was).sum()), int((was & ~now).sum())
    low, high = paired(gained, lost, len(side))
    return {
        "value": round((gained - lost) / len(side), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "gained": gained,
        "lost": lost,
    }


def _right(logits: Floats, side: Side) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(logits.argmax(axis=1) == side.labels)


def mean_loss(logits: Floats, labels: np.ndarray[Any, np.dtype[np.int32]]) -> float:
    """Mean cross-entropy in nats; infinite where the scores are no numbers."""
    scores = logits.astype(np.float64)
    top = scores.max(axis=1)
    whole = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    loss = float((whole - scores[np.arange(len(labels)), labels]).mean())
    return loss if np.isfinite(loss) else float("inf")


def _notes(settings: FineTuneSettings, guard: Guard, course: Course) -> list[str]:
    """What a person should know of how it went, each in a sentence."""
    notes = [f"The guard {one.text}." for one in guard.rollbacks]
    if course.kept_epoch == 0 and settings.guard:
        notes.append("No epoch was better than the head that it began with: that one is kept.")
    worse = course.loss - guard.best_loss
    if not settings.guard and worse > 0:
        notes.append(
            f"Nobody watched: validation loss is {course.loss:.2f} at the end and was "
            f"{guard.best_loss:.2f} at epoch {guard.best_epoch}."
        )
    return notes


def _title(head: Trained, is_tuned: bool) -> str:
    ending = ", fine-tuned"
    title = head.about.title.removesuffix(ending)
    return title + ending if is_tuned else title
