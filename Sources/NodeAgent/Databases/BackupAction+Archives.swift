import JobEngine
import Values

extension BackupAction {
    /// What is said of each of the `archives` of a command, in their order. They are asked at the same time, some of them
    /// when there are many, and have until half a second before its end.
    ///
    /// - Parameters:
    ///   - silent: Stands for an answer that does not come in time.
    ///   - ask: Asks the archive its call names.
    func askEach(
        of call: ActionCall, silent: Value, _ ask: @escaping @Sendable (ActionCall) async throws(ActionError) -> Value
    ) async throws(ActionError) -> Value {
        let archives = call.arguments["archives"]?.list ?? []
        let answers = await withTaskGroup(of: (Int, Result<Value, ActionError>).self) { group in
            var answers = Array(repeating: Result<Value, ActionError>.success(silent), count: archives.count)
            for (place, archive) in archives.enumerated() {
                if place >= 8, let (ended, answer) = await group.next() { answers[ended] = answer }
                let one = call.with(
                    arguments: call.arguments.merging(["archive": archive]) { $1 }, end: call.end - .milliseconds(500))
                group.addTask {
                    // Swift 6.3 loses the place when either branch returns the pair and the code is optimised.
                    let answer: Result<Value, ActionError>
                    do throws(ActionError) {
                        answer = .success(try await ask(one))
                    } catch {
                        answer = error == .timedOut ? .success(silent) : .failure(error)
                    }
                    return (place, answer)
                }
            }
            for await (place, answer) in group { answers[place] = answer }
            return answers
        }
        var values: [Value] = []
        for answer in answers { values.append(try answer.get()) }
        return .list(values)
    }
}
