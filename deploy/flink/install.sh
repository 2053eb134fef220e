#!/usr/bin/env bash
# Fetches what a Flink engine needs, by the ordinary package clients: Beam's job server from its
# parts (Maven; 160 MB), which can also run jobs by itself, and for `install.sh cluster` Flink
# (the Python source package that carries its jars; 230 MB). What is there is left alone.
set -euo pipefail
. "$(dirname "$0")/common.sh"

install_job_server() {
  [ ! -f "$JOB_SERVER/job-server.jar" ] || return 0
  need java mvn
  local work
  work=$(mktemp -d "$HOME_DIR/install.XXXXXX")
  cp "$HERE/pom.xml" "$work/"
  mvn -q -B -Dstyle.color=never -f "$work/pom.xml" package >&2 || { rm -rf "$work"; fail "Maven could not fetch the parts"; }
  rm -rf "$JOB_SERVER"
  mv "$work/target" "$JOB_SERVER"
  rm -rf "$work"
}

install_cluster() {
  [ ! -f "$CLUSTER/lib/flink-dist-$FLINK_VERSION.jar" ] || return 0
  need java python3
  local work package=apache-flink-libraries
  work=$(mktemp -d "$HOME_DIR/install.XXXXXX")
  python3 -m pip download -q --no-deps --no-binary :all: -d "$work" "$package==$FLINK_VERSION" ||
    { rm -rf "$work"; fail "pip could not fetch $package"; }
  tar -xzf "$work"/*.tar.gz -C "$work" --strip-components=2 --wildcards \
    "*/deps/lib/flink-dist-*" "*/deps/lib/log4j-*" "*/deps/plugins/metrics-prometheus/*"
  rm -rf "$CLUSTER"
  mkdir -p "$CLUSTER"
  mv "$work/lib" "$work/plugins" "$CLUSTER/"
  rm -rf "$work"
}

mkdir -p "$HOME_DIR"
case ${1:-job-server} in
  job-server) install_job_server ;;
  cluster) install_job_server && install_cluster ;;
  *) fail "usage: install.sh [job-server | cluster]" ;;
esac
echo "$JOB_SERVER/job-server.jar"
