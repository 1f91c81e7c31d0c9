package import Values

/// How far a machine has come on its way to be a node: `etc/cluster/joining.json`.
package struct JoinProgress: Sendable, Hashable {
    /// What there is to be done, in order.
    package let steps: [Join.Step]
    /// What comes next.
    package private(set) var next: Join.Step
    /// The text of the invitation, until it was used. Secret.
    package private(set) var invitation: String?
    /// The cluster's name, for people.
    package let cluster: String
    /// The member this machine was in a life that is over, whose `member.json` may lie here still; `nil` where there was none.
    package let former: String?
    /// SHA-256 of the secret of the invitation, in hexadecimal digits, by which the same one is known when it was used.
    private let digest: String

    /// A join that begins.
    ///
    /// - Parameter former: As which member this machine was known before.
    package init(_ invitation: Invitation, into cluster: String, votesChange: Bool, former: String? = nil) {
        steps = Join.Step.all(votesChange: votesChange)
        (next, self.invitation, self.cluster, self.former) = (.certificate, invitation.text, cluster, former)
        digest = Hex.text(invitation.secretHash)
    }

    /// Whether it was begun with an invitation.
    package func isBy(_ invitation: Invitation) -> Bool { digest == Hex.text(invitation.secretHash) }

    /// A step has ended. With the certificate the invitation has done what it was for.
    mutating func pass(to step: Join.Step) {
        next = step
        if step != .certificate { invitation = nil }
    }

    /// It as it is kept. Secret, until the invitation was used.
    package var value: Value {
        .members([
            "steps": .strings(steps.map(\.rawValue)), "next": .string(next.rawValue), "cluster": .string(cluster),
            "invitation": invitation.map(Value.string), "digest": .string(digest),
            "former": former.map(Value.string),
        ])
    }

    /// Reads what ``value`` wrote; `nil` for anything else.
    package init?(_ value: Value) {
        guard let list = value["steps"]?.list, let next = value["next"]?.string.flatMap(Join.Step.init),
            let cluster = value["cluster"]?.string, let digest = value["digest"]?.string
        else { return nil }
        let steps = list.compactMap { $0.string.flatMap(Join.Step.init) }
        guard steps.count == list.count, steps == Join.Step.allCases.filter(steps.contains), steps.contains(next),
            steps.last == .ready
        else { return nil }
        (self.steps, self.next, self.cluster, self.digest) = (steps, next, cluster, digest)
        (invitation, former) = (value["invitation"]?.string, value["former"]?.string)
        guard next != .certificate || invitation != nil else { return nil }
    }
}

extension JoinProgress: CustomStringConvertible, CustomReflectable {
    package var description: String { "join of \(cluster), next \(next.rawValue)" }
    package var customMirror: Mirror { Mirror(self, children: ["next": next, "cluster": cluster]) }
}
