package import Access

/// What the master can do about votes; the etcd it asks is its own.
package protocol VoteGranting: Sendable {
    /// Whether this node has the authority of the cluster, which goes with a vote and lies on no standby.
    var hasAuthority: Bool { get }
    /// Has a node decide in place of this one, if it can.
    func handOver(to node: Int) async
    /// Has etcd know a node without giving it a vote.
    ///
    /// - Returns: What etcd knows it by.
    func add(_ node: Int) async throws(MembershipRefusal) -> UInt64
    /// Gives it its vote.
    func promote(_ id: UInt64) async throws(MembershipRefusal)
    /// Takes it out; one that is not there is well.
    func remove(_ id: UInt64) async throws(MembershipRefusal)
    /// Has a node that is there lose its vote and end its etcd.
    func takeBack(_ node: Int) async throws(MembershipRefusal)
    /// Who is known without a vote, and whether they answer.
    func learners() async throws(MembershipRefusal) -> [UInt64: Bool]
    /// Has a node start its etcd, by a ``VoteOrder``; it returns when that one answers, or could not be told.
    func start(_ node: Int, as id: UInt64) async -> Bool
}

/// Carries an ``Admission``: one call after the other, until it has ended.
package struct AdmissionRun: Sendable {
    private let node: Int
    private let votes: any VoteGranting
    private let time: any TimeSource

    /// The admission of a node.
    package init(node: Int, by votes: any VoteGranting, time: any TimeSource) {
        (self.node, self.votes, self.time) = (node, votes, time)
    }

    /// Has the node get its vote.
    ///
    /// - Parameters:
    ///   - decides: Whether this node is still the master, asked before each call: etcd does not know whose term it is.
    ///   - say: Told what is waited for.
    /// - Returns: How it ended; `nil` when the task was cancelled, or this node decides no more. What was begun is gone on with by
    ///   who is master then.
    package func run(
        while decides: @Sendable () async -> Bool = { true }, saying say: @Sendable (String) async -> Void
    ) async -> Admission.End? {
        var machine = Admission(node: node)
        var effects = machine.handle(.begin, at: time.monotonic)
        while machine.end == nil, !Task.isCancelled, await decides() {
            var input: Admission.Input?
            for effect in effects {
                if case .say(let text) = effect {
                    await say(text)
                } else {
                    input = await perform(effect)
                }
            }
            if input == nil, machine.end == nil {
                guard let due = machine.nextDue else { return nil }
                await time.sleep(until: due)
                input = .due
            }
            guard let input else { break }
            effects = machine.handle(input, at: time.monotonic)
        }
        return machine.end
    }

    private func perform(_ effect: Admission.Effect) async -> Admission.Input? {
        do throws(MembershipRefusal) {
            switch effect {
            case .add: return .added(try await votes.add(node))
            case .start(let id): return .started(await votes.start(node, as: id))
            case .promote(let id):
                try await votes.promote(id)
                return .promoted
            case .lookForLearners: return .learners(try await votes.learners())
            case .remove(let id):
                try await votes.remove(id)
                return .removed
            case .say: return nil
            }
        } catch {
            return .refused(error)
        }
    }
}
