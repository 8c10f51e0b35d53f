"""Collect the warnings of one video."""

from domain.shared.result_warnings import ResultWarning, WarningCode


class Notes:
    """Warnings in the order in which they come up, each once."""

    def __init__(self) -> None:
        """Start empty."""
        self.warnings: tuple[ResultWarning, ...] = ()

    def add(self, code: WarningCode, message: str) -> None:
        """Note how the video differs from the script."""
        warning = ResultWarning(code, message)
        if warning not in self.warnings:
            self.warnings = (*self.warnings, warning)
