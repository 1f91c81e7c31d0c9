import JobEngine

/// What becomes of a command a node is asked for, by what it remembers of the same step. Nothing of its job runs then.
enum CommandVerdict: Sendable, Hashable {
    /// It is to be done.
    case begin
    /// It was done already, with this.
    case ended(CommandOutcome)
    /// First it has to be settled how this one ended, which was cut off by the end of a daemon.
    case settle(JournaledCommand)
    /// It is not done, nor was it; the text says why.
    case refuse(String)

    /// - Parameters:
    ///   - known: The command of the step and what took it back, as far as there are any.
    ///   - mayRepeat: Whether the command may run twice.
    init(_ asked: JournaledCommand, among known: [JournaledCommand], mayRepeat: Bool = false) {
        let command = known.first { !$0.key.isUndo }
        let undo = known.first { $0.key.isUndo }
        self =
            asked.key.isUndo
            ? Self.takingBack(asked, command: command, undo: undo)
            : Self.doing(asked, command: command, undo: undo, mayRepeat: mayRepeat)
    }

    private static func doing(
        _ asked: JournaledCommand, command: JournaledCommand?, undo: JournaledCommand?, mayRepeat: Bool
    ) -> CommandVerdict {
        if let undo {
            if undo.order > asked.order {
                // A request that was long on its way.
                if let command, command.digest == asked.digest, let outcome = command.outcome { return .ended(outcome) }
                return .refuse("The command of this step was taken back before this request arrived.")
            }
            switch undo.outcome {
            case nil: return .settle(undo)
            case .ok: return .begin
            default: return .refuse("The command of this step was to be taken back, and that failed.")
            }
        }
        guard let command else { return .begin }
        if command.wasStoppedBefore {
            return command.order >= asked.order ? .ended(.cancelled) : .begin
        }
        // A request that is repeated, or late, is no wish to have it once more.
        if mayRepeat, asked.order > command.order {
            switch command.outcome {
            case nil: return .settle(command)
            case .lost: return .begin
            default: if command.digest != asked.digest { return .begin }
            }
        }
        guard command.digest == asked.digest else {
            return .refuse("Another command was begun for this step, and was not taken back.")
        }
        return command.outcome.map { .ended($0) } ?? .settle(command)
    }

    private static func takingBack(
        _ asked: JournaledCommand, command: JournaledCommand?, undo: JournaledCommand?
    ) -> CommandVerdict {
        if let command {
            if command.order > asked.order {
                return .refuse("The command of this step was begun again before this request to take it back arrived.")
            }
            if command.outcome == nil { return .settle(command) }
        }
        guard let undo else { return .begin }
        if undo.wasStoppedBefore { return undo.order >= asked.order ? .ended(.cancelled) : .begin }
        switch undo.outcome {
        case nil: return .settle(undo)
        case let outcome?:
            // What failed may be tried once more.
            if outcome.isDone { return .ended(outcome) }
            return asked.order > undo.order ? .begin : .ended(outcome)
        }
    }
}

extension JournaledCommand {
    /// Whether somebody asked for it to be stopped before it arrived.
    var wasStoppedBefore: Bool { digest.isEmpty }
}
