import Values

/// What `--help` prints.
enum Usage {
    static let text = """
        Usage: confd_client [options] COMMAND [parameters...]
               confd_client [options] -c COMMAND [-a YAML | -A JSON]

        COMMAND is a job, with its parameters, or one of these; 'confd_client help COMMAND' tells more.
        \(groups)

        Parameters: confd_client db_start db_name: DB1 timeout: 30
          nodes: '[11,12]'        a list, quoted for the shell
          license: '"{< file}"'   the content of a file; '"{< -}"' is standard input

        Options, which may stand anywhere:
          -S, --start           start the job and print its id; do not wait
          -d, --dry-run         tell what the job would do
          -J, --volatile        leave no trace of a job that only reads
          -j, --json            JSON       -P, --python   Python literals
          -o, --output FORM     yaml, json, python, flat or table; --flat is flat
          -o table=COLUMN,...   these columns; -o jsonpath=.items[0].name what stands there
          --reason TEXT         kept with the job
          --priority WORD       low, normal or high
          --timeout TIME        how long the job may take, as 90s or 5m; of 'wait': how long to wait
          --depends-on ID,...   jobs that have to end well first
          --idempotency-key KEY with which the job is the same job however often it is sent
          -f, --follow          of 'logs': until the job ends
          -n, --limit N         of lists: so many; 20 of 'history' and 'jobs' if left out
          --host HOST[:PORT]    another machine; several with commas, tried in turn
          --socket PATH         another socket than \(Place.usualSocket)
          -u, --user USER       act as this user
          --cacert FILE         authorities to trust
          --cert FILE           certificate that proves who we are; --key FILE its key
          --credentials FILE    host, user, password, token, cacert, cert, key as YAML, mode 600
          --context NAME        a cluster of the file of credentials
          --completion SHELL    print the completion of bash, zsh or fish
          -v, --verbose   -h, --help   --version

        Environment: CONFD_CLIENT_HOST, _PORT, _SOCKET, _USER, _PASSWORD, _TOKEN, _CACERT, _CERT, _KEY,
        _CREDENTIALS, _CONTEXT, _INSECURE=1. A password is never taken from the command line. The same names without
        CLIENT_, such as CONFD_HOST, count only where no daemon of this machine has its socket.

        Exit status: 0 done, 1 failed or refused, 2 wrong command or parameters, 3 not ended, 4 login or
        right, 5 not now, 6 certificate or wrong port, 70 the daemon failed, 74 output cannot be written.

        """

    /// The words under their groups.
    private static var groups: String {
        Verb.Group.allCases.map { group in
            let words = Verb.allCases.filter { $0.group == group }.map { "    \(column($0.rawValue, 16))\($0.summary)" }
            return "  \(group.rawValue):\n" + words.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func column(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
