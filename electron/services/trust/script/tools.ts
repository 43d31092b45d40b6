/**
 * Shell functions the other parts stand on. They use `put`, `put_number` and `send` of the frame and the desired
 * state of `desired.ts`. Results come back in variables, since a command substitution costs the device a process.
 */
export const tools = `
# --- tools ---
# Says what went wrong; the first problem ends the run.
problem() {
  [ -z "$stopped" ] || return 0
  stopped=$1
  put kind problem; put code "$1"; put path "$2"; put text "$3"; send
}
# ACTION KIND PATH BEFORE AFTER NOTE: what is to be done, or why something stays as it is
change() {
  [ "$1" = keep ] || changes=$((changes + 1))
  put kind change; put action "$1"; put what "$2"; put path "$3"; put before "$4"; put after "$5"; put note "$6"; send
}
# PATH: the change was made
made() { put kind made; put path "$1"; send; }
# FILE: its SHA-256 in $sum, empty when it cannot be read
sha_of() {
  sum=$({ $sha_tool <"$1"; } 2>/dev/null)
  sum=\${sum%% *}
}
# FILE...: each has the SHA-256 that $staged_sums names in the same place
all_match() {
  sums=$($sha_tool "$@" 2>/dev/null)
  set -f
  for word in $sums; do
    set -- $staged_sums
    if [ "$word" = "\${1-}" ]; then
      shift
      staged_sums=$*
    fi
  done
  set +f
  [ -z "$staged_sums" ]
}
# PATH: its line of ls in $perms, $uid, $gid and $size
stat_of() {
  set -f
  set -- $(ls -ldn "$1" 2>/dev/null)
  set +f
  perms=\${1-}; uid=\${3-}; gid=\${4-}; size=\${5-}
}
# PATH: is there less than 16 KiB left?
is_full() {
  set -f
  set -- $(df -Pk "$1" 2>/dev/null | tail -n 1)
  set +f
  case \${4-} in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ "$4" -lt 16 ]
}
# FOLDER PATH TEXT: one code for what the system said about a failed write
explain_failure() {
  case $3 in
    *'Read-only file system'*) problem READ_ONLY "$1" "$3" ;;
    *'No space left'* | *'uota exceeded'*) problem DISK_FULL "$1" "$3" ;;
    *'Permission denied'* | *'not permitted'*) problem PERMISSION_DENIED "$1" "$3" ;;
    *) if is_full "$1"; then problem DISK_FULL "$1" "$3"; else problem WRITE_FAILED "$2" "$3"; fi ;;
  esac
}
find_tools() {
  if command -v sha256sum >/dev/null 2>&1; then sha_tool=sha256sum
  elif command -v busybox >/dev/null 2>&1 && busybox sha256sum </dev/null >/dev/null 2>&1; then
    sha_tool='busybox sha256sum'
  elif command -v openssl >/dev/null 2>&1; then sha_tool='openssl dgst -sha256 -r'
  else problem TOOL_MISSING sha256sum ''
  fi
}
find_base64() {
  if command -v base64 >/dev/null 2>&1; then base64_tool=base64
  elif command -v openssl >/dev/null 2>&1; then base64_tool='openssl base64'
  else problem TOOL_MISSING base64 ''
  fi
}
`;
