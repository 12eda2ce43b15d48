#!/usr/bin/env bash
# tarax.sh: builds the converter; not needed where TARAX names one.
. "$(dirname "$0")/../settings.sh"
dotnet publish "$HERE/../tarax" -f net10.0 -r linux-x64 -p:PublishAot=false --self-contained false -v quiet -o "$(dirname "$TARAX")"
touch "$TARAX"
