"""Asking the person at the keyboard, without the event loop waiting for them."""

import asyncio
import sys
import threading

from edge_app.cli import output


async def ask(question: str, *, as_json: bool) -> str:
    """Print a line that asks, and read one line; an empty answer at the end of input."""
    if as_json:
        output.print_json({"question": question})
    else:
        print(question, flush=True)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def give(line: str) -> None:
        if not answer.done():
            answer.set_result(line)

    # A thread that ends with the program: nobody has to answer before it may.
    reading = threading.Thread(target=lambda: loop.call_soon_threadsafe(give, sys.stdin.readline()), daemon=True)
    reading.start()
    return await answer
