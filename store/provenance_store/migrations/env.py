"""Run migrations on the connection, inside the transaction, that the store hands over."""

from alembic import context

from provenance_store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    compare_type=True,
)
context.run_migrations()
