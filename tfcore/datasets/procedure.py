"""The scan of a data set as a job that the engine drives."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tfcore import images
from tfcore.datasets.labelling import Labelling
from tfcore.datasets.listing import to_bytes
from tfcore.datasets.names import locate
from tfcore.datasets.reading import NotAFile, read_capped
from tfcore.datasets.scanning import Scan
from tfcore.datasets.sources import Source
from tfcore.errors import UserError
from tfcore.procedure import Preview, Result
from tfcore.settings import ScanSettings

LISTING = "listing.jsonl"
"""The artifact that holds every photo and every file that was set aside."""

BATCH = 32
_SHOWN, _SIDE = 12, 112
_MOST_TOLD = 200


class ScanProcedure:
    """Looks at 32 files a step; a step's number is the number of files looked at.

    Args:
        settings: What is looked through.
        source: Where it lies on this machine.

    Example:
        >>> job = ScanProcedure(ScanSettings(data="textures"), source)  # doctest: +SKIP
        >>> job.step()  # doctest: +SKIP
        {'photos': 32.0, 'set_aside': 0.0}
    """

    def __init__(self, settings: ScanSettings, source: Source) -> None:
        self.settings, self._source = settings, source
        self._scan = self._begin(None)

    @property
    def step_number(self) -> int:
        """Files that were looked at."""
        return self._scan.progress.done

    @property
    def steps(self) -> int:
        """Files there are."""
        return self._scan.progress.total

    def step(self) -> dict[str, float]:
        """Look at the next files."""
        self._scan.step(BATCH)
        photos, aside = self._scan.counts
        return {"photos": float(photos), "set_aside": float(aside)}

    def preview(self) -> Preview | None:
        """The photos that were looked at last, or None before the first."""
        tiles = []
        for photo in self._scan.latest(_SHOWN):
            try:
                content = read_capped(locate(self._source.root, photo.file), images.MAX_BYTES)
                tiles.append(images.fit_square(images.decode(content, max_side=512), _SIDE))
            except (UserError, OSError, NotAFile):
                continue  # it has changed since it was looked at; the next scan says so
        return Preview(images.montage(tiles)) if tiles else None

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Nothing of a scan can be steered."""
        return {}

    def state(self) -> bytes:
        """Everything that was found out so far."""
        return zlib.compress(json.dumps(self._scan.state()).encode(), level=1)

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned.

        Raises:
            ValueError: The bytes do not belong to this job.
        """
        try:
            self._scan = self._begin(json.loads(zlib.decompress(state)))
        except (zlib.error, UserError) as error:
            raise ValueError(str(error)) from error

    def result(self) -> Result:
        """The report, and the listing as a file; of a stopped scan only how far it came."""
        photos, aside = self._scan.counts
        counted: dict[str, Any] = {"photos": photos, "set_aside": aside}
        if not self._scan.finished:
            return Result(summary=counted)
        listing = self._scan.listing()
        report = asdict(listing.report)
        for name in ("near", "contradictions"):
            report[name] = len(report[name])
        quarantined = [
            {"file": one.shown, "reason": str(one.reason), "sentence": one.sentence}
            for one in listing.quarantined[:_MOST_TOLD]
        ]
        report["quarantined"] = {str(k): n for k, n in listing.report.quarantined.items()}
        summary = {
            **counted, "report": report, "quarantined": quarantined, "digest": listing.digest
        }  # fmt: skip
        return Result(summary=summary, files={LISTING: to_bytes(listing)})

    def _begin(self, state: Mapping[str, Any] | None) -> Scan:
        labelling = Labelling(self.settings.labelling)
        root, left_out = self._source.root, self._source.left_out
        return Scan(root, labelling=labelling, left_out=left_out, state=state)
