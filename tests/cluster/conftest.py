"""Real engine, scheduler and worker processes."""

from collections.abc import Callable, Iterator

import pytest

from tests.cluster.lab import Lab

MakeLab = Callable[[], Lab]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that asks for a lab runs real processes."""
    for item in items:
        if {"lab", "make_lab"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("real")


@pytest.fixture(scope="session")
def undisturbed(lab: Lab) -> tuple[str, bytes]:
    """A run that nobody disturbs, and its picture: what the others must equal."""
    run = lab.start()
    lab.wait(run)
    return run, lab.picture(run)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One engine for all tests of this folder; they may kill it, the next look revives it."""
    made = Lab(tmp_path_factory.mktemp("lab"))
    yield made
    made.close()
