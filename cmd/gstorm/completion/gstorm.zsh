#compdef gstorm
# Completion of gstorm for zsh.
_gstorm() {
    local -a before found
    before=("${(@)words[2,CURRENT-1]}")
    if (( ${before[(Ie)--]} )); then # the topology's own arguments
        _files
        return
    fi
    [[ ${words[CURRENT]} == -* ]] && before+=("${words[CURRENT]}")
    found=("${(@f)$(SHELL=zsh ${~words[1]} "${before[@]}" --generate-bash-completion 2>/dev/null)}")
    if [[ -n ${found[1]} ]]; then
        _describe gstorm found
    else
        _files
    fi
}
if [[ ${funcstack[1]} == _gstorm ]]; then
    _gstorm "$@"
else
    compdef _gstorm gstorm
fi
