import Values

/// Jobs that start over after a daemon was cut off.
extension Plan {
    /// Takes the commands a job began with in place of its own, where nothing but what was told to them, such as a moment, sets
    /// them apart: what runs on a node goes on then, and what has ended there counts.
    ///
    /// Both were planned on the same configuration. Nothing is changed where there are secrets: what was stored has none.
    mutating func startOver(with former: [CommandRecord]) {
        guard expectation == nil, former.count == commands.count,
            zip(commands, former).allSatisfy({ $0.isTold($1) })
        else { return }
        for index in commands.indices { commands[index].arguments = former[index].arguments }
    }
}

extension Command {
    /// Whether a stored command is the same but for what it was told, of which nothing is secret.
    fileprivate func isTold(_ stored: CommandRecord) -> Bool {
        action == stored.action && node == stored.node && undo == stored.undo && isBeside == stored.isBeside
            && arguments.redacting(secrets) == arguments && arguments.keys == stored.arguments.keys
    }
}
