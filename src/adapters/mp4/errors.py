"""Errors of films or sounds that are joined by copying.

Broken
├── UnreadableTrack
├── MismatchedTrack
├── MismatchedPieces
└── ImpossiblePiece
"""

from domain.shared.errors import Broken


class UnreadableTrack(Broken):
    """The file is not an MP4 that this service made."""

    code = "unreadable-track"


class MismatchedTrack(Broken):
    """The file is not the one that was made."""

    code = "mismatched-track"


class MismatchedPieces(Broken):
    """The pieces are encoded differently, so they cannot be joined."""

    code = "mismatched-pieces"

    def __init__(self, piece: int, what: str, *, details: str | None = None) -> None:
        """Name the piece, counted from 0, and what of it is not as in the first."""
        super().__init__(
            f"Piece {piece + 1} cannot be joined to the first: its {what} differs.",
            details=details,
        )
        self.piece = piece
        self.what = what


class ImpossiblePiece(Broken):
    """A piece is not one that its track has."""

    code = "impossible-piece"
