"""An extraction as a job: what it ends with when it is finished, and when it was stopped."""

import numpy as np

from tests.datasets.making import photo
from tests.features.making import Colours, photos
from tfcore.features.procedure import ExtractProcedure
from tfcore.similarity.analysis import ANALYSIS, from_bytes


def job(folder, store, count):
    """Of the photos the first is no longer there."""
    work = photos(folder / "photos", count)
    records = [
        photo(n, "cat" if n % 2 else "dog", digest=source.digest) for n, source in enumerate(work)
    ]
    (folder / "photos" / "0000.jpg").unlink()
    return ExtractProcedure(Colours(), store, work, records)


def test_the_finished_data_set_is_analysed_as_it_lies_in_the_store(tmp_path, store):
    run = job(tmp_path, store, 40)
    while run.step_number < run.steps:
        run.step()
    result = run.result()
    found = from_bytes(result.files[ANALYSIS])
    assert found.files == [f"{'cat' if n % 2 else 'dog'}/{n}.jpg" for n in range(1, 40)]
    assert result.summary["separability"] == found.summary
    assert found.summary["n"] == result.summary["images"] == 39
    values = store.read(Colours.space, found.digests)
    unit = values / np.linalg.norm(values, axis=1, keepdims=True)
    nearest = [int(np.argsort(-row)[1]) for row in unit @ unit.T]
    assert [row[0] for row in found.neighbours] == nearest


def test_a_stopped_extraction_is_not_analysed(tmp_path, store):
    run = job(tmp_path, store, 40)
    run.step()
    result = run.result()
    assert "separability" not in result.summary
    assert not result.files
