/** Reads what is there and decides by fixed rules what has to change. Writes nothing. */
export const look = `
# --- look: what is there, and what has to change ---
# DATE TIME DATE TIME: is the first instant before the second? Two numbers, since one would not fit 32 bits.
is_before() {
  [ "$1" -lt "$3" ] || { [ "$1" -eq "$3" ] && [ "1$2" -lt "1$4" ]; }
}
look_clock() {
  set -- $(date -u '+%s %Y%m%d %H%M%S')
  clock_wrong= seconds_now=$1
  if is_before "$2" "$3" $not_before; then clock_wrong=behind; fi
  if is_before $not_after "$2" "$3"; then clock_wrong=ahead; fi
  put kind clock; put_number seconds "$1"; put wrong "$clock_wrong"; send
}
look_system() {
  os= name= version= host= architecture= free=
  while IFS='=' read -r key value; do
    value=\${value#[\\"\\']}; value=\${value%[\\"\\']}
    case $key in
      ID) os=$value ;;
      NAME) name=$value ;;
      VERSION_ID) version=$value ;;
    esac
  done 2>/dev/null <"$root/etc/os-release"
  [ -n "$wants_facts" ] || return 0
  set -- $(uname -nm)
  host=\${1-} architecture=\${2-}
  set -f
  set -- $(df -Pk "$root/etc" 2>/dev/null | tail -n 1)
  set +f
  put kind system; put os "$name"; put version "$version"; put host "$host"; put architecture "$architecture"
  put_number freeKib "\${4-}"; send
}
look() {
  look_clock
  look_system
  look_engines
  find_tools
  put kind looked; send
}
`;

/** The same for every place of trust: the system's, and those of users in their homes. */
export const decide = `
# --- decide: what has to change in each place ---
# COMMAND: called with each place, its kind in $store_kind
each_store() {
  store=0
  while [ "$store" -lt "$stores" ] && [ -z "$stopped" ]; do
    store=$((store + 1))
    eval "store_folder=\\$store_$store store_kind=\\$store_kind_$store"
    "$1" "$store_folder"
  done
}
# COMMAND: also with the place that an older version wrote to
every_store() {
  each_store "$1"
  if [ -n "$former" ] && [ -z "$stopped" ]; then
    store_kind=certs.d
    "$1" "$former"
  fi
}
# COMMAND: called with each folder of a name in each place
each_place() { place_command=$1; each_store each_place_in; }
each_place_in() {
  place_store=$1
  if [ "$store_kind" = anchor ]; then "$place_command" "$1"; else each_folder each_place_folder; fi
}
each_place_folder() { [ -n "$stopped" ] || "$place_command" "$place_store/$1"; }
# COMMAND: called with each file that belongs there, its number in $slot and its SHA-256 in $target_sum
each_target() {
  target_command=$1 slot=0
  each_store each_target_in
}
each_target_in() {
  target_store=$1
  if [ "$store_kind" = anchor ]; then
    target_folder=$1
    each_target_file "$our_file" "$ca_sha256"
  else each_folder each_target_folder
  fi
}
each_target_folder() {
  target_folder=$target_store/$1 target_name=$1
  each_target_file "$our_file" "$ca_sha256"
  [ "$store_kind" != hosts.toml ] || each_target_file hosts.toml "$2"
}
each_target_file() {
  slot=$((slot + 1))
  target_sum=$2
  [ -n "$stopped" ] || "$target_command" "$target_folder/$1"
}
# FILE: what shall be in it
print_target() {
  case $1 in
    */hosts.toml) hosts_toml "$target_name" ;;
    *) ca_pem ;;
  esac
}
# FILE: was it written by Mooring, perhaps for another CA? Its SHA-256 is in $sum.
is_ours() {
  case $1 in
    */hosts.toml)
      first_line=
      { read -r first_line <"$1"; } 2>/dev/null
      [ "$first_line" = "$toml_mark" ] ;;
    *) is_known "$sum" ;;
  esac
}
# When each file is there and right, two processes say so for all of them; else every one is looked at by itself.
look_all() {
  all_right=yes checked= staged_sums= modes=
  each_target note_target
  if [ -n "$all_right" ] && [ -n "$checked" ] && eval "all_match $checked"; then modes=$(eval "ls -ldn $checked" 2>/dev/null); fi
  while read -r perms line; do
    case $perms in
      -rw-r--r--*) ;;
      *) all_right= ;;
    esac
  done <<END
$modes
END
}
note_target() {
  if [ -f "$1" ] && [ ! -L "$1" ]; then checked="$checked '$1'" staged_sums="$staged_sums $target_sum"
  else all_right=
  fi
}
look_target() {
  state=right
  if [ -n "$all_right" ]; then
    eval "state_$slot=right"
    return 0
  fi
  if [ -L "$target_folder" ] && [ ! -e "$target_folder" ] || { [ -e "$target_folder" ] && [ ! -d "$target_folder" ]; }; then
    problem WRITE_FAILED "$target_folder" 'This should be a folder, but something else is there.'
  elif [ -L "$1" ] || { [ -e "$1" ] && [ ! -f "$1" ]; }; then
    problem WRITE_FAILED "$1" 'This is a link or a folder, not a file: Mooring leaves it alone.'
  elif [ -f "$1" ]; then
    sha_of "$1"
    stat_of "$1"
    case $sum:$perms in
      "$target_sum":-rw-r--r--*) ;;
      "$target_sum":*) state=replace; note=mode ;;
      *) state=replace; note=content ;;
    esac
    if [ "$note" = content ] && is_foreign_toml "$1"; then state=foreign; fi
    case $state in
      replace) change replace file "$1" "$sum" "$target_sum" "$note" ;;
      foreign) change keep file "$1" "$sum" "$sum" foreign-toml; finding HOSTS_TOML_FOREIGN "$1" '' ;;
    esac
  else
    state=create
    missing_folder "$target_folder"
    change create file "$1" '' "$target_sum" ''
  fi
  note=
  eval "state_$slot=\\$state"
  case $state:$store_state in
    create:right | replace:* | foreign:*) store_state=$state ;;
  esac
}
is_foreign_toml() {
  case $1 in
    */hosts.toml) ! is_ours "$1" && ! is_confirmed "$1" ;;
    *) return 1 ;;
  esac
}
# FOLDER: it and what is missing above it
missing_folder() {
  [ ! -d "$1" ] || return 0
  case $announced in
    *"|$1|"*) return 0 ;;
  esac
  announced="$announced|$1|"
  missing_folder "\${1%/*}"
  change create folder "$1" '' '' ''
}
# Folders of names no longer wanted that hold nothing but our files.
look_stale() {
  for folder in "$1"/*; do
    if [ ! -d "$folder" ] || [ -L "$folder" ]; then continue; fi
    if [ "$1" != "$former" ] && is_wanted "\${folder##*/}"; then continue; fi
    holds_only_ours "$folder" || continue
    stale=$((stale + 1))
    eval "stale_$stale=\\$folder"
    note=stale
    if [ "$1" = "$former" ]; then note=moved; fi
    sha_of "$folder/$our_file"
    change remove file "$folder/$our_file" "$sum" '' "$note"
    if [ -f "$folder/hosts.toml" ]; then
      sha_of "$folder/hosts.toml"
      change remove file "$folder/hosts.toml" "$sum" '' "$note"
    fi
    change remove folder "$folder" '' '' "$note"
  done
}
holds_only_ours() {
  [ -f "$1/$our_file" ] && [ ! -L "$1/$our_file" ] || return 1
  for other in "$1"/* "$1"/.[!.]*; do
    if [ ! -e "$other" ] && [ ! -L "$other" ]; then continue; fi
    case \${other##*/} in
      "$our_file" | .mooring-*.new | .*.mooring-kept) ;;
      hosts.toml) is_ours "$other" || return 1 ;;
      *) return 1 ;;
    esac
  done
  sha_of "$1/$our_file"
  is_known "$sum"
}
decide_store() {
  store_state=right
  each_target_in "$1"
  put kind store; put folder "$1"; put target "$store_kind"; put state "$store_state"
  if [ "$store_kind" = anchor ]; then
    send
    if [ "$store_state" != right ]; then anchor_changed=yes; fi
    return 0
  fi
  send
  place_command=look_others
  each_place_in "$1"
  each_wrong_folder look_wrong
  look_stale "$1"
}
decide() {
  announced= confirmed=0 stale=0 note=
  look_all
  slot=0 target_command=look_target
  each_store decide_store
  if [ -n "$former" ] && [ -z "$stopped" ]; then look_stale "$former"; fi
  [ -n "$stopped" ] || look_extra
  [ -z "$cri_section" ] || finding CONTAINERD_NO_CONFIG_PATH "$containerd_config" "$cri_section"
  put kind decided; put_number changes "$changes"; send
}
`;
