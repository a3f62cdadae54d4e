"""Find a Chromium that works, or get one: the system's, else Playwright's own, else Debian's.

Run as a program it installs what is missing, in bounded time, and prints one line. It ends with
an error only where a browser is required (`CI=true`); elsewhere the browser tests skip.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

SYSTEM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
MAC_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
"""Needed in containers (no sandbox, no graphics card), and for silence on the network."""

DOWNLOAD_SECONDS = 240.0
PACKAGE_SECONDS = 300.0
NO_BROWSER = (
    "No working Chromium was found and none could be installed: browser tests skip. "
    "Install Chromium or Chrome, or run 'python -m playwright install --with-deps chromium'."
)


def works(executable: str) -> bool:
    """Whether it draws an empty page; a snap stub or one that lacks libraries does not."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [executable, "--headless", *OPTIONS, f"--user-data-dir={profile}", "--dump-dom"]
        try:
            drawn = subprocess.run(
                [*command, "about:blank"], capture_output=True, timeout=60, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return drawn.returncode == 0 and b"<html" in drawn.stdout


def candidates() -> Iterator[str]:
    """Paths worth a try, best first."""
    named = os.environ.get("TRANSFERLAB_CHROMIUM")
    if named:
        yield named
    for name in SYSTEM_NAMES:
        found = shutil.which(name)
        if found:
            yield found
    for path in MAC_APPLICATIONS:
        if Path(path).exists():
            yield path
    downloaded = playwrights_own()
    if downloaded:
        yield downloaded


def playwrights_own() -> str | None:
    """Path of the Chromium that Playwright has downloaded, if it has."""
    # In a process of its own: Playwright's loop must not linger in the one that asks.
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    path = answer.stdout.decode(errors="replace").strip()
    return path if path and Path(path).exists() else None


def find_chromium() -> str | None:
    """Path of the first Chromium that works, or None."""
    return next((path for path in candidates() if works(path)), None)


def attempt(command: Sequence[str], seconds: float, extra: Mapping[str, str]) -> bool:
    """Run an installer; False when it fails, is not there or does not end in time."""
    print(f"Trying: {' '.join(command)}", flush=True)  # noqa: T201
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **extra},
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def get_playwrights() -> bool:
    """Download Playwright's Chromium; a closed network is noticed within seconds."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    limits = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000"}
    return attempt(command, DOWNLOAD_SECONDS, limits)


def get_debians() -> bool:
    """Install Debian's package, where this is Debian and we are root."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
    updated = attempt(["apt-get", "update", "-q"], PACKAGE_SECONDS, quiet)
    return updated and attempt(install, PACKAGE_SECONDS, quiet)


def main() -> int:
    """Print where the browser is, after installing one if need be."""
    found = find_chromium()
    for install in (get_playwrights, get_debians):
        if found is None and install():
            found = find_chromium()
    if found:
        print(f"Browser for the tests: {found}")  # noqa: T201
        return 0
    print(NO_BROWSER, file=sys.stderr)  # noqa: T201
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
