"""Reads a source into PyAirbyte's DuckDB cache: pyairbyte-load.py SOURCE_COMMAND DATABASE; prints what it took as JSON."""

import json
import resource
import sys
import time

started = time.monotonic()
import airbyte  # noqa: E402
from airbyte.caches import DuckDBCache  # noqa: E402

source = airbyte.get_source("source-faker", local_executable=sys.argv[1], config={}, streams="*")
source.read(cache=DuckDBCache(db_path=sys.argv[2]), skip_validation=True)
usage = resource.getrusage(resource.RUSAGE_SELF)
print()
print(
    json.dumps(
        {
            "wallSeconds": time.monotonic() - started,
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
            "peakMiB": usage.ru_maxrss / 1024,
        }
    )
)
