"""A clean environment as a shared host makes it, built in the background while other tests run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INSTALL_SECONDS = 540.0

NOT_COPIED = shutil.ignore_patterns(
    ".*cache",
    ".venv",
    "venv",
    ".git",
    ".hypothesis",
    ".bench",
    "__pycache__",
    "artifacts",
    "plotly.min.js",
)


class SharedHost:
    """A virtual environment with requirements.txt installed by plain pip, and a copy of the app."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        commands = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        self.streamlit = commands / "streamlit"
        self.project = folder / "project"
        self.log = folder / "install.log"
        copy_project(self.project)
        script = (
            f"{_quoted(sys.executable)} -m venv {_quoted(commands.parent)} && "
            f"{_quoted(commands / 'pip')} install -r requirements.txt"
        )
        low = ["nice", "-n", "15"] if shutil.which("nice") else []
        with self.log.open("wb") as log:
            self._installing = subprocess.Popen(
                [*low, "sh", "-c", script],
                cwd=self.project,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until the installation has ended; its failure is a failure of the test."""
        status = self._installing.wait(INSTALL_SECONDS)
        if status != 0:
            said = self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
            raise AssertionError(f"pip install -r requirements.txt ended with {status}:\n{said}")

    def abandon(self) -> None:
        """End an installation that nobody has waited for."""
        if self._installing.poll() is None:
            os.killpg(self._installing.pid, 9)
            self._installing.wait(10)


def clean_environment() -> dict[str, str]:
    """The environment without anything that would lead back to this project's own."""
    leading_back = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "KERAS_HOME")
    return {name: value for name, value in os.environ.items() if name not in leading_back}


def copy_project(target: Path) -> None:
    """Copy what is, or would be, tracked: by git's word, or by a filter where git is not there."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0 or not listed.stdout:
        shutil.copytree(ROOT, target, ignore=NOT_COPIED)
        return
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


_host: SharedHost | None = None


def begin(folder: Path) -> None:
    """Start making the one environment of this session."""
    global _host  # noqa: PLW0603 - one a session, begun by a hook and waited for by a test
    _host = SharedHost(folder)


def get() -> SharedHost:
    """The environment of this session, ready for use."""
    if _host is None:
        raise AssertionError("the installation was never begun")
    _host.wait()
    return _host


def abandon() -> None:
    """Stop making it, if it is still in the making."""
    if _host is not None:
        _host.abandon()


def _quoted(path: object) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"
