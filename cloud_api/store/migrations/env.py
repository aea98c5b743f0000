"""What Alembic runs: each step in a transaction, on the connection that it is handed."""

from alembic import context

from cloud_api.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
    render_as_batch=True,
)
context.run_migrations()
