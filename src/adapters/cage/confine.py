"""Confine the current process: limits, Landlock for files and TCP, a filter of system calls.

This uses only a few modules of the standard library, because the launcher imports it before every
program: with `platform`, `signal` and `typing` that would take twice as long.
"""

import ctypes
import os
import resource
import stat
import struct
import sys

from adapters.cage import system_calls

_SIGKILL = 9
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_SECCOMP = 21
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""Landlock's system calls; their numbers are the same on every architecture."""
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_MAKE = _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
_WRITE = _READ_FILE | _READ_DIR | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE
_FILES_OF_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILES_SINCE_5 = (1 << 16) - 1
_TCP = 3
"""Rights to bind and to connect."""
_SCOPES = 3
"""Abstract Unix sockets, and signals to processes outside."""

_LOAD_WORD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050001
"""Fail with EPERM."""
_UNKNOWN = 0x00050026
"""Fail with ENOSYS: the C library then uses `clone`, whose arguments a filter can check."""
_NUMBER_AT, _MACHINE_AT, _ARGUMENT_AT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000


def landlock_version() -> int:
    """Return the version of Landlock in this kernel; 0 if it has none."""
    if sys.platform != "linux":
        return 0
    version = _libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    return max(0, int(version))


def has_filters() -> bool:
    """Return True if this kernel can filter system calls and their numbers here are known."""
    if sys.platform != "linux" or os.uname().machine not in system_calls.MACHINES:
        return False
    return int(_libc().prctl(_PR_GET_SECCOMP, 0, 0, 0, 0)) >= 0


def die_with(parent: int) -> None:
    """Kill this process when the thread that started it ends; at once if it has ended."""
    if sys.platform != "linux":
        return
    _libc().prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), _SIGKILL)


def limit(name: str, most: int) -> None:
    """Lower a limit such as ``RLIMIT_CPU`` permanently; an already lower limit stays."""
    which: int = getattr(resource, name)
    _, hard = resource.getrlimit(which)
    ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(which, (ceiling, ceiling))
    except (OSError, ValueError):
        # macOS refuses memory limits; it has no cage either, and `Cage.strength` says so.
        if sys.platform == "linux":
            raise


def give_up_privileges() -> None:
    """Prevent this process and its children from gaining privileges; raises OSError."""
    if sys.platform == "linux" and _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise _error("privileges cannot be given up")


def restrict_files(readable: list[str], writable: list[str]) -> None:
    """Allow only files at or below these paths from now on, and no TCP connections.

    Paths that do not exist are skipped. Raises OSError.
    """
    version = landlock_version()
    files = _FILES_OF_VERSION.get(version, _FILES_SINCE_5)
    attributes = struct.pack("=Q", files)
    if version >= 4:
        attributes += struct.pack("=Q", _TCP)
    if version >= 6:
        attributes += struct.pack("=Q", _SCOPES)
    rules = _libc().syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        raise _error("no Landlock ruleset can be made")
    try:
        for path in readable:
            _allow(rules, path, _READ & files)
        for path in writable:
            _allow(rules, path, _WRITE & files)
        if _libc().syscall(_RESTRICT_SELF, rules, 0):
            raise _error("Landlock does not restrict this process")
    finally:
        os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        # O_PATH opens the place itself (file, folder or device) and reads nothing.
        place = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_A_FILE
        rule = struct.pack("=Qi", rights, place)
        if _libc().syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0):
            raise _error(f"Landlock takes no rule for {path}")
    finally:
        os.close(place)


def filter_calls(*, forks: bool) -> None:
    """Forbid sockets, tracing, signals to others, and changes to rights or times of files, from now
    on.

    Without ``forks`` new processes are forbidden too; threads are not. Raises OSError.
    """
    machine = system_calls.MACHINES[os.uname().machine]
    refused = list(system_calls.REFUSED[machine])
    if not forks:
        refused += [*system_calls.FORKS[machine], *system_calls.SIGNALS[machine]]
    steps = [
        (_LOAD_WORD, 0, 0, _MACHINE_AT),
        (_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD_WORD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE),
    ]
    for number in refused:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    if not forks:
        steps += [(_EQUAL, 0, 1, system_calls.CLONE3), (_RETURN, 0, 0, _UNKNOWN)]
        steps += [
            (_EQUAL, 0, 3, system_calls.CLONE[machine]),
            (_LOAD_WORD, 0, 0, _ARGUMENT_AT),
            (_ANY_BIT, 1, 0, _CLONE_THREAD),
            (_RETURN, 0, 0, _REFUSE),
        ]
    steps.append((_RETURN, 0, 0, _ALLOW))
    program = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program, len(program))
    pointer = struct.pack("@HP", len(steps), ctypes.addressof(buffer))
    if _libc().prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, pointer, 0, 0):
        raise _error("system calls cannot be filtered")


def _error(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
