/** How each kind of engine is asked: to list what it has, to pull, to forget. */
export const engines = `
# --- engines: one way to ask them all ---
images_format='{{.ID}} {{.Repository}}:{{.Tag}} {{.Digest}}'
# COMMAND: called for each engine, its number in $nth
each_engine() {
  nth=0
  while [ "$nth" -lt "$engines" ]; do
    nth=$((nth + 1))
    eval "runtime=\\$runtime_$nth program=\\$program_$nth user=\\$user_$nth uid=\\$uid_$nth gid=\\$gid_$nth home=\\$home_$nth place=\\$place_$nth"
    "$1"
  done
}
# ARGUMENTS: for the program of the engine; in a shell of its own, which the program takes over
engine_do() {
  case $program:$runtime in
    crictl:*)
      line=containerd/containerd.sock
      if [ "$runtime" = podman ]; then line=crio/crio.sock; fi
      exec crictl --runtime-endpoint "unix://$root/run/$line" --image-endpoint "unix://$root/run/$line" --timeout 30s "$@" ;;
  esac
  case $runtime in
    docker-rootless) exec "$program" -H "unix://$root/run/user/$uid/docker.sock" "$@" ;;
    podman-rootless)
      line="REGISTRY_AUTH_FILE='$work/auth.json' && export REGISTRY_AUTH_FILE"
      if [ -d "$root/run/user/$uid" ]; then line="$line && XDG_RUNTIME_DIR='$root/run/user/$uid' && export XDG_RUNTIME_DIR"; fi
      line="$line && exec podman"
      for word in "$@"; do line="$line '$word'"; done
      as_user "$user" "$uid" "$gid" "$home" "$line" ;;
    *) exec "$program" "$@" ;;
  esac
}
engine_list() {
  case $program:$runtime in
    # crictl shows one digest of an image, whichever name has it.
    crictl:containerd) exec ctr -n k8s.io images ls ;;
    crictl:*) engine_do images --no-trunc --digests ;;
    ctr:*) engine_do -n mooring-probe images ls ;;
    *) engine_do images --all --no-trunc --digests --format "$images_format" ;;
  esac
}
engine_pull() {
  case $program in
    ctr) engine_do -n mooring-probe images pull --hosts-dir "$place" "$1" ;;
    *) engine_do pull "$1" ;;
  esac
}
engine_forget() {
  case $program:$runtime in
    # By crictl an image would go with all its names.
    crictl:containerd) exec ctr -n k8s.io images rm --sync "$@" ;;
    ctr:*) engine_do -n mooring-probe images rm --sync "$@" ;;
    *) engine_do rmi "$@" ;;
  esac
}
list_images() {
  if [ -z "$user" ]; then within 30 engine_list >"$work/notes/$1.$nth" 2>"$work/notes/error.$nth"
  else
    within 30 list_bounded >"$work/notes/$1.$nth" 2>"$work/notes/error.$nth"
    [ "$(tail -n 1 "$work/notes/$1.$nth")" = listed ]
  fi
}
# An engine of a user may list without end, and shells read slowly. Nor has the user the file, to write to it later.
list_bounded() { { (engine_list) && echo listed; } | tail -c 500000 | tail -n 2500; }
# Of an engine of a user the user says what it has: what is no name of an image is passed over, as names go into words of the shell.
read_image() {
  while read_image_line; do
    case $line_id$line_name$line_digest in
      *[!][A-Za-z0-9._:/@\\<\\>+-]*) ;;
      *) [ "\${#line_digest}" -gt 200 ] || return 0 ;;
    esac
  done
  return 1
}
# Each lists them in another order. For ctr the probe has a namespace of its own.
read_image_line() {
  case $program:$runtime in
    *:containerd)
      read -r line_name line_type line_digest line || return 1
      line_id=$line_digest ;;
    crictl:*)
      read -r line_name line_tag line_digest line_id line || return 1
      line_name=$line_name:$line_tag ;;
    *) read -r line_id line_name line_digest ;;
  esac
}
# A process that Podman leaves for each user, unless it was there before; killed as that user, whose word its number is. What
# is there may be a pipe that nobody writes to, and what that shell prints is no output of root's.
look_pause() {
  pause_file=$root/run/user/$uid/libpod/tmp/pause.pid
  [ -d "$root/run/user/$uid" ] || pause_file=/tmp/podman-run-$uid/libpod/tmp/pause.pid
  [ "$runtime" = podman-rootless ] && [ ! -e "$pause_file" ]
}
end_pause() {
  eval "was_idle=\\\${idle_$nth-}"
  [ -n "$was_idle" ] && [ "$runtime" = podman-rootless ] || return 0
  look_pause || within 5 as_user "$user" "$uid" "$gid" "$home" "read -r pid <'$pause_file' && kill -9 \\"\\$pid\\" && rm -f '$pause_file'" >/dev/null 2>&1
}
`;
