from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from apache_beam.portability.api import (
    beam_provision_api_pb2,
    beam_provision_api_pb2_grpc,
    beam_runner_api_pb2,
)

from pipelines.worker_boot import StagedFiles, provision_info, worker_environment


def provisioned(*staged: str) -> Any:
    info = beam_provision_api_pb2.ProvisionInfo()
    info.pipeline_options.update({"beam:option:job_name:v1": "news"})
    info.logging_endpoint.url = "localhost:1"
    info.control_endpoint.url = "localhost:2"
    info.runner_capabilities.append("beam:protocol:control_request_elements_embedding:v1")
    for name in staged:
        payload = beam_runner_api_pb2.ArtifactStagingToRolePayload(staged_name=name)
        info.dependencies.add(role_payload=payload.SerializeToString())
    return info


class Provision(beam_provision_api_pb2_grpc.ProvisionServiceServicer):
    def GetProvisionInfo(self, request: Any, context: Any = None) -> Any:  # noqa: N802
        (worker,) = (value for key, value in context.invocation_metadata() if key == "worker_id")
        info = provisioned()
        info.pipeline_options.update({"asked_by": worker})
        return beam_provision_api_pb2.GetProvisionInfoResponse(info=info)


def test_the_engine_is_asked_with_the_workers_id() -> None:
    server = grpc.server(ThreadPoolExecutor(1))
    beam_provision_api_pb2_grpc.add_ProvisionServiceServicer_to_server(Provision(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        info = provision_info("1-7", f"127.0.0.1:{port}")
    finally:
        server.stop(None)
    assert info.pipeline_options["asked_by"] == "1-7"


def test_the_worker_gets_what_the_engine_says() -> None:
    info = provisioned("submission_environment_dependencies.txt")
    environment = worker_environment("1-1", info)
    assert environment["WORKER_ID"] == "1-1"
    assert "localhost:2" in environment["CONTROL_API_SERVICE_DESCRIPTOR"]
    assert "localhost:1" in environment["LOGGING_API_SERVICE_DESCRIPTOR"]
    assert "news" in environment["PIPELINE_OPTIONS"]
    assert environment["RUNNER_CAPABILITIES"].startswith("beam:protocol")


def test_files_that_nobody_would_install_are_an_error() -> None:
    with pytest.raises(StagedFiles, match=r"workflow\.tar\.gz"):
        worker_environment("1-1", provisioned("workflow.tar.gz"))
