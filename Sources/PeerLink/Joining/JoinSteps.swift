package import Access
import Values

/// What a node asks the master once it has its certificate, and what the master asks a node about votes.
package struct JoinSteps: Sendable {
    private let votes: VoteBoard
    private let members: @Sendable () -> [Votes.Member]?
    private let welcome: @Sendable (_ node: Int) async throws(PeerFault) -> Welcome

    /// What the last step came to.
    package struct Welcome: Sendable, Hashable {
        /// The job that resumed the node; `nil` when it was not suspended.
        package let job: String?
        /// What the cluster bears now.
        package let sentence: String

        /// - Parameter sentence: As ``Votes/sentence(nodes:voters:standby:)`` has it.
        package init(job: String?, sentence: String) { (self.job, self.sentence) = (job, sentence) }
    }

    /// - Parameters:
    ///   - votes: Those of the ``VoteService`` of this node.
    ///   - members: All members as they are now; `nil` while this node does not decide.
    ///   - welcome: Has a node be waited for like any other; may be asked again for one that is.
    package init(
        votes: VoteBoard, members: @escaping @Sendable () -> [Votes.Member]?,
        welcome: @escaping @Sendable (_ node: Int) async throws(PeerFault) -> Welcome
    ) {
        (self.votes, self.members, self.welcome) = (votes, members, welcome)
    }

    /// The route for nodes on their way in.
    package var route: PeerRoute {
        PeerRoute("join-step", questionLimit: 1 << 10) { question throws(PeerFault) in
            guard let node = question.node else { throw PeerFault(.stranger, "Only a node may ask this.") }
            guard let members = members() else { throw PeerFault(.lowerTerm, "This node does not decide.") }
            switch question.body["step"]?.string {
            case "votes":
                let (lines, next, isAtRest) = votes.lines(from: question.body["from"]?.int ?? 0)
                return .value([
                    "lines": .list(lines.map { ["text": .string($0.text), "result": .string($0.result)] }),
                    "next": .int(next),
                    // It may have come so lately that nobody has looked at its vote yet.
                    "done": .bool(
                        isAtRest && members.contains { $0.node == node && $0.isReady }
                            && votes.next(among: members) == nil),
                ])
            case "ready":
                let welcome = try await welcome(node)
                return .value(
                    .members([
                        "job": welcome.job.map(Value.string), "sentence": .string(welcome.sentence),
                    ]))
            default: throw PeerFault(.malformed, "There is no such step of a join; another version asks.")
            }
        }
    }

    /// What whoever decides gives and takes votes by.
    package static let voteRoute = "vote"

    /// The route by which the master has this node start its etcd, and by an empty question end it.
    ///
    /// - Parameters:
    ///   - master: Who decides as far as this node knows; `nil` for nobody. Nobody else is heard.
    ///   - follow: Returns when etcd answers, or has ended.
    package static func voteRoute(
        master: @escaping @Sendable () -> Int?,
        _ follow: @escaping @Sendable (VoteOrder?) async throws(PeerFault) -> Void
    ) -> PeerRoute {
        PeerRoute(voteRoute, wantsTerm: true, questionLimit: 256 << 10) { question throws(PeerFault) in
            guard let node = question.node else { throw PeerFault(.stranger, "Only a node may ask this.") }
            guard node == master() else {
                throw PeerFault(.lowerTerm, "Node \(node) does not decide, as far as this node knows.")
            }
            if question.body.map?.isEmpty == true {
                try await follow(nil)
            } else if let order = VoteOrder(question.body) {
                try await follow(order)
            } else {
                throw PeerFault(.malformed, "The order to have a vote cannot be read: another version?")
            }
            return .value([:])
        }
    }
}

/// What a node asks on its way in, whoever is master meanwhile.
package struct JoinStepCall: Sendable {
    private static let pause = Duration.milliseconds(500)

    private let caller: any PeerCaller
    private let time: any TimeSource
    private let master: @Sendable () async -> PeerAddress?

    /// - Parameter master: Who decides as far as this node knows; `nil` for nobody.
    package init(
        by caller: any PeerCaller, time: any TimeSource, master: @escaping @Sendable () async -> PeerAddress?
    ) {
        (self.caller, self.time, self.master) = (caller, time, master)
    }

    /// Waits until nodes that are to have a vote have it.
    ///
    /// - Parameter say: Told what is waited for.
    /// - Throws: `notNow` when the task is cancelled.
    package func awaitVotes(saying say: @Sendable (JoinLine) async -> Void) async throws(JoinRefusal) {
        var (next, from) = (0, Int?.none)
        while true {
            let peer = await master()
            // Another master counts its lines anew.
            if peer?.node != from { (next, from) = (0, peer?.node) }
            let answer = await ask(["step": "votes", "from": .int(next)], of: peer)
            for line in answer?["lines"]?.list?.prefix(1000) ?? [] {
                guard let text = line["text"]?.string else { continue }
                await say(JoinLine(text, line["result"]?.string ?? ""))
            }
            if let number = answer?["next"]?.int { next = max(0, number) }
            if answer?["done"]?.bool == true { return }
            try await rest()
        }
    }

    /// Has the cluster wait for this node like for any other.
    ///
    /// - Throws: `notNow` when the task is cancelled.
    package func becomeReady() async throws(JoinRefusal) -> JoinSteps.Welcome {
        while true {
            let answer = await ask(["step": "ready"], of: await master())
            if let sentence = answer?["sentence"]?.string {
                return JoinSteps.Welcome(job: answer?["job"]?.string, sentence: sentence)
            }
            try await rest()
        }
    }

    /// `nil` for whoever cannot answer now: it is asked again, for the node is a member and stays one.
    private func ask(_ question: Value, of peer: PeerAddress?) async -> Value? {
        guard let peer else { return nil }
        return try? await caller.ask("join-step", question, of: peer, within: .seconds(60))
    }

    private func rest() async throws(JoinRefusal) {
        await time.sleep(until: time.monotonic + Self.pause)
        if Task.isCancelled { throw .notNow("The daemon is stopped; the join goes on at its next start.") }
    }
}
