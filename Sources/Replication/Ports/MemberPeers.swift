package import ClusterLog

/// The other members, for what the log does not keep any more.
package protocol MemberPeers: Sendable {
    /// Brings the state of this node to that of another member by what changed since a place, or by all of it; what there was
    /// is put aside for people then. All of it is durable on return, or none.
    ///
    /// - Parameters:
    ///   - place: Where the state of this node is; `nil` when it is to be replaced as a whole.
    ///   - generation: Only a member that follows this generation may answer.
    func catchUp(since place: LogPlace?, generation: Int) async -> CatchUp
}

/// What another member had for this node.
package enum CatchUp: Sendable, Hashable {
    /// The state is now that of the other member.
    case changed(to: AppliedEntry)
    /// No member knows the state of this node as one of its own former ones.
    case noPrefix
    /// Nobody answered, or nobody had more; it is asked again later.
    case failed
}

/// Nobody to ask: what the log does not keep any more cannot be had.
package struct NoPeers: MemberPeers {
    /// Nobody.
    package init() {}

    package func catchUp(since place: LogPlace?, generation: Int) async -> CatchUp { .failed }
}
