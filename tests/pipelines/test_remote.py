"""Configuration, state and dataset in an object store: a server on loopback that speaks S3."""

import json
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.configuration import load_configuration
from pipelines.places import beside, matching
from pipelines.sample_site import SampleSite
from tests.datasets import values, write_configuration
from tests.engines.flink import free_ports, newsbeam

BUCKET = "news"
KEYS = {"aws_access_key_id": "tester", "aws_secret_access_key": "secret"}
REGION = "eu-south-1"


@pytest.fixture
def server() -> Iterator[str]:
    """The address of an empty store with one bucket."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as store:
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            store.kill()


@pytest.fixture
def client(server: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the client library's own
        import boto3

        made = boto3.client("s3", endpoint_url=server, region_name=REGION, **KEYS)
        made.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return made


def keys(client: Any) -> set[str]:
    found = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {str(item["Key"]) for item in found}


@pytest.mark.slow
def test_everything_may_lie_in_an_object_store(client: Any, server: str, tmp_path: Path) -> None:
    options = [
        f"--s3_endpoint_url={server}",
        f"--s3_access_key_id={KEYS['aws_access_key_id']}",
        f"--s3_secret_access_key={KEYS['aws_secret_access_key']}",
        f"--s3_region_name={REGION}",
    ]
    with SampleSite() as site:
        config = write_configuration(site, tmp_path / "config.yaml")
        plain = yaml.safe_load(config.read_text(encoding="utf-8"))
        plain["enrich"] = {"entities": {"model": "none"}, "gazetteers": ["names/people.csv"]}
        feeds = {"feeds": plain.pop("feeds")}
        plain["feeds"] = [{"file": "lists/*.yaml"}]
        people = b"id,label,name,aliases,language\nkb:1,PER,Ida Sala,,\n"
        for name, content in (
            ("conf/config.yaml", yaml.safe_dump(plain).encode()),
            ("conf/lists/all.yaml", yaml.safe_dump(feeds).encode()),
            ("conf/names/people.csv", people),
        ):
            client.put_object(Bucket=BUCKET, Key=name, Body=content)
        where = ("-c", f"s3://{BUCKET}/conf/config.yaml", "-o", f"s3://{BUCKET}/data", "--json")
        first = newsbeam("run", *where, *options)
        assert first.returncode == 0, first.stderr
        account = json.loads(first.stdout)
        assert account["entries"]["written"] == site.expected().written
        again = newsbeam("run", *where, "--now", *options)
        assert again.returncode == 0, again.stderr
        assert json.loads(again.stdout)["feeds"]["not_modified"] > 0, "the state was found"
        assert json.loads(again.stdout)["entries"]["written"] == 0
        (tmp_path / "lists").mkdir()
        (tmp_path / "lists" / "all.yaml").write_text(yaml.safe_dump(feeds), encoding="utf-8")
        del plain["enrich"]["gazetteers"]
        config.write_text(yaml.safe_dump(plain), encoding="utf-8")
        local = newsbeam("run", "-c", config, "-o", tmp_path / "local", "--json")
        assert local.returncode == 0, local.stderr
    lying = keys(client)
    assert not [key for key in lying if key.startswith("data/tmp/") or key.endswith("lock.json")]
    for key in lying:
        if key.startswith("data/"):
            copy = tmp_path / key
            copy.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(BUCKET, key, str(copy))
    assert len(list((tmp_path / "data" / "state").glob("*.parquet"))) == 2
    assert len(list((tmp_path / "data" / "runs").glob("*.json"))) == 2
    assert values(tmp_path / "data") == values(tmp_path / "local")


def test_what_a_configuration_names_lies_beside_it(tmp_path: Path) -> None:
    assert beside("s3://b/conf/c.yaml", "names.csv") == "s3://b/conf/names.csv"
    assert beside("s3://b/conf/c.yaml", "../names.csv") == "s3://b/names.csv"
    assert beside("s3://b/c.yaml", "gs://other/names.csv") == "gs://other/names.csv"
    assert beside(str(tmp_path / "c.yaml"), "names.csv") == str(tmp_path / "names.csv")
    (tmp_path / "b.opml").touch()
    (tmp_path / "a.opml").touch()
    assert [Path(name).name for name in matching(str(tmp_path / "*.opml"))] == ["a.opml", "b.opml"]


def test_a_place_that_nothing_is_known_of_is_an_error_of_the_configuration() -> None:
    with pytest.raises(Exception, match="nowhere"):
        load_configuration("nowhere://x/config.yaml")
