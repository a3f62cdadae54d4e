"""The house is as its plan says: floors, rooms, sizes, and what is never done."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests import architecture_rules as rules
from tests.sources import ROOT, Source, python_sources, text_sources

Rule = Callable[[Source], Iterator[str]]

BAD: list[tuple[Rule, str, str]] = [
    (rules.downward, "tfcore/store/runs.py", "from tfcore.engine import link"),
    (rules.downward, "tfcore/errors.py", "def f():\n    import tfcore.catalog"),
    (rules.downward, "tfcore/heads/a.py", "from ..attacks import pgd"),
    (rules.downward, "pages/components/live.py", "from pages import home"),
    (rules.downward, "tfcore/somewhere_new.py", "import os"),
    (rules.no_streamlit_in_core, "tfcore/engine/link.py", "def f():\n    import streamlit as st"),
    (rules.no_streamlit_in_core, "tfcore/events.py", "from streamlit.runtime import get_instance"),
    (rules.no_tensorflow_in_web, "tfcore/engine/task.py", "import tensorflow as tf"),
    (rules.no_tensorflow_in_web, "tfcore/engine/task.py", "from tfcore.synthesis import loop"),
    (rules.no_tensorflow_in_web, "pages/home.py", "def f():\n    from keras import applications"),
    (rules.no_tensorflow_in_web, "pages/home.py", "def f():\n    from tfcore import backbones"),
    (
        rules.no_tensorflow_in_web,
        "tfcore/catalog.py",
        "import importlib as i\ni.import_module('keras')",
    ),
    (rules.short, "tests/test_long.py", "x = 1\n" * 300),
    (rules.thin_page, "pages/home.py", "x = 1\n" * 61),
    (rules.thin_page, "pages/home.py", "x = 1\n" * 14),
    (rules.no_assert, "tfcore/labels.py", "def f(x):\n    assert x"),
    (rules.no_pickle, "tfcore/store/runs.py", "import pickle"),
    (rules.no_pickle, "pages/home.py", "from joblib import load"),
    (rules.no_pickle, "tfcore/store/runs.py", "import numpy as n\nn.load('x', allow_pickle=True)"),
    (rules.no_broad_except, "tfcore/store/runs.py", "try:\n    f()\nexcept Exception:\n    pass"),
    (rules.no_broad_except, "tfcore/store/runs.py", "try:\n    f()\nexcept:\n    pass"),
    (
        rules.no_broad_except,
        "pages/home.py",
        "try:\n    f()\nexcept (OSError, Exception):\n    g()",
    ),
    (rules.no_broad_except, "pages/home.py", "with contextlib.suppress(Exception):\n    f()"),
    (rules.no_unsafe_html, "pages/home.py", "st.markdown(text, unsafe_allow_html=True)"),
    (rules.no_sleep, "tfcore/engine/loop.py", "import time\ntime.sleep(1)"),
    (rules.no_sleep, "pages/home.py", "from time import sleep\nsleep(1)"),
    (rules.names_no_workplace, "docs/x.md", "from https://" + "pypi" + ".org/simple"),
    (rules.names_no_workplace, "Makefile", "cd " + "/wo" + "rk/main"),
]

GOOD: list[tuple[Rule, str, str]] = [
    (rules.downward, "tfcore/store/runs.py", "from tfcore.store.records import Run"),
    (rules.downward, "tfcore/store/__init__.py", "from .records import Run"),
    (
        rules.downward,
        "pages/home.py",
        "from pages.components import live\nfrom tfcore import labels",
    ),
    (rules.no_tensorflow_in_web, "tfcore/engine/task.py", "def f():\n    import tensorflow"),
    (rules.no_tensorflow_in_web, "tfcore/synthesis/loss.py", "import tensorflow as tf"),
    (
        rules.no_tensorflow_in_web,
        "tfcore/engine/task.py",
        "import typing\nif typing.TYPE_CHECKING:\n    from tfcore.synthesis import loop",
    ),
    (
        rules.no_broad_except,
        "tfcore/store/runs.py",
        "try:\n    f()\nexcept BaseException:\n    raise",
    ),
    (rules.thin_page, "pages/components/live.py", "x = 1\n" * 100),
    (rules.no_assert, "tests/test_x.py", "assert True"),
]


def name_of(case: object) -> str:
    return getattr(case, "__name__", "")


@pytest.mark.parametrize(("rule", "path", "text"), BAD, ids=name_of)
def test_each_rule_bites(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), GOOD, ids=name_of)
def test_each_rule_lets_good_code_pass(rule: Rule, path: str, text: str) -> None:
    assert not list(rule(Source(path, text)))


@pytest.mark.parametrize("rule", rules.PYTHON_RULES, ids=name_of)
def test_every_python_file_keeps(rule: Rule) -> None:
    problems = [problem for source in python_sources() for problem in rule(source)]
    assert not problems, f"{rule.__doc__}\n" + "\n".join(problems)


def test_no_file_names_the_place_where_it_was_made() -> None:
    problems = [
        problem for source in text_sources() for problem in rules.names_no_workplace(source)
    ]
    assert not problems, "\n".join(problems)


def test_the_rules_see_the_project() -> None:
    paths = {source.path for source in python_sources()}
    assert {"streamlit_app.py", "tfcore/errors.py", "tests/test_architecture.py"} <= paths
    assert not [path for path in paths if path.startswith(".venv")]


@pytest.mark.parametrize("listed", [rules.PICKLE_READERS, rules.BROAD_HANDLERS], ids=["p", "e"])
def test_exceptions_are_granted_only_where_they_are_used(listed: dict[str, str]) -> None:
    """A file that no longer needs its exception must not keep it."""
    rule = rules.no_pickle if listed is rules.PICKLE_READERS else rules.no_broad_except
    for path in listed:
        # The same text at a path that is granted nothing.
        text = (ROOT / path).read_text(encoding="utf-8")
        assert list(rule(Source("tfcore/errors.py", text))), f"{path} needs no exception"


def test_the_web_process_gets_nothing_heavy() -> None:
    """Import all that pages and the engine's own process import, and look what came along."""
    wanted = sorted(web_modules())
    assert "tfcore.engine.link" in wanted
    script = (
        "import importlib, sys\n"
        f"for name in {wanted!r}: importlib.import_module(name)\n"
        "print(sorted({'tensorflow', 'keras', 'torch', 'sklearn', 'openTSNE'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    assert answer.stdout.splitlines()[-1] == "[]"


def web_modules() -> Iterator[str]:
    """Modules that run outside workers. Pages are scripts: what they import stands for them."""
    for source in python_sources():
        if not source.is_product or rules.room_of(source.module) in rules.TENSORFLOW_ROOMS:
            continue
        if rules.room_of(source.module) in {"pages", "streamlit_app"}:
            for name, _ in source.imports():
                room = rules.room_of(name)
                if room and room != "pages":
                    yield module_in(name)
        elif not source.module.endswith("__main__"):
            yield source.module


def module_in(name: str) -> str:
    """`tfcore.labels` for `tfcore.labels.search`, which names a function."""
    while not (ROOT / name.replace(".", "/")).is_dir():
        if (ROOT / f"{name.replace('.', '/')}.py").exists():
            return name
        name = name.rpartition(".")[0]
    return name
