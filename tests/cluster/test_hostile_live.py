"""500 files that mean harm, through a real engine and its one worker, which outlives them all.

They come the three ways on which bytes of strangers reach a worker: a folder that is looked
through, archives that are handed in, and pictures that a page asks about. Beside them some 200 ways
to write a good photo, which must be taken as they are meant.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from tests import processes
from tests.browser.waiting import until
from tests.cluster.lab import ENDED, RUN_SECONDS, Lab
from tests.conftest import TESTBED_VARIABLE
from tests.datasets import hostile, making
from tests.datasets.variants import VARIANTS, file_name
from tfcore import images, samples
from tfcore.datasets import listing, sources
from tfcore.datasets.listing import Listing
from tfcore.datasets.procedure import LISTING
from tfcore.engine import calls
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.store.records import Run

pytestmark = pytest.mark.timeout(600)

FILES, ARCHIVES, INVENTED, ASKED = 460, 40, 60, 60
HANG_SECONDS = 5.0
GROWTH_BYTES = 300e6
LITE0 = "efficientnet-lite0"
QUESTIONS: tuple[tuple[Any, ...], ...] = (
    (calls.predict, LITE0),
    (calls.layer_maps, LITE0, "head_relu"),
    (calls.class_activation, LITE0, 284),
    (calls.strip, LITE0),
)
"""What a page asks about one picture, which comes last."""


@dataclass(frozen=True)
class Kept:
    """The worker as it was before anything hostile came."""

    worker: psutil.Process
    engine: psutil.Process
    held: int


@pytest.fixture(scope="module")
def kept(lab: Lab) -> Iterator[Kept]:
    """The worker, once it has loaded what questions need; at the end it must be the same one."""
    lab.wait(lab.start({"kind": "scan", "data": "faces"}))
    for question in QUESTIONS:
        until(lambda asked=question: answers(lab, asked), seconds=RUN_SECONDS, what="an answer")
    worker, engine = lab.worker(), lab.engine()
    said = [place.stat().st_size for place in logs(lab)]
    processes.forget_peak(worker)
    yield Kept(worker, engine, processes.peak_bytes(worker))
    for place, size in zip(logs(lab), said, strict=True):
        fresh = place.read_bytes()[size:].decode(errors="replace")
        assert "Traceback" not in fresh, fresh[-4000:]


def answers(lab: Lab, question: tuple[Any, ...]) -> bool:
    """Whether a question about a good picture is answered; the first waits for libraries."""
    try:
        return bool(lab.link.ask(*question, making.png(0)))
    except UserError:
        return False


def logs(lab: Lab) -> list[Path]:
    """All that engine and worker say."""
    return [lab.link.config.data / name for name in ("engine.log", "engine.out")]


def assert_unharmed(lab: Lab, kept: Kept) -> None:
    """The same engine, the same worker, and no more memory than one large picture takes."""
    assert (lab.engine(), lab.worker()) == (kept.engine, kept.worker)  # psutil minds reused numbers
    grown = processes.peak_bytes(kept.worker) - kept.held
    assert grown < GROWTH_BYTES, f"the worker grew by {grown / 1e6:.0f} MB"


def busy(worker: psutil.Process) -> float:
    """Processor seconds that it has used: what a busy machine does not lengthen."""
    times = worker.cpu_times()
    return float(times.user + times.system)


def scanned(lab: Lab, kept: Kept, data: str) -> tuple[Run, float]:
    """A data set looked through, and the worker's longest effort without any news of it.

    A step tells of 32 files, so no file alone has taken longer; one that is waited for for ever
    would let the time for a run pass.
    """
    run = lab.start({"kind": "scan", "data": data})
    news: tuple[object, ...] = ()
    since, longest = busy(kept.worker), 0.0

    def ended() -> Run | None:
        nonlocal news, since, longest
        lab.look()
        record = lab.store.run(run)
        now, told = busy(kept.worker), (record.state, record.step) if record else ()
        longest = max(longest, now - since)
        if told != news:
            news, since = told, now
        return record if record is not None and record.state in ENDED else None

    return until(ended, seconds=RUN_SECONDS, what="the scan", every=0.01), longest


def found_in(lab: Lab, run: Run) -> Listing:
    content = lab.store.artifact(run.id, LISTING)
    assert content is not None
    return listing.from_bytes(content)


@pytest.fixture(scope="module")
def harm() -> list[bytes]:
    """The files: real photos and made ones damaged, bombs, and what hypothesis thinks of."""
    whole = [*hostile.starters(), *(photo.read() for photo in samples.samples().values())]
    if os.environ.get(TESTBED_VARIABLE):
        whole += hostile.real_starters(Path(os.environ[TESTBED_VARIABLE]))
    invented = hostile.invented(INVENTED)
    return [*invented, *(hostile.harmful(number, whole) for number in range(FILES - INVENTED))]


def test_a_folder_of_hostile_files_is_looked_through(
    lab: Lab, kept: Kept, harm: list[bytes], tmp_path: Path
) -> None:
    files = {f"{'ab'[number % 2]}/{number}.jpg": data for number, data in enumerate(harm)}
    run, longest = scanned(lab, kept, str(making.folder(tmp_path, files)))
    assert run.state is RunState.FINISHED, run.reason
    found = found_in(lab, run)
    assert found.report.files == run.step == run.steps == FILES
    assert 20 < found.report.photos < FILES - 200  # damage that leaves a picture whole is no harm
    assert {"truncated", "not-an-image", "too-large"} <= set(found.report.quarantined)
    for one in found.quarantined:
        assert one.sentence.startswith("got "), one
        assert "\n" not in one.sentence
    assert longest < HANG_SECONDS
    assert_unharmed(lab, kept)


def test_hostile_archives_are_refused_or_unpacked(lab: Lab, kept: Kept) -> None:
    ends = []
    for archive in hostile.archives(ARCHIVES):
        data = sources.keep(io.BytesIO(archive), lab.link.config)
        run, longest = scanned(lab, kept, data)
        ends.append(run.state)
        assert longest < HANG_SECONDS
        if run.state is RunState.FINISHED:
            assert all(one.sentence.startswith("got ") for one in found_in(lab, run).quarantined)
        else:
            assert run.state is RunState.FAILED
            assert run.reason.startswith("got "), run.reason
            assert "\n" not in run.reason
    assert {RunState.FINISHED, RunState.FAILED} == set(ends)
    assert_unharmed(lab, kept)


def test_questions_about_hostile_pictures_are_answered_or_refused(
    lab: Lab, kept: Kept, harm: list[bytes]
) -> None:
    refused = 0
    for number, data in enumerate(harm[:: len(harm) // ASKED][:ASKED]):
        began = busy(kept.worker)
        try:
            assert lab.link.ask(*QUESTIONS[number % len(QUESTIONS)], data)
        except UserError as error:
            refused += 1
            assert "\n" not in str(error)
        assert busy(kept.worker) - began < HANG_SECONDS, number
    assert 0 < refused < ASKED
    assert_unharmed(lab, kept)


def test_good_photos_are_taken_with_the_right_pixels(lab: Lab, kept: Kept, tmp_path: Path) -> None:
    """However they are written: the worker that has seen all that harm reads them as meant."""
    files = {f"cat/{file_name(number)}": one[2] for number, one in enumerate(VARIANTS)}
    assert len({hashlib.sha256(data).digest() for data in files.values()}) >= 200
    run, _ = scanned(lab, kept, str(making.folder(tmp_path, files)))
    found = found_in(lab, run)
    assert {str(reason) for reason in found.report.quarantined} <= {"duplicate"}
    sizes = {
        photo.file: (photo.height, photo.width, photo.kind, photo.note) for photo in found.photos
    }
    assert len(sizes) >= 200
    for (file, data), (name, kind, _, meant, tolerance) in zip(
        files.items(), VARIANTS, strict=True
    ):
        assert sizes.get(file, (*meant.shape[:2], kind, "")) == (*meant.shape[:2], kind, ""), name
        pixels = lab.link.ask(images.decode, data)
        assert np.abs(pixels.astype(float) - meant).mean() <= tolerance, name
    assert_unharmed(lab, kept)
