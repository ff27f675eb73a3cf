# Asks the cluster by this machine's agent. The token is the first line of the input.
IFS= read -r GSTORM_TOKEN || true
export GSTORM_TOKEN
echo "$mark"
if [ "$ask" = members ]; then set -- members --json; else set -- drain $ask "$node"; fi
if [ -n "$ca" ]; then exec "$bin" "$@" --agent "$address" --ca "$ca"; fi
exec "$bin" "$@" --agent "$address"
