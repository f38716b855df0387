"""What a row goes through, each step a datatrove block that gives its reason for what it turns away."""

from loguru import logger

# Its steps tell of themselves on the standard error, in every process; ours report through `Report`.
logger.disable("datatrove")
