"""A person at a frontend: a client that keeps cookies, says where its forms come from, and reads pages."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from aiohttp import ClientSession

from cloud_api.access.shared_secrets import Group
from tests.cloud.running import Cloud, session


@dataclass(kw_only=True)
class Page:
    """What came back."""

    status: int
    text: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        return unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.text)
        return found[1] if found else ""

    @property
    def words(self) -> str:
        """Its text, without markup."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.text)).split())


@dataclass(kw_only=True)
class Person:
    """Somebody at one frontend."""

    client: ClientSession
    home: str
    csrf: str = ""
    name: str = "Jördis Beispiel"

    @property
    def origin(self) -> str:
        return str(self.client._base_url).rstrip("/")

    async def open(self, path: str = "", **how: Any) -> Page:
        return await self._ask("GET", path, **how)

    async def send(self, path: str, form: Any = None, **how: Any) -> Page:
        """Send a form as a page of ours would."""
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", **how.pop("headers", {})}
        data = form if form is not None and not isinstance(form, dict | list) else None
        if data is None:
            pairs = list(form.items()) if isinstance(form, dict) else list(form or [])
            data = [*pairs, ("csrf", self.csrf)]
        return await self._ask("POST", path, data=data, headers=headers, **how)

    async def log_in(self, secret: str) -> Page:
        page = await self.send("/login", {"name": self.name, "secret": secret, "to": self.home})
        self.csrf = page.csrf
        return page

    async def _ask(self, method: str, path: str, **how: Any) -> Page:
        async with self.client.request(method, self.home + path, **how) as answer:
            content = await answer.read()
            return Page(
                status=answer.status,
                text=content.decode(errors="replace"),
                content=content,
                path=answer.url.raw_path_qs,
                headers=dict(answer.headers),
            )


@asynccontextmanager
async def person(cloud: Cloud, frontend: str, group: Group | None, *, language: str = "en") -> AsyncIterator[Person]:
    """Somebody who has logged in with the secret of a group, or has not."""
    async with session(cloud.pages_url, cloud.folder.ca) as client:
        client.headers["Accept-Language"] = language
        someone = Person(client=client, home=f"/{frontend}")
        if group:
            page = await someone.log_in(cloud.secret(group))
            assert page.status == 200, page.words
        yield someone
