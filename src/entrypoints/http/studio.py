"""Serve the studio: the page at `/` and its files."""

import gzip
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeAlias

import msgspec
from litestar import Controller, HttpMethod, Request, Response, route
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from entrypoints.http.caching import CHANGES, STAYS
from entrypoints.http.callers import PUBLIC
from entrypoints.http.file_responses import whole

_READS: Final = [HttpMethod.GET, HttpMethod.HEAD]
_PAGE: Final = "index.html"
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
"""Media types by the ending of a name; other files are not served."""
_REFUSED: Final = re.compile(r"q=0(\.0*)?")
"""The weight of a coding that the client does not accept."""
_COMMENT: Final = re.compile(r"^[ \t]*/\*\*.*?\*/|/\*\* @\w+ [^*]*\*/ ?", re.DOTALL | re.MULTILINE)
"""A comment that begins a line, or that casts a value: types and texts for people."""
_IMPORT: Final = re.compile(r'^import (?:.* from )?"\./([^"]+)";$', re.MULTILINE)
"""An import of a module that its importer needs at once."""
_FIRST: Final = "app.js"
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""Content-Security-Policy of the page: nothing inline, nothing of another origin."""

Asked: TypeAlias = Request[Any, Any, Any]


class StudioFile(msgspec.Struct, frozen=True):
    """A file of the studio."""

    media_type: str
    content: bytes
    compressed: bytes
    """The content as gzip."""


class Studio(msgspec.Struct, frozen=True):
    """All files of the studio."""

    page: StudioFile
    files: dict[str, StudioFile]
    """The other files by name."""
    version: str
    """Changes with any file, so that the addresses of the files can be cached for ever."""


@cache
def studio() -> Studio:
    """Read the studio's files once; a name that no file has leads nowhere."""
    folder = files("entrypoints") / "studio"
    contents = {
        each.name: each.read_bytes()
        for each in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if each.is_file() and _ending(each.name) in _TYPES
    }
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    version = digest.hexdigest()[:16]
    page = _with_addresses(contents.pop(_PAGE).decode(), _needed(contents), version)
    served = {name: _file(name, content) for name, content in contents.items()}
    return Studio(page=_file(_PAGE, page.encode()), files=served, version=version)


class StudioController(Controller):
    """The page and its files, which need no caller and are not part of the API."""

    opt = {PUBLIC: True}  # noqa: RUF012 - Litestar reads it once
    include_in_schema = False

    @route("/", http_method=_READS, media_type=_TYPES["html"])
    async def page(self, request: Asked) -> Response[bytes]:
        """Return the page."""
        response = _sent(request, studio().page, CHANGES)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    @route("/studio/{version:str}/{name:str}", http_method=_READS, media_type=_TYPES["js"])
    async def file(
        self, request: Asked, version: FromPath[str], name: FromPath[str]
    ) -> Response[bytes]:
        """Return a file of this version."""
        current = studio()
        if version != current.version or name not in current.files:
            raise NotFoundException
        return _sent(request, current.files[name], STAYS)


def _sent(request: Asked, file: StudioFile, cached: str) -> Response[bytes]:
    packed = _takes_gzip(request.headers.get("accept-encoding", ""))
    content = file.compressed if packed else file.content
    response = whole(request, content, file.media_type, cached)
    response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _takes_gzip(accepted: str) -> bool:
    """Return True if the header Accept-Encoding accepts gzip (RFC 9110, section 12.5.3)."""
    codings = (each.replace(" ", "").partition(";") for each in accepted.lower().split(","))
    return any(name == "gzip" and _REFUSED.fullmatch(weight) is None for name, _, weight in codings)


def _file(name: str, content: bytes) -> StudioFile:
    if _ending(name) == "js":
        content = _COMMENT.sub(_empty_lines, content.decode()).encode()
    # Without a time of day, so that equal files have equal bytes.
    compressed = gzip.compress(content, mtime=0)
    return StudioFile(_TYPES[_ending(name)], content, compressed)


def _empty_lines(comment: re.Match[str]) -> str:
    """Return as many line breaks as a comment has, so that errors name lines of the source."""
    return "\n" * comment[0].count("\n")


def _needed(contents: dict[str, bytes]) -> list[str]:
    """Return the modules of the first screen: those that are imported at once."""
    names: list[str] = []
    waiting = [_FIRST]
    while waiting:
        if (name := waiting.pop()) not in names:
            names.append(name)
            waiting += _IMPORT.findall(contents[name].decode())
    return sorted(names)


def _with_addresses(page: str, modules: list[str], version: str) -> str:
    """Return the page with the version in its addresses, and with modules preloaded.

    A browser otherwise learns of a module only when it has read the one that imports it.
    """
    preloads = "\n".join(
        f'<link rel="modulepreload" href="/studio/{version}/{name}">' for name in modules
    )
    return page.replace("{version}", version).replace("{modules}", preloads)


def _ending(name: str) -> str:
    return name.rpartition(".")[2]
