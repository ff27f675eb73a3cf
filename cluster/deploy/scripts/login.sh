# Says who one is here, and what the machine is.
echo "$mark"
echo "os $(uname -s)"
echo "machine $(uname -m)"
echo "user $(id -un)"
echo "uid $(id -u)"
if [ "$(id -u)" != 0 ] && command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then echo sudo; fi
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then echo systemd; fi
if command -v sha256sum >/dev/null 2>&1; then echo sum; fi
