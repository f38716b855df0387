"""The tamper-evident record of every model call and decision."""
