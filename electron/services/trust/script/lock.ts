/**
 * Lets one writer at a time on a device. The lock is a file that the shell makes only when there is none, so it costs no
 * process; it lies in /run, which a restart empties.
 */
export const lock = `
# --- lock: two operators do not write at once ---
# Its line: process, time, who. \\$who_asks is the person and computer of this run.
read_lock() {
  lock_pid= lock_since= lock_who=
  { read -r lock_pid lock_since lock_who <"$1"; } 2>/dev/null
}
find_lock() {
  has_lock= last_line=
  lock_folder=$root/run
  [ -d "$lock_folder" ] || lock_folder=$root/var/run
  lock_file=$lock_folder/mooring.lock made_list=$lock_folder/mooring.made
  last_writer
}
# Not there before, so nobody else's: noclobber leaves it to the kernel.
make_lock() {
  set -C
  { printf '%s\\n' "$$ $seconds_now $who_asks" >"$lock_file"; } 2>/dev/null
  made_lock=$?
  set +C
  return "$made_lock"
}
# Its process is gone, or it is older than any run may take.
is_stale_lock() {
  case $lock_pid$lock_since in
    '' | *[!0-9]*) return 0 ;;
  esac
  kill -0 "$lock_pid" 2>/dev/null || return 0
  [ "$((seconds_now - lock_since))" -gt 1800 ] || [ "$((lock_since - seconds_now))" -gt 1800 ]
}
# The line of the last run that wrote here.
last_writer() {
  last_line=
  { read -r last_line <"$lock_folder/mooring.last"; } 2>/dev/null
}
take_lock() {
  [ -z "$has_lock" ] || return 0
  if make_lock; then has_lock=yes; return 0; fi
  if [ ! -e "$lock_file" ]; then
    # It may have gone in this very moment.
    if make_lock; then has_lock=yes; return 0; fi
    # Where not even the lock can be written, what follows says why.
    [ -e "$lock_file" ] || return 0
  fi
  read_lock "$lock_file"
  # Made a moment ago, it may not have its line yet.
  if [ -z "$lock_pid" ]; then
    sleep 1
    read_lock "$lock_file"
  fi
  if is_stale_lock; then
    stale_line="$lock_pid $lock_since $lock_who"
    mv "$lock_file" "$lock_file.$$" 2>/dev/null
    read_lock "$lock_file.$$"
    if [ "$lock_pid $lock_since $lock_who" = "$stale_line" ]; then
      rm -f "$lock_file.$$"
      if make_lock; then has_lock=yes; return 0; fi
      read_lock "$lock_file"
    else mv "$lock_file.$$" "$lock_file" 2>/dev/null
    fi
  fi
  busy
}
busy() {
  [ -z "$stopped" ] || return 0
  stopped=DEVICE_BUSY
  put kind busy; put who "$lock_who"; put_number since "$lock_since"; send
}
# What was decided before the lock was taken must still hold: nobody has written in between.
check_last_writer() {
  before=$last_line
  last_writer
  if [ "$last_line" != "$before" ]; then
    read_lock "$lock_folder/mooring.last"
    busy
  fi
}
before_write() {
  take_lock
  check_last_writer
}
leave_lock() {
  [ -n "$has_lock" ] || return 0
  { printf '%s\\n' "$$ $seconds_now $who_asks" >"$lock_folder/mooring.last"; } 2>/dev/null
  rm -f "$lock_file"
}
`;
