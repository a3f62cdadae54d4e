"""The rules of the house, each a function from one source file to what is wrong with it.

`tests/test_architecture.py` applies them to the project, and to bad samples to see that they bite.
"""

import ast
from collections.abc import Iterator

from tests.sources import Source, called

FLOORS = (
    ("streamlit_app",),
    ("pages",),
    ("pages.components",),
    ("tfcore.__main__",),
    ("tfcore.cli",),
    ("tfcore.engine",),
    ("tfcore.robustness", "tfcore.exports"),
    (
        "tfcore.synthesis",
        "tfcore.attacks",
        "tfcore.heads",
        "tfcore.features",
        "tfcore.features.conclusion",
        "tfcore.inspection",
    ),
    ("tfcore.features.reading",),
    ("tfcore.procedures", "tfcore.features.planning", "tfcore.similarity"),
    ("tfcore.backbones", "tfcore.datasets"),
    ("tfcore.store", "tfcore.downloads", "tfcore.procedures.saving"),
    ("tfcore.parsing",),
    ("tfcore.settings",),
    ("tfcore.lessons",),
    (
        "tfcore.recipes",
        "tfcore.methods",
        "tfcore.formats",
        "tfcore.palette",
        "tfcore.targets",
        "tfcore.photos",
        "tfcore.samples",
        "tfcore.memory",
        "tfcore.octaves",
        "tfcore.whatif",
        "tfcore.blocks",
    ),
    ("tfcore.classes",),
    (
        "tfcore.catalog",
        "tfcore.evaluation",
        "tfcore.head_file",
        "tfcore.labels",
        "tfcore.markdown",
        "tfcore.images",
        "tfcore.events",
        "tfcore.fields",
        "tfcore.intervals",
        "tfcore.learning_curve",
        "tfcore.procedure",
    ),
    ("tfcore.trained", "tfcore.lookup"),
    ("tfcore.config",),
    ("tfcore.errors",),
)
"""Top to bottom. A room may import from floors below its own, and from itself."""

TENSORFLOW_ROOMS = (
    "tfcore.backbones",
    "tfcore.procedures",
    "tfcore.synthesis",
    "tfcore.attacks",
    "tfcore.heads",
    "tfcore.features",
    "tfcore.inspection",
    "tfcore.exports",
)
"""What `FLOORS` names by itself, such as a plan that the engine makes, is no part of its parent."""
TENSORFLOW_CALLERS = ("tfcore.engine",)
"""May use TensorFlow, and the rooms that are built on it, inside functions that workers run."""

MOST_LINES = 299
PAGE_LINES = range(15, 61)

PICKLE_READERS = {"tfcore/backbones/checkpoint.py": "the packaged weights, by an allow-list"}
BROAD_HANDLERS = {
    "tfcore/images/decoding.py": "Pillow raises anything on hostile bytes",
    "tfcore/images/encoding.py": "Pillow raises anything on hostile bytes",
    "tfcore/exports/writing.py": "converters of other projects raise anything",
    "tfcore/engine/warmup.py": "a failed warm-up must not end the engine",
    "tfcore/engine/task.py": "every failure of a run becomes its Failed event",
    "tfcore/engine/commands.py": "one bad command must not end the engine",
}
"""Files that may catch everything without raising again, and why."""

PICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
TENSORFLOW = {"tensorflow", "keras"}
NAMES_NOT_TOLD = tuple("".join(parts) for parts in (
    ("pypi", ".org"), ("python", "hosted.org"), ("npm", "js.org"), ("deb.", "debian.org"),
    ("/wo", "rk/"),
))  # fmt: skip
"""Hosts and folders of the place where the project was built. Put together, so as not to be one."""


def room_of(name: str) -> str | None:
    """The room that a module lives in: the longest entry of `FLOORS` that it begins with."""
    rooms = [room for floor in FLOORS for room in floor if f"{name}.".startswith(f"{room}.")]
    return max(rooms, key=len, default=None)


def downward(source: Source) -> Iterator[str]:
    """Imports point downward only, and every module has a floor."""
    if not source.is_product:
        return
    here = room_of(source.module)
    if here is None:
        if source.module != "tfcore":
            yield f"{source.path}: stands on no floor: add it to FLOORS"
        return
    floor = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
    for name, node in source.imports():
        there = room_of(name)
        if there and there != here and floor[there] <= floor[here]:
            yield f"{_at(source, node)}: {here} imports {there}, which is not below it"


def no_streamlit_in_core(source: Source) -> Iterator[str]:
    """The core runs without Streamlit."""
    if source.path.startswith("tfcore/"):
        for name, node in source.imports():
            if name.split(".")[0] == "streamlit":
                yield f"{_at(source, node)}: streamlit in tfcore"


def no_tensorflow_in_web(source: Source) -> Iterator[str]:
    """TensorFlow, and the rooms built on it, are imported where only workers can reach."""
    here = room_of(source.module)
    if not source.is_product or here in TENSORFLOW_ROOMS:
        return
    for name, node in source.imports():
        heavy = name.split(".")[0] in TENSORFLOW or room_of(name) in TENSORFLOW_ROOMS
        lazily = here in TENSORFLOW_CALLERS and _inside(node, ast.FunctionDef, ast.AsyncFunctionDef)
        if heavy and not lazily and not _for_types_only(node):
            yield f"{_at(source, node)}: {name} would bring TensorFlow into the web process"


def short(source: Source) -> Iterator[str]:
    """A file holds one idea."""
    lines = len(source.text.splitlines())
    if lines > MOST_LINES:
        yield f"{source.path}: {lines} lines, at most {MOST_LINES}"


def thin_page(source: Source) -> Iterator[str]:
    """A page reads: form, settings, submit, view."""
    folder, _, name = source.path.rpartition("/")
    lines = len(source.text.splitlines())
    if folder == "pages" and name != "__init__.py" and lines not in PAGE_LINES:
        yield f"{source.path}: {lines} lines, a page has {PAGE_LINES[0]} to {PAGE_LINES[-1]}"


def no_assert(source: Source) -> Iterator[str]:
    """`python -O` takes assertions away."""
    if source.is_product:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Assert):
                yield f"{_at(source, node)}: assert in the product"


def no_pickle(source: Source) -> Iterator[str]:
    """Reading a pickle runs what its author wants."""
    if not source.is_product or source.path in PICKLE_READERS:
        return
    for name, node in source.imports():
        if name.split(".")[0] in PICKLES:
            yield f"{_at(source, node)}: {name}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and _is_true(node.value):
            yield f"{_at(source, node)}: allow_pickle"


def no_broad_except(source: Source) -> Iterator[str]:
    """Catching everything hides errors, unless it is raised again or the file is listed."""
    if not source.is_product or source.path in BROAD_HANDLERS:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
            again = node.body[-1]
            if not (isinstance(again, ast.Raise) and again.exc is None):
                yield f"{_at(source, node)}: catches everything"
        elif (
            isinstance(node, ast.Call)
            and called(node) == "suppress"
            and any(map(_is_broad, node.args))
        ):
            yield f"{_at(source, node)}: suppresses everything"


def no_unsafe_html(source: Source) -> Iterator[str]:
    """A user's text must never become markup."""
    if source.is_product:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
                yield f"{_at(source, node)}: unsafe_allow_html"


def no_sleep(source: Source) -> Iterator[str]:
    """Waiting is for an event, not for a while."""
    if source.is_product:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and called(node) == "sleep":
                yield f"{_at(source, node)}: sleep"


def names_no_workplace(source: Source) -> Iterator[str]:
    """The project belongs to nobody's machine."""
    for number, line in enumerate(source.text.splitlines(), 1):
        for name in NAMES_NOT_TOLD:
            if name in line:
                yield f"{source.path}:{number}: names {name}"


PYTHON_RULES = (
    downward,
    no_streamlit_in_core,
    no_tensorflow_in_web,
    short,
    thin_page,
    no_assert,
    no_pickle,
    no_broad_except,
    no_unsafe_html,
    no_sleep,
)


def _at(source: Source, node: ast.AST) -> str:
    return f"{source.path}:{getattr(node, 'lineno', '?')}"


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_broad(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Tuple):
        return any(_is_broad(element) for element in node.elts)
    return node is None or ast.unparse(node) in {"Exception", "BaseException"}


def _parents(node: ast.AST) -> Iterator[ast.AST]:
    while parent := getattr(node, "parent", None):
        yield parent
        node = parent


def _inside(node: ast.AST, *kinds: type[ast.AST]) -> bool:
    return any(isinstance(parent, kinds) for parent in _parents(node))


def _for_types_only(node: ast.AST) -> bool:
    return any(
        isinstance(parent, ast.If) and ast.unparse(parent.test).endswith("TYPE_CHECKING")
        for parent in _parents(node)
    )
