/** Finds out which engines there are and where each looks for trust. Writes nothing. */
export const runtimes = `
# --- runtimes: which engines there are, and where each looks for trust ---
has() { command -v "$1" >/dev/null 2>&1; }
# RUNTIME: was it asked for?
wants() {
  case $only_runtimes in
    '' | *" $1 "*) return 0 ;;
  esac
  return 1
}
# FOLDER KIND: a place where trust goes, once, whoever reads it
add_store() {
  number=0
  while [ "$number" -lt "$stores" ]; do
    number=$((number + 1))
    eval "known_store=\\$store_$number"
    [ "$known_store" != "$1" ] || return 0
  done
  stores=$((stores + 1))
  eval "store_$stores=\\$1 store_kind_$stores=\\$2"
}
# RUNTIME PROGRAM FOLDER KIND [USER UID GID HOME]: an engine, and the place it reads
add_engine() {
  wants "$1" || return 0
  engines=$((engines + 1))
  eval "runtime_$engines=\\$1 program_$engines=\\$2 place_$engines=\\$3 user_$engines=\\\${5-} uid_$engines=\\\${6-} gid_$engines=\\\${7-} home_$engines=\\\${8-}"
  put kind found; put engine "$1"; put folder "$3"
  if [ -n "\${5-}" ]; then put user "$5"; put home "$8"
  else add_store "$3" "$4"
  fi
  send
}
look_engines() {
  engines=0 stores=0 users=0 former=
  balena= docker= podman=
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
  # On balenaOS, /etc/balena-engine is a link to /etc/docker.
  if [ -n "$balena" ]; then
    folder=$root/etc/balena-engine
    if [ "$os" = balena-os ] || [ "$folder" -ef "$root/etc/docker" ]; then folder=$root/etc/docker; fi
    add_engine balena-engine "$balena" "$folder/certs.d" certs.d
  fi
  if [ -n "$docker" ]; then add_engine docker docker "$root/etc/docker/certs.d" certs.d; fi
  # CRI-O, skopeo and buildah read the same folder.
  if [ -n "$podman" ] || has crio || has skopeo || has buildah; then
    program=$podman
    if [ -z "$podman" ] && has crio && has crictl; then program=crictl; fi
    add_engine podman "$program" "$root/etc/containers/certs.d" certs.d
    # Older versions of Mooring gave podman the folder of Docker.
    if [ -z "$docker" ] && [ "$stores" -gt 0 ]; then former=$root/etc/docker/certs.d; fi
  fi
  look_containerd
  look_users
  if [ "$engines" -eq 0 ] && [ -z "$only_runtimes" ]; then add_store "$root/etc/docker/certs.d" certs.d; fi
  look_anchor
  # On balenaOS that folder is in use.
  if [ -n "$balena" ]; then former=; fi
}
`;

/** containerd reads hosts.toml files where its configuration says so. */
export const containerd = `
# Docker brings a containerd of its own, which pulls nothing by itself.
look_containerd() {
  containerd_config= cri_section=
  has containerd || return 0
  if [ -n "$balena$docker" ] && ! has nerdctl && ! has crictl; then return 0; fi
  containerd_config=$root/etc/containerd/config.toml
  read_config_path
  # Kubernetes pulls by CRI, which reads the folder only when its configuration says so; ctr is told where it is.
  program=
  if has ctr; then
    program=ctr
    if [ -z "$cri_off" ] && has crictl; then program=crictl; fi
  fi
  add_engine containerd "$program" "\${config_path:-$root/etc/containerd/certs.d}" hosts.toml
}
# The folder that the CRI plugin reads, in $config_path; $cri_section is where it belongs when it is missing.
read_config_path() {
  config_path= section= cri_off=
  cri_section='[plugins."io.containerd.grpc.v1.cri".registry]'
  lines=
  if [ -f "$containerd_config" ]; then
    blank='[[:space:]]*'
    wanted_lines="/^$blank\\\\[/p; /^\${blank}config_path$blank=/p; /^\${blank}version$blank=/p; /^\${blank}disabled_plugins/p"
    lines=$(sed -n "$wanted_lines" "$containerd_config" 2>/dev/null)
  fi
  old_ifs=$IFS
  IFS='
'
  set -f
  for line in $lines; do read_config_line "$line"; done
  set +f
  IFS=$old_ifs
  # More than one may be named; the first wins.
  config_path=\${config_path%%:*}
  case $config_path in
    /*) config_path=$root$config_path; cri_section= ;;
    *) config_path= ;;
  esac
  if [ -n "$cri_off" ]; then cri_section=; fi
}
read_config_line() {
  set -- "\${1#"\${1%%[! ]*}"}"
  case $1 in
    '['*) section=$1 ;;
    disabled_plugins*cri*) cri_off=yes ;;
    version*3*) cri_section="[plugins.'io.containerd.cri.v1.images'.registry]" ;;
    config_path*)
      case $section in
        *io.containerd.grpc.v1.cri?.registry] | *io.containerd.cri.v1.images?.registry])
          set -- "\${1#*=}"
          set -- "\${1#*[\\"\\']}"
          config_path=\${1%%[\\"\\']*} ;;
      esac ;;
  esac
}
`;
