package import Access

/// What a machine does on its way; each may have been done before, in part or as a whole.
package protocol JoinWork: Sendable {
    /// Does a step.
    ///
    /// - Parameter say: Told what is waited for below the step.
    /// - Returns: The line of the step: what it was about, and what came of it; an empty result is the time it took.
    func perform(
        _ step: Join.Step, saying say: @Sendable (JoinLine) async -> Void
    ) async throws(JoinRefusal) -> (text: String, result: String)
}

/// Carries a ``Join``: one step after the other, each kept before the next one begins.
package struct JoinRun: Sendable {
    private let folder: MemberFolder
    private let work: any JoinWork
    private let time: any TimeSource

    /// A join whose progress is kept in a folder.
    package init(_ work: any JoinWork, in folder: MemberFolder, time: any TimeSource) {
        (self.work, self.folder, self.time) = (work, folder, time)
    }

    /// Goes on from how far it has come.
    ///
    /// - Parameters:
    ///   - last: The last step that is for this process.
    ///   - say: Told each line, and lines below a step before that of the step.
    /// - Returns: How it ended; `nil` when the task was cancelled.
    package func run(
        _ progress: JoinProgress, upTo last: Join.Step = .ready, saying say: @Sendable (JoinLine) async -> Void
    ) async -> Join.End? {
        var join = Join(progress, upTo: last)
        var effects = join.handle(.begin)
        while let effect = effects.first, !Task.isCancelled {
            switch effect {
            case .perform(let step):
                let place = join.place
                let begin = time.monotonic
                do throws(JoinRefusal) {
                    let (text, result) = try await work.perform(step, saying: say)
                    let took = JoinLine.seconds(time.monotonic - begin)
                    await say(JoinLine(text, result.isEmpty ? took : result, place: place))
                    effects = join.handle(.done)
                } catch {
                    effects = join.handle(.refused(error))
                }
            case .keep(let progress):
                do throws(MemberFileFault) {
                    try folder.write(progress)
                    effects = join.handle(.kept)
                } catch {
                    effects = join.handle(.refused(.unusable(error.description)))
                }
            }
        }
        return join.end
    }
}
