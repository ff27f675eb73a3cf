# Makes the agent's user and the folders.
set -e
if ! id -u "$user" >/dev/null 2>&1; then
	if command -v useradd >/dev/null 2>&1; then
		useradd --system --user-group --no-create-home --home-dir "$data" --shell /usr/sbin/nologin "$user" >&2
	else
		addgroup -S "$user" >&2
		adduser -S -D -H -h "$data" -s /sbin/nologin -G "$user" "$user" >&2
	fi
fi
# What is there already keeps its owner and its mode.
mkdir -p "$(dirname "$bin")" "$(dirname "$conf")" "$(dirname "$data")"
if [ ! -d "$conf" ]; then
	mkdir -m 0700 "$conf"
	if [ "$(id -u)" = 0 ]; then
		chown "0:$(id -g "$user")" "$conf"
		chmod 0750 "$conf"
	fi
fi
if [ ! -d "$data" ]; then
	mkdir -m 0700 "$data"
	if [ "$(id -u)" = 0 ]; then chown "$user:$(id -g "$user")" "$data"; fi
fi
if [ ! -f "$conf/deployed" ]; then echo "cluster $cluster" >"$conf/deployed"; fi
