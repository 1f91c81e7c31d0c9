import ClusterChecker
import Testing

/// Histories by hand: what is judged, and as what.
@Suite struct HistoryCheckerTests {
    private func violation(_ events: [HistoryEvent]) -> Violation? {
        var checker = HistoryChecker()
        for event in events { checker.take(event) }
        return checker.end()
    }

    private func stored(
        _ index: Int, _ facts: [HistoryFact] = [], generation: Int = 1, epoch: Int = 5, content: String? = nil,
        more: Bool = false
    ) -> HistoryEvent {
        .stored(
            StoredEntry(
                generation: generation, index: index, epoch: epoch, content: content ?? "\(generation)-\(index)",
                more: more, facts: facts))
    }

    private func answered(_ request: Int, _ verdict: Answered.Verdict, at time: Int = 20, job: Int? = nil)
        -> HistoryEvent
    {
        .answered(Answered(request: request, at: time, as: verdict, job: job))
    }

    private func applied(_ member: Int, _ index: Int, state: String, chain: String? = nil) -> HistoryEvent {
        .applied(
            AppliedChange(
                member: member, generation: 1, first: index, index: index, chain: chain ?? "1-\(index)", state: state))
    }

    @Test func whatKeepsEveryPromisePasses() {
        let events: [HistoryEvent] = [
            .asked(Asked(request: 1, at: 10, key: "k")), stored(1), stored(2, more: true),
            stored(3, [.job(1, request: 1, key: "k"), .revision(1, on: 0)]),
            .appended(AppendedEntry(generation: 1, index: 3, epoch: 5, member: 2)),
            applied(1, 1, state: "a"), applied(2, 1, state: "a"),
            .applied(AppliedChange(member: 1, generation: 1, first: 2, index: 3, chain: "1-3", state: "b")),
            // The pieces of a batch that was dropped belong to no change.
            .applied(AppliedChange(member: 2, generation: 1, first: 3, index: 3, chain: "1-3", state: "b")),
            answered(1, .taken, job: 1),
            .read(FreshRead(member: 1, asked: 30, generation: 1, index: 3, number: 2)),
            .asked(Asked(request: 2, at: 40, key: "k")), answered(2, .taken, at: 50, job: 1),
            answered(3, .refused), answered(4, .unknown), .settled,
            .asked(Asked(request: 5, at: 60, key: "k")), answered(5, .taken, at: 70, job: 1),
            stored(4, [.keysFree(upTo: 1), .job(3, request: 6, key: "k"), .revision(2, on: 1)]),
            answered(6, .taken, at: 80, job: 3),
        ]
        #expect(violation(events) == nil)
    }

    @Test func answersAreHeldAgainstTheLog() {
        let job = stored(1, [.job(1, request: 1, key: "k")])
        #expect(violation([answered(1, .taken)]) == .lost(request: 1))
        #expect(violation([job, answered(2, .taken, job: 1)]) == .lost(request: 2))
        #expect(violation([job, answered(1, .refused)]) == .takenThoughRefused(request: 1))
        #expect(violation([job, answered(1, .taken, job: 7)]) == .otherJob(request: 1, told: 7))
        #expect(
            violation([job, .asked(Asked(request: 2, at: 1, key: "l")), answered(2, .taken, job: 1)])
                == .lost(request: 2))
        #expect(violation([job, answered(1, .refused), .settled]) == .takenThoughRefused(request: 1))
        #expect(violation([job, .settled, answered(1, .taken)]) == nil)
        // What was refused stays refused, however long ago.
        #expect(
            violation([stored(1), answered(1, .refused), .settled, stored(2, [.job(1, request: 1)])])
                == .takenThoughRefused(request: 1))
    }

    @Test func theLogIsWhole() {
        #expect(violation([stored(2)]) == .gap(generation: 1, index: 1))
        #expect(violation([stored(1), .settled, stored(3)]) == .gap(generation: 1, index: 2))
        #expect(violation([stored(1), stored(1, content: "other")]) == .twoContents(generation: 1, index: 1))
        #expect(violation([stored(1, epoch: 5), stored(2, epoch: 4)]) == .termWentBack(index: 2))
        let (first, second) = (HistoryFact.job(1, request: 1), HistoryFact.job(2, request: 1))
        #expect(violation([stored(1, [first]), stored(2, [second])]) == .twice(request: 1))
        #expect(violation([stored(1, [first]), .settled, stored(2, [second])]) == .twice(request: 1))
        let owners = [1, 2].map { HistoryEvent.appended(AppendedEntry(generation: 1, index: 1, epoch: 5, member: $0)) }
        #expect(violation([stored(1)] + owners) == .twoMasters(generation: 1, index: 1))
    }

    @Test func numbersKeysAndRevisionsAreGivenOnce() {
        func log(_ facts: [HistoryFact]...) -> Violation? {
            let events = facts.enumerated().map { stored($0.offset + 1, $0.element) }
            let halves = events.flatMap { [$0, .settled] }
            #expect(violation(halves) == violation(events))
            return violation(events)
        }
        #expect(log([.job(4, request: 1)], [.job(4, request: 2)]) == .numberAgain(job: 4, index: 2))
        #expect(log([.job(4, request: 1)], [.job(3, request: 2)]) == .numberAgain(job: 3, index: 2))
        #expect(log([.job(4, request: 1, key: "k")], [.job(5, request: 2, key: "k")]) == .keyTwice("k", jobs: [4, 5]))
        #expect(log([.revision(1, on: 0)], [.revision(3, on: 1)]) == .revisionOutOfOrder(3, on: 1, head: 1))
        #expect(log([.revision(1, on: 0)], [.revision(2, on: 0)]) == .revisionOutOfOrder(2, on: 0, head: 1))
        #expect(log([.revision(1, on: 0)], [.revision(1, on: 0)]) == .revisionOutOfOrder(1, on: 0, head: 1))
        let read = HistoryEvent.read(FreshRead(member: 1, asked: 30, generation: 1, index: 1, number: 4))
        #expect(violation([stored(1, [.job(4, request: 1)]), read]) == .numberOfAnother(4))
        #expect(violation([stored(1), read, read]) == .numberOfAnother(4))
    }

    @Test func membersComeToTheSame() {
        let log = [stored(1), stored(2), stored(3)]
        #expect(
            violation(log + [applied(1, 1, state: "a"), applied(2, 1, state: "b")])
                == .statesDiffer(index: 1, members: [1, 2]))
        #expect(
            violation(log + [applied(1, 1, state: "a"), applied(1, 3, state: "b")])
                == .appliedOutOfOrder(member: 1, index: 3))
        #expect(
            violation(log + [applied(1, 1, state: "a"), applied(1, 1, state: "a")])
                == .appliedOutOfOrder(member: 1, index: 1))
        let adopted = HistoryEvent.adopted(AdoptedState(member: 2, index: 2, chain: "1-2", state: "c"))
        #expect(violation(log + [adopted, applied(2, 3, state: "d")]) == nil)
        #expect(
            violation(log + [applied(1, 1, state: "a"), applied(1, 2, state: "b"), adopted])
                == .statesDiffer(index: 2, members: [1, 2]))
    }

    /// What is settled is forgotten, and what follows is judged by what it came to.
    @Test func aSettledPieceIsLeftOut() {
        let log = [stored(1), applied(1, 1, state: "a"), stored(2, more: true), .settled, stored(3)]
        #expect(violation(log + [applied(1, 3, state: "b")]) == nil)
        #expect(violation(log + [stored(4), applied(1, 4, state: "b")]) == .appliedOutOfOrder(member: 1, index: 4))
    }

    @Test func freshReadsAreFresh() {
        let log = [
            stored(1, [.job(1, request: 1)]), stored(2, [.job(2, request: 2)]), answered(1, .taken, at: 20),
            answered(2, .taken, at: 40),
        ]
        func read(_ index: Int, at time: Int) -> HistoryEvent {
            .read(FreshRead(member: 3, asked: time, generation: 1, index: index))
        }
        #expect(violation(log + [read(0, at: 20), read(1, at: 40), read(2, at: 41)]) == nil)
        #expect(violation(log + [read(1, at: 41)]) == .staleRead(member: 3, index: 1, acknowledged: 2))
        #expect(violation(log + [read(0, at: 21)]) == .staleRead(member: 3, index: 0, acknowledged: 1))
    }

    @Test func whatANewEtcdLeavesBehindIsNotLost() {
        let before = [stored(1), stored(2, [.job(1, request: 1)]), answered(1, .taken)]
        let founded = HistoryEvent.founded(FoundedEtcd(generation: 2, behind: 1, chain: "1-1"))
        #expect(violation(before + [founded, stored(2, generation: 2, epoch: 1)]) == nil)
        #expect(violation(before + [founded, stored(3, generation: 2, epoch: 1)]) == .gap(generation: 2, index: 2))
        for history in [before + [.settled, founded], [founded], [stored(1, generation: 3)]] {
            guard case .unjudged = violation(history) else {
                Issue.record("\(history)")
                continue
            }
        }
    }

    @Test func whatEtcdLosesHasToBeSaid() {
        let before = [stored(1), stored(2, [.job(1, request: 1)]), answered(1, .taken)]
        let lost = HistoryEvent.wentBack(LostEntries(generation: 1, to: 1))
        let after = stored(2, [.job(1, request: 2)], epoch: 9, content: "another")
        #expect(violation(before + [lost, after]) == .lostInSilence(request: 1))
        #expect(violation(before + [lost, after, .said(Warning(member: 2, generation: 1))]) == nil)
        #expect(
            violation(before + [.said(Warning(member: 2, generation: 1)), lost, after]) == .lostInSilence(request: 1))
        #expect(violation(before + [lost, .founded(FoundedEtcd(generation: 2, behind: 2, chain: "1-2"))]) == nil)
        // It is there again.
        #expect(violation(before + [lost, stored(2, [.job(1, request: 1)])]) == nil)
    }

    @Test func unrestIsTheLastWord() {
        #expect(violation([stored(1), .unrest(Unrest("nobody decides"))]) == .unrest("nobody decides"))
        #expect(violation([.unrest(Unrest("nobody decides")), answered(1, .taken)]) == .lost(request: 1))
    }

    // MARK: Its form

    @Test(arguments: [
        "", "[]", "{}", "nonsense", #"{"asked":{"request":1}}"#, #"{"dropped":{}}"#, #"{"settled":null,"asked":null}"#,
        #"{"asked":{"request":-1,"at":1}}"#, #"{"asked":{"request":1,"at":9007199254740993}}"#,
        #"{"answered":{"request":1,"at":1,"as":"perhaps"}}"#,
    ])
    func whatIsNoEventIsSaidToBeNone(line: String) {
        #expect(throws: HistoryFault.self) { try HistoryEvent(line: Array(line.utf8)) }
    }

    @Test func aLineIsWhatItWas() throws {
        let events: [HistoryEvent] = [
            .asked(Asked(request: 1, at: 10, key: "k")), answered(1, .unknown), applied(1, 2, state: "s"),
            .read(FreshRead(member: 1, asked: 2, generation: 3, index: 4, number: 5)),
            stored(3, [.job(1, request: 1), .revision(2, on: 1), .keysFree(upTo: 4)], more: true),
            .appended(AppendedEntry(generation: 1, index: 2, epoch: 3, member: 4)),
            .adopted(AdoptedState(member: 1, index: 2, chain: "c", state: "s")),
            .founded(FoundedEtcd(generation: 2, behind: 1, chain: "c")), .wentBack(LostEntries(generation: 1, to: 2)),
            .said(Warning(member: 1, generation: 1)), .settled, .unrest(Unrest("why")),
        ]
        for event in events { #expect(try HistoryEvent(line: event.line) == event) }
    }

    @Test func aHistoryIsReadInPieces() throws {
        var reading = HistoryReading()
        let text = #"{"settled":null}"# + "\n\n" + #"{"asked":{"request":1,"at":1}}"#
        for byte in text.utf8 { try reading.take([byte]) }
        #expect(reading.lines == 1)
        try reading.takeLast()
        #expect(reading.lines == 2)
    }
}
