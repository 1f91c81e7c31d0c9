import Values

/// One command, with everything it needs.
struct Session {
    let daemon: Daemon
    let line: Invocation
    let progress: Progress

    func run() async throws(Failure) {
        guard let command = line.command else {
            throw Failure.usage("There is no command. 'confd_client --help' tells what there is.")
        }
        guard let verb = Verb(rawValue: command) else { return try await runJob(command) }
        switch verb {
        case .info, .master, .list, .help, .desc, .args, .result, .stop: try await ask(verb)
        case .status: try await status()
        case .cluster: try await cluster()
        case .clusterInvite: try await inviteToCluster()
        case .clusterVote: try await moveVote()
        case .watch: try await watch(line.words.first)
        case .history: try await history()
        case .diff: try await diff(line.words)
        case .rollback: try await rollback(try word("revision"))
        case .logs: try await logs(try word("job id"))
        }
    }

    /// Prints a value in the form that was asked for.
    func show(_ value: Value, else form: OutputForm = .yaml) {
        Terminal.write((line.form ?? form).text(value))
    }

    /// The only word of a command that needs one.
    func word(_ meaning: String) throws(Failure) -> String {
        guard let word = line.words.first, line.words.count == 1, !word.isEmpty else {
            throw .usage("'\(line.command ?? "")' needs a \(meaning) and nothing else.")
        }
        return word
    }
}
