/// The scripts that teach a shell to ask for completions.
enum CompletionScript: String, CaseIterable {
    case bash, zsh, fish

    var text: String {
        switch self {
        case .bash: Self.bashText
        case .zsh: Self.zshText
        case .fish: Self.fishText
        }
    }

    // A colon ends a word in bash, but here it belongs to the name of a parameter.
    private static let bashText = """
        # bash completion of confd_client: source <(confd_client --completion bash)
        _confd_client() {
            local line=${COMP_LINE:0:COMP_POINT} candidate
            local -a words
            read -ra words <<<"$line"
            [[ $line == *[[:space:]] ]] && words+=("")
            local typed=${words[${#words[@]}-1]} shown=""
            [[ $typed == *:* && $COMP_WORDBREAKS == *:* ]] && shown=${typed%"${typed##*:}"}
            COMPREPLY=()
            while IFS= read -r candidate; do
                COMPREPLY+=("${candidate#"$shown"}")
            done < <("${words[0]}" __complete "${words[@]:1}" </dev/null 2>/dev/null)
            [[ ${#COMPREPLY[@]} -eq 0 ]] && compopt -o default
            return 0
        }
        complete -F _confd_client confd_client

        """

    private static let zshText = """
        #compdef confd_client
        # zsh completion of confd_client: source <(confd_client --completion zsh)
        _confd_client() {
            local -a candidates
            candidates=(${(f)"$("${words[1]}" __complete "${(@)words[2,CURRENT]}" </dev/null 2>/dev/null)"})
            if (( ${#candidates} )); then
                compadd -a candidates
            else
                _files
            fi
        }
        compdef _confd_client confd_client

        """

    private static let fishText = """
        # fish completion of confd_client: confd_client --completion fish | source
        function __confd_client_complete
            set -l words (commandline -opc) (commandline -ct)
            $words[1] __complete $words[2..-1] </dev/null 2>/dev/null
        end
        complete -c confd_client -f -a '(__confd_client_complete)'

        """
}
