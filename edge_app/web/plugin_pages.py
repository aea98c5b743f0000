"""The pages that plugins bring, each plugin's below a path of its own."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from edge_app.metering.plugins.catalogue import Plugin
from edge_app.metering.plugins.reader import FORM_TOKEN, LANGUAGE
from edge_app.metering.plugins.running import Plugins
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import LINKS, SESSION, UNFIT, Link


def mount(app: web.Application, plugins: Plugins) -> None:
    """Add the pages below `/plugin/NAME/`, behind the guard of `app`, the links to them, and who is unfit."""
    below: dict[str, web.Application] = {}
    links = []
    for plugin, page in plugins.ask("pages"):
        with plugins.forgiving(plugin):
            if plugin.name not in below:
                below[plugin.name] = web.Application(middlewares=[_forgiving(plugin, plugins)])
            below[plugin.name].add_routes(page.routes)
            links.append(Link(title=page.title, path=f"/plugin/{plugin.name}{page.path}"))
    for name, pages in below.items():
        app.add_subapp(f"/plugin/{name}", pages)
    app[LINKS] = links
    app[UNFIT] = plugins.failed


def _forgiving(plugin: Plugin, plugins: Plugins) -> Middleware:
    """Tells a handler of its reader, and answers for one that raises what no browser is meant to see."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[LANGUAGE] = Reader.of(request).language
        request[FORM_TOKEN] = request[SESSION].form_token
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception as error:  # a plugin is other people's code: whatever it raises is its fault
            plugins.blame(plugin, error)
            return web.Response(status=500, text="This page has a fault.")

    return middleware
