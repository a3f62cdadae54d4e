"""What each verb does; flags come from ``settings.py`` through pydantic-settings.

A verb prints nothing: it returns the JSON object and the exit status.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field
from pydantic_settings import CliPositionalArg

from tfcore import catalog, classes, images, octaves, parsing, photos, trained
from tfcore.cli import by_name, files, follow, train
from tfcore.cli.answers import STOPPED, Answer, synthesis_answer
from tfcore.cli.attack import Attack, attack_answer
from tfcore.cli.export import Export
from tfcore.cli.extract import Extract
from tfcore.cli.scan import Scan
from tfcore.cli.train import Train
from tfcore.config import config
from tfcore.events import RunState
from tfcore.settings import SynthesizeSettings
from tfcore.store import heads, recipe_file
from tfcore.store.runs import RunStore, owner_digest

__all__ = [
    "Attack",
    "Export",
    "Extract",
    "Networks",
    "Predict",
    "Replay",
    "Scan",
    "Synthesize",
    "Train",
]


class Networks(BaseModel):
    """List the networks, and which have their weights on this machine."""

    def answer(self) -> Answer:
        """Every row of the catalog, and the networks that were trained from here."""
        rows = [
            {
                "name": network.name,
                "params": network.params,
                "input": network.input_size,
                "weights_mb": round(network.weights_mb, 1),
                "available": catalog.is_available(network),
                "feature_dim": network.feature_dim,
            }
            for network in [*map(catalog.get, catalog.names()), *_own()]
        ]
        return {"networks": rows}, 0


def _own() -> list[catalog.Network]:
    """What was trained from the command line."""
    return heads.of_owner(RunStore(config().database), owner_digest(follow.OWNER))


class Synthesize(SynthesizeSettings):
    """Grow an ideal image: the picture that most excites a class or a channel."""

    # A path stands for the photo here.
    start: Annotated[str, Field(description="noise, gray, a photo's path, or run:ID")] = "noise"  # type: ignore[assignment]
    kind: Annotated[Literal["synthesize"], Field(exclude=True)] = "synthesize"
    out: files.Out = ""

    def answer(self) -> Answer:
        """Run it and wait."""
        files.make_folder(self.out)
        values = {name: getattr(self, name) for name in self.model_fields_set - {"out", "photo"}}
        png = None
        if self.start not in ("noise", "gray"):
            photo = photos.prepare(
                files.start_bytes(self.start), self.network, octaves.photo_side(self.recipe)
            )
            png = photo.png
            values |= {"start": "photo", "photo": photo.digest}
        settings = parsing.parse(values)
        with follow.engine() as link:
            run_id = link.submit(settings.model_dump(), owner=follow.OWNER, photo=png)
            run = follow.follow(link, run_id)
            written = follow.write_files(link, run, Path(self.out or f"transferlab-{run.id}"))
        return synthesis_answer(run, written), STOPPED if run.state is RunState.STOPPED else 0


class Replay(BaseModel):
    """Do a whole run again from its recipe file, and say whether it ends with the same bytes."""

    recipe: Annotated[CliPositionalArg[str], Field(description="A recipe.json of this lab")]
    out: files.Out = ""

    def answer(self) -> Answer:
        """Run the recipe; ``matches`` compares every pixel, or every number of a head."""
        files.make_folder(self.out)
        recipe = recipe_file.read(files.read_file(self.recipe))
        photo = recipe.photo_png
        with follow.engine() as link:
            run_id = link.submit(
                recipe.settings.model_dump(),
                owner=follow.OWNER,
                photo=photo,
                marks=recipe.marks,
            )
            run = follow.follow(link, run_id)
            out = Path(self.out or f"transferlab-{run.id}")
            status = STOPPED if run.state is RunState.STOPPED else 0
            if run.kind == "train":
                told = train.answer_of(link, run, train.write_files(link, run, out))
                head = link.store.artifact(run.id, trained.FILE)
                digest = hashlib.sha256(head).hexdigest() if head is not None else None
                is_same = digest is not None and digest == recipe.expected.get("head")
                return {**told, "matches": is_same}, status
            png = link.store.artifact(run.id, "image.png")
            written = follow.write_files(link, run, out)
        expected = recipe.expected.get("pixels")
        matches = png is not None and images.png_digest(png) == expected
        answer_of = attack_answer if run.kind == "attack" else synthesis_answer
        return {**answer_of(run, written), "matches": matches}, status


class Predict(BaseModel):
    """Say what a network sees in a picture."""

    image: Annotated[str, Field(description="Path of a picture")]
    network: Annotated[str, Field(description="A network of the catalog")] = catalog.DEFAULT
    head: Annotated[
        str,
        Field(description="A head that was trained here: its file, its name, or its run's id"),
    ] = ""

    def answer(self) -> Answer:
        """The five most probable classes."""
        network = catalog.get(by_name.named(self.head) if self.head else self.network)
        photo = photos.prepare(files.read_file(self.image), network.name)
        with follow.engine() as link:
            follow.ready_engine(link)
            pairs = link.predict(network.name, photo.png)
        known = classes.of(network.name)
        return {"network": network.name, "top5": known.recorded(pairs)}, 0
