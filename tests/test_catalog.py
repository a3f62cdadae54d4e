"""The table of networks as data: names, layers, what is here, what it weighs."""

import dataclasses
import pickle
import subprocess
import sys

import h5py
import pytest

from tfcore import catalog, memory
from tfcore.errors import UnknownName

# Peak memory in MB of a fresh process that loads a network and optimises images with it.
MEASURED_MB = {
    ("efficientnet-lite0", 1): 835,
    ("efficientnet-lite0", 8): 1069,
    ("mobilenet-v2-1.0", 1): 843,
    ("mobilenet-v2-1.0", 8): 1106,
    ("resnet50", 1): 1137,
    ("resnet50", 8): 1351,
    ("vgg16", 1): 2353,
    ("vgg16", 9): 2365,
}


def downloadable() -> catalog.Network:
    return catalog.get("mobilenet-0.25")


@pytest.fixture
def keras_home(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def write_hdf5(path, **options):
    with h5py.File(path, "w", **options) as file:
        file["numbers"] = range(1000)


def test_the_default_comes_first_and_all_families_are_there():
    names = catalog.names()
    assert names[0] == catalog.DEFAULT == "efficientnet-lite0"
    assert len(names) == len(set(names)) == 26
    assert {catalog.get(name).family for name in names} == {
        "efficientnet-lite",
        "mobilenet",
        "mobilenet-v2",
        "vgg",
        "resnet",
        "resnet-v2",
        "mobilenet-v3",
        "efficientnet",
        "densenet",
        "inception-v3",
    }


def test_every_row_has_one_source_of_weights_and_a_paper():
    for name in catalog.names():
        row = catalog.get(name)
        assert bool(row.package) != row.weights_url.startswith("https://"), name
        assert row.paper_url.startswith("https://arxiv.org/abs/"), name
        assert row.weights_url in ("", row.weights_url[: -len(row.weights_file)] + row.weights_file)


@pytest.mark.parametrize("said", ["VGG16", " vgg16 ", "Vgg16"])
def test_a_name_is_found_however_it_is_written(said):
    assert catalog.get(said).name == "vgg16"


@pytest.mark.parametrize("name", catalog.names())
def test_a_network_is_found_by_its_title(name):
    assert catalog.get(catalog.get(name).title).name == name


@pytest.mark.parametrize(
    ("said", "offered"), [("vgg17", "vgg16"), ("efficientnet", "efficientnet-b"), ("", "lite0")]
)
def test_an_unknown_network_offers_near_names(said, offered):
    with pytest.raises(UnknownName, match=offered):
        catalog.get(said)


def test_a_layer_is_found_and_an_unknown_one_offers_near_names():
    assert catalog.get_layer("vgg16", "block5_conv3") == 512
    with pytest.raises(UnknownName, match="block5_conv3"):
        catalog.get_layer("vgg16", "block5_conv9")


def test_layers_of_networks_of_one_family_differ_in_channels():
    narrow, wide = catalog.layers("mobilenet-0.25"), catalog.layers("mobilenet-1.0")
    assert list(narrow) == list(wide)
    assert {wide[name] // narrow[name] for name in wide} == {4}


def test_a_row_survives_a_trip_between_processes_and_cannot_be_changed():
    row = catalog.get("mobilenet-v2-1.4")
    assert pickle.loads(pickle.dumps(row)) == row  # noqa: S301 - our own bytes
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.params = 1


def test_the_catalog_is_read_without_tensorflow():
    code = (
        "import sys; from tfcore import catalog, memory; catalog.available();"
        "[memory.memory_mb(catalog.get(n)) + len(catalog.layers(n)) for n in catalog.names()];"
        "sys.exit(bool({'tensorflow', 'keras', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


def test_packaged_networks_are_always_here(keras_home):
    here = {row.name for row in catalog.available()}
    assert here == {f"efficientnet-lite{i}" for i in range(3)}


def test_a_network_without_its_package_is_not_here():
    row = dataclasses.replace(catalog.get("efficientnet-lite0"), package="no_such_package")
    assert catalog.weights_path(row) is None
    assert not catalog.is_available(row)


@pytest.mark.parametrize("version", ["earliest", "latest"])
def test_a_download_is_here_when_its_file_is_whole(keras_home, version):
    row = downloadable()
    assert not catalog.is_available(row)
    path = keras_home / row.weights_file
    write_hdf5(path, libver=version)
    assert catalog.is_available(row)
    assert row in catalog.available()
    path.write_bytes(path.read_bytes()[:-1])
    assert not catalog.is_available(row)


@pytest.mark.parametrize("data", [b"", b"<html>not found</html>" * 9, b"\x89HDF\r\n\x1a\n"])
def test_a_file_that_is_no_hdf5_is_not_taken_for_weights(keras_home, data):
    (keras_home / downloadable().weights_file).write_bytes(data)
    assert not catalog.is_available(downloadable())


def test_without_keras_home_the_folder_is_in_the_users_home(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert catalog.models_folder() == tmp_path / ".keras" / "models"


def test_sizes_of_downloads_are_what_keras_publishes():
    assert catalog.get("vgg16").weights_mb == pytest.approx(553.5, abs=0.2)
    assert catalog.get("efficientnet-b0").weights_mb == pytest.approx(21.8, abs=0.6)
    assert catalog.get("resnet50").weights_mb == pytest.approx(102.9, abs=0.6)


@pytest.mark.parametrize(("name", "batch"), MEASURED_MB)
def test_the_memory_estimate_covers_what_was_measured_and_little_more(name, batch):
    estimate = memory.memory_mb(catalog.get(name), batch)
    assert 0.98 <= estimate / MEASURED_MB[name, batch] <= 1.25


def test_the_memory_estimate_covers_images_of_four_times_the_pixels():
    assert memory.memory_mb(catalog.get("efficientnet-lite0"), size=448) / 989 == pytest.approx(
        1.1, abs=0.12
    )


def test_more_images_and_larger_ones_take_more_memory():
    row = catalog.get("efficientnet-lite0")
    few, many = memory.memory_mb(row, 8), memory.memory_mb(row, 16)
    assert few < many
    assert memory.memory_mb(row, 8, size=448) == memory.memory_mb(row, 32)
