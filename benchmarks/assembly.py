"""Compare the cost of making a film with other ways and with copying it.

    python -m benchmarks.assembly [--film 180] [--moves 45] [--rounds 5] [--only copy,joiner]
    python -m benchmarks.assembly --matrix
    python -m benchmarks.assembly --soak 200
    python -m benchmarks.assembly --library 20,2000

Each way has a process of its own. A round runs every way once, one after another; the ways that
take minutes are run in the first round only. `docs/PERFORMANCE.md` says what each way does.
"""

import sys

if __name__ == "__main__":
    # Every worker imports this module first, and has in memory what its own way needs and no more.
    from benchmarks.bench import main

    sys.exit(main())
