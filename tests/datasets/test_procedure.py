"""The scan as the engine drives it: steps that count files, a state to go on from, a listing."""

import numpy as np
import pytest

from tests.datasets import making
from tfcore.datasets import listing
from tfcore.datasets.procedure import BATCH, LISTING, ScanProcedure
from tfcore.datasets.records import Quarantined, Reason
from tfcore.datasets.sources import Source
from tfcore.settings import ScanSettings

FILES = {
    **{f"cat/{number:02d}.png": making.png(number) for number in range(BATCH)},
    **{f"dog/{number:02d}.png": making.png(50 + number) for number in range(6)},
    "dog/copy.png": making.png(51),
    "dog/empty.png": b"",
}


@pytest.fixture
def source(tmp_path):
    return Source(making.folder(tmp_path, FILES))


def job(source):
    return ScanProcedure(ScanSettings(data=str(source.root)), source)


def finished(one):
    while one.step_number < one.steps:
        one.step()
    return one


def test_a_step_counts_the_files_that_it_looked_at(source):
    one = job(source)
    assert (one.step_number, one.steps) == (0, len(FILES))
    assert one.step() == {"photos": BATCH, "set_aside": 0}
    assert one.step_number == BATCH
    # A copy is known as one only when everything has been seen.
    assert one.step() == {"photos": BATCH + 7, "set_aside": 1}
    assert one.step_number == one.steps


def test_the_picture_shows_what_was_looked_at_last(source):
    one = job(source)
    assert one.preview() is None
    one.step()
    first = one.preview().image
    one.step()
    assert first.dtype == np.uint8
    assert not np.array_equal(first, one.preview().image)


def test_a_photo_that_has_gone_since_is_left_out_of_the_picture(source):
    one = job(source)
    one.step()
    for number in range(BATCH):
        (source.root / f"cat/{number:02d}.png").unlink()
    assert one.preview() is None


def test_a_scan_that_was_saved_and_restored_ends_like_one_left_alone(source):
    whole, other = finished(job(source)), job(source)
    other.step()
    again = job(source)
    again.restore(other.state())
    assert again.step_number == BATCH
    finished(again)
    assert again.result().files[LISTING] == whole.result().files[LISTING]


@pytest.mark.parametrize("state", [b"", b"{}", b"x\x9c+"])
def test_a_foreign_state_is_refused(source, state):
    with pytest.raises(ValueError):
        job(source).restore(state)


def test_the_listing_tells_of_every_file(source):
    result = finished(job(source)).result()
    found = listing.from_bytes(result.files[LISTING])
    assert len(found.photos) + len(found.quarantined) == len(FILES)
    assert result.summary["report"]["classes"] == {"cat": BATCH, "dog": 6}
    assert [one["reason"] for one in result.summary["quarantined"]] == ["duplicate", "empty"]
    assert result.summary["digest"] == found.digest


def test_a_stopped_scan_says_how_far_it_came_and_lists_nothing(source):
    one = job(source)
    one.step()
    result = one.result()
    assert result.summary == {"photos": BATCH, "set_aside": 0}
    assert not result.files


def test_what_an_archive_left_out_is_part_of_the_listing(tmp_path):
    left = Quarantined.because("../evil.png", Reason.LINK_OUTSIDE, "a", "b", "c")
    source = Source(making.folder(tmp_path, FILES), (left,))
    result = finished(job(source)).result()
    reasons = [str(one.reason) for one in listing.from_bytes(result.files[LISTING]).quarantined]
    assert sorted(reasons) == ["duplicate", "empty", "link-outside"]
