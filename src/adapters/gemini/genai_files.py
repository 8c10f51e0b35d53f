"""The connection to Gemini with google-genai; importing this module is slow."""

from collections.abc import AsyncIterator
from typing import Any, Final

import httpx2
from google.genai import Client, errors
from google.genai.types import (
    Content,
    FinishReason,
    GenerateContentConfig,
    GenerateContentResponse,
    HttpOptions,
    HttpRetryOptions,
    Part,
)

from adapters.gemini.answers import File, Unanswered

_REFUSALS: Final = {
    400: "Gemini refused the request",
    401: "Gemini refused the key",
    403: "Gemini refused the key",
    404: "Gemini does not offer the model",
    429: "Gemini's quota is used up",
    503: "Gemini is overloaded",
}
_ENCODED: Final = 4 / 3
"""Growth of bytes that are written as base64."""
_AROUND: Final = 100_000
"""Bytes of an answer besides its file."""


class GenaiFiles:
    """A client of google-genai for one key, which reads no more than it has to."""

    def __init__(self, api_key: str, base_url: str | None, most_bytes: int) -> None:
        """Take the key, Gemini's address if it is not Google's, and the maximum bytes of a file.

        The client gets no time limit, because it would send it to Gemini, which refuses limits
        below ten seconds. It tries once. It has a transport of its own, because the usual one reads
        an answer of any size.
        """
        self._most_bytes = int(most_bytes * _ENCODED) + _AROUND
        self._transport = httpx2.AsyncClient(
            timeout=None,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity"},
            event_hooks={"response": [self._bound]},
        )
        self._client = Client(
            api_key=api_key,
            vertexai=False,
            http_options=HttpOptions(
                base_url=base_url,
                api_version="v1beta",
                retry_options=HttpRetryOptions(attempts=1),
                httpx_async_client=self._transport,
            ),
        )

    async def ask(self, model: str, text: str, options: dict[str, Any]) -> File:
        """Send one request; returns the first file of the answer, or raises `Unanswered`."""
        try:
            # Its type is partly unknown, because it refers to optional packages.
            response: GenerateContentResponse = await self._client.aio.models.generate_content(  # pyright: ignore[reportUnknownMemberType]
                model=model,
                contents=Content(role="user", parts=[Part(text=text)]),
                config=GenerateContentConfig.model_validate(options),
            )
        except errors.APIError as error:
            reason = _REFUSALS.get(error.code, "Gemini failed")
            raise Unanswered(f"{reason} ({error.code})") from error
        except (ValueError, RecursionError) as error:
            raise Unanswered("Gemini's answer could not be read") from error
        return _file_of(response)

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.aclose()
        self._client.close()

    async def _bound(self, response: httpx2.Response) -> None:
        """Let the client read an answer only up to the maximum."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Unanswered("Gemini's answer is compressed")
        stream = response.stream
        if isinstance(stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(stream, self._most_bytes)


class _Bounded(httpx2.AsyncByteStream):
    """A stream that ends with `Unanswered` where it is too long."""

    def __init__(self, stream: httpx2.AsyncByteStream, most_bytes: int) -> None:
        self._stream = stream
        self._left = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._left -= len(part)
            if self._left < 0:
                raise Unanswered("Gemini's answer is too large")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def _file_of(response: GenerateContentResponse) -> File:
    """Return the file of a complete answer that was not blocked."""
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise Unanswered(f"Gemini blocked the text ({feedback.block_reason.name})")
    candidate = next(iter(response.candidates or ()), None)
    if candidate is None:
        raise Unanswered("Gemini's answer was empty")
    if candidate.finish_reason not in (None, FinishReason.STOP):
        raise Unanswered(f"Gemini blocked its answer ({candidate.finish_reason.name})")
    for part in (candidate.content.parts if candidate.content else None) or ():
        if part.inline_data is not None and part.inline_data.data:
            kind = (part.inline_data.mime_type or "").lower()
            return File(kind, part.inline_data.data)
    raise Unanswered("Gemini's answer has no file")
