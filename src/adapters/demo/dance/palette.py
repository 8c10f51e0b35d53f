"""The colours of the dancers' skin, hair and clothes."""

from dataclasses import dataclass

from adapters.demo.dance.sheet import Colour


@dataclass(frozen=True, slots=True)
class Cloth:
    """One material: its colour in shade, in light and in folds."""

    shade: Colour
    light: Colour
    fold: Colour


HIS_SKIN = Cloth((146, 88, 62, 255), (193, 127, 92, 255), (120, 68, 50, 255))
HER_SKIN = Cloth((187, 117, 84, 255), (231, 168, 126, 255), (158, 92, 68, 255))
SHIRT = Cloth((196, 178, 160, 255), (247, 238, 222, 255), (168, 148, 132, 255))
TROUSERS = Cloth((24, 26, 44, 255), (47, 51, 80, 255), (15, 16, 30, 255))
BELT = Cloth((52, 30, 22, 255), (96, 60, 40, 255), (40, 22, 18, 255))
HIS_SHOE = Cloth((30, 17, 15, 255), (84, 50, 36, 255), (20, 12, 10, 255))
DRESS = Cloth((140, 14, 42, 255), (214, 34, 62, 255), (100, 6, 32, 255))
HER_SHOE = Cloth((150, 108, 40, 255), (232, 190, 96, 255), (110, 76, 28, 255))
HIS_HAIR = Cloth((30, 20, 20, 255), (62, 44, 40, 255), (14, 9, 10, 255))
HER_HAIR = Cloth((58, 28, 22, 255), (104, 56, 36, 255), (32, 14, 12, 255))
EYE_WHITE: Colour = (250, 244, 236, 255)
EYE_DARK: Colour = (38, 20, 16, 255)
HIS_LIPS: Colour = (150, 76, 66, 255)
HER_LIPS: Colour = (186, 32, 52, 255)
GOLD: Colour = (244, 200, 98, 255)
BLUSH: Colour = (226, 92, 80, 70)
FLOWER: Colour = (250, 214, 120, 255)
FLOWER_HEART: Colour = (214, 110, 40, 255)
FLOOR_SHADOW: Colour = (10, 4, 8, 18)
