#!/bin/sh
# Root file system of a connector's image: node, the libraries that node and the connector's own binaries need, and the
# commands that Airbyte's start script calls on Kubernetes (it wraps AIRBYTE_ENTRYPOINT in sh). No package manager.
#   sh make-root.sh FOLDER    (the connector lies in FOLDER already)
set -eu
root=$1

mkdir -p "$root/bin" "$root/usr/local/bin" "$root/etc" "$root/tmp"
chmod 1777 "$root/tmp"
# What other packages ship for development only.
find "$root/airbyte" '(' -name '*.tsbuildinfo' -o -path '*/node_modules/@types' ')' -prune -exec rm -rf {} +
cp -L "$(command -v node)" "$root/usr/local/bin/node"
for tool in sh cat chmod cp date env head id ls mkdir mkfifo mv rm sleep tail tee touch; do
  cp -L "$(command -v "$tool")" "$root/bin/$tool"
done

binaries=$(find "$root/bin" "$root/usr/local/bin" "$root/airbyte" -type f \
  '(' -path '*/bin/*' ! -name '*.js' -o -name '*.node' -o -name '*.so' -o -name '*.so.*' ')')
# Libraries that lie beside the binary are found by its own path and are there already.
ldd $binaries 2>/dev/null | awk '$3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-linux/ { print $1 }' | sort -u \
  | grep -v "^$root/" | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
echo 'airbyte:x:1000:1000::/tmp:/bin/sh' > "$root/etc/passwd"
echo 'airbyte:x:1000:' > "$root/etc/group"
