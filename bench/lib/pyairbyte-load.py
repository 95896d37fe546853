"""Reads a source into PyAirbyte's DuckDB cache: pyairbyte-load.py SOURCE_COMMAND DATABASE.

Prints what it took as JSON, without the time of its imports.
"""

import json
import resource
import sys
import time

import airbyte
from airbyte.caches import DuckDBCache


def cpu_seconds() -> float:
    """CPU time of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


started, cpu = time.monotonic(), cpu_seconds()
source = airbyte.get_source("source-faker", local_executable=sys.argv[1], config={}, streams="*")
source.read(cache=DuckDBCache(db_path=sys.argv[2]), skip_validation=True)
took = {
    "wallSeconds": time.monotonic() - started,
    "cpuSeconds": cpu_seconds() - cpu,
    "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}
print(f"\n{json.dumps(took)}")
