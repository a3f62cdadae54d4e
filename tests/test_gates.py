"""Linter, formatter and strict type checker find nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources import ROOT

GATES = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy --strict": ["mypy"],
}


@pytest.mark.parametrize("command", GATES.values(), ids=GATES)
def test_gate(command: list[str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (["ruff", "check"], "def add(a: int) -> int:\n    return a\n"),
        (["ruff", "check"], 'import subprocess\n\nsubprocess.run("x", shell=True)\n'),
        (["ruff", "format", "--check"], 'x = {  "a":1 }\n'),
    ],
    ids=["docstrings", "security", "format"],
)
def test_ruff_refuses_bad_code(command: list[str], text: str) -> None:
    """The settings in pyproject.toml really switch on what the gates are for."""
    name = "tfcore/sample.py"  # never written: it only chooses the settings
    answer = subprocess.run(
        [sys.executable, "-m", *command, "--stdin-filename", name, "-"],
        cwd=ROOT,
        input=f'"""Doc."""\n\n{text}',
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1, answer.stdout + answer.stderr


def test_mypy_refuses_untyped_code(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text("def add(a):\n    return a\n")
    answer = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", str(sample)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "no-untyped-def" in answer.stdout, answer.stdout + answer.stderr
