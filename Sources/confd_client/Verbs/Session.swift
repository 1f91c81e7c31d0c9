import Values

/// One command, with everything it needs.
struct Session {
    let daemon: Daemon
    let line: Invocation
    let progress: Progress
    /// Where standard output goes.
    var display = Display()

    func run() async throws(Failure) {
        guard let command = line.command else {
            throw Failure.usage("There is no command. 'confd_client --help' tells what there is.")
        }
        guard let verb = Verb(rawValue: command) else { return try await runJob(command) }
        switch verb {
        case .contexts: try contexts()
        case .jobs: try await jobs()
        case .queue: try await queue()
        case .top: try await top()
        case .rules: try await rules()
        case .wait: try await wait()
        case .retry: try await retry(try word("job id"))
        case .tokens: try await tokens()
        case .lockouts: try await lockouts()
        case .backups: try await backups()
        case .findings: try await findings()
        case .open: try await open()
        case .clusterLevel: try await clusterLevel()
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
    ///
    /// - Throws: ``Failure`` where a path leads to nothing.
    func show(_ value: Value) throws(Failure) {
        guard case .table(let columns) = line.form else {
            return Terminal.write(try (line.form ?? .yaml).text(value))
        }
        Terminal.write(Table(value, columns: columns, on: display).styled(display), on: display)
    }

    /// Prints things as a table of these columns, or of those that were chosen; in another form all that was told of them.
    ///
    /// - Parameter row: What is shown of one besides its own members.
    func show(
        _ items: [Value], in columns: [String], row: (Value) -> [String: Value] = { _ in [:] }
    ) throws(Failure) {
        var chosen = columns
        switch line.form {
        case nil, .table([]): break
        case .table(let names): chosen = names
        default: return try show(.list(items))
        }
        let rows = items.map { item in Value.map((item.map ?? [:]).merging(row(item)) { $1 }) }
        Terminal.write(Table(rows, columns: chosen, on: display).styled(display), on: display)
    }

    /// The only word of a command that needs one.
    func word(_ meaning: String) throws(Failure) -> String {
        guard let word = line.words.first, line.words.count == 1, !word.isEmpty else {
            throw .usage("'\(line.command ?? "")' needs a \(meaning) and nothing else.")
        }
        return word
    }
}
