# What the scripts share. Set before a call:
#   NEWSBEAM_FLINK       where the jars are           ~/.cache/newsbeam/flink
#   NEWSBEAM_FLINK_RUN   pid files, logs, checkpoints  $NEWSBEAM_FLINK/run
#   JOB_PORT, ARTIFACT_PORT, EXPANSION_PORT            the job server's: 8099, 8098, 8097
#   REST_PORT, RPC_PORT, BLOB_PORT                     the job manager's: 8081, 6123, 6124
#   SLOTS                                              of each task manager: 1
# shellcheck shell=bash disable=SC2034

FLINK_VERSION=1.19.3
BEAM_VERSION=2.70.0

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
HOME_DIR=${NEWSBEAM_FLINK:-$HOME/.cache/newsbeam/flink}
RUN_DIR=${NEWSBEAM_FLINK_RUN:-$HOME_DIR/run}
JOB_SERVER=$HOME_DIR/job-server-$BEAM_VERSION
CLUSTER=$HOME_DIR/flink-$FLINK_VERSION

JOB_PORT=${JOB_PORT:-8099}
ARTIFACT_PORT=${ARTIFACT_PORT:-8098}
EXPANSION_PORT=${EXPANSION_PORT:-8097}
REST_PORT=${REST_PORT:-8081}
RPC_PORT=${RPC_PORT:-6123}
BLOB_PORT=${BLOB_PORT:-6124}
SLOTS=${SLOTS:-1}

fail() {
  echo "Error: $*" >&2
  exit 1
}

need() {
  local word
  for word in "$@"; do
    command -v "$word" >/dev/null || fail "$word is needed and not on PATH"
  done
}

# The start time of a process in the kernel's ticks, which tells it from a later one with its id;
# nothing when there is none, or when it has ended and only its parent has not heard of it.
started() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 !~ /[ZX]/ {print $20}'
}

is_running() { # FILE: is the process of a pid file still there?
  local pid ticks
  [ -f "$1" ] && read -r pid ticks <"$1" && [ -n "$ticks" ] && [ "$(started "$pid")" = "$ticks" ]
}
