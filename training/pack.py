"""Join networks into one file of weights, whose answers are averaged.

python -m training.pack RESULT WEIGHTS...
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from adapters.listening.network import Weights, load


def joined(several: list[Weights]) -> Weights:
    """All networks of some weights of one shape, in this order."""
    arrays = [np.concatenate(each) for each in list(zip(*several, strict=True))[1:]]
    return Weights(several[0].dilations, *arrays)


def kept(weights: Weights, file: Path) -> None:
    """Write weights, in half precision, to a file with just this name."""
    stored = {name: values.astype(np.float16) for name, values in weights._asdict().items()}
    stored["dilations"] = weights.dilations
    with file.open("wb") as opened:
        np.savez_compressed(opened, **stored)


def main() -> None:
    """Join the files that are named."""
    parser = argparse.ArgumentParser(prog="training.pack")
    parser.add_argument("result", type=Path)
    parser.add_argument("weights", type=Path, nargs="+")
    options = parser.parse_args()
    kept(joined([load(file) for file in options.weights]), options.result)


if __name__ == "__main__":
    sys.exit(main())
