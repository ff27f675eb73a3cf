# Takes away what was deployed, when nothing of it runs any more. A data folder goes only if an agent has made it what it is.
set -e
if [ -n "$(agent)$(workers)" ]; then
	echo "the agent or a worker runs" >&2
	exit 1
fi
if [ -f "$data/node-id" ] || { [ -d "$data" ] && [ -z "$(ls -A "$data" | grep -vx agent.log)" ]; }; then
	rm -rf "$data"
elif [ -d "$data" ]; then
	echo "$data stays: it is not the data of an agent" >&2
fi
for name in agent.yaml ca.pem cert.pem key.pem gossip.key tokens deployed agent.pid; do rm -f "$conf/$name"; done
if [ -d "$conf" ]; then rmdir "$conf" 2>/dev/null || echo "$conf stays: it holds more than was deployed" >&2; fi
if [ "$service" = systemd ] && [ -f "$unit" ]; then
	rm -f "$unit"
	systemctl daemon-reload
fi
rm -f "$bin"
