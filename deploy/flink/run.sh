#!/usr/bin/env bash
# Runs one part of an engine in the foreground, for start.sh, systemd and containers:
#   run.sh jobmanager
#   run.sh taskmanager NAME
#   run.sh jobserver MASTER     [local], or the job manager's REST address
# On several machines: JOB_MANAGER (its host), BIND (0.0.0.0 to be reached from others), HOST (this
# machine's own name), CHECKPOINTS and SAVEPOINTS (addresses that all machines can read).
set -euo pipefail
. "$(dirname "$0")/common.sh"

HEAP_TASK_MANAGER=640m # task.heap + framework.heap of conf/config.yaml
OFF_HEAP_TASK_MANAGER=512m # task.off-heap + framework.off-heap + network

OPENS=()
for package in lang util nio time util.concurrent util.concurrent.atomic util.concurrent.locks \
  lang.reflect net text io; do
  OPENS+=("--add-opens=java.base/java.$package=ALL-UNNAMED")
done
OPENS+=("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED")

# Beam's jars on the cluster's own path: those that a job brings are loaded, and its Python worker
# processes ended, anew for each step of a batch.
beam_jars() {
  local jar
  for jar in "$JOB_SERVER"/lib/*.jar; do
    case $(basename "$jar") in
      flink-* | slf4j-*) ;;
      *) printf '%s:' "$jar" ;;
    esac
  done
}

flink() { # JAVA OPTIONS... CLASS ARGUMENTS...
  export FLINK_PLUGINS_DIR=$CLUSTER/plugins
  mkdir -p "$RUN_DIR/tmp"
  exec java "${OPENS[@]}" "-Dlog4j.configurationFile=$HERE/conf/log4j.properties" \
    -cp "$CLUSTER/lib/*:$(beam_jars)" "$@" --configDir "${NEWSBEAM_FLINK_CONF:-$HERE/conf}" \
    -D "jobmanager.rpc.address=${JOB_MANAGER:-127.0.0.1}" -D "jobmanager.rpc.port=$RPC_PORT" \
    -D "jobmanager.bind-host=${BIND:-127.0.0.1}" -D "taskmanager.bind-host=${BIND:-127.0.0.1}" \
    -D "rest.address=${JOB_MANAGER:-127.0.0.1}" -D "rest.port=$REST_PORT" \
    -D "rest.bind-address=${BIND:-127.0.0.1}" -D "blob.server.port=$BLOB_PORT" \
    -D "taskmanager.numberOfTaskSlots=$SLOTS" -D "io.tmp.dirs=$RUN_DIR/tmp" \
    -D "state.checkpoints.dir=${CHECKPOINTS:-file://$RUN_DIR/checkpoints}" \
    -D "state.savepoints.dir=${SAVEPOINTS:-file://$RUN_DIR/savepoints}" "${more[@]}"
}

need java
more=()
case ${1:-} in
  jobmanager)
    flink "-Xmx${HEAP_JOB_MANAGER:-512m}" \
      org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint
    ;;
  taskmanager)
    more=(-D "taskmanager.resource-id=${2:?a name}" -D "taskmanager.host=${HOST:-127.0.0.1}")
    flink "-Xmx$HEAP_TASK_MANAGER" "-XX:MaxDirectMemorySize=$OFF_HEAP_TASK_MANAGER" \
      -XX:MaxMetaspaceSize=256m org.apache.flink.runtime.taskexecutor.TaskManagerRunner
    ;;
  jobserver)
    mkdir -p "$RUN_DIR/artifacts"
    exec java "-Xmx${HEAP_JOB_SERVER:-512m}" -jar "$JOB_SERVER/job-server.jar" \
      "--job-host=${HOST:-127.0.0.1}" "--job-port=$JOB_PORT" "--artifact-port=$ARTIFACT_PORT" \
      "--expansion-port=$EXPANSION_PORT" "--artifacts-dir=$RUN_DIR/artifacts" \
      "--flink-master=${2:?the master}"
    ;;
  *) fail "usage: run.sh jobmanager | taskmanager NAME | jobserver MASTER" ;;
esac
