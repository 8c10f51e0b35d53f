"""A create that is refused though nothing is seen to be there: what may be cleared, and when."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from botocore.exceptions import ClientError  # pyright: ignore[reportMissingTypeStubs]

from adapters.storage.s3 import S3Storage
from adapters.storage.s3_client import Answer, Call, S3Client
from domain.shared.errors import MediaTaken

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


class RefusingClient(S3Client):
    """A line to a storage that refuses creates and then tells something else, some times over."""

    def __init__(self, client: S3Client, *, times: int, looked_up: str) -> None:
        super().__init__(client.client, client.bucket, client.limits)
        self.left = times
        self.has_refused = False
        self.looked_up = looked_up
        self.removed: list[str] = []

    async def ask(
        self, call: Call, arguments: Mapping[str, object] | None = None, *, size: int = 0
    ) -> Answer:
        if call == "put_object" and self.left:
            self.left -= 1
            self.has_refused = True
            raise refused("PreconditionFailed", call)
        if call == "head_object" and self.looked_up and self.has_refused:
            raise refused(self.looked_up, call)
        if call == "delete_object":
            self.removed.append(str((arguments or {})["Key"]))
        return await super().ask(call, arguments, size=size)


def refused(code: str, call: Call) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, call)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    file = tmp_path / "film"
    file.write_bytes(b"a film")
    return file


async def test_an_empty_folder_in_the_way_is_cleared_and_the_file_created(
    empty_client: S3Client, film: Path
) -> None:
    client = RefusingClient(empty_client, times=1, looked_up="NoSuchKey")
    await S3Storage(client).put(film, "films/new")
    assert client.removed == [client.keys.below("films/new")]
    client.looked_up = ""
    assert (await S3Storage(client).describe("films/new")).size == len(b"a film")


@pytest.mark.parametrize("looked_up", ["ServiceUnavailable", "AccessDenied"])
async def test_where_nobody_can_tell_what_is_there_nothing_is_cleared(
    empty_client: S3Client, film: Path, looked_up: str
) -> None:
    client = RefusingClient(empty_client, times=100, looked_up=looked_up)
    with pytest.raises(MediaTaken):
        await S3Storage(client).put(film, "films/new")
    assert client.removed == []
