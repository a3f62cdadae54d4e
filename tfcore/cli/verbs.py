"""What each verb does; flags come from ``settings.py`` through pydantic-settings.

A verb prints nothing: it returns the JSON object and the exit status.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from pydantic_settings import CliPositionalArg

from tfcore import catalog, images, octaves, parsing, photos
from tfcore.cli import follow
from tfcore.config import config
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.settings import SynthesizeSettings
from tfcore.store import recipe_file
from tfcore.store.records import Run
from tfcore.store.runs import RunStore

Answer = tuple[dict[str, Any], int]
STOPPED = 130
_OF_RUN = "run:"

Out = Annotated[str, Field(description="Folder for the files; by default one named after the run")]


class Networks(BaseModel):
    """List the networks, and which have their weights on this machine."""

    def answer(self) -> Answer:
        """Every row of the catalog."""
        rows = [
            {
                "name": network.name,
                "params": network.params,
                "input": network.input_size,
                "weights_mb": round(network.weights_mb, 1),
                "available": catalog.is_available(network),
                "feature_dim": network.feature_dim,
            }
            for network in map(catalog.get, catalog.names())
        ]
        return {"networks": rows}, 0


class Synthesize(SynthesizeSettings):
    """Grow an ideal image: the picture that most excites a class or a channel."""

    # A path stands for the photo here.
    start: Annotated[str, Field(description="noise, gray, a photo's path, or run:ID")] = "noise"  # type: ignore[assignment]
    kind: Annotated[Literal["synthesize"], Field(exclude=True)] = "synthesize"
    out: Out = ""

    def answer(self) -> Answer:
        """Run it and wait."""
        make_folder(self.out)
        values = {name: getattr(self, name) for name in self.model_fields_set - {"out", "photo"}}
        png = None
        if self.start not in ("noise", "gray"):
            photo = photos.prepare(
                start_bytes(self.start), self.network, octaves.photo_side(self.recipe)
            )
            png = photo.png
            values |= {"start": "photo", "photo": photo.digest}
        settings = parsing.parse(values)
        with follow.engine() as link:
            run_id = link.submit(settings.model_dump(), owner=follow.OWNER, photo=png)
            run = follow.follow(link, run_id)
            files = follow.write_files(link, run, Path(self.out or f"transferlab-{run.id}"))
        return synthesis_answer(run, files), STOPPED if run.state is RunState.STOPPED else 0


class Replay(BaseModel):
    """Do a whole run again from its recipe file, and say whether it gives the same picture."""

    recipe: Annotated[CliPositionalArg[str], Field(description="A recipe.json of this lab")]
    out: Out = ""

    def answer(self) -> Answer:
        """Run the recipe; ``matches`` compares every pixel."""
        make_folder(self.out)
        recipe = recipe_file.read(read_file(self.recipe))
        photo = recipe.photo_png
        with follow.engine() as link:
            run_id = link.submit(
                recipe.settings.model_dump(),
                owner=follow.OWNER,
                photo=photo,
                marks=recipe.marks,
            )
            run = follow.follow(link, run_id)
            png = link.store.artifact(run.id, "image.png")
            files = follow.write_files(link, run, Path(self.out or f"transferlab-{run.id}"))
        expected = recipe.expected.get("pixels")
        matches = png is not None and images.png_digest(png) == expected
        answer = {**synthesis_answer(run, files), "matches": matches}
        return answer, STOPPED if run.state is RunState.STOPPED else 0


class Predict(BaseModel):
    """Say what a network sees in a picture."""

    image: Annotated[str, Field(description="Path of a picture")]
    network: Annotated[str, Field(description="A network of the catalog")] = catalog.DEFAULT

    def answer(self) -> Answer:
        """The five most probable classes."""
        network = catalog.get(self.network)
        photo = photos.prepare(read_file(self.image), network.name)
        with follow.engine() as link:
            follow.ready_engine(link)
            pairs = link.predict(network.name, photo.png)
        return {"network": network.name, "top5": follow.top5(pairs)}, 0


def make_folder(path: str) -> None:
    """Make the folder for the files before anything runs; an empty path waits for the run's name.

    Raises:
        UserError: It cannot be made or written.
    """
    try:
        if path:
            Path(path).mkdir(parents=True, exist_ok=True)
        if not os.access(path or ".", os.W_OK):
            raise PermissionError(0, "no permission to write")
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or "no path").lower()
        raise UserError(
            f'folder "{path or "."}" ({reason})', "a folder for the files", "choose another --out"
        ) from error


def start_bytes(start: str) -> bytes:
    """The picture that a run starts from: a file's, or a finished run's.

    Args:
        start: A path, or ``run:`` and a run's id.

    Raises:
        UserError: There is no such file, or no such run with a picture.
    """
    if not start.startswith(_OF_RUN):
        return read_file(start)
    name = start.removeprefix(_OF_RUN)
    png = RunStore(config().database).artifact(name, "image.png")
    if png is None:
        raise UserError(
            f'run "{name}"', "a finished run of this lab", "take its id from its address"
        )
    return png


def read_file(path: str) -> bytes:
    """The bytes of a file that a person named.

    Raises:
        UserError: There is no such file, or it cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "unreadable").lower()
        raise UserError(
            f'"{path}" ({reason})', "a file that can be read", "check the path"
        ) from error


def synthesis_answer(run: Run, files: dict[str, str]) -> dict[str, Any]:
    """The stable keys of a synthesis."""
    summary = dict(run.summary)
    opinions = summary.get("second_opinion", {})
    return {
        "run_id": run.id,
        "state": str(run.state),
        "network": run.settings["network"],
        "target": summary.get("target", run.settings["target"]),
        "target_index": summary.get("target_index"),
        "recipe": run.settings["recipe"],
        "steps": run.step,
        "seconds": round(run.seconds, 3),
        "steps_per_second": round(run.step / run.seconds, 2) if run.seconds else None,
        "probability": summary.get("probability"),
        "probability_png": summary.get("probability_png"),
        "top5": summary.get("top5", []),
        **_cells(summary, files),
        "second_opinion": {name: _opinion(verdict) for name, verdict in opinions.items()},
        "total_variation": summary.get("total_variation"),
        "image": files.get("image"),
        "growth": files.get("growth"),
        "metrics": files.get("metrics"),
        "recipe_file": files.get("recipe_file"),
    }


def _cells(summary: dict[str, Any], files: dict[str, str]) -> dict[str, Any]:
    """The pictures of a what-if run, each with its file; nothing for a plain run."""
    if "cells" not in summary:
        return {}
    cells = [
        {**cell, "image": files.get(f"cell-{index}")} for index, cell in enumerate(summary["cells"])
    ]
    return {"vary": summary["vary"], "cells": cells}


def _opinion(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """Another network's verdict, and for a what-if run that on each cell."""
    said: dict[str, Any] = {"rank": verdict["rank"], "probability": verdict["probability"]}
    if "cells" in verdict:
        said["cells"] = [_opinion(cell) for cell in verdict["cells"]]
    return said
