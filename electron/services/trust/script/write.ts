/**
 * Makes the changes that `decide` found. New content is staged in every folder and checked before anything becomes
 * final, so a full disk changes nothing; each final step is one rename, so a file is the old one or the new one.
 */
export const write = `
# --- write: only what differs ---
write() {
  made_folders=0 staged= kept_bytes=0
  each_base forget_dead_stages
  each_target stage
  if [ -z "$stopped" ] && [ -n "$staged" ] && ! eval "all_match $staged"; then
    explain_failure "$target_base" "$target_base" 'What was written could not be read back.'
  fi
  if [ -z "$stopped" ]; then keep_all; fi
  if [ -n "$stopped" ]; then
    unstage
    return 0
  fi
  each_target finish
  finish_confirmed
  finish_stale
  if [ -n "$stopped" ]; then unstage; fi
  each_base flush
}
# Leavings of a script that was killed; one that still runs keeps its own.
forget_dead_stages() {
  for leaving in "$1"/certs.d/*/.mooring-*.new; do
    [ -e "$leaving" ] || continue
    owner=\${leaving##*/.mooring-}
    owner=\${owner%.new}
    kill -0 "$owner" 2>/dev/null || rm -f "$leaving"
  done
}
make_folder() {
  [ ! -d "$1" ] || return 0
  if reply=$(mkdir "$1" 2>&1); then
    made_folders=$((made_folders + 1))
    eval "made_folder_$made_folders=\\$1"
    made "$1"
  else
    explain_failure "\${1%/*}" "$1" "$reply"
  fi
}
stage() {
  eval "state=\\$state_$slot"
  [ "$state" != right ] || return 0
  for part in "$target_base" "$target_base/certs.d" "$1"; do
    make_folder "$part"
    [ -z "$stopped" ] || return 0
  done
  new=$1/.mooring-$$.new
  staged="$staged '$new'"
  reply=$({ ca_pem >"$new"; } 2>&1) || explain_failure "$1" "$1/$our_file" "$reply"
}
unstage() {
  if [ -n "$staged" ]; then eval "rm -f $staged"; fi
  while [ "$made_folders" -gt 0 ]; do
    eval "part=\\$made_folder_$made_folders"
    made_folders=$((made_folders - 1))
    if rmdir "$part" 2>/dev/null; then put kind unmade; put path "$part"; send; fi
  done
}
# --- what was there before: sent to the app and kept under a name no engine reads ---
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
  ln "$1" "$kept" 2>/dev/null || reply=$(cp -p "$1" "$kept" 2>&1) || {
    rm -f "$kept"
    explain_failure "\${1%/*}" "$1" "$reply"
  }
}
keep_all() {
  each_target adopt
  each_base adopt_folders
  each_target keep_target
  number=0
  while [ "$number" -lt "$confirmed" ]; do
    number=$((number + 1))
    eval "keep \\"\\$confirmed_$number\\""
  done
  number=0
  while [ "$number" -lt "$stale" ]; do
    number=$((number + 1))
    eval "folder=\\$stale_$number"
    adopt "$folder"
    send_before_folder "$folder" "$folder"
    send_before "$folder/$our_file" "$folder/$our_file"
  done
}
keep_target() {
  eval "state=\\$state_$slot"
  if [ "$state" = replace ]; then keep "$1/$our_file"; fi
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
  for kept in "$1"/certs.d/.*.mooring-kept; do
    [ -d "$kept" ] || continue
    name=\${kept##*/.}
    name=$1/certs.d/\${name%.mooring-kept}
    send_before_folder "$name" "$kept"
    if [ -f "$kept/$our_file" ]; then send_before "$name/$our_file" "$kept/$our_file"; fi
  done
}
# --- make it final ---
finish() {
  eval "state=\\$state_$slot"
  [ "$state" != right ] || return 0
  if reply=$(mv -f "$1/.mooring-$$.new" "$1/$our_file" 2>&1); then made "$1/$our_file"
  else explain_failure "$1" "$1/$our_file" "$reply"
  fi
}
finish_confirmed() {
  number=0
  while [ "$number" -lt "$confirmed" ] && [ -z "$stopped" ]; do
    number=$((number + 1))
    eval "other=\\$confirmed_$number"
    if reply=$(rm -f "$other" 2>&1); then made "$other"
    else explain_failure "\${other%/*}" "$other" "$reply"
    fi
  done
}
finish_stale() {
  number=0
  while [ "$number" -lt "$stale" ] && [ -z "$stopped" ]; do
    number=$((number + 1))
    eval "folder=\\$stale_$number"
    kept=\${folder%/*}/.\${folder##*/}.mooring-kept
    if [ -e "$kept" ]; then reply=$({ rm -f "$folder/$our_file" && rmdir "$folder"; } 2>&1)
    else reply=$(mv "$folder" "$kept" 2>&1)
    fi || { explain_failure "\${folder%/*}" "$folder" "$reply"; return 0; }
    made "$folder/$our_file"
    made "$folder"
  done
}
flush() {
  [ -d "$1/certs.d" ] || return 0
  sync -f "$1/certs.d" 2>/dev/null || sync
}
check_target() {
  sha_of "$1/$our_file"
  [ "$sum" = "$ca_sha256" ] || problem WRITE_FAILED "$1/$our_file" 'Read back, it does not hold the CA.'
}
verify() {
  each_target check_target
  if [ -z "$stopped" ]; then put kind verified; send; fi
}
# --- release: the app has recorded what was there before ---
release() {
  for kept in "$1"/certs.d/*/.*.mooring-kept; do
    if [ -f "$kept" ]; then rm -f "$kept"; fi
  done
  for kept in "$1"/certs.d/.*.mooring-kept; do
    if [ -d "$kept" ]; then rm -f "$kept/$our_file" "$kept"/.*.mooring-kept && rmdir "$kept"; fi
  done
}
`;
