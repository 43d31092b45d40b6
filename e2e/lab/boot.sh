# Process 1 of a device, second half: starts its daemons on its own disk, then waits until the lab lets go of stdin.
# Lies at /usr/libexec/lab/boot beside `engine` (the engine's command line, absent without one) and `prepare`.
export PATH=/usr/libexec/lab:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec 3<&0 </dev/null
mkdir -p /run/log /run/sshd /run/dbus /run/lock
chmod 0755 /run/sshd
cp -r /etc/ssh/hostkeys /run/hostkeys
. /usr/libexec/lab/prepare

start() {
    log=$1
    shift
    "$@" >"/run/log/$log.log" 2>&1 3<&- &
}
start sshd /usr/sbin/sshd -D -e
[ ! -x /usr/bin/dbus-daemon ] || /usr/bin/dbus-daemon --system --fork >/run/log/dbus.log 2>&1 3<&-
[ ! -x /usr/sbin/avahi-daemon ] || start avahi /usr/sbin/avahi-daemon --no-drop-root --no-rlimits
[ ! -e /usr/libexec/lab/engine ] || start engine sh /usr/libexec/lab/engine
echo booted

# `wait` also takes leave of orphans, which is the duty of process 1.
cat <&3 >/dev/null &
wait $!
