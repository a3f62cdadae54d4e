"""The file through which the engine is found: private, whole, and only while it lives."""

import dataclasses
import json
import os
import stat
import subprocess
import sys

import psutil
import pytest

from tfcore.engine import connection
from tfcore.engine.connection import Connection, code_digest


@pytest.fixture
def mine():
    return Connection.of_this_process("tls://127.0.0.1:1", "ca", "cert", "key")


def test_what_is_written_is_read_until_it_is_withdrawn(tmp_path, mine):
    assert Connection.read(tmp_path) is None
    mine.write(tmp_path)
    assert Connection.read(tmp_path) == mine
    assert mine.code == code_digest()
    mine.withdraw(tmp_path)
    assert Connection.read(tmp_path) is None
    mine.withdraw(tmp_path)


def test_a_leaving_engine_takes_only_its_own_file(tmp_path, mine):
    later = dataclasses.replace(mine, address="tls://127.0.0.1:2")
    later.write(tmp_path)
    mine.withdraw(tmp_path)
    assert Connection.read(tmp_path) == later
    mine.keep(tmp_path / "cleared away")
    assert Connection.read(tmp_path / "cleared away") == mine


def test_only_its_owner_can_read_it_and_nothing_else_is_left(tmp_path, mine):
    mine.write(tmp_path)
    mine.write(tmp_path)
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_engine_that_has_ended_is_not_there(tmp_path, mine):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    born = psutil.Process(child.pid).create_time()
    theirs = dataclasses.replace(mine, pid=child.pid, born=born)
    theirs.write(tmp_path)
    assert Connection.read(tmp_path) == theirs
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert Connection.read(tmp_path) is None  # a zombie, not waited for yet
    child.wait()
    assert Connection.read(tmp_path) is None


def test_a_later_process_of_the_same_number_is_not_the_engine(tmp_path, mine):
    dataclasses.replace(mine, born=mine.born - 100).write(tmp_path)
    assert Connection.read(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "5", "{}", '{"address": "x"}', "\x00", "mangled pid", "mangled born"],
)
def test_a_mangled_file_is_no_engine(tmp_path, mine, text):
    broken = {"mangled pid": {"pid": "x"}, "mangled born": {"born": "x"}}
    if text in broken:
        text = json.dumps({**dataclasses.asdict(mine), **broken[text]})
    (tmp_path / "engine.json").write_text(text)
    assert Connection.read(tmp_path) is None


@pytest.mark.parametrize("pid", [-1, 0.5, 2**80, "x"])
def test_a_number_that_is_no_process_is_no_engine(mine, pid):
    assert not dataclasses.replace(mine, pid=pid).is_alive()


def test_the_digest_follows_the_code(tmp_path, monkeypatch):
    package = tmp_path / "tfcore" / "engine"
    package.mkdir(parents=True)
    monkeypatch.setattr(connection, "__file__", str(package / "connection.py"))
    digest = code_digest.__wrapped__
    (package / "a.py").write_text("x = 1")
    first = digest()
    assert first == digest()
    (package / "a.py").write_text("x = 2")
    second = digest()
    (package / "a.py").rename(package / "b.py")
    assert len({first, second, digest()}) == 3
