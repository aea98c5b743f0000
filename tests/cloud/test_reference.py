"""/docs shows the whole document, and a browser that shows it asks nobody else for anything."""

import re
from html.parser import HTMLParser

from cloud_api.api.openapi import document
from cloud_api.api.reference import POLICY
from cloud_api.api.routes import EVERY
from cloud_api.wire.json_exact import decode
from tests.cloud.asking import code
from tests.cloud.running import Cloud


class Page(HTMLParser):
    """What a page links, fetches and defines."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.names: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attributes:
            if name in {"href", "src", "action"}:
                self.addresses.append(value or "")
            if name == "id":
                self.names.append(value or "")


async def test_it_shows_every_operation_and_every_shape(cloud: Cloud) -> None:
    async with cloud.people(None) as people, people.get("/docs") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert answer.headers["Content-Security-Policy"] == POLICY
        text = await answer.text()
    page = Page(text)
    for route in EVERY:
        assert f"{route.method} {route.path}</code></h2>" in text
    shapes = decode(document().encode(), dict)["components"]["schemas"]
    assert set(shapes) <= set(page.names)
    assert len(page.names) == len(set(page.names))
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.names)


async def test_nothing_on_it_comes_from_elsewhere(cloud: Cloud) -> None:
    async with cloud.people(None) as people:
        text = await (await people.get("/docs")).text()
        page = Page(text)
        assert not page.tags & {"script", "iframe", "img", "style"}
        elsewhere = {address for address in page.addresses if not address.startswith("#")}
        assert elsewhere == {"/static/style.css", "/openapi.json"}
        for address in elsewhere:
            assert (await people.get(address)).status == 200
        style = await (await people.get("/static/style.css")).text()
        assert not re.search(r"@import|url\(", style)


async def test_no_other_file_is_served(cloud: Cloud) -> None:
    async with cloud.people(None) as people:
        for name in ("page.html", "..%2Fcloud%2Freference.html"):
            assert await code(people, "GET", f"/static/{name}") == (404, "not-found")
