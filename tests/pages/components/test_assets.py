"""Plotly is put in place once, whole, and again when the installed one is another."""

import importlib.util
import logging
from pathlib import Path

import pytest

from pages.components import assets

HEADER = assets._HEADER_BYTES


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small stand-in for the installed package's file."""
    package = tmp_path / "plotly"
    file = package / "package_data" / assets.PLOTLY
    file.parent.mkdir(parents=True)
    file.write_bytes(b"/** v4.1.1 */" + b"x" * 1000)
    spec = importlib.util.spec_from_file_location("plotly", package / "__init__.py")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    return file


def test_the_installed_plotly_is_found_and_copied(tmp_path: Path):
    assert assets.ensure_plotly(tmp_path / "static") is None
    copied = (tmp_path / "static" / assets.PLOTLY).read_bytes()
    assert b"plotly.js v" in copied[:HEADER]
    assert len(copied) > 1_000_000


def test_a_file_in_place_is_left_alone(tmp_path: Path, source: Path):
    folder = tmp_path / "static"
    assets.ensure_plotly(folder)
    before = (folder / assets.PLOTLY).stat()
    assert assets.ensure_plotly(folder) is None
    after = (folder / assets.PLOTLY).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [file.name for file in folder.iterdir()] == [assets.PLOTLY]


@pytest.mark.parametrize(
    "other", [b"/** v4.1.2 */" + b"x" * 1000, b"/** v4.1.1 */" + b"x" * 500, b""]
)
def test_another_version_or_half_a_file_is_replaced(tmp_path: Path, source: Path, other: bytes):
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / assets.PLOTLY).write_bytes(other)
    assert assets.ensure_plotly(folder) is None
    assert (folder / assets.PLOTLY).read_bytes() == source.read_bytes()


def test_a_folder_that_takes_no_file_is_told_in_one_sentence(
    tmp_path: Path, source: Path, caplog: pytest.LogCaptureFixture
):
    folder = tmp_path / "static"
    folder.write_text("a file stands where the folder should be")
    with caplog.at_level(logging.WARNING):
        reason = assets.ensure_plotly(folder)
    assert reason is not None
    assert str(folder) in reason
    assert "tables" in reason
    assert reason in caplog.text


def test_a_failed_move_leaves_nothing_behind(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "static"

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    reason = assets.ensure_plotly(folder)
    assert reason is not None
    assert "Permission denied" in reason
    assert list(folder.iterdir()) == []


def test_scripts_lose_comments_and_keep_their_strings():
    text = assets.read("accumulate.js", "plotly.js", "curves.js")
    assert "// " not in text
    assert text.count("export default") == 1
    assert "static/js/" in text
