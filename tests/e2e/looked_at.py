"""Go through pages with everything opened: what is wrong on each, and a picture where wanted."""

import os
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.test_accessibility import faults_of


def faults_on(page: Page, paths: Mapping[str, str]) -> dict[str, list[str]]:
    """Give what is wrong on each page that has a fault, by its name.

    With MAKEGOOD_SCREENSHOTS, a picture of each goes into that folder.
    """
    found = {}
    for name, path in paths.items():
        page.goto(path)
        for one in page.locator("details").all():
            one.evaluate("it => { it.open = true }")
        found[name] = faults_of(page, 48 if path.startswith("/p/") else 40)
        if folder := os.environ.get("MAKEGOOD_SCREENSHOTS"):
            width = page.evaluate("innerWidth")
            dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
            file = f"{name.replace(', ', '-')}-{width}-{'dark' if dark else 'light'}.png"
            page.screenshot(path=Path(folder) / file, full_page=True)
    return {name: faults for name, faults in found.items() if faults}
