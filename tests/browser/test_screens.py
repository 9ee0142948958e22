"""Pictures of every screen, for people who look and for the README: ZHIXING_SHOTS=folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.screens import ALL, Stage, build_stage
from tests.browser.server import DemoServer

FOLDER = os.environ.get("ZHIXING_SHOTS", "")
SIZES = {
    "phone": {"width": 360, "height": 740},
    "desk": {"width": 1366, "height": 768},
    "tv": {"width": 1920, "height": 1080},
}
LOOKS = {
    "phone": ("zh", "zh-dark", "zh-large", "en"),
    "desk": ("zh", "zh-large", "en"),
    "tv": ("zh",),
}

if not FOLDER:
    pytest.skip("ZHIXING_SHOTS names no folder for pictures", allow_module_level=True)


@pytest.fixture(scope="module")
def stage(browser: Browser, demo: DemoServer) -> Stage:
    return build_stage(browser, demo)


PICTURES = [
    pytest.param(screen, look, id=f"{screen.name}-{look}")
    for screen in ALL
    for look in LOOKS[screen.surface]
]


@pytest.mark.parametrize(("screen", "look"), PICTURES)
def test_every_screen_has_its_picture(browser, stage, screen, look):
    locale, _, variant = look.partition("-")
    size = SIZES[screen.surface]
    page = stage.open(
        browser,
        screen,
        locale=locale,
        viewport=size,
        device_scale_factor=2 if screen.surface == "phone" else 1,
        color_scheme="dark" if variant == "dark" else "light",
    )
    if variant == "large":
        page.evaluate("document.documentElement.classList.add('large')")
    folder = Path(FOLDER) / look
    page.screenshot(path=folder / f"{screen.name}.png")
    height = page.evaluate("document.documentElement.scrollHeight")
    if screen.surface == "phone" and height > size["height"]:
        page.set_viewport_size({**size, "height": height})
        page.screenshot(path=folder / f"{screen.name}-whole.png")
    page.context.close()
