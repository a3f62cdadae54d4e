"""Data sets by name, from a server on this machine: brought, stopped, gone on with, refused."""

import collections
import shutil
import threading
import time

import pytest

from tests.browser.waiting import until
from tests.datasets import making, standins
from tests.downloads import serving
from tests.downloads.serving import Server
from tfcore.config import Config
from tfcore.datasets import named, published, sources
from tfcore.datasets.labelling import Labelling
from tfcore.datasets.unpacking import UnpackingStopped
from tfcore.downloads.downloading import DownloadStopped
from tfcore.errors import UserError

CATS, OXFORD = "cats-vs-dogs", "oxford-pets"


class Here:
    """A lab whose mirror is a server that hands out one small archive.

    Attributes:
        told: Everything that was said.
    """

    def __init__(self, folder, monkeypatch, name=CATS):
        self.name, self.told = name, []
        self.server = Server(standins.ARCHIVES[name]())
        self.config = Config(data=folder, datasets_mirror=standins.mirror(self.server))
        standins.put(monkeypatch, name, self.server.data)

    def bring(self, should_stop=lambda: False, tell=None):
        named.bring(self.name, self.config, tell=tell or self.told.append, should_stop=should_stop)

    def stop_when(self, words):
        """Stop as soon as this is said."""
        self.bring(lambda: any(words in line for line in self.told))

    @property
    def files(self):
        """What lies there, the locks apart."""
        place = self.config.data / "sets"
        return {str(file.relative_to(place)) for file in place.rglob("*.*")} - {
            f".{self.name}.lock", f".{self.name}.bringing.lock", ".downloads",
            f".downloads/{published.get(self.name).file}.lock",
        }  # fmt: skip


@pytest.fixture
def make(tmp_path, monkeypatch):
    made = []

    def start(name=CATS):
        made.append(Here(tmp_path / "data", monkeypatch, name))
        return made[-1]

    yield start
    for here in made:
        here.server.close()


@pytest.fixture
def cats(make):
    return make()


def test_cats_and_dogs_come_and_are_told_apart_by_their_folders(cats):
    cats.bring()
    assert cats.told[0].startswith("Downloading Cats vs Dogs: 0.0 of ")
    assert "Checking Cats vs Dogs" in cats.told
    assert cats.told[-1].startswith("Unpacking Cats vs Dogs: 1 of about ")
    source = sources.lay_out(CATS, cats.config)
    papers = {"MSR-LA - 3467.docx", "readme[1].txt"}
    assert {one.shown for one in source.left_out} == papers, "what lies beside is not unpacked"
    found = making.scanned(source.root, left_out=source.left_out)
    assert found.report.classes == {"Cat": standins.PHOTOS, "Dog": standins.PHOTOS}
    assert {one.shown: str(one.reason) for one in found.quarantined} == {
        "Cat/666.jpg": "empty", "Dog/11702.jpg": "truncated",
        "MSR-LA - 3467.docx": "no-class", "readme[1].txt": "no-class",
    }  # fmt: skip
    assert not [file for file in cats.files if "zip" in file], "the archive has gone"
    cats.bring()
    assert len(cats.server.asked) == 1  # the second time nobody is asked


def test_oxfords_breeds_stand_in_the_names_and_so_does_cat_or_dog(make):
    here = make(OXFORD)
    here.bring()
    root = sources.lay_out(OXFORD, here.config).root
    breeds = making.scanned(root, Labelling.BREEDS)
    assert breeds.report.classes == dict.fromkeys(standins.BREEDS, 5)
    assert [one.shown for one in breeds.quarantined] == ["Abyssinian_100.mat"]
    kinds = making.scanned(root, Labelling.CAT_OR_DOG)
    assert kinds.report.classes == {"cat": 10, "dog": 10}


def test_a_stop_is_heard_within_a_second_and_the_next_one_goes_on(cats):
    half = len(cats.server.data) // 2
    cats.server.then(serving.stall)
    with pytest.raises(DownloadStopped):
        cats.stop_when(f": {half / 1e6:.1f} of ")
    stopped = time.monotonic()
    assert named.begun(CATS, cats.config) == half
    assert not named.is_here(CATS, cats.config)
    cats.server.then(serving.whole)
    cats.told.clear()
    cats.bring()
    assert time.monotonic() - stopped < 60
    assert cats.server.asked[1:] == [(f"bytes={half}-", cats.server.tag)]
    assert named.is_here(CATS, cats.config)


def test_a_stop_while_it_is_checked_or_unpacked_loses_no_download(cats):
    with pytest.raises(DownloadStopped):
        cats.stop_when("Checking")
    cats.told.clear()
    with pytest.raises(UnpackingStopped):
        cats.stop_when("Unpacking")
    assert not named.is_here(CATS, cats.config)
    cats.told.clear()
    cats.bring()
    assert len(cats.server.asked) == 1
    assert named.is_here(CATS, cats.config)


def test_an_archive_that_is_not_the_published_one_is_never_unpacked(cats):
    whole = cats.server.data
    cats.server.data = whole[:-1] + bytes([whole[-1] ^ 1])
    with pytest.raises(UserError, match="SHA-256 differs") as refusal:
        cats.bring()
    assert refusal.value.expected == f"a download of {named.megabytes(len(whole))}"
    cats.server.data = whole[:-100]
    with pytest.raises(UserError, match=rf"{len(whole) - 100:,} bytes and not {len(whole):,}"):
        cats.bring()
    assert cats.files == set()
    cats.server.data = whole
    cats.bring()
    assert named.is_here(CATS, cats.config)


def test_a_server_that_is_not_there_or_refuses_is_told_with_what_to_do(cats):
    cats.server.then(serving.cut, serving.refuses(503))
    with pytest.raises(UserError, match=r"503.*goes on from 0\.\d MB"):
        cats.bring()
    alone = Config(data=cats.config.data / "other", datasets_mirror="http://127.0.0.1:1")
    with pytest.raises(UserError, match=r"127\.0\.0\.1:1: .*refused.*folder or zip of your own"):
        named.bring(CATS, alone, tell=cats.told.append, should_stop=lambda: False)


def test_too_little_room_is_told_before_anybody_is_asked(cats, monkeypatch):
    row = published.get(CATS)
    usage = collections.namedtuple("usage", "total used free")
    needed = row.size + row.unpacked

    def has(free):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(needed, 0, free))

    has(needed - 1)
    for refuse in (cats.bring, lambda: sources.check(CATS, cats.config)):
        with pytest.raises(UserError, match=r"GB free in .*TRANSFERLAB_DATA"):
            refuse()
    assert cats.server.asked == []
    has(needed)
    cats.bring()
    has(0)
    sources.check(CATS, cats.config)  # what is here needs no room


def test_a_disk_that_fills_up_on_the_way_is_told(cats, monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(named, "unpack", full)
    with pytest.raises(UserError, match=r"No space left on device.*make room"):
        cats.bring()
    assert named.begun(CATS, cats.config) == len(cats.server.data)


def test_a_second_who_asks_waits_is_told_so_and_hears_a_stop(cats):
    cats.server.then(serving.stall, serving.whole)
    go, told = threading.Event(), []

    def stopped():
        with pytest.raises(DownloadStopped):
            cats.bring(go.is_set)

    first = threading.Thread(target=stopped)
    first.start()
    until(lambda: len(cats.told) > 1, seconds=20, what="the first to begin")
    with pytest.raises(UserError, match="being downloaded"):
        named.delete(CATS, cats.config)
    with pytest.raises(UnpackingStopped):
        cats.bring(lambda: bool(told), told.append)
    half = f"{len(cats.server.data) / 2e6:.0f} of "
    assert told[0].startswith(f"Waiting for another run that brings Cats vs Dogs here: {half}")
    second = threading.Thread(target=cats.bring)
    second.start()
    go.set()
    for thread in (first, second):
        thread.join(30)
    assert [asked is None for asked, _ in cats.server.asked] == [True, False]
    assert named.is_here(CATS, cats.config)


def test_a_set_is_measured_and_thrown_away_with_all_that_belongs_to_it(cats):
    cats.bring()
    files = sources.lay_out(CATS, cats.config).root.rglob("*.*")
    assert named.size(CATS, cats.config) == sum(file.stat().st_size for file in files)
    named.delete(CATS, cats.config)
    assert cats.files == set()
    with pytest.raises(UserError, match=r"not on this machine.*that downloads it"):
        sources.lay_out(CATS, cats.config)
    cats.server.then(serving.stall)
    with pytest.raises(DownloadStopped):
        cats.stop_when(f": {len(cats.server.data) / 2e6:.1f} of ")
    named.delete(CATS, cats.config)
    assert named.begun(CATS, cats.config) == 0
    assert cats.files == set()


def test_a_demo_downloads_nothing_but_shows_what_is_here(cats):
    demo = Config(data=cats.config.data, demo=True)
    with pytest.raises(UserError, match="in a demo"):
        sources.check(CATS, demo)
    cats.bring()
    sources.check(CATS, demo)


def test_other_sources_are_not_downloaded(tmp_path):
    config = Config(data=tmp_path)
    for data in ("textures", str(tmp_path)):
        sources.bring(data, config, tell=pytest.fail, should_stop=lambda: False)
