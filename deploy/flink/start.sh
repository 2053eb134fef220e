#!/usr/bin/env bash
# Starts an engine on this machine and waits until it answers:
#   start.sh embedded     a job server that runs jobs in its own process
#   start.sh cluster [N]  a job manager, N task managers (2) and a job server for them
# Fails when a port is taken or something of it runs already; what it started it ends again then.
set -euo pipefail
. "$(dirname "$0")/common.sh"

PATIENCE=${PATIENCE:-60} # seconds for each part to answer

is_taken() { # PORT
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

listens() { # PID PORT: is it this very process that listens there?
  local inode hex
  hex=$(printf ':%04X' "$2")
  for inode in $(awk -v port="$hex" '$4 == "0A" && $2 ~ port "$" {print $10}' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null); do
    # shellcheck disable=SC2010
    ls -l "/proc/$1/fd" 2>/dev/null | grep -q "socket:\[$inode\]" && return 0
  done
  return 1
}

give_up() { # REASON...: ends what was started here
  "$HERE/stop.sh" >&2 || true
  fail "$@"
}

launch() { # NAME COMMAND...: in the background, with a pid file and a log
  local name=$1
  shift
  setsid nohup "$@" >"$RUN_DIR/$name.log" 2>&1 </dev/null &
  local pid=$!
  echo "$pid $(started "$pid")" >"$RUN_DIR/$name.pid"
}

await() { # NAME PORT
  local pid
  read -r pid _ <"$RUN_DIR/$1.pid"
  for _ in $(seq $((PATIENCE * 5))); do
    listens "$pid" "$2" && return 0
    is_running "$RUN_DIR/$1.pid" || { tail -n 20 "$RUN_DIR/$1.log" >&2; give_up "$1 has ended"; }
    sleep 0.2
  done
  tail -n 20 "$RUN_DIR/$1.log" >&2
  give_up "$1 does not listen on port $2 after $PATIENCE seconds"
}

start_cluster() { # NUMBER OF TASK MANAGERS
  local number
  launch jobmanager "$HERE/run.sh" jobmanager
  await jobmanager "$REST_PORT"
  for number in $(seq "$1"); do
    launch "taskmanager-$number" "$HERE/run.sh" taskmanager "tm-$number"
  done
  for _ in $(seq $((PATIENCE * 5))); do
    [ "$(task_managers)" != "$1" ] || return 0
    sleep 0.2
  done
  give_up "of $1 task managers $(task_managers) have reported after $PATIENCE seconds"
}

task_managers() {
  python3 -c '
import json, sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=5) as answer:
    print(json.load(answer)["taskmanagers"])
' "http://127.0.0.1:$REST_PORT/overview" 2>/dev/null || echo 0
}

start_job_server() { # MASTER
  launch jobserver "$HERE/run.sh" jobserver "$1"
  await jobserver "$JOB_PORT"
  await jobserver "$ARTIFACT_PORT"
}

need java python3 setsid awk
mode=${1:-embedded}
number=${2:-2}
ports=("$JOB_PORT" "$ARTIFACT_PORT" "$EXPANSION_PORT")
case $mode in
  embedded) needed=$JOB_SERVER/job-server.jar ;;
  cluster)
    needed=$CLUSTER/lib/flink-dist-$FLINK_VERSION.jar
    ports+=("$REST_PORT" "$RPC_PORT" "$BLOB_PORT")
    ;;
  *) fail "usage: start.sh embedded | cluster [number of task managers]" ;;
esac
[ -f "$needed" ] || fail "$needed is not there; run $HERE/install.sh ${mode/embedded/job-server}"
[[ $number =~ ^[1-9][0-9]?$ ]] || fail "$number task managers; 1 to 99 can be started"

mkdir -p "$RUN_DIR"
for file in "$RUN_DIR"/*.pid; do
  ! is_running "$file" || fail "$(basename "$file" .pid) runs already, see $file; stop.sh ends it"
done
for port in "${ports[@]}"; do
  ! is_taken "$port" || fail "port $port is taken by another program; end it or choose another port"
done

master="[local]"
if [ "$mode" = cluster ]; then
  start_cluster "$number"
  master=127.0.0.1:$REST_PORT
fi
start_job_server "$master"
echo "job server at localhost:$JOB_PORT; logs and pid files in $RUN_DIR"
