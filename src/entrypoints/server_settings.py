"""The settings of the server: its address, and its callers."""

from typing import Annotated

from domain.jobs.admission import Admission
from entrypoints import setting_rules as rules
from entrypoints.job_settings import JobSettings
from entrypoints.setting_rules import Setting


class ServerSettings(JobSettings, frozen=True, kw_only=True):
    """The part of the settings that concerns who reaches the server, and as whom."""

    host: Annotated[
        str, Setting("address the server listens on; a loopback address without `BACHATA_AUTH`")
    ] = "127.0.0.1"
    port: Annotated[int, Setting("port the server listens on", rules.between(1, 65535))] = 8000
    allowed_hosts: Annotated[
        str,
        Setting(
            "hosts, besides loopback names, that requests and pages may use: `host` or "
            "`host:port`, separated by commas",
            rules.HOSTS,
        ),
    ] = ""
    auth: Annotated[
        str,
        Setting(
            "`on`: every request of the API needs a token or an API key; "
            "`off`: every caller is the built-in local user, on a loopback address only",
            rules.one_of("off", "on"),
        ),
    ] = "off"
    registration: Annotated[
        str,
        Setting(
            "`first`: the first user registers, and becomes administrator; "
            "`open`: everybody may register; `closed`: nobody",
            rules.one_of("first", "open", "closed"),
        ),
    ] = "first"
    token_secrets: Annotated[
        str,
        Setting(
            "secrets that sign tokens, separated by commas: the first signs, all are accepted; "
            "empty: the service makes one and keeps it in the database",
            rules.SECRETS,
            secret=True,
        ),
    ] = ""

    mcp: Annotated[
        str,
        Setting(
            "`on`: agents find the routes that make, plan, explain and list as tools of the Model "
            "Context Protocol at `/mcp`; needs the extra `mcp`; or `off`",
            rules.one_of("off", "on"),
        ),
    ] = "off"

    @property
    def lets_agents_in(self) -> bool:
        """True if the server is one of the Model Context Protocol, too."""
        return self.mcp == "on"

    @property
    def hosts(self) -> frozenset[str]:
        """The allowed hosts of requests besides loopback names."""
        return rules.hosts_in(self.allowed_hosts)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that sign tokens, the newest first."""
        return rules.secrets_in(self.token_secrets)

    def admission_on(self, cores: int) -> Admission:
        """Return the limits of unfinished jobs for a process with so many cores.

        Without accounts all requests have the same caller, who has no limit of his own.
        """
        of_one = self.max_per_caller if self.auth == "on" else None
        if self.has_workers:
            # At least one job must be able to wait until a worker takes it.
            most = max(1, self.max_waiting)
            return Admission(most=most, most_of_one=of_one, counts_running=False)
        return Admission(most=self.running_on(cores) + self.max_waiting, most_of_one=of_one)
