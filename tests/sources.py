"""The project's files as the architecture rules read them."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

SKIPPED_FOLDERS = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache",
                   ".hypothesis", ".bench", "artifacts"}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One file: its path from the project's root, with forward slashes, and its text."""

    path: str
    text: str

    @property
    def module(self) -> str:
        """Dotted name, of a package without `__init__`."""
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    @property
    def is_product(self) -> bool:
        """Whether it is part of the app, not of its tests or benchmarks."""
        return self.path.startswith(("tfcore/", "pages/")) or self.path == "streamlit_app.py"

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file; every node of it knows its parent as `node.parent`."""
        tree = ast.parse(self.text, self.path)
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                child.parent = node  # type: ignore[attr-defined]
        return tree

    def imports(self) -> Iterator[tuple[str, ast.stmt | ast.expr]]:
        """Every imported name, lazily imported ones too, as far down as the statement tells."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Import():
                    yield from ((alias.name, node) for alias in node.names)
                case ast.ImportFrom():
                    base = self._absolute(node)
                    yield from ((f"{base}.{alias.name}", node) for alias in node.names)
                case ast.Call(args=[ast.Constant(value=str(name)), *_]) if called(node) in {
                    "import_module",
                    "__import__",
                }:
                    yield name, node

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.module.split(".")
        up = node.level - (1 if self.path.endswith("__init__.py") else 0)
        return ".".join([*package[: len(package) - up], *([node.module] if node.module else [])])


@cache
def python_sources() -> list[Source]:
    """Every Python file of the project."""
    return [source for source in text_sources() if source.path.endswith(".py")]


@cache
def text_sources() -> list[Source]:
    """Every text file of the project, what was made by tools left out."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(folder, name)
            try:
                text = path.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue
            found.append(Source(path.relative_to(ROOT).as_posix(), text))
    return [source for source in found if source.path != "static/plotly.min.js"]


def called(node: ast.Call) -> str:
    """The last name of what is called: `sleep` for `time.sleep(1)`."""
    return ast.unparse(node.func).rpartition(".")[2]
