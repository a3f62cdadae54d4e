"""Installing: the right Python or one sentence, nothing twice, nothing half, everything pinned."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.sources import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows installs with pip alone")

FAKE_PYTHON = """#!/bin/sh
# A real Python in all but its version and what -m does; it writes down what it is asked.
echo "$0 $*" >> "{log}"
case "$*" in
*ensurepip*) exit {bare} ;;
-c*) exec "{real}" -c "import sys; sys.version_info = {version}; exec(sys.argv[1])" "$2" ;;
"-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
"-m pip install --quiet"*) exit {no_uv} ;;
"-m uv "*) {uv} ;;
esac
"""


class Clone:
    """A clone of the project as far as make needs it, with fake Pythons on its PATH."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a clone with spaces"
        self.bin = folder / "bin"
        self.log = folder / "asked.log"
        (self.root / ".ci").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(ROOT / name, self.root)
        for name in ("find_python", "install"):
            shutil.copy(ROOT / ".ci" / name, self.root / ".ci")
        for tool in ("sh", "make", "mkdir", "cp", "rm", "touch", "sed"):
            found = shutil.which(tool)
            assert found, tool
            (self.bin / tool).symlink_to(found)

    def add_python(
        self,
        name: str,
        version: str,
        *,
        bare: bool = False,
        no_uv: bool = False,
        uv: str = ":",
    ) -> None:
        script = self.bin / name
        script.write_text(
            FAKE_PYTHON.format(
                log=self.log,
                real=sys.executable,
                version=tuple(map(int, version.split("."))),
                bare=int(bare),
                no_uv=int(no_uv),
                uv=uv,
            )
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.bin), "HOME": str(self.root)}
        return subprocess.run(
            ["make", *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def age_environment(self) -> None:
        """Make the requirements newer than what was installed."""
        newer = (self.root / ".venv" / ".installed").stat().st_mtime + 10
        os.utime(self.root / "requirements.txt", (newer, newer))

    def asked(self) -> str:
        """What was asked of the fake Pythons since the last call."""
        said = self.log.read_text() if self.log.exists() else ""
        self.log.unlink(missing_ok=True)
        return said


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@pytest.mark.parametrize("version", ["2.7.18", "3.10.13", "3.14.0"])
@pytest.mark.parametrize("target", ["install", "app", "test"])
def test_wrong_python_gets_one_sentence_and_nothing_else(
    clone: Clone, version: str, target: str
) -> None:
    clone.add_python("python3", version)
    answer = clone.make(target)
    assert answer.returncode != 0
    said = [line for line in answer.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 1, answer.stderr
    assert f"python3 is {version}" in said[0]
    assert "3.11, 3.12 or 3.13" in said[0]
    assert not (clone.root / ".venv").exists()
    assert " -m " not in clone.asked()


def test_no_python_at_all(clone: Clone) -> None:
    answer = clone.make("install")
    assert answer.returncode != 0
    assert "found no working Python" in answer.stderr


def test_python_without_venv_is_told_how_to_get_it(clone: Clone) -> None:
    clone.add_python("python3", "3.12.1", bare=True)
    answer = clone.make("install")
    assert answer.returncode != 0
    assert "python3-venv" in answer.stderr
    assert not (clone.root / ".venv").exists()


def test_the_first_python_that_fits_is_taken(clone: Clone) -> None:
    clone.add_python("python3", "3.14.0")
    clone.add_python("python3.13", "3.10.1")  # a name proves nothing
    clone.add_python("python3.12", "3.12.1")
    clone.add_python("python3.11", "3.11.7")
    assert clone.make("install").returncode == 0
    assert f"{clone.bin / 'python3.12'} -m venv .venv" in clone.asked()


def test_python_can_be_chosen(clone: Clone) -> None:
    clone.add_python("python3", "3.11.7")
    clone.add_python("mine", "3.13.0")
    assert clone.make("install", "PYTHON=mine").returncode == 0
    assert f"{clone.bin / 'mine'} -m venv .venv" in clone.asked()


def test_a_second_install_does_nothing(clone: Clone) -> None:
    clone.add_python("python3", "3.11.7")
    assert clone.make("install").returncode == 0
    assert "-m uv pip install" in clone.asked()
    assert clone.make("--question", "install").returncode == 0
    assert " -m " not in clone.asked()


def test_new_requirements_are_installed(clone: Clone) -> None:
    clone.add_python("python3", "3.11.7")
    clone.make("install")
    clone.asked()
    clone.age_environment()
    assert clone.make("install").returncode == 0
    asked = clone.asked()
    assert "-m uv pip install" in asked
    assert "-m venv" not in asked, "the environment itself was good"


def test_an_interrupted_install_is_mended(clone: Clone) -> None:
    clone.add_python("python3", "3.11.7", uv="kill -9 $PPID; exit 1")
    assert clone.make("install").returncode != 0
    assert (clone.root / ".venv" / "bin" / "python").exists(), "it was interrupted too early"
    (clone.root / ".venv" / "half-installed").touch()
    clone.asked()
    clone.add_python("python3", "3.11.7")
    assert clone.make("install").returncode == 0
    assert "-m venv .venv" in clone.asked()
    assert not (clone.root / ".venv" / "half-installed").exists()


def test_an_interrupted_update_is_mended(clone: Clone) -> None:
    clone.add_python("python3", "3.11.7", uv="[ -e stop ] && kill -9 $PPID")
    assert clone.make("install").returncode == 0
    (clone.root / "stop").touch()
    clone.age_environment()
    assert clone.make("install").returncode != 0
    (clone.root / "stop").unlink()
    clone.asked()
    assert clone.make("install").returncode == 0
    assert "-m venv .venv" in clone.asked(), "packages may be there by half"


def test_a_dead_environment_is_made_again(clone: Clone) -> None:
    clone.add_python("python3", "3.11.7")
    clone.make("install")
    (clone.root / ".venv" / "bin" / "python").unlink()  # the system's Python was upgraded
    clone.asked()
    assert clone.make("install").returncode == 0
    assert "-m venv .venv" in clone.asked()


@pytest.mark.parametrize("fault", [{"no_uv": True}, {"uv": "exit 1"}], ids=["no uv", "uv fails"])
def test_pip_does_it_where_uv_cannot(clone: Clone, fault: dict[str, object]) -> None:
    clone.add_python("python3", "3.11.7", **fault)  # type: ignore[arg-type]
    assert clone.make("install").returncode == 0
    last = clone.asked().splitlines()[-1]
    assert last.endswith("-m pip install --disable-pip-version-check -r requirements.txt")


def test_help_lists_the_commands() -> None:
    answer = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=False)
    for target in ("app", "install", "test", "bench", "lint", "requirements", "clean"):
        assert f"make {target}" in answer.stdout


def pins(name: str, *, here: bool = False) -> dict[str, set[str]]:
    """Package to versions of a requirement file, every line of which must pin exactly one.

    A package has several where its newest version does not run on every Python; with `here` only
    what this Python gets is returned.
    """
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text:
            requirement = Requirement(text)
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            assert "*" not in pin.version, line
            assert not requirement.url, line
            if not here or requirement.marker is None or requirement.marker.evaluate():
                found.setdefault(_normal(requirement.name), set()).add(pin.version)
    return found


@pytest.mark.parametrize(
    ("file", "table"), [("requirements.txt", "project"), ("requirements-dev.txt", "dev")]
)
def test_requirements_pin_what_the_project_asks_for(file: str, table: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = (
        project["project"]["dependencies"]
        if table == "project"
        else project["dependency-groups"]["dev"]
    )
    pinned = pins(file)
    for text in wanted:
        requirement = Requirement(text)
        versions = pinned.get(_normal(requirement.name))
        assert versions, f"{requirement.name} is missing: run 'make requirements'"
        for version in versions:
            assert requirement.specifier.contains(version), f"{text}, but pinned to {version}"


def test_both_requirement_files_agree() -> None:
    app, tests = pins("requirements.txt"), pins("requirements-dev.txt")
    both = app.keys() & tests.keys()
    assert {name: app[name] for name in both} == {name: tests[name] for name in both}


def test_requirements_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if line.startswith("-") or "://" in line]


def test_this_environment_is_the_pinned_one() -> None:
    """What the other tests run on is what a user gets."""
    installed = {_normal(found.name): {found.version} for found in metadata.distributions()}
    pinned = pins("requirements.txt", here=True)
    assert pinned == {name: installed.get(name, set()) for name in pinned}


@pytest.mark.parametrize("command", ["make app", "make test"])
def test_the_readme_begins_with_commands_that_exist(command: str) -> None:
    head = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:60])
    assert command in head
    target = command.removeprefix("make ")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
