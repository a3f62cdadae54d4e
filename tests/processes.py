"""Finding and ending the processes that a test has started, however they were detached.

A child may leave its parent's session, so the family tree is no proof. What every descendant
keeps is the environment it was born with: a variable set for the first process marks all others.
"""

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

SESSION_VARIABLE = "TRANSFERLAB_TEST_SESSION"
"""Set once for the whole suite: marks every process that any test has started."""


def marked(variable: str, value: str) -> list[psutil.Process]:
    """Living processes, this one left out, that were born with `variable` set to `value`."""
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.environ().get(variable) == value:
                found.append(process)
        except (psutil.Error, OSError):
            continue  # ended meanwhile, or another user's
    return found


def wait_gone(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until they have ended; return those that have not when time is up.

    One that has ended, but whose parent has not taken notice, counts as ended.
    """
    deadline = time.monotonic() + seconds
    alive = [process for process in processes if not _is_zombie(process)]
    while alive and time.monotonic() < deadline:
        # In slices: a zombie of somebody else's would be waited for to the very end.
        _, alive = psutil.wait_procs(alive, timeout=0.1)
        alive = [process for process in alive if not _is_zombie(process)]
    return alive


def end_all(processes: Iterable[psutil.Process], seconds: float = 5.0) -> None:
    """Ask politely, wait, then kill."""
    remaining = list(processes)
    for polite in (True, False):
        for process in remaining:
            try:
                process.terminate() if polite else process.kill()
            except psutil.Error:
                continue
        remaining = wait_gone(remaining, seconds)


def describe(processes: Iterable[psutil.Process]) -> str:
    """One line a process: id and command line, for a failure message."""
    lines = []
    for process in processes:
        try:
            lines.append(f"  {process.pid}: {' '.join(process.cmdline())[:200]}")
        except psutil.Error:
            lines.append(f"  {process.pid}: (ended meanwhile)")
    return "\n".join(lines)


def memory_bytes(processes: Iterable[psutil.Process]) -> int:
    """Memory they hold together; pages that several of them share are counted once."""
    total = 0
    for process in processes:
        try:
            memory = process.memory_full_info()
        except (psutil.Error, OSError):
            continue
        # Linux knows each process's proportional share; elsewhere its private memory is nearest.
        total += getattr(memory, "pss", 0) or memory.uss
    return total


def peak_bytes(process: psutil.Process) -> int:
    """Most memory that a process has held since ``forget_peak``, as Linux tells.

    Elsewhere what it holds now.
    """
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return int(process.memory_info().rss)
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text())
    return int(found[1]) * 1024 if found else 0


def forget_peak(process: psutil.Process) -> None:
    """Begin to measure anew."""
    references = Path(f"/proc/{process.pid}/clear_refs")
    if references.exists():
        references.write_text("5")


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True
