"""The database (embedded or external), its migrations, and blobs."""

from .blobs import Blobs
from .database import Database
from .folder import hold_data_folder
from .migrate import bring_up_to_date
from .pool import Connection
from .postgres import EmbeddedPostgres

__all__ = ["Blobs", "Connection", "Database", "EmbeddedPostgres", "bring_up_to_date", "hold_data_folder"]
