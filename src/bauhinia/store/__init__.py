"""The database (embedded or external), its migrations, and blobs."""

from .blobs import Blobs
from .database import Database
from .folder import hold_data_folder, only_process, open_lock
from .holding import before_deleting
from .migrate import bring_up_to_date
from .pool import Connection
from .postgres import EmbeddedPostgres
from .remembered import Remembered
from .walls import LOCAL, Walls, within

__all__ = [
    "LOCAL",
    "Blobs",
    "Connection",
    "Database",
    "EmbeddedPostgres",
    "Remembered",
    "Walls",
    "before_deleting",
    "bring_up_to_date",
    "hold_data_folder",
    "only_process",
    "open_lock",
    "within",
]
