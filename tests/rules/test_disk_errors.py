"""A full and a read-only disk are told from all other failures of files."""

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.media.disk_errors import disk_errors, in_output, translated
from domain.shared.errors import BachataError, DiskFull, DiskReadOnly, StorageFailed

FULL = {errno.ENOSPC, errno.EDQUOT}
NUMBERS = sorted(errno.errorcode)


def kind_of(number: int | None) -> type[BachataError] | None:
    if number in FULL:
        return DiskFull
    return DiskReadOnly if number == errno.EROFS else None


@given(st.sampled_from(NUMBERS) | st.none() | st.integers())
def test_an_error_of_the_system_is_what_its_number_says(number: int | None) -> None:
    error = OSError(number, "in words") if number is not None else OSError("in words")
    otherwise = StorageFailed("It failed.")
    failure = translated(error, otherwise)
    kind = kind_of(number)
    if kind is None:
        assert failure is otherwise
    else:
        assert type(failure) is kind
        assert failure.details == "It failed."


@given(st.sampled_from(NUMBERS))
def test_work_on_files_raises_the_product_s_error_or_the_system_s_own(number: int) -> None:
    error = OSError(number, os.strerror(number), "/a/file")
    with pytest.raises((OSError, DiskFull, DiskReadOnly)) as caught, disk_errors():
        raise error
    kind = kind_of(number)
    assert type(caught.value) is kind if kind else caught.value is error
    assert "/a/file" not in str(getattr(caught.value, "details", None))


@given(st.sampled_from(NUMBERS), st.text(max_size=40), st.text(max_size=40))
def test_a_program_s_words_are_read_as_the_number_they_stand_for(
    number: int, before: str, after: str
) -> None:
    output = f"{before}\nfilm.mp4: {os.strerror(number)}\n{after}"
    assert in_output(output) is kind_of(number)


@pytest.mark.parametrize(
    "output",
    [
        "av_interleaved_write_frame(): No space left on device",
        "[out#0/mp4 @ 0x55d0c0ffee00] Error writing trailer: No space left on device",
        "film.mp4: Disk quota exceeded",
    ],
)
def test_what_ffmpeg_says_on_a_full_disk_is_understood(output: str) -> None:
    assert in_output(output) is DiskFull
