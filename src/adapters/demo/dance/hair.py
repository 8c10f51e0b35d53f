"""Long hair that follows the head with a delay."""

import numpy as np

from adapters.demo.dance.camera import project
from adapters.demo.dance.curves import Floats, unit
from adapters.demo.dance.head import Seen
from adapters.demo.dance.outline import rounded
from adapters.demo.dance.palette import HER_HAIR
from adapters.demo.dance.sheet import Sheet
from adapters.demo.dance.trunk import UP, Trunk

WIDTHS = (0.088, 0.100, 0.088, 0.066, 0.022)
LENGTH = 0.088


def strand(trunk: Trunk, echoes: tuple[Trunk, ...]) -> list[Floats]:
    """Return points (T, 3) down the hair, each link hanging from an earlier
    position of the head.
    """
    root = trunk.head.at(trunk.joints["head"], 0.0, 0.035, -0.035)
    points = [root]
    for link, echo in enumerate((trunk, *echoes)):
        drift = echo.joints["head"] - trunk.joints["head"]
        whirl = unit(echo.head.ahead - trunk.head.ahead + 1e-9) * np.minimum(
            0.5, np.linalg.norm(echo.head.ahead - trunk.head.ahead, axis=1, keepdims=True)
        )
        back = -trunk.head.ahead * (0.55 - 0.12 * link)
        way = unit(back - UP - whirl * 1.1 + drift * 2.2)
        points.append(points[-1] + LENGTH * way)
    return points


def sides(points: list[Floats], zoom: Floats, share: float, shift: float) -> Floats:
    """The outline (T, M, 2) around the points of the hair."""
    spots = [project(point) for point in points]
    ends: list[Floats] = []
    others: list[Floats] = []
    for k, spot in enumerate(spots):
        way = spots[min(k + 1, len(spots) - 1)] - spots[max(k - 1, 0)]
        aside = np.stack([-way[:, 1], way[:, 0]], axis=1)
        aside = aside / np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1.0)
        reach = (WIDTHS[k] * zoom)[:, None] * aside
        ends.append(spot + reach * (share + shift))
        others.append(spot - reach * (share - shift))
    return rounded(np.stack([*ends, *reversed(others)], axis=1))


def draw_locks(sheet: Sheet, view: Seen, echoes: tuple[Trunk, ...]) -> None:
    """Add the hair behind the head: before the back when she is seen from behind."""
    points = strand(view.trunk, echoes)
    middle = np.mean([point[:, 2] for point in points[1:]], axis=0)
    behind = view.trunk.joints["neck"][:, 2]
    near = behind + np.clip(middle - behind, -0.1, 0.1)
    sheet.add(sides(points, view.zoom, 1.0, 0.0), HER_HAIR.shade, near)
    sheet.add(sides(points, view.zoom, 0.30, 0.35), HER_HAIR.light, near)
