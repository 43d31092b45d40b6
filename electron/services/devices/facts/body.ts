import { shellQuote } from '../script/quote.ts';

const system = `
# The clock comes first: it is compared with ours at the moment this record arrives.
put step clock
put_number now "$(date -u +%s)"
send

os_name= os_version= os_id= host_name=
while IFS='=' read -r key value; do
  value=\${value#[\\"\\']}
  value=\${value%[\\"\\']}
  case $key in
    NAME) os_name=$value ;;
    VERSION_ID) os_version=$value ;;
    ID) os_id=$value ;;
  esac
done 2>/dev/null </etc/os-release
read -r host_name 2>/dev/null </proc/sys/kernel/hostname || host_name=$(uname -n)
put step system
put hostName "$host_name"
put os "\${os_name:-$(uname -s)}"
put osVersion "$os_version"
put architecture "$(uname -m)"
send
`;

const engines = `
engine() {
  put step engine
  put kind "$1"
  put version "$2"
  put_raw isRunning "$3"
  put folder "$4"
  send
  case " $folders " in
    *" $4 "*) ;;
    *) folders="$folders $4" ;;
  esac
}

# Docker and balenaEngine: the server's version when it answers, else the program's.
daemon() {
  command -v "$2" >/dev/null 2>&1 || return 1
  version=$(within 10 "$2" version --format '{{.Server.Version}}' 2>/dev/null)
  if [ $? = 0 ] && [ -n "$version" ]; then
    running=true
  else
    version=$(within 10 "$2" --version 2>/dev/null)
    running=false
    case $version in
      *[Pp]odman*) return 1 ;;
    esac
    version=\${version#* version }
    version=\${version%%,*}
  fi
  engine "$1" "$version" "$running" "$3"
}

folders=/etc/docker/certs.d
balena_folder=/etc/balena-engine/certs.d
real=$(cd -P /etc/balena-engine 2>/dev/null && pwd)
if [ "$os_id" = balena-os ] || [ "$real" = /etc/docker ]; then
  balena_folder=/etc/docker/certs.d
fi
daemon balena-engine balena-engine "$balena_folder" || daemon balena-engine balena "$balena_folder"
case $(docker --version 2>/dev/null) in
  '' | *[Pp]odman*) ;;
  *) daemon docker docker /etc/docker/certs.d ;;
esac
if command -v podman >/dev/null 2>&1; then
  version=$(within 10 podman --version 2>/dev/null)
  engine podman "\${version##* }" true /etc/containers/certs.d
fi
`;

const space = `
folder=/etc/docker/certs.d
while [ ! -d "$folder" ]; do folder=\${folder%/*}; done
# test -w says yes to root even on a read-only file system in some shells: the mount table knows.
mount_at= mount_options=
while read -r _ at _ options _; do
  case "$folder/" in
    "\${at%/}"/*) [ "\${#at}" -lt "\${#mount_at}" ] || { mount_at=$at; mount_options=$options; } ;;
  esac
done 2>/dev/null </proc/self/mounts
writable=true
case ",$mount_options," in
  *,ro,*) writable=false ;;
esac
[ -w "$folder" ] || writable=false
free=
while read -r _ _ _ available _; do free=$available; done <<END
$(df -Pk "$folder" 2>/dev/null)
END
put step space
put folder "$folder"
put_number freeKib "$free"
put_raw isWritable "$writable"
send

# Port 2375 (0947) listening on every address: an engine that anyone on the network may command.
open_engine=false
while read -r _ at _ state _; do
  case $at,$state in
    00000000:0947,0A | 00000000000000000000000000000000:0947,0A) open_engine=true ;;
  esac
done 2>/dev/null <<END
$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
END
put step network
put_raw isEngineOpen "$open_engine"
send
`;

const files = `
look() {
  [ -f "$1" ] || return 0
  sum=$(sha256sum "$1" 2>/dev/null)
  problem=
  case $1 in
    *.crt) grep -q 'BEGIN CERTIFICATE' "$1" 2>/dev/null || problem=ignored ;;
    *.cert) [ -f "\${1%.cert}.key" ] || problem=unpaired ;;
    *.key) [ -f "\${1%.key}.cert" ] || problem=unpaired ;;
    *) return 0 ;;
  esac
  put step file
  put path "$1"
  put sha256 "\${sum%% *}"
  put problem "$problem"
  send
}
for reference in $references; do
  for folder in $folders; do
    for file in "$folder/$reference"/*; do look "$file"; done
  done
done
`;

/**
 * The script body that reads facts: writes nothing. Records are `factRecord`s.
 * @param references `name:port` of this registry, whose folders in certs.d are looked into
 */
export const factsBody = (references: readonly string[]): string =>
  [system, engines, space, `references=${shellQuote(references.join(' '))}`, files]
    .map((part) => part.trim())
    .join('\n');
