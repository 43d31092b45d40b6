/** Reads what is there and decides by fixed rules what has to change. Writes nothing. */
export const look = `
# --- look: what is there, and what has to change ---
# DATE TIME DATE TIME: is the first instant before the second? Two numbers, since one would not fit 32 bits.
is_before() {
  [ "$1" -lt "$3" ] || { [ "$1" -eq "$3" ] && [ "1$2" -lt "1$4" ]; }
}
look_clock() {
  set -- $(date -u '+%s %Y%m%d %H%M%S')
  clock_wrong=
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
has() { command -v "$1" >/dev/null 2>&1; }
found() { put kind found; put engine "$1"; put folder "$2"; send; }
# Which engines there are says where trust goes. On balenaOS, /etc/balena-engine is a link to /etc/docker.
look_engines() {
  balena= docker= podman= docker_folder= balena_folder=
  if has balena-engine; then balena=balena-engine
  elif [ "$os" = balena-os ] && has balena; then balena=balena
  fi
  if has podman; then podman=podman; fi
  if has docker; then
    docker=docker
    # podman-docker puts a "docker" there that is podman
    if [ -n "$podman" ]; then
      case $(docker --version 2>/dev/null) in
        podman*) docker= ;;
      esac
    fi
  fi
  if [ -n "$balena" ]; then
    balena_folder=$root/etc/balena-engine
    if [ "$os" = balena-os ] || [ "$balena_folder" -ef "$root/etc/docker" ]; then
      balena_folder= docker_folder=$root/etc/docker
    fi
    found balena-engine "\${balena_folder:-$docker_folder}"
  fi
  if [ -n "$docker" ]; then found docker "$root/etc/docker"; fi
  if [ -n "$podman" ]; then found podman "$root/etc/docker"; fi
  if [ -n "$docker$podman" ] || [ -z "$balena" ]; then docker_folder=$root/etc/docker; fi
}
each_base() {
  if [ -n "$docker_folder" ]; then "$1" "$docker_folder"; fi
  if [ -n "$balena_folder" ]; then "$1" "$balena_folder"; fi
}
# Calls COMMAND with each folder where the CA belongs, its number in $slot.
each_target() {
  target_command=$1 slot=0
  each_base each_target_in
}
each_target_in() { target_base=$1; each_folder each_target_folder; }
each_target_folder() {
  slot=$((slot + 1))
  [ -n "$stopped" ] || "$target_command" "$target_base/certs.d/$1"
}
look_target() {
  file=$1/$our_file
  state=right
  if [ -L "$1" ] && [ ! -e "$1" ] || { [ -e "$1" ] && [ ! -d "$1" ]; }; then
    problem WRITE_FAILED "$1" 'This should be a folder, but something else is there.'
  elif [ -L "$file" ] || { [ -e "$file" ] && [ ! -f "$file" ]; }; then
    problem WRITE_FAILED "$file" 'This is a link or a folder, not a file: Mooring leaves it alone.'
  elif [ -f "$file" ]; then
    sha_of "$file"
    stat_of "$file"
    case $sum:$perms in
      "$ca_sha256":-rw-r--r--*) ;;
      "$ca_sha256":*) state=replace; change replace file "$file" "$sum" "$ca_sha256" mode ;;
      *) state=replace; change replace file "$file" "$sum" "$ca_sha256" content ;;
    esac
  else
    state=create
    missing_folders "$1"
    change create file "$file" '' "$ca_sha256" ''
  fi
  eval "state_$slot=\\$state"
  look_others "$1"
}
missing_folders() {
  for folder in "$target_base" "$target_base/certs.d" "$1"; do
    [ ! -d "$folder" ] || continue
    case $announced in
      *"|$folder|"*) continue ;;
    esac
    announced="$announced|$folder|"
    change create folder "$folder" '' '' ''
  done
}
# Files of others in a folder of ours. The engine reads them too, so the person should know.
look_others() {
  others=0
  for other in "$1"/* "$1"/.[!.]*; do
    [ -e "$other" ] || [ -L "$other" ] || continue
    case \${other##*/} in
      "$our_file" | .mooring-*.new | .*.mooring-kept) continue ;;
    esac
    others=$((others + 1))
    [ "$others" -le 20 ] || return 0
    look_other "$other"
  done
}
look_other() {
  note=unread
  case $1 in
    *.crt) note=other-ca ;;
    *.key) if [ -e "\${1%.key}.cert" ]; then note=client-pair; else note=key-without-cert; fi ;;
    *.cert) if [ -e "\${1%.cert}.key" ]; then note=client-pair; else note=cert-without-key; fi ;;
  esac
  if [ -d "$1" ] || [ -L "$1" ] || [ ! -f "$1" ]; then
    change keep file "$1" '' '' "$note"
  else
    sha_of "$1"
    if is_confirmed "$1"; then
      confirmed=$((confirmed + 1))
      eval "confirmed_$confirmed=\\$1"
      change remove file "$1" "$sum" '' "$note"
      return 0
    fi
    change keep file "$1" "$sum" "$sum" "$note"
  fi
  case $note in
    *-without-*) put kind warning; put code FOREIGN_FILE; put path "$1"; put note "$note"; send ;;
  esac
}
# Folders of names no longer wanted that hold nothing but our file.
look_stale() {
  for folder in "$1"/certs.d/*; do
    if [ ! -d "$folder" ] || [ -L "$folder" ] || is_wanted "\${folder##*/}"; then continue; fi
    holds_only_ours "$folder" || continue
    sha_of "$folder/$our_file"
    is_known "$sum" || continue
    stale=$((stale + 1))
    eval "stale_$stale=\\$folder"
    change remove file "$folder/$our_file" "$sum" '' stale
    change remove folder "$folder" '' '' stale
  done
}
holds_only_ours() {
  [ -f "$1/$our_file" ] && [ ! -L "$1/$our_file" ] || return 1
  for other in "$1"/* "$1"/.[!.]*; do
    if [ ! -e "$other" ] && [ ! -L "$other" ]; then continue; fi
    case \${other##*/} in
      "$our_file" | .mooring-*.new | .*.mooring-kept) ;;
      *) return 1 ;;
    esac
  done
}
look() {
  look_clock
  look_system
  look_engines
  find_tools
  put kind looked; send
}
decide() {
  announced= confirmed=0 stale=0
  each_target look_target
  each_base look_stale
  put kind decided; put_number changes "$changes"; send
}
`;
