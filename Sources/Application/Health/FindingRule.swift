package import Values

/// What makes a finding of a state: pure, and a line in ``all``.
package struct FindingRule: Sendable {
    /// The kind of object it judges.
    package let kind: ObjectState.Kind
    /// What is wrong; `nil` when nothing is.
    package let judge: @Sendable (ObjectState, FindingThresholds, Timestamp) -> Finding?

    /// A rule for one kind of object.
    package init(
        _ kind: ObjectState.Kind,
        judge: @escaping @Sendable (ObjectState, FindingThresholds, Timestamp) -> Finding?
    ) {
        (self.kind, self.judge) = (kind, judge)
    }

    /// Every rule, by the kind of object it judges.
    package static let all: [ObjectState.Kind: [FindingRule]] = Dictionary(
        grouping: [
            .clusterDecides, .nodeIsThere, .nodeKnowsAll, .databaseRuns, .volumeIsThere, .diskHasRoom,
            .fileServiceAnswers,
            .backupIsNew, .scheduleWorks, .certificateLasts, .licenseLasts, .configurationIsFollowed,
            .backupCanBeUsed, .somebodyIsTold, .portIsForOne, .auditIsWhole,
        ], by: \.kind)

    /// What is wrong with some objects; what is worked on is as it should be.
    package static func findings(
        in states: some Sequence<ObjectState>, _ thresholds: FindingThresholds, at now: Timestamp
    ) -> [Finding] {
        states.flatMap { state in
            state.maintenance == nil ? (all[state.kind] ?? []).compactMap { $0.judge(state, thresholds, now) } : []
        }
    }
}

extension ObjectState {
    /// A finding about this object, since it is as it is unless something else is said.
    func finding(
        _ code: FindingCode, _ severity: Finding.Severity, since begun: Timestamp? = nil, at now: Timestamp,
        about object: String? = nil, cause: String, cure: String, job: Finding.Job? = nil
    ) -> Finding {
        Finding(
            code, object ?? self.object, node: node, severity: severity, since: begun ?? since ?? now, cause: cause,
            cure: cure, job: job ?? remedy)
    }

    /// `why` as the end of a sentence: behind a colon, or nothing.
    var reason: String {
        let words = why.trimmingSuffix { $0 == "." || $0.isWhitespace }
        return words.isEmpty ? "." : ": \(words)."
    }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while isIdle: (Character) -> Bool) -> SubSequence {
        var rest = self[...]
        while let last = rest.last, isIdle(last) { rest.removeLast() }
        return rest
    }
}
