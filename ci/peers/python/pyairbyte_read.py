"""Reads a source of ours into PyAirbyte's DuckDB cache: pyairbyte_read.py JOB.json.

The job has `name`, `command`, `config`, `streams`, `database` and the name of a file in `gates` for each read but the
first: the read waits until it is there. Prints a line of JSON behind each read.
"""

import json
import sys
import time
from pathlib import Path

import airbyte
from airbyte.caches import DuckDBCache

job = json.loads(Path(sys.argv[1]).read_text())
source = airbyte.get_source(
    job["name"], local_executable=job["command"], config=job["config"], streams=job["streams"]
)
source.check()
cache = DuckDBCache(db_path=job["database"])
for gate in [None, *job["gates"]]:
    while gate is not None and not Path(gate).exists():
        time.sleep(0.05)
    result = source.read(cache=cache)
    counts = {name: len(list(result[name])) for name in result}
    print("\nREAD " + json.dumps({"processed": result.processed_records, "rows": counts}), flush=True)
    # Only the process that has a DuckDB file open may read it.
    cache.get_sql_engine().dispose()
