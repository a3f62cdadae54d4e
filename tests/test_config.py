"""What a deployment may set, and what it is told when it sets nonsense."""

from pathlib import Path

import pytest

from tfcore import config as module
from tfcore.config import Config, config
from tfcore.errors import UserError


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """Every test reads the environment anew, and so does whoever comes after."""
    monkeypatch.setenv("TRANSFERLAB_DATA", str(tmp_path / "data"))
    config.cache_clear()
    yield
    config.cache_clear()


def test_variables_set_fields_and_the_folder_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFERLAB_MAX_STEPS", "321")
    monkeypatch.setenv("TRANSFERLAB_DEMO", "1")
    limits = config()
    assert (limits.max_steps, limits.demo) == (321, True)
    assert limits.database == tmp_path / "data" / "runs.sqlite"
    assert (tmp_path / "data").is_dir()


@pytest.mark.parametrize(
    "address", ["https://school.example/sets", "http://127.0.0.1:8000", "http://[::1]/sets"]
)
def test_a_mirror_is_encrypted_or_on_this_machine(monkeypatch, address):
    monkeypatch.setenv("TRANSFERLAB_DATASETS_MIRROR", f"{address}/")
    assert config().datasets_mirror == address


def test_the_environment_is_read_once(monkeypatch):
    before = config()
    monkeypatch.setenv("TRANSFERLAB_MAX_STEPS", "7")
    assert config() is before


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MAX_STEPS", "0"),
        ("MAX_STEPS", "many"),
        ("MAX_UPLOAD_MB", "0"),
        ("MAX_SIDE", "63"),
        ("RUNS_PER_OWNER", "0"),
        ("STORAGE_MB", "49"),
        ("WORKER_MEMORY_MB", "511"),
        ("IDLE_SECONDS", "0"),
        ("LEASE_SECONDS", "-1"),
        ("SHARD_PHOTOS", "31"),
        ("SHARD_PHOTOS", "257"),
        ("DEMO", "perhaps"),
        ("ALLOW_TCP", "2"),
        ("DATASETS_MIRROR", "http://school.example/sets"),
        ("DATASETS_MIRROR", "ftp://127.0.0.1/sets"),
        ("DATASETS_MIRROR", "file:///etc"),
        ("DATASETS_MIRROR", "https://"),
        ("DATASETS_MIRROR", "school.example"),
    ],
)
def test_nonsense_is_refused_naming_the_variable(monkeypatch, variable, value):
    monkeypatch.setenv(f"TRANSFERLAB_{variable}", value)
    with pytest.raises(UserError) as caught:
        config()
    assert f'TRANSFERLAB_{variable}="{value}"' in caught.value.got
    assert f"TRANSFERLAB_{variable}" in caught.value.fix


@pytest.mark.parametrize(
    ("variable", "value"),
    [("MAX_STEPS", 1), ("MAX_SIDE", 64), ("STORAGE_MB", 50), ("WORKER_MEMORY_MB", 512)],
)
def test_the_lowest_value_is_taken(monkeypatch, variable, value):
    monkeypatch.setenv(f"TRANSFERLAB_{variable}", str(value))
    assert getattr(config(), variable.lower()) == value


def test_a_folder_that_cannot_be_made_is_told_in_words(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRANSFERLAB_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(UserError, match="TRANSFERLAB_DATA"):
        config()


def test_a_relative_folder_means_the_same_from_everywhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert Config(data="runs").data == tmp_path / "runs"
    assert Config(data="~/runs").data == tmp_path / "home" / "runs"


def test_a_deployment_cannot_change_while_it_runs():
    with pytest.raises(ValueError, match="frozen"):
        config().demo = True


def test_a_container_limits_the_worker(monkeypatch):
    limit = "memory.max"

    def read_text(path, *_):
        if path.name == limit:
            return str(2000 * 1024 * 1024)
        raise OSError

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(module.psutil, "virtual_memory", lambda: Memory(64_000))
    assert module._worker_memory() == 2000 * 0.9 - 600
    limit = "nothing"
    assert module._worker_memory() == 64_000 * 0.9 - 600


def test_a_machine_without_a_limit_gives_its_own_memory(monkeypatch):
    monkeypatch.setattr(Path, "read_text", lambda *_: "max\n")
    monkeypatch.setattr(module.psutil, "virtual_memory", lambda: Memory(8_000))
    assert module._worker_memory() == 8_000 * 0.9 - 600
    monkeypatch.setattr(module.psutil, "virtual_memory", lambda: Memory(1_000))
    assert module._worker_memory() == 1024


class Memory:
    def __init__(self, megabytes):
        self.total = megabytes * 1024 * 1024


def test_features_lie_at_one_place_wherever_a_process_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Config(features="kept").features_root == str(tmp_path / "kept")
    assert Config(features="s3://bucket/kept").features_root == "s3://bucket/kept"
    assert Config(data=tmp_path).features_root == str(tmp_path / "features")
