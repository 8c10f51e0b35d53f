"""The entry point of the program."""

import gc
import signal
import sys


def start() -> None:
    """Run a command, and end the process even if a thread hangs.

    Until a command handles signals, Ctrl-C ends the process at once, because no work has begun.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Importing the commands takes a second, and a tenth more if what is imported, all of which
    # stays, is searched for garbage meanwhile.
    gc.disable()
    from entrypoints.cli.main import main
    from entrypoints.exit_deadline import exit_after_threads

    gc.freeze()
    gc.enable()
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
