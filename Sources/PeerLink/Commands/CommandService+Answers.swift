import JobEngine
import Values

/// Answers that are too long for the records of their jobs.
extension CommandService {
    /// The outcome of a command, whose answer is in a file of this node where it is too long for the log of the cluster.
    @concurrent
    nonisolated func bounded(_ outcome: CommandOutcome, of asked: AskedCommand) async -> CommandOutcome {
        guard case .ok(let answer) = outcome else { return outcome }
        let size = JSON.bytes(answer).count
        guard size > CommandOutcome.mostBytes else { return outcome }
        // Nobody reads what an undo answers.
        if asked.key.isUndo { return .ok(.null) }
        guard let answers, asked.isKept else {
            return .lost(
                "The answer has \(size) bytes; in a cluster a job keeps at most \(CommandOutcome.mostBytes). Ask for less at once."
            )
        }
        do throws(InstallError) {
            let content = JSON.bytes(asked.command.masking(answer))
            return .stored(try await answers.store(content, of: asked.key.job, step: asked.key.step))
        } catch {
            return .lost("The answer has \(size) bytes, and \(error). Ask for less at once.")
        }
    }
}

extension Command {
    /// An answer as it may be kept and told: secrets as `***`, by their names, by their form, and those the command was told.
    func masking(_ answer: Value) -> Value {
        answer.redacting(members: secretAnswers.union(secrets)).redacting().masking(clearSecrets)
    }
}

extension Value {
    /// The same with `***` in place of texts, wherever they stand.
    fileprivate func masking(_ texts: [String]) -> Value {
        guard !texts.isEmpty else { return self }
        func masked(_ text: String) -> String { texts.reduce(text) { $0.replacing($1, with: Secret.mask) } }
        return switch self {
        case .string(let text): .string(masked(text))
        case .list(let elements): .list(elements.map { $0.masking(texts) })
        case .map(let members):
            .map(
                Dictionary(members.map { (masked($0), $1.masking(texts)) }, uniquingKeysWith: { first, _ in first }))
        default: self
        }
    }
}
