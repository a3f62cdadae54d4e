"""One file over HTTP against a server that stalls, cuts, lies, and changes its mind."""

import os
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from tests.browser.waiting import until
from tests.downloads import serving
from tests.downloads.serving import Server
from tfcore.downloads.downloading import DownloadFailed, DownloadStopped, fetch

DATA = os.urandom(600_000)
HALF = len(DATA) // 2


@pytest.fixture
def server():
    server = Server(DATA)
    yield server
    server.close()


@pytest.fixture
def place(tmp_path):
    return tmp_path / "models" / "weights.h5"


def fault(path, data=DATA):
    return None if path.read_bytes() == data else "what came is wrong"


def part_of(place):
    return place.parent / ".downloads" / "weights.h5.part"


def interrupt(server, place):
    """Leave the first half of the file behind, as a stopped download does."""
    here = []
    server.then(serving.stall)
    with pytest.raises(DownloadStopped):
        fetch(
            server.url, place, fault,
            progress=lambda transfer: here.append(transfer.done),
            should_stop=lambda: HALF in here,
        )  # fmt: skip
    assert part_of(place).stat().st_size == HALF
    server.asked.clear()


def test_a_whole_file_takes_its_place_and_progress_is_told(server, place):
    told = []
    fetch(server.url, place, fault, progress=told.append)
    assert place.read_bytes() == DATA
    assert (told[0].done, told[-1].done) == (0, len(DATA))
    assert {transfer.total for transfer in told} == {len(DATA)}
    assert not part_of(place).exists()
    fetch(server.url, place, fault)
    assert len(server.asked) == 1  # the second time nobody is asked


def test_a_stop_is_heard_while_nothing_comes_and_the_next_try_goes_on(server, place):
    began = time.monotonic()
    interrupt(server, place)
    assert time.monotonic() - began < 5
    assert not place.exists()
    told = []
    fetch(server.then(serving.whole).url, place, fault, progress=told.append)
    assert server.asked == [(f"bytes={HALF}-", server.tag)]
    assert told[0].done == HALF
    assert place.read_bytes() == DATA


def test_a_broken_line_is_taken_up_again_at_once(server, place):
    fetch(server.then(serving.cut, serving.whole).url, place, fault)
    assert [asked for asked, _ in server.asked] == [None, f"bytes={HALF}-"]
    assert place.read_bytes() == DATA


def test_a_stalled_line_is_given_up_in_words_and_the_part_kept(server, place):
    server.then(serving.stall)
    with pytest.raises(DownloadFailed, match="stalled: nothing came for 0 s"):
        fetch(server.url, place, fault, stall_seconds=0.3)
    assert part_of(place).stat().st_size == HALF
    assert not place.exists()
    fetch(server.then(serving.whole).url, place, fault)
    assert server.asked[-1] == (f"bytes={HALF}-", server.tag)


def test_a_name_server_that_never_answers_is_given_up_too(monkeypatch, place):
    """No socket is there yet that could time out."""
    over = threading.Event()

    def look_up(*_, **__):
        over.wait(60)
        raise OSError("at last")

    monkeypatch.setattr(urllib.request, "urlopen", look_up)
    with pytest.raises(DownloadFailed, match="stalled"):
        fetch("http://localhost/weights.h5", place, fault, stall_seconds=0.3)
    over.set()


@pytest.mark.parametrize("way", [serving.whole, serving.rest, serving.all_of_it])
def test_a_file_that_changed_between_two_tries_is_fetched_anew(server, place, way):
    """Good servers, servers that ignore ``If-Range`` and such that ignore ``Range``."""
    interrupt(server, place)
    server.data = os.urandom(len(DATA))
    fetch(server.then(way, serving.whole).url, place, lambda path: fault(path, server.data))
    assert place.read_bytes() == server.data


def test_a_server_without_ranges_starts_over(server, place):
    interrupt(server, place)
    told = []
    fetch(server.then(serving.all_of_it).url, place, fault, progress=told.append)
    assert told[0].done == 0
    assert place.read_bytes() == DATA


def test_a_part_that_no_version_is_known_of_is_not_gone_on_with(server, place):
    fetch(server.then(serving.nameless, serving.whole).url, place, fault)
    assert server.asked == [(None, None)] * 2
    assert place.read_bytes() == DATA


def test_the_part_of_another_address_is_not_gone_on_with(server, place):
    interrupt(server, place)
    fetch(server.then(serving.whole).url + "?v=2", place, fault)
    assert server.asked == [(None, None)]


def test_a_part_without_a_readable_note_is_not_gone_on_with(server, place):
    interrupt(server, place)
    part_of(place).with_suffix(".json").write_text("{")
    fetch(server.then(serving.whole).url, place, fault)
    assert server.asked == [(None, None)]


def test_a_part_that_came_whole_is_looked_at_and_not_fetched_again(server, place):
    interrupt(server, place)
    part_of(place).write_bytes(DATA)
    fetch(server.url, place, fault)
    assert server.asked == []
    assert place.read_bytes() == DATA


def test_a_server_that_promises_too_much_is_found_out(server, place):
    fetch(server.then(serving.promises(lambda n: n + 5000), serving.rest).url, place, fault)
    # Asked for the rest it says that there is none: then what has come is all.
    assert server.asked[1][0] == f"bytes={len(DATA)}-"
    assert place.read_bytes() == DATA


def test_a_server_that_promises_too_much_every_time_fails_in_words(server, place):
    server.then(serving.promises(lambda n: n + 5_000_000))
    with pytest.raises(DownloadFailed, match=r"broke off after 0\.6 of 5\.6 MB"):
        fetch(server.url, place, fault)
    assert not place.exists()


@pytest.mark.parametrize(
    ("way", "cause"),
    [
        (serving.promises(lambda n: n - 100), "what came is wrong"),
        (serving.promises(lambda n: 0), "what came is wrong"),
        (serving.refuses(404), "404"),
        (serving.refuses(503), "503"),
    ],
)
def test_what_is_wrong_is_never_kept(server, place, way, cause):
    server.then(way)
    with pytest.raises(DownloadFailed, match=cause):
        fetch(server.url, place, fault)
    assert not place.exists()
    assert not part_of(place).exists()


def test_a_refusal_later_on_keeps_what_has_come(server, place):
    interrupt(server, place)
    with pytest.raises(DownloadFailed, match="503"):
        fetch(server.then(serving.refuses(503)).url, place, fault)
    assert part_of(place).stat().st_size == HALF


def test_wrong_bytes_are_thrown_away_and_the_right_file_can_follow(server, place):
    interrupt(server, place)
    part_of(place).write_bytes(bytes(HALF))
    with pytest.raises(DownloadFailed, match="wrong"):
        fetch(server.then(serving.whole).url, place, fault)
    assert not part_of(place).exists()
    assert not place.exists()
    fetch(server.url, place, fault)
    assert place.read_bytes() == DATA


CHILD = """
import sys, pathlib
from tfcore.downloads.downloading import fetch
url, place = sys.argv[1], pathlib.Path(sys.argv[2])
fetch(url, place, lambda path: None if path.stat().st_size == 600000 else "short")
assert not {"tensorflow", "keras"} & set(sys.modules)
"""


def test_two_processes_share_one_download(server, place):
    """The second waits for the first, tells how far that one is, and asks nobody."""
    server.then(serving.stall, serving.whole)
    go, told = threading.Event(), []

    def stopped():
        with pytest.raises(DownloadStopped):
            fetch(server.url, place, fault, should_stop=go.is_set)

    first = threading.Thread(target=stopped)
    first.start()
    until(lambda: server.asked, seconds=10, what="the first download to begin")
    child = subprocess.Popen([sys.executable, "-c", CHILD, server.url, str(place)])
    second = threading.Thread(
        target=fetch, args=(server.url, place, fault), kwargs={"progress": told.append}
    )
    second.start()
    until(lambda: told, seconds=10, what="the second to tell of the first")
    assert len(server.asked) == 1
    go.set()
    for thread in (first, second):
        thread.join(20)
    assert child.wait(20) == 0
    # One of the two took the part up and the other found the file there.
    assert [asked is None for asked, _ in server.asked] == [True, False]
    assert place.read_bytes() == DATA


def test_a_killed_process_leaves_a_part_that_is_gone_on_with(server, place):
    server.then(serving.stall, serving.whole)
    child = subprocess.Popen([sys.executable, "-c", CHILD, server.url, str(place)])
    until(lambda: server.asked, seconds=20, what="the child to ask")
    until(lambda: part_of(place).exists(), seconds=20, what="the part")
    child.kill()
    child.wait(20)
    assert not place.exists()
    fetch(server.url, place, fault)
    assert place.read_bytes() == DATA


def test_nobody_listening_is_told(place):
    with pytest.raises(DownloadFailed, match="refused"):
        fetch("http://127.0.0.1:1/weights.h5", place, fault)
