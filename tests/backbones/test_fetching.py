"""Downloads against a real server on this machine: whole files are kept, anything else is not."""

import dataclasses
import hashlib
import urllib.request

import h5py
import pytest

from tests.downloads import serving
from tests.downloads.serving import Server
from tfcore import catalog
from tfcore.backbones.fetching import ensure_weights
from tfcore.backbones.loading import load
from tfcore.downloads.downloading import DownloadStopped
from tfcore.errors import WeightsMissing


@pytest.fixture
def models(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras" / "models"


@pytest.fixture
def whole(tmp_path):
    with h5py.File(tmp_path / "file.h5", "w") as file:
        file["numbers"] = range(400_000)
    return (tmp_path / "file.h5").read_bytes()


@pytest.fixture
def serve():
    """Give a row whose weights come from a server on this machine."""
    servers = []

    def start(data, way=serving.whole):
        servers.append(Server(data).then(way))
        return dataclasses.replace(catalog.get("mobilenet-0.25"), weights_url=servers[-1].url)

    yield start
    for server in servers:
        server.close()


def kept(models):
    """What lies in the folder of models, the half files apart."""
    return [entry.name for entry in models.iterdir() if entry.name != ".downloads"]


def test_a_whole_file_is_kept_and_its_progress_told(models, whole, serve):
    row, told = serve(whole), []
    path = ensure_weights(row, told.append)
    assert path == models / row.weights_file
    assert path.read_bytes() == whole
    assert catalog.is_available(row)
    assert kept(models) == [row.weights_file]
    assert (told[-1].done, told[-1].total) == (len(whole), len(whole))
    # The second time nobody is asked.
    assert ensure_weights(dataclasses.replace(row, weights_url="http://127.0.0.1:1/")) == path


def test_the_published_sum_is_checked(models, whole, serve):
    right = hashlib.md5(whole, usedforsecurity=False).hexdigest()
    with pytest.raises(WeightsMissing, match="published"):
        ensure_weights(dataclasses.replace(serve(whole), weights_md5="0" * 32))
    assert not kept(models)
    assert ensure_weights(dataclasses.replace(serve(whole), weights_md5=right)).exists()


@pytest.mark.parametrize(
    ("cut", "way", "cause"),
    [
        (slice(-100), serving.whole, "no whole HDF5"),
        (slice(None), serving.promises(lambda n: n + 500), "broke off"),
        (slice(None), serving.refuses(404), "404"),
        (slice(0), serving.whole, "no whole HDF5"),
    ],
)
def test_a_half_file_is_never_believed(models, whole, serve, cut, way, cause):
    row = serve(whole[cut], way)
    with pytest.raises(WeightsMissing, match=cause):
        ensure_weights(row)
    assert not kept(models)
    assert not catalog.is_available(row)


def test_a_half_file_of_an_earlier_download_is_replaced(models, whole, serve):
    row = serve(whole)
    models.mkdir(parents=True)
    (models / row.weights_file).write_bytes(whole[:-1])
    assert ensure_weights(row).read_bytes() == whole


def test_a_stopped_download_is_no_weights_and_goes_on_later(models, whole, serve):
    row = serve(whole)
    with pytest.raises(DownloadStopped):
        ensure_weights(row, should_stop=lambda: True)
    assert not catalog.is_available(row)
    assert ensure_weights(row).read_bytes() == whole


def test_a_folder_that_cannot_be_made_is_told(models, serve, whole):
    models.parent.write_text("a file where the folder should be")
    with pytest.raises(WeightsMissing, match="cannot be written"):
        ensure_weights(serve(whole))


@pytest.mark.parametrize(("name", "size"), [("vgg16", "553 MB"), ("mobilenet-v2-1.0", "14 MB")])
def test_offline_one_sentence_tells_size_cause_and_a_network_that_is_here(
    monkeypatch, models, name, size
):
    # As on a machine without a network: nothing listens where the connection is to go.
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setattr(urllib.request, "_opener", None)  # it remembers the proxies it first saw
    with pytest.raises(WeightsMissing) as caught:
        load(name)
    said = str(caught.value)
    assert size in said
    assert "refused" in said
    assert '"efficientnet-lite0", which is here' in said
    assert "\n" not in said
    assert not kept(models)


def test_a_missing_package_is_told():
    row = dataclasses.replace(catalog.get("efficientnet-lite0"), package="no_such_package")
    with pytest.raises(WeightsMissing, match="package is not installed"):
        ensure_weights(row)
