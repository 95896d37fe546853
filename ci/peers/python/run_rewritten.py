"""Runs a connector of somebody else against an emulator: run_rewritten.py MODULE FUNCTION ARGUMENTS...

REWRITE holds JSON: the beginning of addresses to what takes its place. MAX_SLEEP, seconds, bounds each wait: an emulator is
never busy. Nothing else of the connector is changed.
"""

import importlib
import json
import os
import sys
import time

import requests

REWRITE = json.loads(os.environ["REWRITE"])
original = requests.adapters.HTTPAdapter.send


def send(self, request, *args, **kwargs):
    """Sends to the emulator what goes to the real system; nothing else leaves the machine."""
    for prefix, target in REWRITE.items():
        if request.url.startswith(prefix):
            request.url = target + request.url[len(prefix) :]
            return original(self, request, *args, **kwargs)
        if request.url.startswith(target):
            return original(self, request, *args, **kwargs)
    raise requests.exceptions.ConnectionError(f"no emulator for {request.url.split('?')[0]}")


requests.adapters.HTTPAdapter.send = send
longest, sleep = float(os.environ.get("MAX_SLEEP", "inf")), time.sleep
time.sleep = lambda seconds: sleep(min(seconds, longest))
module, function = sys.argv[1], sys.argv[2]
sys.argv = [module, *sys.argv[3:]]
getattr(importlib.import_module(module), function)()
