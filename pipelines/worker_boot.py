"""`newsbeam-worker`: a worker process of an engine (Flink, Spark), started by the engine itself.

The engine passes an id and the address of its provision service; that names the other services
and the options of the pipeline, with which Beam's own worker then runs in this process. It does
what Beam's boot program does in containers, but for files staged with a job: newsbeam and its
models are installed on the machine.

    StagedFiles      the job brings files, which this program does not install
"""

import argparse
import logging
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

logging.getLogger().addHandler(logging.NullHandler())  # see worker_main.py

import grpc  # noqa: E402
from apache_beam.portability.api import (  # noqa: E402
    beam_provision_api_pb2,
    beam_provision_api_pb2_grpc,
    beam_runner_api_pb2,
)
from google.protobuf import json_format, text_format  # noqa: E402

ANSWER_SECONDS = 60.0

HARMLESS = frozenset(["submission_environment_dependencies.txt"])
"""Beam's note of what is installed where the job was submitted."""


class StagedFiles(RuntimeError):  # noqa: N818 - it says what is the case
    """The job brings files of its own (--setup_file, --requirements_file, ...)."""


def provision_info(worker_id: str, address: str) -> Any:
    """What the engine says about the work: options, capabilities, addresses of its services."""
    with grpc.insecure_channel(address) as channel:
        service = beam_provision_api_pb2_grpc.ProvisionServiceStub(channel)
        answer = service.GetProvisionInfo(
            beam_provision_api_pb2.GetProvisionInfoRequest(),
            metadata=[("worker_id", worker_id)],
            timeout=ANSWER_SECONDS,
            wait_for_ready=True,
        )
    return answer.info


def staged_names(dependencies: Iterable[Any]) -> list[str]:
    """The names of the files that a job brings, but for harmless ones."""
    names = []
    for dependency in dependencies:
        payload = beam_runner_api_pb2.ArtifactStagingToRolePayload()
        payload.ParseFromString(dependency.role_payload)
        if payload.staged_name not in HARMLESS:
            names.append(payload.staged_name)
    return names


def worker_environment(worker_id: str, info: Any) -> Mapping[str, str]:
    """The environment variables that Beam's worker reads. Raises StagedFiles."""
    staged = staged_names(info.dependencies)
    if staged:
        raise StagedFiles(
            f"the job brings {', '.join(staged)}, which newsbeam-worker does not install; install "
            "it on the machine, or let the environment run Beam's own boot program"
        )
    return {
        "WORKER_ID": worker_id,
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "LOGGING_API_SERVICE_DESCRIPTOR": text_format.MessageToString(info.logging_endpoint),
        "CONTROL_API_SERVICE_DESCRIPTOR": text_format.MessageToString(info.control_endpoint),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
    }


def main() -> None:
    """Runs until the engine ends the connection."""
    parser = argparse.ArgumentParser(prog="newsbeam-worker", description=__doc__.split("\n")[0])
    parser.add_argument("--id", required=True, help="the worker's id, by the engine")
    parser.add_argument("--provision_endpoint", required=True, metavar="HOST:PORT")
    arguments, _ = parser.parse_known_args()
    info = provision_info(arguments.id, arguments.provision_endpoint)
    os.environ.update(worker_environment(arguments.id, info))
    from apache_beam.runners.worker.sdk_worker_main import main as work  # reads the environment

    work(sys.argv)


if __name__ == "__main__":
    main()
