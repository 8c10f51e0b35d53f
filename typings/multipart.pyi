# The package `multipart` has no types, and `python-multipart` has a package of the same name.
from types import TracebackType
from typing import Self

class MultipartError(ValueError): ...

class MultipartSegment:
    name: str
    filename: str | None
    content_type: str | None

class PushMultipartParser:
    closed: bool

    def __init__(
        self,
        boundary: str | bytes,
        content_length: int = ...,
        max_header_size: int = ...,
        max_header_count: int = ...,
        max_segment_size: int = ...,
        max_segment_count: int = ...,
        header_charset: str = ...,
        strict: bool = ...,
    ) -> None: ...
    def parse(
        self, chunk: bytes | bytearray
    ) -> list[MultipartSegment | bytearray | bytes | None]: ...
    def close(self, check_complete: bool = ...) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
