"""From the start command to a first page that answers a click, and the memory it all takes.

Aims: a web process without TensorFlow under 350 MB, the whole app under 1,600 MB.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from tests import processes
from tests.browser import markers
from tests.browser.driving import CONNECTED
from tests.browser.server import Server
from tests.browser.test_deployment import loads_tensorflow
from tests.install_browser import OPTIONS, find_chromium

ROUNDS = 3


def measure() -> dict[str, float | bool]:
    rounds = [_once() for _ in range(ROUNDS)]
    return {
        "seconds_to_first_page": statistics.median(r["page"] for r in rounds),
        "seconds_to_answered_click": statistics.median(r["click"] for r in rounds),
        "seconds_from_click_to_first_picture_cold": statistics.median(r["cold"] for r in rounds),
        "seconds_from_click_to_first_picture_warm": statistics.median(r["warm"] for r in rounds),
        "web_mb": max(r["web_mb"] for r in rounds),
        "app_mb": max(r["app_mb"] for r in rounds),
        "web_has_tensorflow": any(r["tensorflow"] for r in rounds),
    }


def _once() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(OPTIONS))
        page = chromium.new_page()
        server = Server(Path(folder) / "app")
        began = time.perf_counter()
        server.start()
        try:
            page.goto(server.url)
            page.locator(CONNECTED).wait_for(state="attached", timeout=60_000)
            button = page.get_by_role("button", name=markers.HOME_BUTTON)
            button.wait_for(timeout=60_000)
            shown = time.perf_counter()
            button.click()
            page.wait_for_url("**run=**", timeout=60_000)
            answered = time.perf_counter()
            page.locator(markers.PICTURE).first.wait_for(timeout=180_000)
            cold = time.perf_counter() - answered
            page.locator(markers.FINISHED).first.wait_for(timeout=180_000)
            page.get_by_text("Second opinion").wait_for()
            page.goto(server.url)
            button.wait_for(timeout=60_000)
            pressed = time.perf_counter()
            button.click()
            page.wait_for_url("**run=**", timeout=60_000)
            page.locator(markers.PICTURE).first.wait_for(timeout=60_000)
            warm = time.perf_counter() - pressed
            page.locator(markers.FINISHED).first.wait_for(timeout=180_000)
            return {
                "page": round(shown - began, 2),
                "click": round(answered - began, 2),
                "cold": round(cold, 2),
                "warm": round(warm, 2),
                "web_mb": round(processes.memory_bytes([psutil.Process(server.pid)]) / 1e6),
                "app_mb": round(processes.memory_bytes(server.processes()) / 1e6),
                "tensorflow": loads_tensorflow(server.pid),
            }
        finally:
            server.stop()
            chromium.close()
