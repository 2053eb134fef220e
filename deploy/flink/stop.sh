#!/usr/bin/env bash
# Ends what start.sh started: the processes of the pid files, nobody else's. Checkpoints,
# savepoints and logs stay.
set -euo pipefail
. "$(dirname "$0")/common.sh"

end() { # SIGNAL
  local file pid
  for file in "$RUN_DIR"/*.pid; do
    if is_running "$file"; then
      read -r pid _ <"$file"
      kill "-$1" "$pid" 2>/dev/null || true
    fi
  done
}

any_running() {
  local file
  for file in "$RUN_DIR"/*.pid; do
    ! is_running "$file" || return 0
  done
  return 1
}

end TERM
for _ in $(seq 50); do
  any_running || break
  sleep 0.2
done
end KILL
rm -f "$RUN_DIR"/*.pid
rm -rf "$RUN_DIR/tmp" "$RUN_DIR/artifacts"
