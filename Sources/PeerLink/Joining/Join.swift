/// How a machine becomes a node, as a value: what happened goes in, what is to be done comes out.
///
/// A step begins when the one before it has ended and that is on the disk. Each can be begun again: whoever is interrupted goes on
/// with the step they were at. Until the first step has ended the machine is nothing; from then on it is a member that is
/// suspended, until the last one has it resumed.
package struct Join: Sendable {
    /// What there is to be done, in this order.
    package enum Step: String, Sendable, Hashable, CaseIterable {
        /// It gets a certificate, and is a member.
        case certificate
        /// It has the state of the cluster but its history.
        case state
        /// It has the files that belong to revisions.
        case files
        /// Its daemon serves.
        case daemon
        /// Nodes that are to have a vote get it.
        case votes
        /// It has applied what was decided meanwhile.
        case log
        /// It is waited for like any other node.
        case ready

        /// Those a cluster needs that has so many nodes with it.
        package static func all(votesChange: Bool) -> [Step] { allCases.filter { $0 != .votes || votesChange } }
    }

    /// What happened.
    package enum Input: Sendable, Hashable {
        /// It may begin, or go on.
        case begin
        /// A step has ended well.
        case done
        /// What was to be kept is on the disk.
        case kept
        /// The step cannot be done.
        case refused(JoinRefusal)
    }

    /// What is to be done.
    package enum Effect: Sendable, Hashable {
        /// Do this, and tell `done` or `refused`.
        case perform(Step)
        /// Keep how far it has come, `nil` for the end; and tell `kept`.
        case keep(JoinProgress?)
    }

    /// How it ended here.
    package enum End: Sendable, Hashable {
        /// It is a node like any other.
        case node
        /// The rest is another process's: that of the daemon.
        case handedOver
        /// It cannot be done; what was reached stays.
        case refused(JoinRefusal)
    }

    private enum State: Sendable, Hashable {
        case idle
        case performing
        case keeping(isLast: Bool)
        case over(End)
    }

    private var state = State.idle
    private var progress: JoinProgress
    private let last: Step

    /// A join that begins, or goes on from where it was.
    ///
    /// - Parameter last: The last step that is for this process.
    package init(_ progress: JoinProgress, upTo last: Step = .ready) {
        (self.progress, self.last) = (progress, last)
    }

    /// How it ended; `nil` until it has.
    package var end: End? { if case .over(let end) = state { end } else { nil } }

    /// Which step is under way, and of how many.
    package var place: (number: Int, count: Int) {
        let steps = progress.steps
        return ((steps.firstIndex(of: progress.next) ?? steps.count - 1) + 1, steps.count)
    }

    /// Takes what happened.
    package mutating func handle(_ input: Input) -> [Effect] {
        switch (state, input) {
        case (.idle, .begin): return isPast(progress.next) ? finish(.handedOver) : perform()
        case (.performing, .done):
            let rest = progress.steps.drop { $0 != progress.next }.dropFirst()
            state = .keeping(isLast: rest.isEmpty)
            guard let next = rest.first else { return [.keep(nil)] }
            progress.pass(to: next)
            return [.keep(progress)]
        case (.performing, .refused(let refusal)), (.keeping, .refused(let refusal)): return finish(.refused(refusal))
        case (.keeping(isLast: true), .kept): return finish(.node)
        case (.keeping, .kept): return isPast(progress.next) ? finish(.handedOver) : perform()
        default: return []
        }
    }

    private func isPast(_ step: Step) -> Bool {
        guard let end = Step.allCases.firstIndex(of: last), let own = Step.allCases.firstIndex(of: step) else {
            return false
        }
        return own > end
    }

    private mutating func perform() -> [Effect] {
        state = .performing
        return [.perform(progress.next)]
    }

    private mutating func finish(_ end: End) -> [Effect] {
        state = .over(end)
        return []
    }
}
