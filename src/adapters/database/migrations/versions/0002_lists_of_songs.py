"""Index songs by genre, tempo and duration in the order of their ids."""

from alembic.operations import Operations

revision = "0002"
down_revision = "0001"


def upgrade(op: Operations) -> None:
    """Upgrade to this revision."""
    op.create_index("ix_song_genre_id", "song", ["genre", "id"])
    op.create_index("ix_song_id_tempo_duration", "song", ["id", "tempo", "duration"])
    op.drop_index("ix_song_genre", "song")


def downgrade(op: Operations) -> None:
    """Downgrade to the previous revision."""
    op.create_index("ix_song_genre", "song", ["genre"])
    op.drop_index("ix_song_id_tempo_duration", "song")
    op.drop_index("ix_song_genre_id", "song")
