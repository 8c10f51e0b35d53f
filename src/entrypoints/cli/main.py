"""The commands of `bachata-buddy`."""

import logging
import signal
import sys

import click
from rich_click import RichGroup

from application.media.disk_errors import disk_errors
from domain.shared.errors import BachataError, Broken
from entrypoints import logs
from entrypoints.cli.assemble import assemble
from entrypoints.cli.console import show_error, write_any_text
from entrypoints.cli.db import db
from entrypoints.cli.demo import demo
from entrypoints.cli.doctor import doctor
from entrypoints.cli.exit_codes import BUG, FAILED, SIGNAL, status_of
from entrypoints.cli.explain import explain
from entrypoints.cli.generate import generate
from entrypoints.cli.jobs import jobs
from entrypoints.cli.keys import keys
from entrypoints.cli.library import library
from entrypoints.cli.migrate import migrate_seed
from entrypoints.cli.plan import plan
from entrypoints.cli.prewarm import prewarm
from entrypoints.cli.recover import recover
from entrypoints.cli.script import script
from entrypoints.cli.serve import serve
from entrypoints.cli.song import song
from entrypoints.cli.storage import storage
from entrypoints.cli.users import users
from entrypoints.cli.videos import videos
from entrypoints.cli.worker import worker


@click.group(cls=RichGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bachata-buddy")
def cli() -> None:
    """Choreography videos: a song and filmed dance moves in, a film cut on the count out."""


cli.add_command(demo)
cli.add_command(generate)
cli.add_command(plan)
cli.add_command(explain)
cli.add_command(song)
cli.add_command(script)
cli.add_command(videos)
cli.add_command(jobs)
cli.add_command(assemble)
cli.add_command(serve)
cli.add_command(worker)
cli.add_command(library)
cli.add_command(prewarm)
cli.add_command(db)
cli.add_command(doctor)
cli.add_command(recover)
cli.add_command(storage)
cli.add_command(users)
cli.add_command(keys)
cli.add_command(migrate_seed)


def main() -> None:
    """Run a command; an error becomes a sentence and a status of `exit_codes`,
    without a traceback.
    """
    write_any_text()
    try:
        with disk_errors():
            cli(standalone_mode=True)
    except BachataError as error:
        show_error(error)
        sys.exit(status_of(error))
    except OSError as error:
        prefix = f"{error.filename}: " if error.filename else ""
        show_error(Broken(f"The system failed: {prefix}{error.strerror or error}."))
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(SIGNAL + signal.SIGINT)
    except Exception as error:
        logs.configure("error", quiet=True)
        logging.getLogger("bachata.cli").exception("unhandled")
        kind = type(error).__name__
        show_error(Broken(f"The program has a fault ({kind}); report it with the line above."))
        sys.exit(BUG)
