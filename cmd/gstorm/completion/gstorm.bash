# Completion of gstorm for bash.
_gstorm() {
    local current=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[0]/#\~/$HOME} word words
    local -a before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
    for word in "${before[@]}"; do
        [[ $word == -- ]] && return # the topology's own arguments: files, by default
    done
    [[ $current == -* ]] && before+=("$current")
    words=$(SHELL=bash "$program" "${before[@]}" --generate-bash-completion 2>/dev/null) || return
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _gstorm gstorm
