"""What a browser keeps for later, read from outside."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

READ = """async (prefix) => {
  const open = indexedDB.open("zhixing");
  open.onupgradeneeded = () => open.result.createObjectStore("kept");
  const base = await new Promise((tell) => { open.onsuccess = () => tell(open.result); });
  const kept = base.transaction("kept").objectStore("kept");
  const ask = (one) => new Promise((tell) => { one.onsuccess = () => tell(one.result); });
  const [keys, values] = [await ask(kept.getAllKeys()), await ask(kept.getAll())];
  base.close();
  return values.filter((value, at) => keys[at].startsWith(prefix));
}"""


def kept(page: Page, prefix: str = "answer:") -> list[dict[str, Any]]:
    """Return what this browser keeps under a prefix: answers, or carried sets."""
    found: list[dict[str, Any]] = page.evaluate(READ, prefix)
    return found


def carried(page: Page) -> None:
    """Wait until the set is on the device."""
    for _try in range(100):
        if kept(page, "set:"):
            return
        page.wait_for_timeout(100)
    pytest.fail("the set was never fetched")


def travel_light(page: Page) -> None:
    """Let no set be carried along: a question whose network dies waits where it is."""
    page.context.route("**/api/v1/attempts/*", lambda route: route.abort())
