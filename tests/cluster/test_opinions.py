"""Other networks are asked about a result when nobody waits for the place."""

import pytest

from tests.browser.waiting import until
from tests.cluster.lab import Lab
from tfcore import catalog
from tfcore.events import RunState
from tfcore.store.records import Run

pytestmark = pytest.mark.timeout(300)

BRIEF = {"recipe": "lesson-tv", "steps": 5}
OTHERS = {network.name for network in catalog.available()} - {catalog.DEFAULT}


def ended(lab: Lab, run: str) -> Run:
    """The run once it has a picture, judged by others or not."""

    def there() -> Run | None:
        lab.look()
        record = lab.store.run(run)
        return record if record is not None and record.state is RunState.FINISHED else None

    return until(there, seconds=120, what=f"{run} to finish", every=0.01)


def opinions(run: Run) -> set[str]:
    return set(run.summary.get("second_opinion", {}))


def test_whoever_waits_comes_before_opinions_and_none_is_lost(lab: Lab) -> None:
    first, second = lab.start(BRIEF), lab.start(BRIEF)
    assert not ended(lab, first).is_settled
    ended(lab, second)
    assert opinions(lab.store.run(first)) == set(), "the second run waited for opinions"
    # The first is being judged: whoever comes gets the place before the second is.
    until(lambda: opinions(lab.store.run(first)), seconds=60, what="an opinion", every=0.01)
    third = lab.start(BRIEF)
    lab.wait_step(third, 1)
    assert not lab.store.run(second).is_settled, "the third run waited for opinions"
    for run in (first, second, third):
        assert opinions(lab.wait(run)) == OTHERS
