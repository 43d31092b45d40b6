/** What a run does with the places of one owner. */
export const run = `
# --- run: what this mode does with each place ---
run_steps() {
  case $mode in
    release)
      every_store release
      release_extra ;;
    undo) undo ;;
    plan | verify) decide ;;
    push)
      decide
      [ -z "$stopped" ] || return 0
      if [ "$changes" -gt 0 ]; then
        before_write
        [ -z "$stopped" ] || return 0
        write
        [ -n "$stopped" ] || verify
      else
        each_place adopt
        every_store adopt_folders
        put kind verified; send
      fi ;;
  esac
}
`;
