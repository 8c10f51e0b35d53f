"""Where the program starts."""

import signal
import sys


def start() -> None:
    """Run a command, and end the process though a thread of it should hang.

    Until a command handles signals, Ctrl-C ends the process at once: nothing has been begun.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The commands take a second to be loaded.
    from entrypoints.cli.main import main
    from entrypoints.exit_deadline import exit_after_threads

    status = 1
    try:
        main()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        raise
    finally:
        exit_after_threads(status)


if __name__ == "__main__":
    sys.exit(start())
