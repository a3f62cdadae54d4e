"""A folder that is there whole or not at all."""

import threading

import pytest

from tfcore.datasets.whole import whole_folder


def seen(folder):
    return sorted(place.name for place in folder.iterdir() if not place.name.endswith(".lock"))


def test_it_appears_when_it_is_done(tmp_path):
    place = tmp_path / "deep" / "set"
    with whole_folder(place) as folder:
        (folder / "1").touch()
        assert not place.exists()
    assert seen(place) == ["1"]
    assert seen(place.parent) == ["set"]


def test_an_error_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "set") as folder:
        (folder / "1").touch()
        raise KeyboardInterrupt
    assert seen(tmp_path) == []


def test_what_is_there_is_left_as_it_is(tmp_path):
    (tmp_path / "set").mkdir()
    with whole_folder(tmp_path / "set") as folder:
        assert folder is None
    assert seen(tmp_path / "set") == []


def test_what_a_killed_process_has_left_is_no_part_of_it(tmp_path):
    (tmp_path / ".set.part").mkdir()
    (tmp_path / ".set.part" / "half").touch()
    with whole_folder(tmp_path / "set") as folder:
        (folder / "1").touch()
    assert seen(tmp_path / "set") == ["1"]


def test_two_at_once_make_one(tmp_path):
    made = []

    def make():
        with whole_folder(tmp_path / "set") as folder:
            if folder is not None:
                made.append(folder)
                (folder / "1").touch()

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert seen(tmp_path / "set") == ["1"]
