"""What the person who runs the app may set, read once from ``TRANSFERLAB_*`` variables.

These are limits of a deployment; the settings of one run are in ``settings.py``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import platformdirs
import psutil
from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tfcore.errors import UserError

_MEGABYTE = 1024 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_APP_SHARE_MB = 600  # what the web and the engine process need beside the worker


def _worker_memory() -> int:
    """Nine tenths of the memory of machine or container less the app's own share, in megabytes."""
    total = psutil.virtual_memory().total
    for limit in (
        Path("/sys/fs/cgroup/memory.max"),
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ):
        try:
            total = min(total, int(limit.read_text()))
        except (OSError, ValueError):
            continue
    return max(1024, int(total / _MEGABYTE * 0.9) - _APP_SHARE_MB)


class Config(BaseSettings):
    """One deployment's limits; every field is the variable ``TRANSFERLAB_<FIELD>``.

    Example:
        >>> Config(max_steps=500).max_steps
        500
    """

    model_config = SettingsConfigDict(env_prefix="TRANSFERLAB_", frozen=True, extra="ignore")

    data: Annotated[Path, Field(description="Folder of the store, on a local disk")] = Path(
        platformdirs.user_data_dir("transferlab", appauthor=False)
    )
    scheduler: Annotated[
        str, Field(description="Address of an existing Dask scheduler; empty starts a local one")
    ] = ""
    scheduler_tls: Annotated[
        str, Field(description="Folder with ca.pem, cert.pem and key.pem for that scheduler")
    ] = ""
    allow_tcp: Annotated[
        bool, Field(description="Accept an unencrypted scheduler beyond this machine")
    ] = False
    max_upload_mb: Annotated[int, Field(ge=1, description="Largest upload in MB")] = 20
    max_archive_mb: Annotated[
        int, Field(ge=1, description="Largest zip archive of a data set, MB")
    ] = 200
    datasets_mirror: Annotated[
        str,
        Field(description="Address of a folder that holds the archives of the data sets by name"),
    ] = ""
    max_side: Annotated[int, Field(ge=64, description="Longest side kept of a photo, pixels")] = (
        2048
    )
    max_steps: Annotated[int, Field(ge=1, description="Most steps of one run")] = 20_000
    runs_per_owner: Annotated[
        int, Field(ge=1, description="Runs one person may have waiting or running")
    ] = 5
    storage_mb: Annotated[
        int, Field(ge=50, description="Storage budget of the data folder, MB")
    ] = 2_000
    features: Annotated[
        str,
        Field(description="Where extracted features are kept: a folder or an fsspec address"),
    ] = ""
    shard_photos: Annotated[
        int,
        Field(ge=32, le=256, description="Photos that are computed together and kept as one file"),
    ] = 256
    worker_memory_mb: Annotated[
        int,
        Field(ge=512, description="Memory the worker may use, MB", default_factory=_worker_memory),
    ]
    idle_seconds: Annotated[
        float, Field(gt=0, description="The engine leaves after this long without runs or visitors")
    ] = 60.0
    lease_seconds: Annotated[
        float, Field(gt=0, description="A visitor counts as gone this long after the last sign")
    ] = 150.0
    demo: Annotated[bool, Field(description="Demo: photos and deleting are switched off")] = False

    @field_validator("data")
    @classmethod
    def _from_anywhere(cls, data: Path) -> Path:
        """The engine has a working folder of its own: a relative path must mean the same there."""
        return data.expanduser().absolute()

    @field_validator("features")
    @classmethod
    def _for_every_process(cls, features: str) -> str:
        """The same for a folder of features, which workers on other machines are told too."""
        is_path = features and "://" not in features
        return str(Path(features).expanduser().absolute()) if is_path else features

    @field_validator("datasets_mirror")
    @classmethod
    def _safe_to_ask(cls, address: str) -> str:
        """What is named here is downloaded: encrypted, or from this very machine."""
        parts = urlsplit(address)
        is_here = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if address and not (parts.hostname and (parts.scheme == "https" or is_here)):
            raise PydanticCustomError("address", "an https address, or an http one of this machine")
        return address.rstrip("/")

    @property
    def features_root(self) -> str:
        """Where extracted features are kept; in the data folder if nothing else is said."""
        return self.features or str(self.data / "features")

    @property
    def database(self) -> Path:
        """The store's one SQLite file."""
        return self.data / "runs.sqlite"


@cache
def config() -> Config:
    """Read the environment once.

    Raises:
        UserError: If a variable is out of bounds, or the data folder cannot be made.
    """
    try:
        settings = Config()  # type: ignore[call-arg]  # the factory fills worker_memory_mb
    except ValidationError as error:
        first = error.errors()[0]
        variable = "TRANSFERLAB_" + "_".join(str(part) for part in first["loc"]).upper()
        raise UserError(
            f'{variable}="{first["input"]}"', first["msg"], f"change {variable} or unset it"
        ) from error
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f'TRANSFERLAB_DATA="{settings.data}" ({(error.strerror or "unusable").lower()})',
            "a folder that can be written",
            "change TRANSFERLAB_DATA or unset it",
        ) from error
    return settings
