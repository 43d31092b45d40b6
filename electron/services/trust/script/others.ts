/** Files of others in the folders of this registry: named, explained, and touched only when a person said so. */
export const others = `
# --- others: files that are not from Mooring ---
# CODE PATH DETAIL: something a person should know
finding() {
  put kind finding; put code "$1"; put path "$2"; put detail "$3"; send
}
# FOLDER: the engine reads what others put there, too
look_others() {
  others=0
  for other in "$1"/* "$1"/.[!.]*; do
    [ -e "$other" ] || [ -L "$other" ] || continue
    case \${other##*/} in
      "$our_file" | .mooring-*.new | .*.mooring-kept) continue ;;
      hosts.toml) [ "$store_kind" != hosts.toml ] || continue ;;
    esac
    others=$((others + 1))
    [ "$others" -le 20 ] || return 0
    look_other "$other"
  done
}
look_other() {
  note=unread code=
  case $1 in
    *.crt) note=other-ca ;;
    *.key) if [ -e "\${1%.key}.cert" ]; then note=client-pair; else note=key-without-cert code=KEY_WITHOUT_CERT; fi ;;
    *.cert) if [ -e "\${1%.cert}.key" ]; then note=client-pair; else note=cert-without-key code=CERT_WITHOUT_KEY; fi ;;
  esac
  if [ -d "$1" ] || [ -L "$1" ] || [ ! -f "$1" ]; then change keep file "$1" '' '' "$note"
  else
    sha_of "$1"
    if [ "$note" = other-ca ]; then judge "$1"; fi
    decide_other "$1" "$note"
  fi
  [ -z "$code" ] || finding "$code" "$1" "$detail"
  case $note in
    *-without-*) put kind warning; put code FOREIGN_FILE; put path "$1"; put note "$note"; send ;;
  esac
  note= detail=
}
# PATH NOTE: it stays, goes, or becomes PEM; its SHA-256 is in $sum
decide_other() {
  if ! is_confirmed "$1"; then
    change keep file "$1" "$sum" "$sum" "$2"
    return 0
  fi
  confirmed=$((confirmed + 1))
  eval "confirmed_$confirmed=\\$1 rewrite_$confirmed="
  if [ "$code" = DER_CERTIFICATE ] && is_repaired "$1"; then
    eval "rewrite_$confirmed=yes"
    before=$sum
    pem_sum "$1"
    change replace file "$1" "$before" "$sum" der
  else change remove file "$1" "$sum" '' "$2"
  fi
  # What is put right is no longer worth a warning.
  code= note=
}
# FOLDER NAME: images are named NAME, so no engine looks into FOLDER for them
look_wrong() {
  [ -d "$place_store/$1" ] || return 0
  for other in "$place_store/$1"/*.crt; do
    [ -f "$other" ] && [ ! -L "$other" ] || continue
    sha_of "$other"
    code=WRONG_HOST_FOLDER
    if is_confirmed "$other"; then decide_other "$other" wrong-folder
    else finding WRONG_HOST_FOLDER "$other" "$2"
    fi
    code=
  done
}
# --- judge: what is wrong with a certificate, in $code ---
# FILE: the shell finds what is no PEM; openssl, where there is one, reads the rest, else the app does
judge() {
  code= detail=
  look_markers "$1"
  stat_of "$1"
  if [ "$size" = 0 ]; then code=TRUNCATED_CERTIFICATE detail=empty
  elif [ -z "$has_begin" ]; then
    find_base64
    case $({ $base64_tool <"$1"; } 2>/dev/null) in
      MI*) code=DER_CERTIFICATE ;;
      *) code=TRUNCATED_CERTIFICATE detail=no-certificate ;;
    esac
  elif [ -z "$has_end" ]; then code=TRUNCATED_CERTIFICATE detail=no-end
  elif has openssl; then judge_pem "$1"
  elif [ "$size" -le 16384 ] && [ "$certificates" -lt 8 ]; then
    certificates=$((certificates + 1))
    find_base64
    put kind certificate; put path "$1"; put data "$($base64_tool <"$1" | tr -d '\\r\\n')"; send
  fi
}
look_markers() {
  has_begin= has_end=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      *'-----BEGIN '*CERTIFICATE-----*) has_begin=yes ;;
      *'-----END '*CERTIFICATE-----*) has_end=yes ;;
    esac
  done 2>/dev/null <"$1"
}
judge_pem() {
  words=$(openssl x509 -noout -subject -issuer -enddate -text -in "$1" 2>/dev/null)
  [ -n "$words" ] || { code=TRUNCATED_CERTIFICATE detail=damaged; return 0; }
  subject=\${words#*subject=}; subject=\${subject%%issuer=*}
  issuer=\${words#*issuer=}; issuer=\${issuer%%notAfter=*}
  until=\${words#*notAfter=}; until=\${until%%Certificate:*}
  case $words in
    *CA:TRUE*)
      openssl x509 -noout -checkend 0 -in "$1" >/dev/null 2>&1 || { code=EXPIRED_CA detail=\${until%%[!A-Za-z0-9: ]*}; } ;;
    # One that vouches for itself is taken for a CA by the engines.
    *) [ "$subject" = "$issuer" ] || code=LEAF_AS_CA ;;
  esac
}
# FILE: as PEM
print_pem() {
  printf '%s\\n' '-----BEGIN CERTIFICATE-----'
  $base64_tool <"$1"
  printf '%s\\n' '-----END CERTIFICATE-----'
}
pem_sum() {
  sum=$(print_pem "$1" | $sha_tool)
  sum=\${sum%% *}
}
`;
