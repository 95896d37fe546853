"""The standard tests of Airbyte's CDK over a command of ours: pytest with its plugin of scenarios.

CONNECTOR_ROOT is a folder with the connector's name, its metadata.yaml and acceptance-test-config.yml; CONNECTOR_COMMAND an
executable that takes `spec`, `check`, `discover` and `read`.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteMessageSerializer,
    ConfiguredAirbyteCatalogSerializer,
    ConnectorSpecification,
    Type,
)
from airbyte_cdk.sources import Source
from airbyte_cdk.test.standard_tests.connector_base import ConnectorTestSuiteBase
from airbyte_cdk.test.standard_tests.source_base import SourceTestSuiteBase

ROOT = Path(os.environ["CONNECTOR_ROOT"])


class Command(Source):
    """A connector whose every answer is that of a command."""

    def _run(self, verb: str, **files: Any) -> Iterator[AirbyteMessage]:
        with tempfile.TemporaryDirectory() as folder:
            args = [os.environ["CONNECTOR_COMMAND"], verb]
            for name, content in files.items():
                file = Path(folder) / f"{name}.json"
                file.write_text(json.dumps(content))
                args += [f"--{name}", str(file)]
            with subprocess.Popen(args, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
                for line in process.stdout:
                    yield AirbyteMessageSerializer.load(json.loads(line))
        if process.returncode != 0:
            raise RuntimeError(f"{verb} ended with {process.returncode}")

    def _one(self, wanted: Type, verb: str, **files: Any) -> AirbyteMessage:
        messages = [message for message in self._run(verb, **files) if message.type == wanted]
        assert len(messages) == 1, f"{len(messages)} messages of type {wanted} to {verb}"
        return messages[0]

    def spec(self, logger) -> ConnectorSpecification:
        return self._one(Type.SPEC, "spec").spec

    def check(self, logger, config):
        return self._one(Type.CONNECTION_STATUS, "check", config=dict(config)).connectionStatus

    def discover(self, logger, config):
        return self._one(Type.CATALOG, "discover", config=dict(config)).catalog

    @classmethod
    def read_catalog(cls, catalog_path: str):
        # As it stands in the file: a catalog that is not valid is the command's to refuse.
        return json.loads(Path(catalog_path).read_text())

    def read(self, logger, config, catalog, state=None):
        content = catalog if isinstance(catalog, dict) else ConfiguredAirbyteCatalogSerializer.dump(catalog)
        yield from self._run("read", config=dict(config), catalog=content)


class Rooted:
    """The folder of the connector under test."""

    @classmethod
    def get_connector_root_dir(cls) -> Path:
        return ROOT

    @classmethod
    def create_connector(cls, scenario) -> Command:
        return Command()


if ROOT.name.startswith("source-"):

    class TestSource(Rooted, SourceTestSuiteBase):
        """All tests of sources."""

else:

    class TestDestination(Rooted, ConnectorTestSuiteBase):
        """What a destination answers to `spec` and `check`."""
