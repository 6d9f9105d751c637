"""The first layout: the log, its disclosures, tiles, checkpoints, and three views."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _log()
    _views()
    op.bulk_insert(
        sa.table("head", sa.column("id", sa.Integer), sa.column("size", sa.BigInteger)),
        [{"id": 1, "size": 0}],
    )


def _log() -> None:
    op.create_table(
        "entry",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_entry"),
        sa.UniqueConstraint("item", "n", name="uq_entry_item_n"),
    )
    op.create_index("ix_entry_type", "entry", ["type"])
    op.create_table(
        "disclosure",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", "digest", name="pk_disclosure"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tile",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx", name="pk_tile"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
    )
    op.create_table(
        "item_head",
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("item", name="pk_item_head"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", NUMBER, autoincrement=False, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("tsr", sa.LargeBinary(), nullable=True),
        sa.Column("cosigned", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint"),
    )


def _views() -> None:
    op.create_table(
        "item_view",
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("item", name="pk_item_view"),
        sa.UniqueConstraint("year", "number", name="uq_item_view_year_number"),
        sa.UniqueConstraint("first_seq", name="uq_item_view_first_seq"),
    )
    op.create_table(
        "exemplar_view",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("pos", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "item", name="pk_exemplar_view"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_exemplar_view_item", "exemplar_view", ["item"])
    op.create_table(
        "occurrence_view",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("pos", sa.Integer(), nullable=False),
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq", "pos", name="pk_occurrence_view"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_occurrence_view_item", "occurrence_view", ["item"])
    op.create_index("ix_occurrence_view_mark", "occurrence_view", ["mark"])


def downgrade() -> None:
    raise NotImplementedError("a desk is never taken back to an older layout: restore a backup")
