"""The suite's own promises: forbidden skips fail, leftovers fail, tests touch nobody's data."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import processes
from tests.sources import ROOT

LEFTOVER = """
import subprocess, sys

def test_leaves_something():
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout.readline() == b"up\\n"
    if {tidy}:
        child.communicate()
"""

MARKED = """
import pytest

@pytest.mark.testbed
def test_photos():
    pass

@pytest.mark.testbed
def test_other_photos():
    pytest.skip("not these")

@pytest.mark.browser
def test_page():
    pytest.skip("no browser")

@pytest.mark.xfail(reason="known")
@pytest.mark.browser
def test_known():
    assert False

def test_plain_skip():
    pytest.skip("not on this system")
"""


def run_suite(folder: Path, text: str, **environment: str) -> "tuple[int, str]":
    """Run one test file with this suite's conftest, in a process of its own."""
    suite = folder / "suite"
    suite.mkdir()
    conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    (suite / "conftest.py").write_text(
        conftest.replace("GOODBYE_SECONDS = 20.0", "GOODBYE_SECONDS = 0.5")
    )
    (suite / "test_sample.py").write_text(text)
    marks = ["testbed", "browser", "deployment"]
    (folder / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n" + "".join(f"  {m}: m\n" for m in marks)
    )
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"CI", "TRANSFERLAB_TESTBED", "PYTEST_ADDOPTS"}
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:playwright"]
    answer = subprocess.run(
        [*command, "--import-mode=importlib", "-rs", str(suite)],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout + answer.stderr


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "weights" / "keras_home" / "models").mkdir(parents=True)
    return folder


def test_without_photos_tests_skip_and_are_counted(tmp_path: Path) -> None:
    status, said = run_suite(tmp_path, MARKED)
    assert status == 0, said
    assert "tests marked testbed: 0 passed, 0 failed, 2 skipped" in said
    assert "TRANSFERLAB_TESTBED is not set" in said
    assert "4 skipped, 1 xfailed" in said.splitlines()[-1]


def test_ci_allows_no_skip_of_what_is_there(tmp_path: Path, photos: Path) -> None:
    status, said = run_suite(tmp_path, MARKED, CI="true", TRANSFERLAB_TESTBED=str(photos))
    assert status == 1, said
    assert "tests marked testbed: 1 passed, 1 failed, 0 skipped" in said
    assert "which CI does not allow here" in said
    assert "2 failed, 1 passed, 1 skipped, 1 xfailed" in said.splitlines()[-1]


def test_ci_without_photos_needs_only_the_browser(tmp_path: Path) -> None:
    status, said = run_suite(tmp_path, MARKED, CI="true")
    assert status == 1, said
    assert "1 failed, 3 skipped, 1 xfailed" in said.splitlines()[-1]


def test_a_testbed_that_is_not_there_is_said(tmp_path: Path) -> None:
    status, said = run_suite(tmp_path, MARKED, TRANSFERLAB_TESTBED=str(tmp_path / "gone"))
    assert status != 0
    assert "which is not a folder" in said


def test_a_process_left_behind_fails_the_suite(tmp_path: Path) -> None:
    status, said = run_suite(tmp_path, LEFTOVER.format(tidy=False))
    assert status == 1, said
    assert "processes left behind after the last test" in said
    assert "1 passed, 1 error" in said.splitlines()[-1]


def test_a_tidy_suite_passes(tmp_path: Path) -> None:
    status, said = run_suite(tmp_path, LEFTOVER.format(tidy=True))
    assert status == 0, said


def test_tests_have_a_data_folder_of_their_own() -> None:
    import platformdirs

    own = Path(os.environ["TRANSFERLAB_DATA"])
    assert not own.is_relative_to(platformdirs.user_data_dir())
    assert not Path(os.environ["KERAS_HOME"]).is_relative_to(Path.home() / ".keras")


@pytest.mark.testbed
def test_real_weights_are_where_keras_looks(keras_home: Path) -> None:
    weights = list((keras_home / "models").iterdir())
    assert weights
    assert all(path.is_file() for path in weights)


def test_children_carry_the_mark_of_this_session() -> None:
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout
        child.stdout.readline()
        mark = os.environ[processes.SESSION_VARIABLE]
        assert child.pid in {p.pid for p in processes.marked(processes.SESSION_VARIABLE, mark)}
        assert not processes.marked(processes.SESSION_VARIABLE, "another")
