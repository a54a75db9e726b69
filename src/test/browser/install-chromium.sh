#!/usr/bin/env bash
# Installs Debian's Chromium to look at the page of a trace with, unless there is one (CHROMIUM=path, or on the PATH).
set -euo pipefail
if [[ -n ${CHROMIUM:-} ]] || command -v chromium chromium-browser google-chrome >/dev/null; then
    exit 0
fi
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "To look at the page of a trace: apt-get install chromium, or set CHROMIUM=/path/to/chromium." >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
