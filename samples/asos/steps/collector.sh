#!/usr/bin/env bash
# collector.sh: builds the plugin for QEMU and the program that guests mark with.
. "$(dirname "$0")/../settings.sh"
make -s -C "$HERE/collector" BUILD="$COLLECTOR"
