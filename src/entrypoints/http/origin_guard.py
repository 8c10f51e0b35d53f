"""Refuse requests for other hosts, and requests from pages of other origins."""

import re
from collections.abc import Callable, MutableMapping
from http import HTTPStatus
from typing import Final, NamedTuple, cast
from urllib.parse import parse_qsl

from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from domain.shared import texts
from domain.shared.violations import Concern, Violation
from entrypoints.http import caching, problems
from entrypoints.http.access_log import STARTS
from entrypoints.setting_rules import is_loopback

_AUTHORITY: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{0,5}))?", re.IGNORECASE)
_ORIGIN: Final = re.compile(r"(https?)://(.+)", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"https?://([^/]*)(/.*)?", re.IGNORECASE | re.DOTALL)
_PORTS: Final = {"http": "80", "https": "443"}
_OURS: Final = ("same-origin", "none")
"""Values of `Sec-Fetch-Site` for requests of the service's own pages, and of users themselves."""
_PAGE: Final = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
"""Content-Security-Policy of an HTML page without its own."""

Headers = dict[str, list[str]]


class Authority(NamedTuple):
    """A host in lower case, and its port if given."""

    host: str
    port: str = ""


def authority(text: str) -> Authority | None:
    """Parse the value of a Host header; None if it is invalid.

    A name may end in a dot, and an IPv6 address is in brackets (RFC 9110, section 7.2).
    """
    parts = _AUTHORITY.fullmatch(text)
    if parts is None:
        return None
    host, port = parts.groups()
    return Authority(host.lower().strip("[]").removesuffix("."), port or "")


class _Refusal(Exception):
    """The request is refused."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        message: str,
        details: tuple[Violation, ...] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details


class OriginGuard:
    """Accepts requests for this service that do not come from pages of other origins.

    A foreign name in `Host` is the sign of DNS rebinding, by which a page reaches a loopback
    address.
    """

    def __init__(self, allowed: frozenset[str]) -> None:
        """Take the allowed hosts besides loopback names, each `host` or `host:port`."""
        self._allowed = frozenset(filter(None, map(authority, allowed)))

    def check(self, scope: Scope) -> None:
        """Raise `_Refusal` for a request that is not allowed."""
        headers = _headers(scope)
        here = self._host(headers)
        self._refuse_foreign(scope, headers, here)
        _refuse_control_characters(scope)

    def knows(self, host: Authority | None) -> bool:
        """Return True if a host is this service."""
        return host is not None and (
            is_loopback(host.host) or not self._allowed.isdisjoint((host, Authority(host.host)))
        )

    def _host(self, headers: Headers) -> Authority:
        hosts = headers.get("host", [])
        host = authority(hosts[0]) if len(hosts) == 1 else None
        if host is None or not self.knows(host):
            text = repr(hosts[0][:80]) if len(hosts) == 1 else "several hosts" if hosts else "none"
            raise _misdirected(text)
        return host

    def _refuse_foreign(self, scope: Scope, headers: Headers, here: Authority) -> None:
        origins = headers.get("origin", [])
        sites = headers.get("sec-fetch-site", [])
        ours = len(origins) == 1 and self._is_ours(origins[0], here)
        foreign = bool(origins) and not ours
        if not foreign and (ours or all(site in _OURS for site in sites)):
            return
        if not foreign and _is_navigation(scope, headers):
            return
        raise _Refusal(
            HTTPStatus.FORBIDDEN,
            "foreign-origin",
            "The service refuses requests from pages of other origins; BACHATA_ALLOWED_HOSTS "
            "lists the hosts that it allows.",
        )

    def _is_ours(self, origin: str, here: Authority) -> bool:
        """Return True if an origin is that of the requested address, or of an allowed host."""
        parts = _ORIGIN.fullmatch(origin)
        page = authority(parts[2]) if parts else None
        if parts is None or page is None:
            return False
        usual = _PORTS[parts[1].lower()]
        port = page.port or usual
        if page.host == here.host and port == (here.port or usual):
            return True
        whole = Authority(page.host, port)
        return whole in self._allowed or (port == usual and Authority(page.host) in self._allowed)


def guarded(app: ASGIApp, guard: OriginGuard) -> ASGIApp:
    """Wrap an application so that ``guard`` checks its requests.

    Every answer forbids embedding by other origins, content sniffing and, by default, caching
    without revalidation. There are no Access-Control headers, because other origins get no access.
    """

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        protecting = _protecting(send)
        try:
            _accept_absolute_target(scope, guard.knows)
            guard.check(scope)
        except _Refusal as refusal:
            await _refuse(scope, protecting, refusal)
            return
        await app(scope, receive, protecting)

    return application


def _protecting(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in STARTS:
            started = cast(HTTPResponseStartEvent, message)
            headers = cast(MutableMapping[str, str], MutableScopeHeaders(started))
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            # The uploader of a file must not influence how a browser interprets it.
            headers["X-Content-Type-Options"] = "nosniff"
            headers.setdefault("Cache-Control", caching.CHANGES)
            if headers.get("content-type", "").startswith("text/html"):
                headers.setdefault("Content-Security-Policy", _PAGE)
        await send(message)

    return sending


async def _refuse(scope: Scope, send: Send, refusal: _Refusal) -> None:
    if scope["type"] == "websocket":
        # Closing before accepting answers with 403.
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.code})
        return
    await problems.send(scope, send, refusal.status, refusal.code, refusal.message, refusal.details)


def _headers(scope: Scope) -> Headers:
    headers: Headers = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), []).append(
            value.decode("latin-1").strip()
        )
    return headers


def _is_navigation(scope: Scope, headers: Headers) -> bool:
    """Return True if a user follows a link to here, which reveals the answer to no other page."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == ["navigate"]
        and headers.get("sec-fetch-dest") == ["document"]
    )


def _accept_absolute_target(scope: Scope, knows: Callable[[Authority | None], bool]) -> None:
    """Replace `GET http://host/path` with `/path`; its host replaces the `Host` header."""
    parts = _ABSOLUTE.fullmatch(scope["path"])
    if parts is None:
        return
    if not knows(authority(parts[1])):
        raise _misdirected(repr(parts[1][:80]))
    scope["path"] = path = parts[2] or "/"
    scope["raw_path"] = path.encode()


def _misdirected(host: str) -> _Refusal:
    return _Refusal(
        HTTPStatus.MISDIRECTED_REQUEST,
        "unknown-host",
        "The service answers only under a loopback name, such as 127.0.0.1, or a host of "
        f"BACHATA_ALLOWED_HOSTS; the request names {host}.",
    )


def _refuse_control_characters(scope: Scope) -> None:
    """Refuse control characters, which no id and no parameter contains, and no database stores."""
    query = scope["query_string"].decode("latin-1")
    parameters = [("path", scope["path"]), *parse_qsl(query, keep_blank_values=True)]
    wrong = tuple(
        Violation(path=name, message=f"The text contains {fault}.", concern=Concern.SHAPE)
        for name, text in parameters
        if (fault := texts.fault(text)) is not None
    )
    if wrong:
        raise _Refusal(
            HTTPStatus.BAD_REQUEST,
            "invalid-request",
            "The request breaks one or more rules.",
            wrong,
        )
