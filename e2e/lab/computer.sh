# Process 1 of a lab computer that sees the disk of this one: a switch, or the computer Mooring runs on.
# Needs: LAB_HOST_NAME, LAB_FOLDER (holds hosts, resolv.conf). Ends when stdin closes.
set -eu
read -r pid rest </proc/self/stat
echo "pid $pid"
read -r _

hostname "$LAB_HOST_NAME"
mount -t proc proc /proc
mount -t sysfs sysfs /sys
# Sockets of daemons that run here must not meet those of the computer outside.
mount -t tmpfs tmpfs /run
for file in hosts hostname resolv.conf; do
    [ ! -e "$LAB_FOLDER/$file" ] || mount --bind "$LAB_FOLDER/$file" "/etc/$file"
done
echo ready
while read -r _; do :; done
