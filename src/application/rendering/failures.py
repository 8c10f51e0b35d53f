"""The recorded form of a failure of an assembly."""

from domain.rendering.assembly import Assembly, Failure
from domain.shared.errors import BachataError, InvalidRequest


def failure_of(error: BaseException, assembly: Assembly) -> Failure:
    """Return the recorded form of an error."""
    if not isinstance(error, BachataError):
        return Failure(
            code="internal-error",
            message="The service failed; see its log.",
            stage=assembly.state,
            details=type(error).__name__,
        )
    details = error.details
    if isinstance(error, InvalidRequest):
        details = "; ".join(f"{each.path}: {each.message}" for each in error.violations)
    return Failure(code=error.code, message=str(error), stage=assembly.state, details=details)
