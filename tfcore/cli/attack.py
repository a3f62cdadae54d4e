"""The verb ``attack``: fool a network with a photo, and tell honestly whether it worked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from tfcore import parsing, photos, samples
from tfcore.cli import files, follow
from tfcore.cli.answers import STOPPED, Answer, cells, opinion
from tfcore.events import RunState
from tfcore.settings import AttackSettings
from tfcore.store.records import Run

_OF_SAMPLE = "sample:"

_SAID = (
    "success",
    "success_png",
    "source",
    "source_top5",
    "source_probability",
    "source_probability_png",
    "top5",
    "linf_255",
    "l2_255",
    "l2",
    "psnr",
    "ssim",
    "changed_pixels",
    "survives",
)


class Attack(AttackSettings):
    """Change a photo until a network takes it for something else, within a budget."""

    image: Annotated[
        str, Field(description="Path of the photo, sample:NAME of an installed one, or run:ID")
    ]
    kind: Annotated[Literal["attack"], Field(exclude=True)] = "attack"
    out: files.Out = ""

    def answer(self) -> Answer:
        """Run it and wait."""
        files.make_folder(self.out)
        given = self.model_fields_set - {"out", "photo", "image"}
        values: dict[str, Any] = {name: getattr(self, name) for name in given}
        content, shows = _photo(self.image, self.network)
        photo = photos.prepare(content, self.network)
        values |= {"kind": "attack", "photo": photo.digest}
        if shows and not self.source:
            values["source"] = shows
        settings = parsing.parse(values)
        with follow.engine() as link:
            run_id = link.submit(settings.model_dump(), owner=follow.OWNER, photo=photo.png)
            run = follow.follow(link, run_id)
            written = follow.write_files(link, run, Path(self.out or f"transferlab-{run.id}"))
        return attack_answer(run, written), STOPPED if run.state is RunState.STOPPED else 0


def _photo(image: str, network: str) -> tuple[bytes, str]:
    """The bytes of what a person named, and the class it shows where that is known."""
    if not image.startswith(_OF_SAMPLE):
        return files.start_bytes(image), ""
    sample = samples.get(image.removeprefix(_OF_SAMPLE))
    return sample.read(), sample.shown_to(network)


def attack_answer(run: Run, written: dict[str, str]) -> dict[str, Any]:
    """The stable keys of an attack."""
    summary, settings = dict(run.summary), run.settings
    source = summary.get("source_top5") or [None]
    seen = summary.get("top5") or [None]
    return {
        "run_id": run.id,
        "state": str(run.state),
        "network": settings["network"],
        "method": settings["method"],
        "norm": settings["norm"],
        "epsilon_255": summary.get("epsilon_255", settings["epsilon"]),
        "steps": run.step,
        "target": summary.get("target", settings["target"]),
        "target_index": summary.get("target_index"),
        "source_top1": source[0],
        "adversarial_top1": seen[0],
        "target_probability_png": summary.get("probability_png"),
        **{name: summary.get(name) for name in _SAID},
        **{name: summary[name] for name in ("smallest_epsilon_255", "tries") if name in summary},
        **cells(summary, written),
        "second_opinion": {
            name: opinion(verdict) for name, verdict in summary.get("second_opinion", {}).items()
        },
        "seconds": round(run.seconds, 3),
        "image": written.get("image"),
        "original": written.get("original"),
        "perturbation": written.get("perturbation"),
        "growth": written.get("growth"),
        "metrics": written.get("metrics"),
        "recipe_file": written.get("recipe_file"),
    }
