"""A data set by folder, by archive, by name; and what is told when there is none."""

import io
import zipfile

import pytest

from tests.datasets import making
from tfcore.config import Config
from tfcore.datasets import packaged, sources
from tfcore.datasets.archives import UnpackingStopped
from tfcore.datasets.records import Reason
from tfcore.errors import UserError

FILES = {"cat/1.png": making.png(1), "dog/2.png": making.png(2)}


@pytest.fixture
def config(tmp_path):
    return Config(data=tmp_path / "data")


def zipped(files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    held.seek(0)
    return held


def test_a_folder_is_taken_where_it_lies(tmp_path, config):
    root = making.folder(tmp_path / "pets", FILES)
    assert sources.lay_out(str(root), config) == sources.Source(root)
    assert sources.title(str(root)) == "pets"


@pytest.mark.parametrize("name", packaged.names())
def test_an_installed_set_is_laid_out_once(config, name):
    root = sources.lay_out(name, config).root
    written = {path: path.stat().st_mtime_ns for path in root.rglob("*.png")}
    assert len(written) > 100
    assert sources.lay_out(name, config).root == root
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*.png")} == written


def test_an_archive_is_kept_by_its_bytes_and_unpacked_once(config):
    first, second = (sources.keep(zipped(FILES), config) for _ in range(2))
    assert first == second
    source = sources.lay_out(first, config)
    assert making.scanned(source.root).labels == ("cat", "dog")
    assert sources.lay_out(first, config) == source
    assert len(list((config.data / "uploads").iterdir())) == 1, "nothing half written stays"


def test_what_was_left_out_of_an_archive_is_remembered(config):
    data = sources.keep(zipped({**FILES, "../evil.png": making.png(3)}), config)
    for _ in range(2):  # unpacked now, then found unpacked
        left_out = sources.lay_out(data, config).left_out
        assert [one.reason for one in left_out] == [Reason.LINK_OUTSIDE]


def test_a_stopped_unpacking_leaves_nothing_and_can_be_done_again(config):
    data = sources.keep(zipped(FILES), config)
    with pytest.raises(UnpackingStopped):
        sources.lay_out(data, config, should_stop=lambda: True)
    assert sources.lay_out(data, config).root.is_dir()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("/no/such/folder", "does not exist"),
        ("/etc/passwd", "is a file"),
        ("upload:" + "0" * 64, "an archive that is not here"),
        ("upload:../../etc", "does not exist"),
        ("bad\0name", "does not exist"),
        ("~nobody-of-this-name/pets", "does not exist"),
    ],
)
def test_what_is_not_there_is_told_in_one_sentence(config, data, words):
    with pytest.raises(UserError, match=words):
        sources.check(data, config)


def test_nobody_names_a_folder_of_a_demo(tmp_path):
    config = Config(data=tmp_path, demo=True)
    sources.check("textures", config)
    with pytest.raises(UserError, match="in a demo"):
        sources.check(str(tmp_path), config)


def test_a_file_that_is_no_archive_is_told_when_it_is_laid_out(config):
    data = sources.keep(io.BytesIO(b"no zip"), config)
    with pytest.raises(UserError, match="no zip"):
        sources.lay_out(data, config)
