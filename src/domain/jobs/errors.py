"""Errors of jobs."""

from domain.shared.errors import Broken, Busy, Conflict, NotFound, Refused


class JobNotFound(NotFound):
    """There is no job with this id."""

    code = "job-not-found"


class JobEnded(Conflict):
    """The job has ended already."""

    code = "job-ended"


class KeyInUse(Conflict):
    """A request with this Idempotency-Key is still being answered; repeat it later."""

    code = "idempotency-key-in-use"


class KeyReused(Refused):
    """This Idempotency-Key was used with another request; use a new key for a new request."""

    code = "idempotency-key-reused"


class ServiceFull(Busy):
    """The service has as many unfinished films as it admits; try again later."""

    code = "service-full"


class LeaseLost(Broken):
    """Another worker has taken over this job."""

    code = "lease-lost"


class Poisoned(Broken):
    """The job stopped its worker each time it was started, so it is not started again."""

    code = "poisoned"


class JobCancelled(Conflict):
    """The job was cancelled."""

    code = "job-cancelled"


class InternalError(Broken):
    """The service failed; its log says why."""

    code = "internal-error"


class SubscriberTooSlow(Busy):
    """The events were not read in time; subscribe again, from the last one that was read."""

    code = "subscriber-too-slow"
