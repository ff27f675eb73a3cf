# Writes its input to $path, whole or not at all; it must have the hash $sum.
set -e
umask 077
new=$path.new.$$
trap 'rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$new"
if [ "$(sha256sum <"$new" | cut -d' ' -f1)" != "$sum" ]; then
	echo "$path did not come through whole" >&2
	exit 1
fi
if [ "$(id -u)" = 0 ]; then chown "0:$(if [ "$open" = yes ]; then echo 0; else id -g "$user"; fi)" "$new"; fi
chmod "$mode" "$new"
if [ "$try" = yes ] && ! "$new" version >/dev/null; then
	echo "this gstorm does not run there: is it for such a machine, and built with CGO_ENABLED=0?" >&2
	exit 1
fi
mv -f "$new" "$path"
