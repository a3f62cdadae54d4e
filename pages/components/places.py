"""Which page shows which kind of run."""

from __future__ import annotations

_PAGES = {
    "synthesize": "pages/synthesize.py",
    "attack": "pages/attack.py",
    "scan": "pages/explore.py",
    "extract": "pages/explore.py",
    "map": "pages/explore.py",
    "train": "pages/train.py",
    "curve": "pages/train.py",
    "finetune": "pages/train.py",
    "export": "pages/train.py",
}


def page_of(kind: str) -> str:
    """The page on which a run of a kind is watched.

    Example:
        >>> page_of("attack")
        'pages/attack.py'
    """
    return _PAGES.get(kind, _PAGES["synthesize"])
