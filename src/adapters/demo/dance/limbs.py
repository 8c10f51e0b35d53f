"""Two-bone inverse kinematics: compute the elbow or knee from both ends of a limb."""

import numpy as np

from adapters.demo.dance.curves import Floats, unit

STRAIGHTEST = 0.996


def bend(
    root: Floats, goal: Floats, upper: float, lower: float, towards: Floats
) -> tuple[Floats, Floats]:
    """Return the middle joint and the end (T, 3) of a limb from `root` to `goal`, bent `towards`.

    If the goal is out of reach, the limb ends as near as possible; both bones always keep their
    lengths. The angle at the root follows from the law of cosines.
    """
    way = goal - root
    far = np.linalg.norm(way, axis=1, keepdims=True)
    along = way / np.maximum(far, 1e-9)
    reach = np.clip(far, abs(upper - lower) + 0.02, STRAIGHTEST * (upper + lower))
    cosine = (upper**2 + reach**2 - lower**2) / (2 * upper * reach)
    sine = np.sqrt(np.maximum(0.0, 1.0 - cosine**2))
    aside = unit(towards - along * np.sum(towards * along, axis=1, keepdims=True))
    return root + upper * (cosine * along + sine * aside), root + reach * along
