"""A TCP proxy that delays, holds up and cuts connections."""

import asyncio
import threading
from typing import Set


class Proxy:
    """Stands before a server on 127.0.0.1, in a thread of its own.

    `delay`: seconds that each piece is on its way, in either direction; what is sent meanwhile travels beside it.
    `cut_off()`: as a cable that is pulled: connections stay and nothing passes any more, new ones are taken and hear nothing.
    `heal()`: what was sent into the dark is lost, so those connections end, and new ones pass.
    """

    def __init__(self, target: int = 0):
        self.target = target  # a port; may be told later
        self.delay = 0.0
        self._dark = False
        self._open: Set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def cut_off(self) -> None:
        self._dark = True

    def heal(self) -> None:
        was_dark, self._dark, self.delay = self._dark, False, 0.0
        if was_dark:
            self._do(self._end_all())

    def close(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _end(self) -> None:
        self._server.close()
        await self._end_all()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _end_all(self) -> None:
        for writer in list(self._open):
            # Closed without a word of farewell, so that nobody waits.
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        far = None
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target)
            self._open.add(far)
            await asyncio.gather(self._pass(reader, far), self._pass(far_reader, writer))
        except OSError:
            pass  # the server is gone, or one of them has hung up
        finally:
            for each in (writer, far):
                if each:
                    each.transport.abort()
                    self._open.discard(each)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Each piece leaves when its time has come; the order stays."""
        pieces: asyncio.Queue = asyncio.Queue()
        sending = asyncio.ensure_future(self._send(pieces, writer))
        try:
            while piece := await reader.read(65536):
                pieces.put_nowait((self._loop.time() + self.delay, piece))
        finally:
            pieces.put_nowait((self._loop.time() + self.delay, b""))
            await sending

    async def _send(self, pieces: asyncio.Queue, writer: asyncio.StreamWriter) -> None:
        while True:
            due, piece = await pieces.get()
            if (rest := due - self._loop.time()) > 0:
                await asyncio.sleep(rest)
            if not piece:
                while self._dark:  # nobody hears of an end, either
                    await asyncio.sleep(0.05)
                writer.close()
                return
            if self._dark:
                continue
            writer.write(piece)
            await writer.drain()
