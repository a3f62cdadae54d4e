"""The one lock under which networks are built and functions are traced."""

from __future__ import annotations

import threading

LOCK = threading.RLock()
"""Hold it while building a Keras model and during the first call of a ``tf.function``.

Keras keeps process-wide state while it builds and traces, so two threads that do either at the
same time can mix up each other's graphs. Calling a function that is traced already needs no lock.
The lock is re-entrant: a function being traced may ask a backbone for a layer not asked for before.
"""
