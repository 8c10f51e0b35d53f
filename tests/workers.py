"""Pytest processes side by side: one a core, and none where one test is looked at."""

from collections.abc import Sequence

import pytest

from application.concurrency.cores import usable_cores

MOST = 8
"""Each worker that needs them starts a database server and an S3 server of its own."""


def number(arguments: Sequence[str], cores: int, debugging: bool) -> int:
    """Return the number of workers for the tests of ``arguments``; 0: this process runs them.

    A file is run by one worker, so a single one needs none.
    """
    files = {argument.partition("::")[0] for argument in arguments}
    one_file = len(files) == 1 and next(iter(files)).endswith(".py")
    return 0 if debugging or one_file or cores < 2 else min(cores, MOST)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Choose the number of workers where ``-n`` does not say it; runs before xdist reads it."""
    option = config.option
    is_worker = hasattr(config, "workerinput")
    if is_worker or getattr(option, "numprocesses", 0) is not None or option.tx:
        return
    debugging = option.usepdb or option.trace
    option.numprocesses = number(config.args, usable_cores(), debugging)
