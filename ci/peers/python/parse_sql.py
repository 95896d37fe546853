"""Parses statements by sqlglot: parse_sql.py JOB.json, a list of `{dialect, sql}`.

Prints what each is: the class of its expression, with the tables that it names and the columns that it makes, or the error. `Command` is what sqlglot takes
as it stands, without a look inside.
"""

import json
import logging
import sys
from pathlib import Path

import sqlglot
from sqlglot import exp

logging.disable(logging.CRITICAL)
found = []
for statement in json.loads(Path(sys.argv[1]).read_text()):
    dialect, sql = statement["dialect"], statement["sql"]
    try:
        (parsed,) = sqlglot.parse(sql, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        tables = sorted({table.name for table in parsed.find_all(exp.Table)})
        made = parsed.find_all(exp.ColumnDef) if isinstance(parsed, exp.Create) else []
        columns = {column.name: column.kind.sql(dialect=dialect) for column in made}
        found.append({"kind": type(parsed).__name__, "tables": tables, "columns": columns})
    except sqlglot.errors.SqlglotError as error:
        found.append({"kind": "error", "text": str(error)[:300]})
print("PARSED " + json.dumps(found))
