/** Sends the app what was there before, and keeps it on the device under names no engine reads until the app has it. */
export const keep = `
# --- keep: what was there before ---
# PATH FILE: the bytes of FILE are what PATH was before
send_before() {
  stat_of "$2"
  case $size in
    '' | *[!0-9]*) problem WRITE_FAILED "$1" 'Its size cannot be read.'; return 0 ;;
  esac
  kept_bytes=$((kept_bytes + size))
  if [ "$size" -gt 65536 ] || [ "$kept_bytes" -gt 131072 ]; then
    problem WRITE_FAILED "$1" 'It is too large to be kept for undo; remove it by hand if it is not needed.'
    return 0
  fi
  find_base64
  [ -z "$stopped" ] || return 0
  sha_of "$2"
  put kind before; put path "$1"; put sha256 "$sum"; put perms "$perms"; put_number uid "$uid"; put_number gid "$gid"
  put data "$($base64_tool <"$2" | tr -d '\\r\\n')"; send
}
send_before_folder() {
  stat_of "$2"
  put kind beforeFolder; put path "$1"; put perms "$perms"; put_number uid "$uid"; put_number gid "$gid"; send
}
keep() {
  send_before "$1" "$1"
  kept=\${1%/*}/.\${1##*/}.mooring-kept
  if [ -n "$stopped" ] || [ -e "$kept" ]; then return 0; fi
  case $1$perms in
    # A key that everybody may read is not kept as such.
    *.key-rw-------*) ln "$1" "$kept" 2>/dev/null ;;
    *.key-*) false ;;
    *) ln "$1" "$kept" 2>/dev/null ;;
  esac || keep_copy "$1"
}
keep_copy() {
  case $1 in
    *.key) reply=$({ umask 077 && cat "$1" >"$kept"; } 2>&1) ;;
    *) reply=$(cp -p "$1" "$kept" 2>&1) ;;
  esac || {
    rm -f "$kept"
    explain_failure "\${1%/*}" "$1" "$reply"
  }
}
keep_all() {
  each_place adopt
  every_store adopt_folders
  each_target keep_target
  each_confirmed keep
  keep_extra
  number=0
  while [ "$number" -lt "$stale" ]; do
    number=$((number + 1))
    eval "folder=\\$stale_$number"
    adopt "$folder"
    send_before_folder "$folder" "$folder"
    send_before_ours "$folder" "$folder"
  done
}
# FOLDER KEPT: our files of FOLDER now lie in KEPT
send_before_ours() {
  for ours in "$our_file" hosts.toml; do
    if [ -f "$2/$ours" ]; then send_before "$1/$ours" "$2/$ours"; fi
  done
}
keep_target() {
  eval "state=\\$state_$slot"
  if [ "$state" = replace ]; then keep "$1"; fi
}
# Kept by a run that the app never heard the end of: sent now, or dropped when that run changed nothing.
adopt() {
  for kept in "$1"/.*.mooring-kept; do
    [ -f "$kept" ] || continue
    name=\${kept##*/.}
    name=$1/\${name%.mooring-kept}
    sha_of "$kept"
    stat_of "$kept"
    before=$sum$perms sum= perms=
    if [ -f "$name" ]; then
      sha_of "$name"
      stat_of "$name"
    fi
    if [ "$sum$perms" = "$before" ]; then rm -f "$kept"; else send_before "$name" "$kept"; fi
  done
}
adopt_folders() {
  for kept in "$1"/.*.mooring-kept; do
    [ -d "$kept" ] || continue
    name=\${kept##*/.}
    name=$1/\${name%.mooring-kept}
    send_before_folder "$name" "$kept"
    send_before_ours "$name" "$kept"
  done
}
# --- release: the app has recorded what was there before ---
release() {
  for kept in "$1"/*/.*.mooring-kept; do
    if [ -f "$kept" ]; then rm -f "$kept"; fi
  done
  for kept in "$1"/.*.mooring-kept; do
    if [ -d "$kept" ]; then
      rm -f "$kept/$our_file" "$kept/hosts.toml" "$kept"/.*.mooring-kept && rmdir "$kept"
    elif [ -f "$kept" ]; then rm -f "$kept"
    fi
  done
}
`;
