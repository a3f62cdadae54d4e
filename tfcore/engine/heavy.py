"""TensorFlow and what is built on it, loaded once in a worker's life, by one thread at a time.

A run, a short call and the warm-up come in threads of their own. Python locks each module while it
is imported, but TensorFlow imports itself in circles: two threads that enter it by different doors
meet half-made modules.
"""

from __future__ import annotations

import threading
from importlib import import_module

_LOADING = threading.Lock()
_DOORS = ("tfcore.synthesis.choosing", "tfcore.backbones.predict")


def load() -> None:
    """Import what runs and short calls need; call it before importing any of it."""
    with _LOADING:
        for door in _DOORS:
            import_module(door)
