"""Runs statements for Snowflake on fakesnow: run_fakesnow.py JOB.json, with `statements` and `tables` to read at the end.

Prints the outcome of each statement and the rows of each table as texts.
"""

import json
import sys
from pathlib import Path

import fakesnow
import snowflake.connector

job = json.loads(Path(sys.argv[1]).read_text())
outcomes = []
tables = {}
with fakesnow.patch():
    connection = snowflake.connector.connect(database="D", schema="RAW")
    cursor = connection.cursor()
    for sql in job["statements"]:
        try:
            cursor.execute(sql)
            outcomes.append("done")
        except Exception as error:  # noqa: BLE001
            outcomes.append(f"{type(error).__name__}: {error}"[:400])
    for name, columns in job["tables"].items():
        rows = cursor.execute(f"select {', '.join(columns)} from {name} order by 1").fetchall()
        tables[name] = [[None if cell is None else str(cell) for cell in row] for row in rows]
print("RAN " + json.dumps({"outcomes": outcomes, "tables": tables}))
