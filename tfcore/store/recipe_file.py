"""The recipe file: a whole run in one JSON document, from which it can be done again.

It holds the settings, the seed, what was steered and when, the versions, the digest of the
weights, the photo it started from, and the result to expect. A run of a network that was trained
here carries it along, unless it is large: then, and where its run was deleted, the file can be done
again only where the network is.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tfcore import catalog, images
from tfcore.errors import BadImage, UnknownName, UserError
from tfcore.events import RunState
from tfcore.head_file import from_bytes
from tfcore.settings import AttackSettings, Recorded, SynthesizeSettings, TrainSettings
from tfcore.settings import read as read_settings
from tfcore.store.records import Run, SteeringMark
from tfcore.trained import content_of, damaged, install, is_head, name_of, named_in

_MOST_BYTES = 40_000_000
_MADE_WITH = ("versions", "weights_digest", "folded", "threads", "cores", "cpu")
_MOST_STEPS = 100_000
_MOST_HEADS = 20_000_000  # leaves room for a photo, and for Base64, in what is read again
_ID = 12  # letters of a run's id


class RecipeFile(BaseModel):
    """What a recipe file says.

    Attributes:
        steering: ``(step, changes)`` in order.
        photo: Base64 of the PNG it started from, or None.
        made_with: Versions, threads and the digest of the weights.
        heads: Base64 of the files of the trained networks that the settings name.
        expected: ``pixels`` is the digest of the final picture, ``head`` the SHA-256 of a trained
            head's file.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal["transfer-lab-recipe"] = "transfer-lab-recipe"
    version: Literal[1] = 1
    settings: Recorded
    steering: list[tuple[Annotated[int, Field(ge=0, le=_MOST_STEPS)], dict[str, float]]] = []
    photo: str | None = None
    heads: dict[str, str] = {}
    made_with: dict[str, Any] = {}
    expected: dict[str, Any] = {}

    @property
    def marks(self) -> list[SteeringMark]:
        """The steering as the store keeps it."""
        return [SteeringMark(step, 0, changes) for step, changes in self.steering]

    @property
    def photo_png(self) -> bytes | None:
        """The photo, checked and encoded anew, or None.

        Raises:
            BadImage: It is not a picture.
        """
        if self.photo is None:
            return None
        try:
            content = base64.b64decode(self.photo, validate=True)
        except ValueError as error:
            raise BadImage(
                "a recipe whose photo is damaged",
                "a photo in Base64",
                "choose a recipe.json that this lab has written",
            ) from error
        return images.to_png(images.decode(content))


def compose(
    run: Run, marks: list[SteeringMark], image: bytes | None, head: bytes | None = None
) -> RecipeFile:
    """The recipe of a run that has ended; a stopped one ends where it was stopped.

    Raises:
        UserError: A network that it needs was trained here, and is gone.
    """
    settings = dict(run.settings)
    heads = {name: content_of(name) for name in named_in(json.dumps(settings))}
    if run.state is RunState.STOPPED and run.step:
        # A dream that was stopped early grew when the whole run would have.
        whole = read_settings(settings)
        if isinstance(whole, AttackSettings):
            settings["round_steps"] = whole.steps_a_round  # and so do the rounds of a search
        elif isinstance(whole, SynthesizeSettings) and whole.octaves > 1:
            settings["octave_steps"] = whole.steps_an_octave
        elif isinstance(whole, TrainSettings):
            settings["planned"] = whole.whole  # and a learning rate falls as it did
        settings["steps"] = run.step
    expected: dict[str, Any] = {
        key: run.summary[key] for key in ("probability", "probability_png") if key in run.summary
    }
    if image is not None:
        expected["pixels"] = images.png_digest(image)
    if head is not None:
        expected["head"] = hashlib.sha256(head).hexdigest()
    return RecipeFile(
        settings=read_settings(settings),
        steering=[(mark.step, dict(mark.changes)) for mark in marks],
        photo=base64.b64encode(run.photo).decode() if run.photo else None,
        heads=_carried(heads),
        made_with={key: run.summary[key] for key in _MADE_WITH if key in run.summary},
        expected=expected,
    )


def _carried(heads: dict[str, bytes]) -> dict[str, str]:
    """Those small enough to go into a file that is read again."""
    is_small = sum(map(len, heads.values())) <= _MOST_HEADS
    return {name: base64.b64encode(content).decode() for name, content in heads.items() if is_small}


def to_json(recipe: RecipeFile) -> bytes:
    """The document, for people too."""
    return (json.dumps(recipe.model_dump(), indent=2, sort_keys=True) + "\n").encode()


def read(content: bytes) -> RecipeFile:
    """Read an uploaded document; its bytes are hostile until proven.

    Networks that it carries are put where the catalog finds them, under names of their contents: no
    network that is here is replaced.

    Raises:
        UserError: It is no recipe of this product, or needs a network that is gone.
    """
    if len(content) > _MOST_BYTES:
        raise UserError(
            f"a file of {len(content) / 1e6:.0f} MB",
            f"a recipe of at most {_MOST_BYTES / 1e6:.0f} MB",
            "choose a recipe.json that this lab has written",
        )
    try:
        return RecipeFile.model_validate_json(_renamed(content))
    except ValidationError as error:
        cause = error.errors()[0]
        inner = cause.get("ctx", {}).get("error")
        if isinstance(inner, UserError):
            raise inner from error
        path = ".".join(str(part) for part in cause["loc"])[:80] or "the file"
        where = "".join(c if c.isprintable() else " " for c in path)
        raise UserError(
            f"{where}: {cause['msg'][:120]}",
            "a recipe file of this lab",
            "choose a recipe.json that this lab has written",
        ) from error


class _Carrying(BaseModel):
    """What is read of a recipe before its settings can be: they name networks that it brings."""

    heads: dict[str, str] = {}


def _renamed(content: bytes) -> bytes:
    """The document with the names under which the networks that it brings are known here.

    Raises:
        pydantic.ValidationError: It is no such document.
        UserError: A network in it is damaged.
    """
    for name, text in _Carrying.model_validate_json(content).heads.items():
        try:
            head = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise damaged() from error
        if not is_head(name):
            raise damaged()
        content = content.replace(name.encode(), _known_as(name, head).encode())
    return content


def _known_as(name: str, head: bytes) -> str:
    """Its own name where it is that very network; else one that its content gives it."""
    try:
        if content_of(name) == head:
            return name
    except UnknownName:
        pass  # another machine's
    about = from_bytes(head).about
    if about.layer:
        catalog.get_layer(about.network, about.layer)
    catalog.get(about.network)
    own = name_of(hashlib.sha256(head).hexdigest()[:_ID])
    install(own, head)
    return own
