"""What the page of a plugin knows of its reader. Apart from the rest, for no command needs a web server."""

from aiohttp import web

LANGUAGE = web.RequestKey("language", str)
"""Where a request holds the reader's language, `de` or `en`."""
