"""A small program that confines itself and then executes another program.

The service starts every program through it. `preexec_fn` would do the same work in a copy of a
process with threads, which may deadlock.
"""

import os
import sys

from adapters.cage import confine

NOT_FOUND = 127
NOT_CAGED = 125
"""Exit status if the program does not exist, or if it cannot be confined."""


def main(arguments: list[str]) -> None:
    """Confine this process as ``arguments`` say, and execute the program after ``--``.

    The options are ``--parent PID``, ``--limit NAME NUMBER``, ``--read PATH``, ``--write PATH``,
    ``--landlock``, ``--filter``, ``--forks``, ``--nice NUMBER``.
    """
    readable: list[str] = []
    writable: list[str] = []
    flags: set[str] = set()
    words = iter(arguments)
    try:
        for argument in words:
            if argument == "--":
                break
            if argument == "--parent":
                confine.die_with(int(next(words)))
            elif argument == "--limit":
                confine.limit(next(words), int(next(words)))
            elif argument == "--nice":
                os.nice(int(next(words)))
            elif argument == "--read":
                readable.append(next(words))
            elif argument == "--write":
                writable.append(next(words))
            else:
                flags.add(argument)
        program = list(words)
        confine.give_up_privileges()
        if "--landlock" in flags:
            confine.restrict_files(readable, writable)
        if "--filter" in flags:
            confine.filter_calls(forks="--forks" in flags)
    except OSError as error:
        sys.stderr.write(f"cage: {error.strerror}\n")
        os._exit(NOT_CAGED)
    try:
        os.execve(program[0], program, dict(os.environ))  # noqa: S606 - the purpose of the launcher
    except OSError as error:
        sys.stderr.write(f"cage: {error.strerror}\n")
        os._exit(NOT_FOUND)
