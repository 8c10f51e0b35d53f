"""A server on this machine that answers as Gemini does, well or badly."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from typing import Any, TypeAlias

import msgspec
import pytest

from adapters.description_model.gemini import GeminiDescriptionModel
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Song
from domain.text_query.words import read

KEY = "the-key-nobody-may-see"
PATIENT = 60.0
"""Seconds that are never needed."""

installed = (
    pytest.mark.skipif(find_spec("google.genai") is None, reason="google-genai is not installed"),
    # google-genai derives a class from one of aiohttp's, which warns of that.
    pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning"),
)

_certificates = cache(ssl.create_default_context)


def keep_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no proxy come between, and read certificates that nobody needs once."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(ssl, "create_default_context", _certificates)


Reply: TypeAlias = bytes | None
"""Everything that goes over the wire; None never answers."""


@dataclass
class Request:
    """A request as it came."""

    target: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def instruction(self) -> str:
        """Return the instruction that the model gets."""
        return self.body["systemInstruction"]["parts"][0]["text"]

    @property
    def data(self) -> dict[str, Any]:
        """Return the data that the model gets."""
        (content,) = self.body["contents"]
        (part,) = content["parts"]
        assert content["role"] == "user"
        return json.loads(part["text"])


Script: TypeAlias = Callable[[Request], Reply]


@dataclass
class GeminiServer:
    """Answers every request by its script, and keeps them."""

    script: Script
    url: str = ""
    requests: list[Request] = field(default_factory=list[Request])
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def description_model(self, limit: float) -> GeminiDescriptionModel:
        """The real adapter with the real client, calling this server."""
        return GeminiDescriptionModel(KEY, "some-model", limit, self.url)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().splitlines()
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines if line)
                }
                body = json.loads(await reader.readexactly(int(headers["content-length"])))
                request = Request(first, headers, body)
                self.requests.append(request)
                self.asked.set()
                reply = self.script(request)
                if reply is None:
                    await reader.read()
                    return
                writer.write(reply)
                await writer.drain()
                if not reply.startswith(b"HTTP/1.1 200"):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def serving(script: Script) -> AsyncGenerator[GeminiServer]:
    """A server that answers by a script; it is gone afterwards."""
    gemini = GeminiServer(script)
    server = await asyncio.start_server(gemini.answer, "127.0.0.1", 0)
    gemini.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield gemini
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def calling(
    script: Script, limit: float = PATIENT
) -> AsyncGenerator[tuple[GeminiDescriptionModel, GeminiServer]]:
    """A choreographer and the server it calls; both are gone afterwards."""
    async with serving(script) as server:
        description_model = server.description_model(limit)
        try:
            yield description_model, server
        finally:
            await description_model.close()


def closed_port() -> str:
    """Return an address without a listener."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def http(status: str, body: bytes, kind: str = "application/json") -> bytes:
    """A whole response."""
    close = "" if status.startswith("200") else "Connection: close\r\n"
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{close}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def ok(answer: object) -> bytes:
    """A response of status 200."""
    return http("200 OK", msgspec.json.encode(answer))


def refusal(code: int, status: str) -> bytes:
    """Return an error response of Gemini."""
    error = {"code": code, "message": f"{status} for {KEY}", "status": status}
    return http(f"{code} No", msgspec.json.encode({"error": error}))


def says(text: str, finish: str = "STOP") -> bytes:
    """An answer whose text is this."""
    content = {"role": "model", "parts": [{"text": text}]}
    return ok({"candidates": [{"content": content, "finishReason": finish, "index": 0}]})


def fills_in(**fields: Any) -> bytes:
    """An answer that is the form of a description."""
    blank: dict[str, Any] = {
        **dict.fromkeys(("song_id", "difficulty", "energy_level", "style", "seconds")),
        **{"figures": [], "unwanted_figures": [], "unwanted_styles": [], "not_understood": []},
    }
    return says(json.dumps({**blank, **fields}))


def orders(*move_ids: str | None) -> bytes:
    """An answer that is an order of moves."""
    return says(json.dumps({"move_ids": move_ids}))


def obliging(request: Request) -> Reply:
    """Answer sensibly, whatever is asked."""
    if "phrases" in request.data:
        return orders(*(slot["candidates"][0] for slot in request.data["phrases"]))
    songs = [Song(audio_path="songs/a", duration=60, **each) for each in request.data["songs"]]
    request_ = read(request.data["description"], songs)
    return fills_in(
        song_id=request_.song_id,
        difficulty=request_.difficulty,
        energy_level=request_.energy_level,
        style=request_.style,
        figures=request_.figures,
        unwanted_figures=request_.unwanted,
        seconds=request_.seconds,
    )


def song(song_id: str, title: str, artist: str, tempo: float | None = None) -> Song:
    """A song of two minutes."""
    return Song(
        id=song_id, title=title, artist=artist, audio_path="songs/a", duration=120, tempo=tempo
    )


def move(move_id: str, label: str = "basic", name: str = "Move") -> Move:
    """A move of no consequence."""
    return msgspec.convert(
        {
            "id": move_id,
            "name": name,
            "label": label,
            "video_path": f"clips/{move_id}.mp4",
            "difficulty": "beginner",
            "energy_level": Energy.LOW,
            "style": Style.ROMANTIC,
            "duration": 8.0,
            "tempo": 120.0,
        },
        Move,
    )


SONGS = (
    song("carta", "Carta de abril", "La Banda de la Casa", 118),
    song("luna", "Luna de humo", "La Banda de la Casa", 125),
    song("zapatos", "Zapatos nuevos", "Los Vecinos", 133),
)
