#!/bin/sh
# What the image runs. `exec` gives the process to erp, so that SIGTERM reaches it.
#   entrypoint.sh serve | worker | migrate | check | create-admin --email …
#   entrypoint.sh healthy      whether the server on $PORT is ready: for health checks
set -eu

if [ "${1:-serve}" = healthy ]; then
  exec python -c '
import os, urllib.request
port = os.environ.get("PORT", "8080")
urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2)
'
fi

exec erp "${@:-serve}"
