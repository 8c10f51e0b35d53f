"""The one camera: metres on the stage to pixels in the frame."""

import numpy as np

from adapters.demo.dance.curves import Floats

WIDTH, HEIGHT = 1280, 720
DISTANCE = 7.0
EYE = 1.15
FOCAL = 2317.0
HORIZON = 294.0


def scale(point: Floats) -> Floats:
    """Pixels for a metre (...,) at points (..., 3)."""
    return FOCAL / (DISTANCE - point[..., 2])


def project(point: Floats) -> Floats:
    """Pixels x, y (..., 2) of points (..., 3) in metres; x right, y up, z to the viewer."""
    zoom = scale(point)
    return np.stack(
        [WIDTH / 2 + point[..., 0] * zoom, HORIZON - (point[..., 1] - EYE) * zoom], axis=-1
    )
