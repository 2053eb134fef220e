"""newsbeam as an Airflow DAG, for Airflow 2.4 and later and 3: copy it into the dags folder.

newsbeam stays in a virtual environment of its own (NEWSBEAM), since Airflow and Beam want
different versions of the same libraries. The worker needs OUTPUT on a disk that all workers
share, or a bucket.
"""

from datetime import datetime, timedelta, timezone
from shlex import join

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # Airflow 2 without the provider `standard`
    from airflow.operators.bash import BashOperator

NEWSBEAM = "/opt/newsbeam/bin/newsbeam"
CONFIG = "/etc/newsbeam/config.yaml"
OUTPUT = "/var/lib/newsbeam"

with DAG(
    dag_id="newsbeam",
    description="One run of newsbeam over the feeds that are due",
    schedule="*/10 * * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,  # a run asks what is due now; there is nothing to make up for
    max_active_runs=1,  # newsbeam refuses a second run at a time by itself
    tags=["news"],
):
    # A mistake in the configuration is not mended by another try.
    check = BashOperator(
        task_id="check",
        bash_command=join([NEWSBEAM, "check", "--config", CONFIG]),
        retries=0,
    )
    # exec: newsbeam itself gets the signal when Airflow ends the task. The delay is longer than
    # the lease of a lock that a lost worker may have left (two minutes).
    run = BashOperator(
        task_id="run",
        bash_command="exec " + join([NEWSBEAM, "run", "--config", CONFIG, "--output", OUTPUT]),
        retries=2,
        retry_delay=timedelta(minutes=5),
        execution_timeout=timedelta(hours=6),
    )
    check >> run
