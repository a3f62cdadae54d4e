"""What holds for every test: its own data, its own weights folder, and no process left behind."""

import os
import shutil
import signal
import tempfile
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import processes, shared_host

TESTBED_VARIABLE = "TRANSFERLAB_TESTBED"
GOODBYE_SECONDS = 20.0

_scratch = Path(tempfile.mkdtemp(prefix="transferlab-tests-"))
_testbed = Path(os.environ[TESTBED_VARIABLE]) if os.environ.get(TESTBED_VARIABLE) else None


def _make_keras_home() -> Path:
    """A Keras folder of the suite's own: the testbed's weights by link, and room to write.

    Keras reads the variable when it is imported and writes a settings file there, so it is set
    before any test module is imported, and neither the user's folder nor the testbed is touched.
    """
    home = _scratch / "keras_home"
    models = home / "models"
    models.mkdir(parents=True)
    if _testbed is not None:
        for weights in (_testbed / "weights" / "keras_home" / "models").iterdir():
            (models / weights.name).symlink_to(weights.resolve())
    return home


if _testbed is not None and not _testbed.is_dir():
    raise pytest.UsageError(f"{TESTBED_VARIABLE} names {_testbed}, which is not a folder")
os.environ["TRANSFERLAB_DATA"] = str(_scratch / "data")
os.environ["KERAS_HOME"] = str(_make_keras_home())
os.environ[processes.SESSION_VARIABLE] = uuid.uuid4().hex
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def pytest_configure() -> None:
    """Let a polite request to end (a CI's time limit) still end what the tests have started."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: pytest.exit("told to end", returncode=143))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the testbed where there is none; slow and outermost tests come last."""
    missing = pytest.mark.skip(reason=f"{TESTBED_VARIABLE} is not set")
    for item in items:
        if _testbed is None and item.get_closest_marker("testbed"):
            item.add_marker(missing)
    # The browser's driver keeps an event loop in the main thread: no other test may run after it.
    items.sort(
        key=lambda item: [bool(item.get_closest_marker(m)) for m in ("deployment", "browser")]
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin the slow clean installation early, in the background, when a test will need it."""
    wanted = any(item.get_closest_marker("deployment") for item in session.items)
    if wanted and not session.config.option.collectonly:
        shared_host.begin(_scratch / "shared-host")


def must_run(keywords: object) -> bool:
    """Whether a test with these marks may not skip: in CI what it needs is there, or is a fault."""
    if os.environ.get("CI") != "true":
        return False
    marks = set(keywords)  # type: ignore[call-overload]
    return bool(marks & {"browser", "deployment"}) or (_testbed is not None and "testbed" in marks)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a forbidden skip into a failure; keep the reports for fixtures that look at them."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and must_run(item.keywords):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow here: {report.longrepr}"
    item.stash.setdefault(REPORTS, {})[report.when] = report
    return report


REPORTS: pytest.StashKey[dict[str, pytest.TestReport]] = pytest.StashKey()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what ran and what skipped for want of real photos or a browser."""
    for mark in ("testbed", "browser", "deployment"):
        count = {
            outcome: sum(
                mark in getattr(report, "keywords", ())
                for report in terminalreporter.stats.get(outcome, [])
            )
            for outcome in ("passed", "failed", "skipped")
        }
        if any(count.values()):
            said = ", ".join(f"{number} {outcome}" for outcome, number in count.items())
            terminalreporter.write_line(f"tests marked {mark}: {said}")


def pytest_unconfigure() -> None:
    """Take the suite's own folder away."""
    shared_host.abandon()
    shutil.rmtree(_scratch, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def no_process_left_behind() -> Iterator[None]:
    """After the last test every process that any test has started must end by itself."""
    yield
    mark = os.environ[processes.SESSION_VARIABLE]
    left = processes.wait_gone(processes.marked(processes.SESSION_VARIABLE, mark), GOODBYE_SECONDS)
    if left:
        said = processes.describe(left)
        processes.end_all(left)
        pytest.fail(f"processes left behind after the last test:\n{said}", pytrace=False)


@pytest.fixture(scope="session")
def testbed() -> Path:
    """The folder of real photos and weights; for tests that carry the mark `testbed`."""
    if _testbed is None:
        pytest.skip(f"{TESTBED_VARIABLE} is not set")
    return _testbed


@pytest.fixture(scope="session")
def keras_home(testbed: Path) -> Path:
    """A Keras folder with real weights; KERAS_HOME names it here and in every child process."""
    return Path(os.environ["KERAS_HOME"])
