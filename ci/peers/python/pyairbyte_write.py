"""Writes into a destination of ours by PyAirbyte: pyairbyte_write.py JOB.json.

The job has `name`, `command`, `config` of the destination, and `steps`: each with the `command` of a source and a write
`strategy`. Prints the outcome of all steps as the last line.
"""

import json
import sys
from pathlib import Path

import airbyte
from airbyte.strategies import WriteStrategy

job = json.loads(Path(sys.argv[1]).read_text())
destination = airbyte.get_destination(job["name"], local_executable=job["command"], config=job["config"])
destination.check()
outcomes = []
for step in job["steps"]:
    source = airbyte.get_source("source-replay", local_executable=step["command"], config={}, streams="*")
    try:
        destination.write(
            source,
            cache=False,
            state_cache=False,
            write_strategy=WriteStrategy(step["strategy"]),
        )
        outcomes.append("done")
    except Exception as error:  # noqa: BLE001
        outcomes.append(type(error).__name__)
print("\nSTEPS " + json.dumps(outcomes))
