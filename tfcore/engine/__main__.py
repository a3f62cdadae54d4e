"""The engine's process: ``python -m tfcore.engine``, one for a data folder."""

from __future__ import annotations

import logging
import signal
import sys
from logging.handlers import RotatingFileHandler

from filelock import FileLock, Timeout

from tfcore.config import config
from tfcore.engine.service import Engine
from tfcore.errors import UserError

_LOG_BYTES = 1_000_000
_TAKEOVER_SECONDS = 5.0  # an engine that is just leaving gets this long


def main() -> int:
    """Serve until nobody needs the engine any more; 0 also when another one serves already."""
    settings = config()
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=[
            RotatingFileHandler(settings.data / "engine.log", maxBytes=_LOG_BYTES, backupCount=1)
        ],
    )
    logging.getLogger("distributed").setLevel(logging.WARNING)
    engine = Engine(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: engine.leave())
    try:
        with FileLock(settings.data / "engine.lock").acquire(timeout=_TAKEOVER_SECONDS):
            engine.serve()
    except Timeout:
        logging.info("another engine serves this folder")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        logging.exception("the engine cannot start")
        sys.exit(f"error: {error}")
