"""Drives an Airbyte server by the published SDK: drive_airbyte.py JOB.json, with `url`, `client_id` and `client_secret`.

Reads requests from stdin, a line of JSON each with `call` (such as `sources.create_source`) and `request`, and answers each
with a line behind the word ANSWER: the status, the body as the server sent it, and the name of the SDK's error, also for an
answer that it does not understand. A map with `$model` or `$api` is that class of the SDK, built without its checks.
"""

import json
import sys
import warnings
from pathlib import Path

from airbyte_api import AirbyteAPI, api, models


def build(value):
    """The value with its maps turned into the classes that they name."""
    if isinstance(value, list):
        return [build(part) for part in value]
    if not isinstance(value, dict):
        return value
    parts = {name: build(part) for name, part in value.items() if not name.startswith("$")}
    for key, module in (("$model", models), ("$api", api)):
        if key in value:
            return getattr(module, value[key]).model_construct(**parts)
    return parts


job = json.loads(Path(sys.argv[1]).read_text())
credentials = models.SchemeClientCredentials(
    client_id=job["client_id"], client_secret=job["client_secret"], token_url=job["url"] + "/applications/token"
)
sdk = AirbyteAPI(server_url=job["url"], security=models.Security(client_credentials=credentials))
for line in sys.stdin:
    asked = json.loads(line)
    resource, method = asked["call"].split(".")
    try:
        request = build(asked["request"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            response = getattr(getattr(sdk, resource), method)(request=request)
        raw = response.raw_response
        answer = {"status": raw.status_code, "body": json.loads(raw.text) if raw.text else None}
    except Exception as error:  # noqa: BLE001
        raw = getattr(error, "raw_response", None)
        answer = {"status": 0 if raw is None else raw.status_code, "error": type(error).__name__, "text": str(error)[:500]}
        if type(error).__name__ == "ResponseValidationError":
            answer["body"] = json.loads(raw.text)
    print("ANSWER " + json.dumps(answer), flush=True)
