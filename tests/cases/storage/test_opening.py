"""A bucket chosen by settings alone."""

from pathlib import Path

import msgspec
import pytest

from adapters.storage.bucket import Bucket
from adapters.storage.local import LocalStorage
from adapters.storage.s3 import S3Storage
from domain.shared.bucket_uris import Home
from domain.shared.errors import InvalidRequest, StorageFailed
from entrypoints.bootstrap import open_ports
from entrypoints.environment import from_environment
from entrypoints.settings import Settings

pytestmark = pytest.mark.anyio

S3 = {"STORAGE_BACKEND": "s3", "BACHATA_S3_BUCKET": "media"}


def settings_of(bucket: Bucket, folder: Path, **other: str) -> Settings:
    return from_environment(
        {
            "BACHATA_DATA_DIR": str(folder),
            "STORAGE_BACKEND": "s3",
            "BACHATA_S3_BUCKET": bucket.name,
            "BACHATA_S3_ENDPOINT_URL": bucket.endpoint,
            "BACHATA_S3_PREFIX": "/some/folder/",
            "BACHATA_S3_ACCESS_KEY": bucket.access_key,
            "BACHATA_S3_SECRET_KEY": bucket.secret_key,
            "BACHATA_S3_LINK_SECONDS": "600",
            **other,
        }
    )


async def test_media_lies_where_the_settings_say(s3_bucket: Bucket, tmp_path: Path) -> None:
    source = tmp_path / "given"
    source.write_bytes(b"x")
    settings = settings_of(s3_bucket, tmp_path / "var")
    assert settings.home == Home(bucket=s3_bucket.name, folder="some/folder")
    async with open_ports(settings) as ports:
        assert isinstance(ports.storage, S3Storage)
        await ports.storage.put(source, "clips/a.mp4")
        link = await ports.storage.link("clips/a.mp4", "a.mp4", settings.s3_link_seconds)
        assert link is not None
        assert f"/{s3_bucket.name}/some/folder/clips/a.mp4?" in link
        assert "X-Amz-Expires=600&" in link
        await ports.storage.delete("clips/a.mp4")
    async with open_ports(msgspec.structs.replace(settings, storage_backend="local")) as ports:
        assert isinstance(ports.storage, LocalStorage)


async def test_nothing_starts_with_a_bucket_that_cannot_be_used(
    s3_bucket: Bucket, tmp_path: Path
) -> None:
    wrong = [{"BACHATA_S3_BUCKET": "nobodys"}, {"BACHATA_S3_SECRET_KEY": "wrong"}]
    for each in wrong:
        with pytest.raises(StorageFailed):
            async with open_ports(settings_of(s3_bucket, tmp_path, **each)):
                pass


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"STORAGE_BACKEND": "ftp"}, "STORAGE_BACKEND"),
        ({"STORAGE_BACKEND": "s3"}, "BACHATA_S3_BUCKET"),
        ({**S3, "BACHATA_S3_PROFILE": "azure"}, "BACHATA_S3_PROFILE"),
        ({**S3, "BACHATA_S3_ENDPOINT_URL": "localhost:8333"}, "BACHATA_S3_ENDPOINT_URL"),
        ({**S3, "BACHATA_S3_ENDPOINT_URL": "http://"}, "BACHATA_S3_ENDPOINT_URL"),
        ({**S3, "BACHATA_S3_PREFIX": "a/../b"}, "BACHATA_S3_PREFIX"),
        ({**S3, "BACHATA_S3_PREFIX": "a" * 201}, "BACHATA_S3_PREFIX"),
        ({**S3, "BACHATA_S3_ACCESS_KEY": "key"}, "BACHATA_S3_SECRET_KEY"),
        ({**S3, "BACHATA_S3_SECRET_KEY": "secret"}, "BACHATA_S3_SECRET_KEY"),
        ({**S3, "BACHATA_S3_LINK_SECONDS": "-1"}, "BACHATA_S3_LINK_SECONDS"),
        ({**S3, "BACHATA_S3_LINK_SECONDS": "604801"}, "BACHATA_S3_LINK_SECONDS"),
        ({**S3, "BACHATA_S3_LINK_SECONDS": "soon"}, "BACHATA_S3_LINK_SECONDS"),
    ],
)
def test_a_setting_that_is_wrong_is_named(wrong: dict[str, str], path: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        from_environment(wrong)
    assert [each.path for each in refused.value.violations] == [path]
    assert "secret" not in str([each.message for each in refused.value.violations])


def test_without_a_bucket_there_is_no_home() -> None:
    assert from_environment({}).home is None
    assert from_environment(S3).home == Home(bucket="media")
