"""The connection to Gemini with google-genai; importing this module is slow."""

from typing import Any, Final

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

from adapters.description_model.unanswered import Unanswered

_REFUSALS: Final = {
    400: "Gemini refused the request",
    401: "Gemini refused the key",
    403: "Gemini refused the key",
    404: "Gemini does not offer the model of BACHATA_GEMINI_MODEL",
    429: "Gemini received too many requests",
    503: "Gemini is overloaded",
}


class GenaiClient:
    """A client of google-genai for one key."""

    def __init__(self, api_key: str, base_url: str | None) -> None:
        """Take the key, and the address of Gemini if it is not Google's.

        The client gets no time limit, because it would send it to Gemini, which refuses limits
        below ten seconds. The client tries once; by default it would wait up to ten seconds after a
        broken connection and try again.
        """
        self._client = Client(
            api_key=api_key,
            vertexai=False,
            http_options=HttpOptions(
                base_url=base_url,
                api_version="v1beta",
                retry_options=HttpRetryOptions(attempts=1),
            ),
        )

    async def ask(self, model: str, instruction: str, data: str, schema: dict[str, Any]) -> str:
        """Send one request; returns a JSON document, or raises `Unanswered`."""
        try:
            # Its type is partly unknown, because it refers to optional packages.
            response: GenerateContentResponse = await self._client.aio.models.generate_content(  # pyright: ignore[reportUnknownMemberType]
                model=model,
                contents=Content(role="user", parts=[Part(text=data)]),
                config=GenerateContentConfig(
                    system_instruction=instruction,
                    response_mime_type="application/json",
                    response_schema=schema,
                ),
            )
        except errors.APIError as error:
            reason = _REFUSALS.get(error.code, "Gemini failed")
            raise Unanswered(f"{reason} ({error.code})") from error
        except (ValueError, RecursionError) as error:
            raise Unanswered("Gemini's answer could not be read") from error
        return _text_of(response)

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aio.aclose()
        self._client.close()


def _text_of(response: GenerateContentResponse) -> str:
    """Return the text of a complete answer that was not blocked."""
    feedback = response.prompt_feedback
    if feedback is not None and feedback.block_reason is not None:
        raise Unanswered(f"Gemini blocked the description ({feedback.block_reason.name})")
    candidate = next(iter(response.candidates or ()), None)
    if candidate is None:
        raise Unanswered("Gemini's answer was empty")
    if candidate.finish_reason is FinishReason.MAX_TOKENS:
        raise Unanswered("Gemini's answer was cut short")
    if candidate.finish_reason not in (None, FinishReason.STOP):
        raise Unanswered(f"Gemini blocked its answer ({candidate.finish_reason.name})")
    parts = (candidate.content.parts if candidate.content else None) or ()
    text = "".join(part.text for part in parts if part.text and not part.thought)
    if not text.strip():
        raise Unanswered("Gemini's answer was empty")
    return text
