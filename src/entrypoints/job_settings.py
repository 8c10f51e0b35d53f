"""The settings of jobs: how many may be unfinished, how many run, and how many clients watch."""

from typing import Annotated

from domain.jobs.job import Lane
from entrypoints import setting_rules as rules
from entrypoints.script_settings import ScriptSettings
from entrypoints.setting_rules import Setting


class JobSettings(ScriptSettings, frozen=True, kw_only=True):
    """The part of the settings that concerns jobs."""

    jobs: Annotated[
        str,
        Setting(
            "`inprocess`: the server makes films itself; "
            "`pgqueuer`: `bachata-buddy worker` does, on any machine; needs Postgres",
            rules.one_of("inprocess", "pgqueuer"),
        ),
    ] = "inprocess"
    max_running: Annotated[
        int,
        Setting(
            "films that a process makes at once; the others wait; 0: one for every core",
            rules.at_least(0),
        ),
    ] = 0
    max_scripts: Annotated[
        int,
        Setting(
            "narrated videos that a process makes at once, besides films; "
            "0: one for every two cores",
            rules.at_least(0),
        ),
    ] = 0
    max_library: Annotated[
        int,
        Setting(
            "songs and clips that a process prepares at once, besides films and with the lowest "
            "priority; 0: one for every two cores",
            rules.at_least(0),
        ),
    ] = 0
    max_waiting: Annotated[
        int,
        Setting(
            "films that may wait, besides those that are being made; the service refuses more",
            rules.at_least(0),
        ),
    ] = 32
    max_per_caller: Annotated[
        int,
        Setting(
            "unfinished films of one caller; not applied without `BACHATA_AUTH`",
            rules.at_least(1),
        ),
    ] = 4
    max_streams: Annotated[
        int,
        Setting("most streams of events and WebSockets that are open at once", rules.at_least(1)),
    ] = 500
    max_streams_of_caller: Annotated[
        int, Setting("most of them that one caller may open", rules.at_least(1))
    ] = 50
    webhooks_to_loopback: Annotated[
        str,
        Setting(
            "`on`: webhooks may go to programs on this machine, over `http` too, to try them out; "
            "`off`: only to public addresses, over `https`",
            rules.one_of("off", "on"),
        ),
    ] = "off"

    @property
    def sends_to_loopback(self) -> bool:
        """True if webhooks may go to programs on this machine."""
        return self.webhooks_to_loopback == "on"

    @property
    def has_workers(self) -> bool:
        """True if workers make films, and the server does not."""
        return self.jobs == "pgqueuer"

    def running_on(self, cores: int) -> int:
        """Return the number of films that a process with so many cores makes at once."""
        return self.max_running or cores

    def lanes_on(self, cores: int) -> dict[Lane, int]:
        """Return the number of jobs of each lane that such a process runs at once."""
        half = max(1, cores // 2)
        return {
            Lane.FILMS: self.running_on(cores),
            Lane.SCRIPTS: self.max_scripts or half,
            Lane.LIBRARY: self.max_library or half,
        }
